"""A faulty plugin is set aside at start: the others work on, and whoever asks for its type is told why."""

from pathlib import Path

import pytest

from billfold import bootstrap
from billfold.domain.errors import OperatorError, UnknownDocumentType
from billfold.plugin_host import PluginHost
from billfold.settings import Settings
from tests.plugin_host.plugin_texts import WritePlugin, act, voter


def served(directory: Path) -> PluginHost:
    return bootstrap.sound_plugins(Settings(plugin_dirs=str(directory)))


def notice(key: str, more: str = "") -> str:
    """Write a plugin of a type that has its template."""
    return act(key, more).replace("act/act.html", "invoice/invoice.html")


def refusal(host: PluginHost, key: str) -> str:
    with pytest.raises(UnknownDocumentType) as told:
        host.document_type(key)
    return told.value.message


def test_sound_plugins_are_all_there(write: WritePlugin) -> None:
    host = served(write("notice", notice("notice")))

    assert "notice" in host.document_types
    assert host.faults == {}


def test_a_key_that_is_built_in_stays_with_its_owner(write: WritePlugin) -> None:
    directory = write("rival", notice("invoice"))

    host = served(directory)

    assert host.owner("invoice").name == "invoice"
    assert host.faults == {
        str(directory / "rival"): "Document type 'invoice' is declared by plugins invoice and rival: remove one."
    }


def test_a_missing_template_sets_its_own_type_aside(write: WritePlugin) -> None:
    write("notice", notice("notice"))
    host = served(write("letter", act("letter").replace("act/act.html", "letter/letter.html")))

    assert {"invoice", "notice"} <= host.document_types.keys()
    assert "Set aside at start: Plugin letter cannot start: Template letter/letter.html" in refusal(host, "letter")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import nowhere_at_all", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("raise SystemExit(3)", "cannot be loaded: SystemExit: 3"),
        (voter("return None").replace("document_visibility", "document_visible"), "does not fit the hooks"),
    ],
)
def test_whatever_is_wrong_is_told_with_the_plugins_name(write: WritePlugin, code: str, sentence: str) -> None:
    write("notice", notice("notice"))
    host = served(write("broken", code))

    assert "notice" in host.document_types
    assert sentence in refusal(host, "broken")
    assert "broken" in refusal(host, "broken")


def test_a_plugin_that_needs_a_later_one_is_taken(write: WritePlugin) -> None:
    corrects = ", period_kinds=frozenset({PeriodKind.CORRECTION}), corrects=frozenset({'z-letter'})"
    correction = f"from billfold.plugin_api import PeriodKind\n{notice('a-correction', corrects)}"
    write("first", correction)

    host = served(write("second", notice("z-letter")))

    assert host.faults == {}
    assert {"a-correction", "z-letter"} <= host.document_types.keys()


def test_commands_about_plugins_still_refuse_a_faulty_one(write: WritePlugin) -> None:
    directory = write("rival", notice("invoice"))

    with pytest.raises(OperatorError, match="is declared by plugins invoice and rival: remove one"):
        bootstrap.find_plugins(Settings(plugin_dirs=str(directory)))
