"""A partner's distribution, installed as partners install it: it is found, it prints, and it uses the one door only."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from billfold.plugin_api import DocumentRule, Visibility, sample_document
from tests.docs.distributions import install
from tests.docs.pages import ROOT

PROJECT = ROOT / "tests/partner_plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the distribution is installed in."""
    target = tmp_path_factory.mktemp("partner") / "installed"
    install(PROJECT, target)
    return target


def billfold(installed: Path, data_dir: Path, *arguments: str, **variables: str) -> Any:
    """Run a command where the distribution is installed; give what it prints as JSON."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BILLFOLD_")}
    done = subprocess.run(
        [sys.executable, "-m", "billfold", *arguments, "--json"],
        env={**own, **variables, "PYTHONPATH": str(installed), "BILLFOLD_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_installed_plugin_is_found_by_its_entry_point(installed: Path, data_dir: Path) -> None:
    found = billfold(installed, data_dir, "plugin", "list")["plugins"]

    assert {
        "name": "usage-statement",
        "version": "1.0.0",
        "type": "usage-statement",
        "formats": "usage-ledger",
        "source": "entry point billfold_usage_statement",
    } in found


def test_an_installed_plugin_conforms(installed: Path, data_dir: Path) -> None:
    report = billfold(installed, data_dir, "plugin", "check", "usage-statement", "--quick")

    assert (report["passed"], report["version"], report["formats"]) == (True, "1.0.0", ["usage-ledger"])


def test_an_installed_plugin_prints_in_both_languages(
    installed: Path, data_dir: Path, database_url: str, redis_url: str
) -> None:
    servers = {"BILLFOLD_DATABASE_URL": database_url, "BILLFOLD_REDIS_URL": redis_url}
    books = ROOT / "server/billfold/sample"

    billfold(installed, data_dir, "import", str(books), **servers)
    made = billfold(installed, data_dir, "run", "usage-statement", "--period", "2026-10", **servers)
    files = [file.read_bytes() for file in (data_dir / "files").glob("*/*/*")]
    texts = sorted(_text(file) for file in files if file.startswith(b"%PDF"))
    tables = [file.decode("utf-8-sig").splitlines()[0] for file in files if not file.startswith(b"%PDF")]

    assert (made["documents"], made["printed"], made["failed"]) == (6, 6, [])
    assert sorted(one["number"] for one in made["contracts"] if one["number"]) == [
        "2026-10/001",
        "2026-10/001",
        "2026-10/002",
        "2026-10/003",
        "2026-10/004",
        "2026-10/005",
    ]
    assert sum("Used in October 2026: USD" in text for text in texts) == 3
    assert sum("Всего за октябрь 2026 г.:" in text for text in texts) == 3
    assert sum("Расшифровка поясняет счёт" in text for text in texts) == 3
    assert sorted(tables) == ["When;Destination;Quantity"] * 3 + ["Когда;Направление;Количество"] * 3


def test_its_hooks_answer_for_a_sample_document() -> None:
    spec = importlib.util.spec_from_file_location("statements", PROJECT / "src/billfold_usage_statement/__init__.py")
    assert spec is not None
    assert spec.loader is not None
    statements = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(statements)
    document = sample_document(statements.document_type())

    assert statements.document_number(document, 7) == "2026-10/007"
    assert statements.document_number_series(document) == "usage-statement:2026-10"
    assert statements.document_visibility(document, DocumentRule(is_visible=False)) is Visibility.STAFF


def test_a_partner_imports_the_plugin_api_only() -> None:
    source = (PROJECT / "src/billfold_usage_statement/__init__.py").read_text()

    imported = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}

    assert {name for name in imported if name and name.startswith("billfold")} == {"billfold.plugin_api"}


def _text(pdf: bytes) -> str:
    return " ".join(page.extract_text().replace("\u00a0", " ") for page in PdfReader(BytesIO(pdf)).pages)
