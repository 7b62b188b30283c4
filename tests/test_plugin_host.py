"""The plugin host: what it refuses at start, whom it asks, and what a faulty plugin costs."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from billfold.domain.errors import OperatorError, PluginFailed, UnknownDocumentType
from billfold.domain.numbering import NumberedThing, NumberingRule, Reset
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility
from billfold.plugin_api.facts import Content, DocumentFacts, Nothing
from billfold.plugin_host import PluginHost, load_plugins
from tests.factories import OCTOBER, make_brand, make_buyer, make_document, make_line, make_seller

RULE = DocumentRule(numbering=NumberingRule(mask="A-{YYYY}-{N}", reset=Reset.YEAR))
ACT = make_document(type="act")
THING = NumberedThing(type="act", on=date(2026, 11, 1), enterprise="sever")
WritePlugin = Callable[..., Path]

HEAD = """
from billfold.plugin_api import *

"""
TYPE = """
@hookimpl
def document_type():
    return DocumentType(key="{key}", titles={{"en": "Act", "ru": "Акт"}}, is_payable=False{more})

"""
HOOKS = {
    "document_content": """
@hookimpl
def document_content(facts):
    return Nothing("nothing_to_bill")
""",
    "document_template": """
@hookimpl
def document_template():
    return "act/act.html"
""",
    "document_visibility": """
@hookimpl
def document_visibility():
    return Visibility.CLIENT
""",
}


def act(key: str = "act", more: str = "", **replaced: str) -> str:
    """Write a plugin that owns a type; a hook given as a keyword replaces its code, an empty one leaves it out."""
    hooks = {**HOOKS, **{name: dedent(code) for name, code in replaced.items()}}
    return HEAD + TYPE.format(key=key, more=more) + "\n".join(hooks.values())


def voter(body: str) -> str:
    """Write a plugin that owns no type and votes."""
    return f"{HEAD}@hookimpl\ndef document_visibility(document, rule):\n    {body}\n"


def facts() -> DocumentFacts:
    contract = make_document().contract
    assert contract is not None
    return DocumentFacts(
        type="act",
        locale="ru",
        currency="RUB",
        issue_date=date(2026, 11, 1),
        due_date=None,
        seller=make_seller(),
        buyer=make_buyer(),
        brand=make_brand(),
        contract=contract,
        charges=(),
        period=OCTOBER,
    )


@pytest.fixture
def write(tmp_path: Path) -> WritePlugin:
    """Write a plugin's folder into `plugins`, or into the directory named; gives the directory."""

    def write_plugin(name: str, code: str, directory: str = "plugins") -> Path:
        folder = tmp_path / directory / name
        folder.mkdir(parents=True)
        (folder / "plugin.py").write_text(code, encoding="utf-8")
        return folder.parent

    return write_plugin


def refusal(*directories: Path) -> str:
    with pytest.raises(OperatorError) as caught:
        load_plugins(directories)
    return caught.value.message


def failure(ask: Callable[[PluginHost], object], directory: Path) -> str:
    host = load_plugins([directory])
    with pytest.raises(PluginFailed) as caught:
        ask(host)
    return caught.value.message


# --- At start ---


def test_a_folder_with_a_plugin_is_found(write: WritePlugin) -> None:
    directory = write("acts", act() + '\n__version__ = "1.4.0"\n')

    host = load_plugins([directory])

    assert (host.owner("act").name, host.owner("act").version) == ("acts", "1.4.0")
    assert host.document_types["act"].title("ru") == "Акт"


def test_a_folder_without_a_plugin_is_passed_over(write: WritePlugin, tmp_path: Path) -> None:
    directory = write("acts", act())
    (tmp_path / "plugins" / "notes").mkdir()

    assert list(load_plugins([directory]).plugins) == ["acts"]


def test_without_directories_and_packages_there_are_no_types() -> None:
    assert load_plugins([]).document_types == {}


def test_a_plugin_brings_its_templates(write: WritePlugin) -> None:
    directory = write("acts", act())
    (directory / "acts" / "templates").mkdir()

    assert load_plugins([directory]).template_dirs == [directory / "acts" / "templates"]


def test_a_plugin_may_have_modules_of_its_own(write: WritePlugin) -> None:
    directory = write("house-acts", act() + "\nfrom billfold_plugin_house_acts.wording import TITLE\n")
    (directory / "house-acts" / "wording.py").write_text('TITLE = "Act"\n', encoding="utf-8")

    assert "act" in load_plugins([directory]).document_types


def test_a_missing_directory_is_refused_with_its_setting(tmp_path: Path) -> None:
    message = refusal(tmp_path / "nowhere")

    assert message == f"Plugin directory {tmp_path / 'nowhere'} is not there: mend BILLFOLD_PLUGIN_DIRS."


def test_an_unknown_hook_is_refused_by_its_name(write: WritePlugin) -> None:
    code = act() + "\n@hookimpl\ndef document_colour():\n    return 'red'\n"

    message = refusal(write("acts", code))

    assert message.startswith("Plugin acts (")
    assert "document_colour" in message
    assert message.endswith("Compare it with docs/plugins.md.")


def test_a_hook_that_wants_an_unknown_argument_is_refused(write: WritePlugin) -> None:
    code = act(document_template="@hookimpl\ndef document_template(paper):\n    return 'act/act.html'\n")

    message = refusal(write("acts", code))

    assert message.startswith("Plugin acts (")
    assert "paper" in message
    assert message.endswith("Compare it with docs/plugins.md.")


@pytest.mark.parametrize("hook", list(HOOKS))
def test_a_type_without_a_hook_it_needs_is_refused(write: WritePlugin, hook: str) -> None:
    message = refusal(write("acts", act(**{hook: ""})))

    assert message == f"Plugin acts owns 'act' but lacks {hook}: add it as a @hookimpl."


@pytest.mark.parametrize("hook", list(HOOKS))
def test_a_needed_hook_without_its_mark_is_as_good_as_none(write: WritePlugin, hook: str) -> None:
    message = refusal(write("acts", act(**{hook: HOOKS[hook].replace("@hookimpl", "")})))

    assert message == f"Plugin acts owns 'act' but lacks {hook}: add it as a @hookimpl."


def test_a_type_without_its_mark_is_refused(write: WritePlugin) -> None:
    message = refusal(write("acts", act().replace("@hookimpl", "", 1)))

    assert message == "Plugin acts cannot start: mark its document_type with @hookimpl."


def test_a_hook_may_go_by_another_name(write: WritePlugin) -> None:
    code = act(document_template="@hookimpl(specname='document_template')\ndef paper():\n    return 'act/act.html'\n")

    assert load_plugins([write("acts", code)]).template(ACT) == "act/act.html"


def test_two_plugins_for_one_type_are_refused(write: WritePlugin) -> None:
    write("acts", act())

    message = refusal(write("more-acts", act()))

    assert message == "Document type 'act' is declared by plugins acts and more-acts: remove one."


def test_two_plugins_of_one_name_are_refused(write: WritePlugin) -> None:
    ours, theirs = write("acts", act()), write("acts", act(key="other-act"), directory="theirs")

    message = refusal(ours, theirs)

    assert message == f"Plugin acts is there twice, from {ours / 'acts'} and {theirs / 'acts'}: remove one."


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("import not_installed_anywhere", "ModuleNotFoundError: No module named 'not_installed_anywhere'"),
        ("from billfold.plugin_api import Invoice", "ImportError: cannot import name 'Invoice'"),
        ("def broken(:", "SyntaxError: invalid syntax"),
    ],
)
def test_a_module_that_raises_is_refused_with_its_reason(write: WritePlugin, code: str, reason: str) -> None:
    directory = write("acts", code)

    message = refusal(directory)

    assert message.startswith(f"Plugin {directory / 'acts'} cannot be loaded: {reason}")


def test_a_repeating_numbering_default_is_refused_with_its_mend(write: WritePlugin) -> None:
    more = ', rule=DocumentRule(numbering=NumberingRule(mask="{N}", reset=Reset.MONTH))'

    message = refusal(write("acts", act(more=more)))

    assert message == (
        "Plugin acts cannot start: Numbering mask '{N}' repeats its numbers: with reset month and scope type "
        "add {YYYY} and {MM}."
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return 'act'", "document_type gave str, and not DocumentType."),
        ("return None", "document_type gave NoneType, and not DocumentType."),
        ("raise ValueError('no key')", "document_type raised ValueError: no key"),
    ],
)
def test_a_type_that_cannot_be_declared_is_refused(write: WritePlugin, body: str, reason: str) -> None:
    code = f"{HEAD}@hookimpl\ndef document_type():\n    {body}\n"

    message = refusal(write("acts", code))

    assert message == f"Plugin acts cannot start: Plugin acts: {reason}"


# --- Asking ---


def test_an_unknown_type_is_told_with_the_known_ones(write: WritePlugin) -> None:
    write("acts", act())
    host = load_plugins([write("upd", act(key="upd"))])

    with pytest.raises(UnknownDocumentType) as caught:
        host.document_type("invoice")

    assert caught.value.message == "Document type 'invoice' is unknown: installed are act, upd."


def test_only_the_owner_is_asked(write: WritePlugin) -> None:
    write("acts", act())
    write("strangers", act(key="upd", document_template="@hookimpl\ndef document_template():\n    return 'upd.html'\n"))
    host = load_plugins([write("nosy", HEAD + "@hookimpl(tryfirst=True)\ndef document_template():\n    return 'no'\n")])

    assert host.template(ACT) == "act/act.html"
    assert host.template(replace(ACT, type="upd")) == "upd.html"


def test_the_content_is_the_owners(write: WritePlugin) -> None:
    host = load_plugins([write("acts", act())])

    assert host.content(facts()) == Nothing("nothing_to_bill")


def test_without_an_answer_the_rule_numbers(write: WritePlugin) -> None:
    host = load_plugins([write("acts", act())])

    assert host.series(ACT, RULE, THING) == "act:2026"
    assert host.number(ACT, RULE, THING, 7) == "A-2026-7"


def test_an_owner_may_number_by_itself(write: WritePlugin) -> None:
    code = act(
        document_number_series="@hookimpl\ndef document_number_series(document):\n    return 'by ' + document.currency",
        document_number="@hookimpl\ndef document_number(counter):\n    return f'no. {counter}'",
    )
    host = load_plugins([write("acts", code)])

    assert host.series(ACT, RULE, THING) == "by RUB"
    assert host.number(ACT, RULE, THING, 7) == "no. 7"


@pytest.mark.parametrize(
    ("owner", "others", "seen_by"),
    [
        ("Visibility.CLIENT", [], Visibility.CLIENT),
        ("Visibility.CLIENT", ["Visibility.STAFF"], Visibility.STAFF),
        ("Visibility.STAFF", ["Visibility.CLIENT"], Visibility.STAFF),
        ("Visibility.CLIENT", ["Visibility.STAFF", "Visibility.NOBODY"], Visibility.NOBODY),
        ("Visibility.CLIENT", ["None", "None"], Visibility.CLIENT),
        ("None", ["Visibility.CLIENT"], Visibility.CLIENT),
        ("None", ["None"], Visibility.NOBODY),
        ("None", [], Visibility.NOBODY),
    ],
)
def test_the_strictest_of_the_votes_wins(
    write: WritePlugin, owner: str, others: list[str], seen_by: Visibility
) -> None:
    directory = write("acts", act(document_visibility=f"@hookimpl\ndef document_visibility():\n    return {owner}"))
    for index, vote in enumerate(others):
        write(f"voter-{index}", voter(f"return {vote}"))

    assert load_plugins([directory]).visibility(ACT, RULE) is seen_by


def test_the_owner_of_another_type_has_no_vote(write: WritePlugin) -> None:
    write("acts", act())
    nobody = "@hookimpl\ndef document_visibility():\n    return Visibility.NOBODY"
    host = load_plugins([write("upd", act(key="upd", document_visibility=nobody))])

    assert host.visibility(ACT, RULE) is Visibility.CLIENT


# --- Faults ---


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


def test_details_that_fit_their_model_are_let_through(write: WritePlugin) -> None:
    host = load_plugins([write("acts", detailed("{'basis': 'Договор № 7'}"))])

    content = host.content(facts())

    assert isinstance(content, Content)
    assert content.details == {"basis": "Договор № 7"}


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


# --- Packages ---


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a real distribution `partner-acts` 2.1.0 with the entry points, its module being `partner_acts`."""

    def install_package(code: str, entry_points: str = "partner-acts = partner_acts") -> None:
        site = tmp_path / "site"
        about = site / "partner_acts-2.1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: partner-acts\nVersion: 2.1.0\n", encoding="utf-8")
        (about / "entry_points.txt").write_text(f"[billfold]\n{entry_points}\n", encoding="utf-8")
        (site / "partner_acts").mkdir()
        (site / "partner_acts" / "__init__.py").write_text(code, encoding="utf-8")
        (site / "partner_acts" / "templates").mkdir()
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, "partner_acts", raising=False)

    return install_package


def test_an_installed_package_is_found_by_its_entry_point(install: Callable[..., None], tmp_path: Path) -> None:
    install(act())

    owner = load_plugins([]).owner("act")

    assert (owner.name, owner.version, owner.source) == ("partner-acts", "2.1.0", "entry point partner_acts")
    assert owner.templates == tmp_path / "site" / "partner_acts" / "templates"


def test_a_package_and_a_folder_are_asked_alike(install: Callable[..., None], write: WritePlugin) -> None:
    install(act())

    host = load_plugins([write("upd", act(key="upd"))])

    assert sorted(host.document_types) == ["act", "upd"]
    assert host.template(ACT) == "act/act.html"


def test_a_package_may_not_take_a_type_that_a_folder_owns(install: Callable[..., None], write: WritePlugin) -> None:
    install(act())

    message = refusal(write("acts", act()))

    assert message == "Document type 'act' is declared by plugins acts and partner-acts: remove one."


@pytest.mark.parametrize(
    ("code", "entry_points", "reason"),
    [
        ("raise RuntimeError('no licence')", "partner-acts = partner_acts", "(partner_acts) cannot be loaded: Runtime"),
        ("", "partner-acts = partner_acts:plugin", "(partner_acts:plugin) cannot be loaded: AttributeError"),
        ("", "partner-acts = partner_acts.gone", "(partner_acts.gone) cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_refused(
    install: Callable[..., None], code: str, entry_points: str, reason: str
) -> None:
    install(code, entry_points)

    assert refusal().startswith(f"Plugin partner-acts {reason}")


def test_a_package_found_under_two_names_is_refused(install: Callable[..., None]) -> None:
    install(act(), "acts = partner_acts\nacts-too = partner_acts")

    message = refusal()

    assert message.startswith("Plugin acts-too (entry point partner_acts) does not fit the hooks: ")
