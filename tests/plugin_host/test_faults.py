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
