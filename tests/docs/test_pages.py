"""The docs as a whole: what the code has is told, what cog wrote is up to date, and every link leads somewhere."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from billfold.cli.application import application
from billfold.services.imports.sheets import sheets
from billfold.settings import Settings
from tests.docs.pages import DOCS, ROOT, anchor, blocks, first_cells, headings, links, pages, read, section

DECISIONS = sorted((DOCS / "decisions").glob("*.md"))


def test_what_cog_wrote_is_up_to_date() -> None:
    cog = shutil.which("cog", path=str(Path(sys.executable).parent))
    assert cog is not None, "cog is not installed: make setup"

    done = subprocess.run(
        [cog, "--check", *(str(page.relative_to(ROOT)) for page in [*DOCS.glob("*.md"), ROOT / "README.md"])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"Say `make docs`.\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in links(page.read_text(encoding="utf-8")) if not _leads_somewhere(page, link)]

    assert broken == []


def _leads_somewhere(page: Path, link: str) -> bool:
    if link.startswith("https://"):
        return True
    path, _, name = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not name or name in {anchor(heading) for heading in headings(target.read_text(encoding="utf-8"))}


def test_every_page_is_linked_from_the_index() -> None:
    linked = {(DOCS / link).resolve() for link in links(read("docs/index.md")) if not link.startswith("https://")}

    assert [page.name for page in [*DOCS.glob("*.md"), *DECISIONS] if page not in linked and page.stem != "index"] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_short_and_has_its_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert headings(text)[0].startswith(f"{page.stem[:4]}. ")
    assert headings(text)[1:] == ["Context", "Decision", "Consequences", "Weighed and left"]
    assert len(text.splitlines()) <= 80


def test_decisions_are_numbered_through() -> None:
    assert [int(page.stem[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_decisions_that_the_code_names_are_there() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "server/billfold").rglob("*.py")]
    named = {number for source in sources for number in re.findall(r"ADR-(\d{4})", source)}

    assert named <= {page.stem[:4] for page in DECISIONS}


def test_the_quick_start_is_two_commands() -> None:
    (quick_start,) = [block for block in blocks(read("README.md")) if block.section == "Quick start"]

    assert quick_start.text.splitlines() == ["$ make demo", "$ make test"]


def test_the_picture_of_the_front_page_is_small() -> None:
    assert 10_000 < (DOCS / "images/invoice.png").stat().st_size < 200_000


def test_every_setting_is_told() -> None:
    told = first_cells(section(read("docs/settings.md"), "Settings").partition("## ")[0])
    names = [f"BILLFOLD_{name.upper()}" for name in Settings.model_fields]

    assert [name for name in names if name not in told] == []
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def commands() -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(name: str, command: Any) -> None:
        for word, inner in getattr(command, "commands", {}).items():
            walk(f"{name} {word}", inner)
        if not hasattr(command, "commands"):
            found[name] = command

    walk("billfold", typer.main.get_command(application))
    return found


@pytest.mark.parametrize("name", commands())
def test_every_command_is_told_with_its_options(name: str) -> None:
    command = commands()[name]
    text = section(read("docs/operations.md"), name)
    needed = {option for one in command.params for option in one.opts if option not in ("--help", one.name)}

    assert command.help.splitlines()[0] in text
    assert {option for option in needed if f"`{option}`" not in text} == set()
    assert [one.name for one in command.params if one.name != "help" and not one.help] == []


def test_every_file_of_books_is_told_with_its_columns() -> None:
    text = read("docs/books.md")

    for sheet in sheets(Path()):
        assert [column.name for column in sheet.columns if f"`{column.name}`" not in text] == []


def test_every_library_has_its_reason() -> None:
    declared = tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    names = {re.split(r"[\[<>=;]", one)[0].strip() for one in declared}

    rows = re.findall(r"^\| ([^|]+) \|", read("docs/decisions/0015-libraries.md"), re.MULTILINE)
    told = {name for row in rows for name in row.split(", ")}

    assert names - told == set()
    assert told - names == {"library"}
