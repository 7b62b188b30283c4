"""Importing rules and numbers: what the files change, what the same files leave alone, and what is refused, by line."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import Forbidden
from billfold.services.imports import FileResult, ImportFailed, import_books
from billfold.services.parts import Parts
from billfold.services.rule_books import import_rule_books
from tests.factories_rows import add_contract, add_document, add_enterprise
from tests.services.asking import rows, value

RULES = (
    "enterprise,type,mask,prefix,reset,scope,start,mode,is_automatic,schedule_day,schedule_time,backdating,days_ahead"
)
INVOICE = "north,invoice,{PREFIX}{YYYY}/{N},С-,year,,7,,true,31,06:00,,3"
NUMBERS = "enterprise,type,number,dated_on,reason"
VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)


@pytest.fixture
async def enterprise_id(database: str) -> UUID:
    """The enterprise north."""
    async with writing() as connection:
        return await add_enterprise(connection, code="north")


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


async def test_rules_and_numbers_are_kept_and_the_same_files_change_nothing(
    parts: Parts, enterprise_id: UUID, tmp_path: Path
) -> None:
    write(tmp_path, "document_rules.csv", RULES, INVOICE)
    write(tmp_path, "numbers.csv", NUMBERS, "north,invoice,С-2026/7,2026-01-09,1С", "north,act,12,,1С")

    ordinary = await import_books(OPERATOR, tmp_path)
    first = await import_rule_books(parts, OPERATOR, tmp_path)
    before = await rows("SELECT xmin::text, * FROM number_events")
    again = await import_rule_books(parts, OPERATOR, tmp_path)

    assert (ordinary.files, ordinary.ignored) == ((), ())
    assert first == (FileResult("document_rules.csv", 1, 1, 0, 0), FileResult("numbers.csv", 2, 2, 0, 0))
    assert again == (FileResult("document_rules.csv", 1, 0, 0, 1), FileResult("numbers.csv", 2, 0, 0, 2))
    assert await rows("SELECT xmin::text, * FROM number_events") == before
    (rule,) = await rows("SELECT * FROM document_rules")
    asked = ("mask", "prefix", "reset", "scope", "start", "is_automatic", "schedule_day", "schedule_time", "days_ahead")
    assert [rule[name] for name in asked] == ["{PREFIX}{YYYY}/{N}", "С-", "year", "type", 7, True, 31, "06:00", 3]
    assert await rows("SELECT type, number, dated_on, reason, kind FROM number_events ORDER BY type DESC") == [
        {"type": "invoice", "number": "С-2026/7", "dated_on": date(2026, 1, 9), "reason": "1С", "kind": "imported"},
        {"type": "act", "number": "12", "dated_on": None, "reason": "1С", "kind": "imported"},
    ]


async def test_an_empty_prefix_takes_it_away_and_a_file_without_the_column_leaves_it(
    parts: Parts, enterprise_id: UUID, tmp_path: Path
) -> None:
    prefixes = []

    for header, line in (
        ("enterprise,type,prefix,days_ahead", "north,invoice,С-,3"),
        ("enterprise,type,days_ahead", "north,invoice,4"),
        ("enterprise,type,prefix,days_ahead", "north,invoice,,"),
    ):
        write(tmp_path, "document_rules.csv", header, line)
        await import_rule_books(parts, OPERATOR, tmp_path)
        prefixes.append(await value("SELECT prefix || ' ' || days_ahead FROM document_rules"))

    assert prefixes == ["С- 3", "С- 4", " 4"]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("south,invoice,,,,,,,,,,,", "enterprise"),
        ("north,memo,,,,,,,,,,,", "type"),
        ("north,invoice,{N},,year,,,,,,,,", None),
        ("north,invoice,,,,,0,,,,,,", "start"),
        ("north,invoice,,,,,,,,,25:00,,", "schedule_time"),
        ("north,invoice,,,weekly,,,,,,,,", "reset"),
        ("north,invoice,,,,,,,perhaps,,,,", "is_automatic"),
    ],
)
async def test_a_rule_that_cannot_be_is_told_with_its_line(
    parts: Parts, enterprise_id: UUID, tmp_path: Path, line: str, column: str | None
) -> None:
    write(tmp_path, "document_rules.csv", RULES, line)

    with pytest.raises(ImportFailed) as refusal:
        await import_rule_books(parts, OPERATOR, tmp_path)

    assert refusal.value.line == 2
    assert refusal.value.column in {column, "mask"} if column is None else refusal.value.column == column
    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_a_number_that_a_document_has_is_told_with_its_line(
    parts: Parts, enterprise_id: UUID, tmp_path: Path
) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection, enterprise_id=enterprise_id)
        await add_document(connection, "8", contract_id=contract_id)
    write(tmp_path, "numbers.csv", NUMBERS, "north,invoice,7,,1С", "north,invoice,8,,1С")

    with pytest.raises(ImportFailed, match="line 3, column number: Number '8' of 'invoice' is that of document_"):
        await import_rule_books(parts, OPERATOR, tmp_path)

    assert await value("SELECT count(*) FROM number_events") == 0


async def test_without_the_scope_nothing_is_imported(parts: Parts, enterprise_id: UUID, tmp_path: Path) -> None:
    write(tmp_path, "numbers.csv", NUMBERS, "north,invoice,7,,1С")

    with pytest.raises(Forbidden):
        await import_rule_books(parts, VIEWER, tmp_path)

    assert await value("SELECT count(*) FROM number_events") == 0
