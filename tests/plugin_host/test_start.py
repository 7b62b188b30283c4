"""The start: which plugins are found, and which are refused with the plugin's name and the mend."""

from pathlib import Path

import pytest

from billfold.plugin_host import load_plugins
from tests.plugin_host.plugin_texts import ACT, HEAD, HOOKS, WritePlugin, act, refusal


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
