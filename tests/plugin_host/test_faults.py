"""Faults: a plugin that raises or gives the wrong thing fails its own document, by its own name."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from billfold.plugin_api.facts import Content
from billfold.plugin_host import PluginHost, load_plugins
from tests.factories import make_line
from tests.plugin_host.plugin_texts import ACT, RULE, THING, WritePlugin, act, facts, failure, voter


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise KeyError('price')", "document_content raised KeyError: 'price'"),
        ("return facts.no_such_fact", "document_content raised AttributeError: 'DocumentFacts' object has no"),
        ("round_amount(facts.issue_date, 'RUB')", "document_content raised AttributeError"),
        ("round_amount(Period(facts.issue_date, facts.issue_date), 'RUB')", "document_content failed: Period 2026-11"),
        ("return None", "document_content gave NoneType, and not billfold.plugin_api.facts.Content | "),
        ("return []", "document_content gave list, and not billfold.plugin_api.facts.Content | "),
        ("return Content(lines=None)", "document_content gave lines that are no tuple of DocumentLine."),
        ("return Content(lines=('line',))", "document_content gave lines that are no tuple of DocumentLine."),
        ("return Content(lines=(), details=None)", "document_content gave details that are no mapping."),
    ],
)
def test_a_faulty_content_fails_with_the_plugins_name(write: WritePlugin, body: str, reason: str) -> None:
    code = act(document_content=f"@hookimpl\ndef document_content(facts):\n    {body}")

    message = failure(lambda host: host.content(facts()), write("acts", code))

    assert message.startswith(f"Plugin acts: {reason}")


@pytest.mark.parametrize(
    ("hook", "answer", "ask", "reason"),
    [
        ("document_template", "None", lambda host: host.template(ACT), "gave NoneType, and not str."),
        ("document_template", "7", lambda host: host.template(ACT), "gave int, and not str."),
        ("document_number_series", "7", lambda host: host.series(ACT, RULE, THING), "gave int, and not str | None."),
        ("document_number", "7", lambda host: host.number(ACT, RULE, THING, 7), "gave int, and not str | None."),
        ("document_visibility", "True", lambda host: host.visibility(ACT, RULE), "gave bool, and not Visibility."),
        ("document_template", "1 / 0", lambda host: host.template(ACT), "raised ZeroDivisionError: division by zero"),
        ("document_visibility", "1 / 0", lambda host: host.visibility(ACT, RULE), "raised ZeroDivisionError: division"),
    ],
)
def test_a_faulty_answer_fails_with_the_plugins_name(
    write: WritePlugin, hook: str, answer: str, ask: Callable[[PluginHost], object], reason: str
) -> None:
    directory = write("acts", act(**{hook: f"@hookimpl\ndef {hook}():\n    return {answer}"}))

    assert failure(ask, directory).startswith(f"Plugin acts: {hook} {reason}")


@pytest.mark.parametrize(
    ("body", "reason"),
    [("raise OSError('no network')", "raised OSError: no network"), ("return 2", "gave int, and not Visibility.")],
)
def test_a_faulty_voter_is_named_and_not_the_owner(write: WritePlugin, body: str, reason: str) -> None:
    write("acts", act())

    message = failure(lambda host: host.visibility(ACT, RULE), write("auditor", voter(body)))

    assert message == f"Plugin auditor: document_visibility {reason}"


def test_a_faulty_plugin_spares_the_types_of_others(write: WritePlugin) -> None:
    write("acts", act())
    host = load_plugins([write("upd", act(key="upd", document_template="@hookimpl\ndef document_template(): 1 / 0"))])

    assert host.template(ACT) == "act/act.html"


DETAILED = "\nfrom pydantic import BaseModel\n\nclass ActDetails(BaseModel):\n    basis: str\n    copies: int = 2\n\n"


def detailed(details: str) -> str:
    content = f"@hookimpl\ndef document_content(facts):\n    return Content(lines=(), details={details})"
    return DETAILED + act(more=", details=ActDetails", document_content=content)


def test_details_that_fit_their_model_get_its_defaults(write: WritePlugin) -> None:
    host = load_plugins([write("acts", detailed("{'basis': 'Договор № 7'}"))])

    content = host.content(facts())

    assert isinstance(content, Content)
    assert content.details == {"basis": "Договор № 7", "copies": 2}


@pytest.mark.parametrize(
    ("details", "reason"),
    [("{}", "Field required"), ("{'basis': 'x', 'copies': 'many'}", "Input should be a valid integer")],
)
def test_details_that_do_not_fit_their_model_fail(write: WritePlugin, details: str, reason: str) -> None:
    message = failure(lambda host: host.content(facts()), write("acts", detailed(details)))

    assert message.startswith(f"Plugin acts: document_content gave details that do not fit ActDetails: {reason}")


def test_the_lines_of_a_content_come_through_unchanged(write: WritePlugin) -> None:
    content = "@hookimpl\ndef document_content(facts):\n    from tests.factories import make_line\n"
    content += "    return Content(lines=(make_line(),))"
    host = load_plugins([write("acts", act(document_content=content))])

    answer = host.content(facts())

    assert isinstance(answer, Content)
    assert answer.lines == (make_line(),)
    assert answer.lines[0].gross == Decimal("2200.00")


LINE = "__import__('tests.factories').factories.make_line({})"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"Content(lines=({LINE.format('')},) * 3)", "lines whose positions are not 1, 2, 3 and so on."),
        (f"Content(lines=({LINE.format('gross=2200')},))", "line 1, whose amounts, quantity, unit price and tax rate "),
        (f"Content(lines=({LINE.format('gross=2200.0')},))", "line 1, whose amounts, quantity, unit price and tax rat"),
        (f"Content(lines=({LINE.format('description=None')},))", "line 1, whose description is NoneType, and not str."),
        (f"Content(lines=({LINE.format('description=chr(0)')},))", "line 1, whose description holds a NUL or half of"),
        (f"Content(lines=({LINE.format('description=chr(0xd800)')},))", "line 1, whose description holds a NUL or hal"),
        (f"Content(lines=({LINE.format('unit=7')},))", "line 1, whose unit is int, and not str."),
        (f"Content(lines=({LINE.format('tax_included=1')},))", "line 1, whose tax_included is int, and not bool."),
        (f"Content(lines=({LINE.format('period=7')},))", "line 1, whose period is int, and not billfold"),
        ("Content(lines=(), title='x' * 301)", "a title that is longer than 300 characters."),
        ("Content(lines=(), payment_purpose=None)", "a payment purpose that is NoneType, and not str."),
        ("Content(lines=(), details={'x': 'y' * 1_000_000})", "details of 1000008 bytes: 1000000 is the limit, so tel"),
        ("Content(lines=(), details={'x': 2.5j})", "details that are no JSON: Type is not JSON serializ"),
        ("Nothing('')", "Nothing without a reason: say why."),
        ("Nothing('x' * 101)", "Nothing with a reason that is longer than 100 characters."),
        ("Nothing('x', message=None)", "Nothing with a message that is NoneType, and not str."),
    ],
)
def test_what_paper_or_database_cannot_hold_fails(write: WritePlugin, content: str, reason: str) -> None:
    code = act(document_content=f"@hookimpl\ndef document_content(facts):\n    return {content}")

    message = failure(lambda host: host.content(facts()), write("acts", code))

    assert message.startswith(f"Plugin acts: document_content gave {reason}")


def test_more_lines_than_the_budget_fail_before_anything_is_printed(write: WritePlugin) -> None:
    lines = "tuple(__import__('tests.factories').factories.make_lines(3))"
    code = act(
        more=", budget=Budget(lines=2)",
        document_content=f"@hookimpl\ndef document_content():\n    return Content(lines={lines})",
    )

    message = failure(lambda host: host.content(facts()), write("acts", code))

    assert message == (
        "Plugin acts: document_content gave 3 lines, which are above its type's limit of 2 lines: tell less, or "
        "declare a larger budget."
    )


@pytest.mark.parametrize(
    ("hook", "answer", "reason"),
    [
        ("document_number", "'1' * 201", f"gave '{'1' * 200}', which is longer than 200 characters."),
        ("document_number", "' 7'", "gave ' 7', which begins or ends with a space."),
        ("document_number", "'7\\n8'", "gave '7\\n8', which holds signs that cannot be printed."),
        ("document_number_series", "'a' * 201", f"gave '{'a' * 200}', which is longer than 200 characters."),
        ("document_template", "'../act.html'", "gave '../act.html', which is no name of a template: give one such as"),
        ("document_template", "'/act.html'", "gave '/act.html', which is no name of a template: give one such as"),
    ],
)
def test_a_name_that_cannot_be_one_fails(write: WritePlugin, hook: str, answer: str, reason: str) -> None:
    asks: dict[str, Callable[[PluginHost], object]] = {
        "document_number": lambda host: host.number(ACT, RULE, THING, 7),
        "document_number_series": lambda host: host.series(ACT, RULE, THING),
        "document_template": lambda host: host.template(ACT),
    }
    directory = write("acts", act(**{hook: f"@hookimpl\ndef {hook}():\n    return {answer}"}))

    assert failure(asks[hook], directory).startswith(f"Plugin acts: {hook} {reason}")
