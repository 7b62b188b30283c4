"""docs/plugins.md leads a partner from nothing to a printed document: its snippets run, its tables are whole."""

import dataclasses
import inspect
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

import billfold.plugin_api
from billfold import bootstrap
from billfold.conformance.examining import CHECKS
from billfold.domain.errors import OperatorError
from billfold.domain.numbering import _TOKENS
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility
from billfold.plugin_api import hookspecs
from billfold.plugin_host import load_plugins
from billfold.rendering.editions import Editions
from billfold.rendering.filters import FILTERS, FUNCTIONS, JINJA_FILTERS
from billfold.settings import Settings
from tests.docs.distributions import install
from tests.docs.pages import Block, blocks, first_cells, headings, read, script, section
from tests.factories import make_document, make_line

PAGE = read("docs/plugins.md")
BLOCKS = list(blocks(PAGE))
TUTORIAL = section(PAGE, "A receipt in ten minutes")
TEMPLATES = bootstrap.shipped() / "document_templates"


def block(title: str) -> Block:
    return next(block for block in BLOCKS if block.title == title)


def run(folder: Path, commands: str, **variables: str) -> str:
    """Run commands as a partner types them, `billfold` being on the path; give what they print."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BILLFOLD_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/bash", "-c", commands],
        cwd=folder,
        env={**own, "PATH": path, "NO_COLOR": "1", "COLUMNS": "120", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text().replace("\u00a0", " ") for page in PdfReader(BytesIO(pdf)).pages)


def test_the_tutorial_prints_a_receipt_from_a_folder_and_from_a_package(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    servers = {"BILLFOLD_DATABASE_URL": database_url, "BILLFOLD_REDIS_URL": redis_url}

    steps = [step for step in blocks(TUTORIAL) if not step.section.startswith("7.")]
    told = run(tmp_path, script(iter(steps)), **servers)
    folder = tmp_path / "receipts"
    receipt = text_of((folder / "receipt.pdf").read_bytes())

    assert re.search(r"receipt +│ 0 +│ receipt", told)
    assert re.search(r"RECEIPT No\. R-\d{4}-0001 of ", receipt)
    assert "Received with thanks: USD" in receipt
    assert "Fjordlight AS" in receipt
    assert len(list((folder / "var/mail").glob("*.eml"))) == 13

    steps = [step for step in blocks(TUTORIAL) if step.section.startswith("7.")]
    run(folder, script(iter(steps)))
    install(folder / "billfold-receipt", tmp_path / "installed")
    told = run(
        folder,
        "billfold plugin list && billfold run receipt --period 2026-10 --contract KW-2004"
        ' && cp "$(ls -t var/files/*/*/* | head -n 1)" receipt.pdf',
        PYTHONPATH=str(tmp_path / "installed"),
        **servers,
    )

    assert re.search(r"receipt +│ 1\.0\.0 +│ receipt", told)
    assert re.search(r"RECEIPT No\. R-\d{4}-0002 of ", text_of((folder / "receipt.pdf").read_bytes()))


def test_a_plugin_of_the_page_is_tested_as_the_page_says(tmp_path: Path) -> None:
    titles = [step.title for step in blocks(TUTORIAL) if step.title.startswith("my-plugins/")]
    tests = ["test_receipt.py", "test_conformance.py"]
    shown = [block(title) for title in [*titles, "my-plugins/receipt/templates/receipt/editions.toml", *tests]]

    told = run(tmp_path, script(iter(shown)) + f"python -m pytest -q -p no:cacheprovider {' '.join(tests)}")

    assert "3 passed" in told


def test_an_operators_edition_is_added_to_those_of_the_form(tmp_path: Path) -> None:
    run(tmp_path, script(iter([block("house-templates/tax-invoice/editions.toml")])))
    settings = Settings(templates_dir=tmp_path / "house-templates")
    plugins = bootstrap.find_plugins(settings)
    directories = bootstrap.template_dirs(settings, plugins)
    editions = Editions(directories)

    bootstrap.check_templates(plugins, directories)
    told = [
        editions.in_force("tax-invoice/tax-invoice.html", on).labels["en"]
        for on in (date(2026, 12, 31), date(2027, 1, 1))
    ]

    assert "No. 26 of 23 January 2026" in str(told[0])
    assert told[1] == {"tax-invoice.law": "Appendix No. 1 to Resolution No. 1137 (as in force from 1 January 2027)"}


def test_a_plugin_without_a_type_votes(tmp_path: Path) -> None:
    run(tmp_path, script(iter([block("house-rules/quarantine/plugin.py")])))
    host = load_plugins([bootstrap.shipped() / "plugins", tmp_path / "house-rules"])
    million = make_document((make_line(price=Decimal(1_000_000)),))

    assert host.visibility(million, DocumentRule()) is Visibility.STAFF
    assert host.visibility(make_document(), DocumentRule()) is Visibility.CLIENT


@pytest.mark.parametrize("shown", [block for block in BLOCKS if block.language == "python"], ids=lambda b: b.section)
def test_python_on_the_page_compiles(shown: Block) -> None:
    compile(shown.text, shown.section, "exec")


def signature(name: str) -> str:
    """Write the signature of a hook as the page does."""
    spec = inspect.signature(getattr(hookspecs, name))
    arguments = ", ".join(f"{key}: {_told(one.annotation)}" for key, one in spec.parameters.items())
    return f"{name}({arguments}) -> {_told(spec.return_annotation)}"


def _told(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


HOOKS = [name for name, value in vars(hookspecs).items() if hasattr(value, "billfold_spec")]


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_has_its_exact_signature_as_a_heading(name: str) -> None:
    assert signature(name) in headings(PAGE)
    assert f"| `{name}` |" in section(PAGE, "The hooks")


EXPORTED = [getattr(billfold.plugin_api, name) for name in billfold.plugin_api.__all__]
VALUES = [one for one in EXPORTED if dataclasses.is_dataclass(one)]
ENUMS = [one for one in EXPORTED if isinstance(one, type) and issubclass(one, Enum)]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_every_field_of_what_plugins_see_is_told(value: Any) -> None:
    fields = {field.name for field in dataclasses.fields(value)}

    if value.__name__ in headings(PAGE) and value.__name__ != "Period":
        assert set(first_cells(section(PAGE, value.__name__))) >= fields
    else:
        missing = {field for field in fields if f"`{field}`" not in PAGE and f"({field}" not in PAGE}
        assert f"`{value.__name__}" in PAGE or value.__name__ in headings(PAGE)
        assert missing <= {"currency"}


def test_everything_that_a_plugin_may_import_is_told() -> None:
    assert [name for name in billfold.plugin_api.__all__ if name not in PAGE] == []


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: kind.__name__)
def test_every_value_of_an_enum_is_told(kind: Any) -> None:
    assert f"`{kind.__name__}`" in PAGE or kind.__name__ in headings(PAGE)
    assert [one.name for one in kind if f"`{one.name}`" not in PAGE] == []


def test_every_token_of_a_mask_is_told() -> None:
    told = set(re.findall(r"\{([A-Z]+)\}", section(PAGE, "NumberingRule")))

    assert told == set(_TOKENS)


def test_everything_that_templates_may_use_is_told() -> None:
    parts = {part.stem for part in (TEMPLATES / "parts").glob("*.html")}
    base_blocks = set(re.findall(r"{% block (\w+) %}", (TEMPLATES / "base.html").read_text()))
    functions = {re.split(r"[(]", cell)[0] for cell in first_cells(section(PAGE, "Functions"))}

    assert set(first_cells(section(PAGE, "Filters"))) == set(FILTERS)
    assert {name for name in JINJA_FILTERS if f"`{name}`" not in section(PAGE, "Filters")} == set()
    assert functions == {*FUNCTIONS, "stylesheet"}
    assert set(first_cells(section(PAGE, "Blocks of base.html"))) == base_blocks
    assert set(first_cells(section(PAGE, "Parts"))) == parts


def test_every_check_of_the_kit_is_told() -> None:
    assert first_cells(section(PAGE, "What the check tries")) == ["starts", *CHECKS]


def test_every_variable_of_a_template_is_told() -> None:
    told = set(first_cells(section(PAGE, "All variables")))

    assert {"document.seller.inn", "document.lines[].net", "document.totals.taxes[].rate", "heading", "mark"} <= told


RECEIPT = block("my-plugins/receipt/plugin.py").text
NUMBERING = 'mask="R-{YYYY}-{N:04}", reset=Reset.YEAR'
IMPORTS = "from billfold.plugin_api import hookimpl\n"
EXPORT = """
from billfold.plugin_api import ExportFormat


@hookimpl
def export_formats():
    return (ExportFormat("receipts", {"en": "Receipts", "ru": "Квитанции"}),)


@hookimpl
def export_documents(documents):
    return ()
"""


def declaring(field: str) -> str:
    """Write the receipt with one more field in its declaration."""
    return RECEIPT.replace("is_payable=False,", f"is_payable=False,\n        {field},")


REFUSED = {
    "import": {"receipt": "import qrcode\n"},
    "misspelt": {"receipt": RECEIPT.replace("def document_content(", "def document_contents(")},
    "argument": {"receipt": RECEIPT.replace("def document_content(facts", "def document_content(fact")},
    "unmarked type": {"receipt": RECEIPT.replace("@hookimpl\ndef document_type", "def document_type")},
    "wrong type": {"receipt": RECEIPT.replace("return DocumentType(", "return dict(")},
    "raises": {"receipt": RECEIPT.replace("return DocumentType(", "return 1 / 0 or DocumentType(")},
    "lacks": {"receipt": RECEIPT.replace("@hookimpl\ndef document_template", "def document_template")},
    "key": {"receipt": RECEIPT.replace('key="receipt"', 'key="Receipt"')},
    "title": {"receipt": RECEIPT.replace(', "ru": "Квитанция"}', "}", 1)},
    "no template": {"receipt": RECEIPT},
    "two owners": {"receipt": RECEIPT, "thanks": RECEIPT},
    "repeats": {"receipt": RECEIPT.replace(NUMBERING, 'mask="R-{N:04}", reset=Reset.YEAR')},
    "no counter": {"receipt": RECEIPT.replace(NUMBERING, 'mask="R-1"')},
    "needs": {"receipt": declaring("needs=frozenset({'charges'})")},
    "details": {"receipt": declaring("details=dict")},
    "no kinds": {"receipt": RECEIPT.replace("{PeriodKind.PERIOD, PeriodKind.AMOUNT}", "()")},
    "half a correction": {"receipt": declaring("corrects=frozenset({'bill'})")},
    "corrects nothing": {
        "receipt": declaring("corrects=frozenset({'bill'})").replace("PeriodKind.AMOUNT", "PeriodKind.CORRECTION")
    },
    "no period to end": {
        "receipt": "from billfold.plugin_api import IssueDay\n"
        + declaring("issue_day=IssueDay.PERIOD_END").replace("{PeriodKind.PERIOD, ", "{")
    },
    "file name": {"receipt": RECEIPT.replace("Receipt {number}", "Receipt {no}")},
    "budget": {"receipt": "from billfold.plugin_api import Budget\n" + declaring("budget=Budget(lines=0)")},
    "half an export": {"receipt": RECEIPT + EXPORT.partition("@hookimpl\ndef export_documents")[0]},
    "export key": {"receipt": RECEIPT + EXPORT.replace('"receipts"', '"Receipts"')},
    "export title": {"receipt": RECEIPT + EXPORT.replace(', "ru": "Квитанции"', "")},
    "two exports": {"receipt": IMPORTS + EXPORT, "thanks": IMPORTS + EXPORT},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_at_start_is_told_in_the_same_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, source in REFUSED[name].items():
        file = Path("my-plugins") / folder / "plugin.py"
        file.parent.mkdir(parents=True)
        file.write_text(source)

    with pytest.raises(OperatorError) as refused:
        bootstrap.check_templates(load_plugins([Path("my-plugins")]), [TEMPLATES])

    assert _is_told(refused.value.message)


def test_a_missing_directory_and_a_doubled_name_are_told_in_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("my-plugins", "more-plugins"):
        (Path(folder) / "receipt").mkdir(parents=True)
        (Path(folder) / "receipt/plugin.py").write_text(RECEIPT)

    with pytest.raises(OperatorError) as missing:
        load_plugins([Path("nowhere")])
    with pytest.raises(OperatorError) as doubled:
        load_plugins([Path("my-plugins"), Path("more-plugins")])

    assert _is_told(missing.value.message)
    assert _is_told(doubled.value.message)


def _is_told(message: str) -> bool:
    """Whether the page has a message whose text, up to `...`, is in this one."""
    told = [cell.removesuffix(" ...") for cell in first_cells(section(PAGE, "What is refused at start"))]
    return any(one in message for one in told)
