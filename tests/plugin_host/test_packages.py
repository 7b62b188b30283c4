"""Packages: a plugin that pip installed is found by its entry point and is worth what a folder is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from billfold.plugin_host import load_plugins
from tests.plugin_host.plugin_texts import ACT, WritePlugin, act, refusal


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
