"""The wheel, the image and the composition: what can be checked without building an image."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of the files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built).namelist()


@pytest.mark.parametrize(
    "name",
    [
        "billfold/shipped/plugins/invoice/plugin.py",
        "billfold/shipped/document_templates/base.html",
        "billfold/shipped/document_templates/fonts/PTSans-Regular.ttf",
        "billfold/shipped/document_templates/fonts/PTSans-LICENSE.txt",
        "billfold/shipped/document_templates/mail/document.html",
        "billfold/sample/clients.csv",
        "billfold/database/migrations/0003_laws.py",
        "billfold/py.typed",
    ],
)
def test_the_wheel_holds_all_that_runs(wheel: list[str], name: str) -> None:
    assert name in wheel


def test_the_wheel_holds_no_caches(wheel: list[str]) -> None:
    assert [name for name in wheel if "__pycache__" in name] == []


def test_the_image_runs_as_nobody_special_and_copies_what_exists() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()

    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert copied
    assert all((ROOT / source).exists() for source in copied)
    assert re.search(r"^USER billfold$", dockerfile, re.MULTILINE)
    assert dockerfile.count("\nFROM ") == 1 + (not dockerfile.startswith("FROM "))


def test_the_composition_has_its_four_services_and_real_commands() -> None:
    composition = yaml.safe_load((ROOT / "compose.yaml").read_text())

    commands = {name: service["command"][0] for name, service in composition["services"].items() if "build" in service}
    assert {"api", "worker", "postgres", "valkey"} <= set(composition["services"])
    assert commands == {"migrate": "migrate", "api": "serve", "worker": "worker"}
    for command in commands.values():
        done = subprocess.run([sys.executable, "-m", "billfold", command, "--help"], check=False, capture_output=True)
        assert done.returncode == 0


def test_every_requirement_has_its_exact_version_in_the_constraints() -> None:
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }

    required = {name.lower().replace("_", "-") for name in _requirements()}
    assert sorted(required - pinned) == []


def _requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return [re.split(r"[<>=!~;\[ ]", one)[0] for one in listed]
