"""Fixtures of the plugin host: plugins in folders, and one in an installed package."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin_host.plugin_texts import WritePlugin


@pytest.fixture
def write(tmp_path: Path) -> WritePlugin:
    """Write a plugin's folder into `plugins`, or into the directory named; gives the directory."""

    def write_plugin(name: str, code: str, directory: str = "plugins") -> Path:
        folder = tmp_path / directory / name
        folder.mkdir(parents=True)
        (folder / "plugin.py").write_text(code, encoding="utf-8")
        return folder.parent

    return write_plugin


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
