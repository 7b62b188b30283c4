"""Every plugin that comes with the house does what a partner's must."""

from pathlib import Path

import pytest

from billfold import bootstrap
from billfold.conformance import Report, check_all

NAMES = sorted(file.parent.name for file in (bootstrap.shipped() / "plugins").glob("*/plugin.py"))


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """The trial of all of them, in one process."""
    return {report.plugin: report for report in check_all(NAMES, is_quick=True)}


def test_there_are_plugins_to_try() -> None:
    assert "invoice" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_plugin_conforms(reports: dict[str, Report], name: str) -> None:
    assert reports[name].failures == ()
    assert len(reports[name].results) == 17


def test_a_plugin_is_named_by_its_folder_as_well(reports: dict[str, Report]) -> None:
    folder = Path(reports["invoice"].source)

    assert (folder.name, reports["invoice"].type) == ("invoice", "invoice")
