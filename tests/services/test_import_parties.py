"""Importing what enterprises have from a day on, and the columns of parties that may be left out."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from billfold.database.connection import writing
from billfold.database.rules import keep_rules
from billfold.domain.access import OPERATOR
from billfold.domain.rules import DocumentRule
from billfold.services.imports import ImportFailed, ImportResult, import_books
from tests.services.asking import rows, value
from tests.services.sample_books import copy_books, edit

TAX_REGIMES = "enterprise,valid_from,regime\nvetrova,2027-01-01,usn-5\nyantar-net,1900-01-01,vat\n"
SIGNERS = (
    "enterprise,role,valid_from,valid_until,name,position,authority\n"
    "yantar-net,director,2026-07-01,2026-08-01,Ким Е. С.,Заместитель директора,доверенность № 5\n"
    "yantar-net,accountant,2026-07-01,,Ли А. А.,,\n"
)
BANK_ACCOUNTS = (
    "enterprise,currency,valid_from,bank_name,bic,account,corr_account\n"
    "kittiwake-msg,USD,2026-01-01,ПАО СБЕРБАНК,044525225,40702810200000000001,30101810400000000225\n"
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The sample's books, with what is dated."""
    folder = copy_books(tmp_path)
    (folder / "tax_regimes.csv").write_text(TAX_REGIMES, encoding="utf-8")
    (folder / "signers.csv").write_text(SIGNERS, encoding="utf-8")
    (folder / "bank_accounts.csv").write_text(BANK_ACCOUNTS, encoding="utf-8")
    return folder


def told(result: ImportResult) -> dict[str, tuple[int, int, int]]:
    return {file.name: (file.added, file.changed, file.unchanged) for file in result.files}


async def test_dated_things_are_imported_after_their_enterprises(database: str, books: Path) -> None:
    result = await import_books(OPERATOR, books)

    assert [file.name for file in result.files][:5] == [
        "brands.csv",
        "enterprises.csv",
        "tax_regimes.csv",
        "signers.csv",
        "bank_accounts.csv",
    ]
    vetrova = await value("SELECT id FROM enterprises WHERE code = 'vetrova'")
    assert await rows(
        "SELECT valid_from, regime FROM tax_regimes WHERE enterprise_id = $1 ORDER BY valid_from", vetrova
    ) == [
        {"valid_from": date(1900, 1, 1), "regime": "usn-exempt"},
        {"valid_from": date(2027, 1, 1), "regime": "usn-5"},
    ]
    assert await rows("SELECT role, valid_until, name, position, authority FROM signers ORDER BY role") == [
        {"role": "accountant", "valid_until": None, "name": "Ли А. А.", "position": "", "authority": ""},
        {
            "role": "director",
            "valid_until": date(2026, 8, 1),
            "name": "Ким Е. С.",
            "position": "Заместитель директора",
            "authority": "доверенность № 5",
        },
    ]
    assert await rows("SELECT currency, bic, account FROM bank_accounts") == [
        {"currency": "USD", "bic": "044525225", "account": "40702810200000000001"}
    ]


async def test_the_same_dated_rows_again_change_nothing(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)

    again = told(await import_books(OPERATOR, books))

    names = ("enterprises.csv", "tax_regimes.csv", "signers.csv", "bank_accounts.csv")
    assert [again[name] for name in names] == [(0, 0, 3), (0, 0, 2), (0, 0, 2), (0, 0, 1)]


async def test_a_changed_dated_row_changes_the_books(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    edit(books / "signers.csv", "Ли А. А.", "Ли Анна")

    result = told(await import_books(OPERATOR, books))

    assert result["signers.csv"] == (0, 1, 1)
    assert await value("SELECT name FROM signers WHERE role = 'accountant'") == "Ли Анна"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column", "reason"),
    [
        ("tax_regimes.csv", "usn-5", "usn-6", 2, "regime", "write vat, usn-exempt, usn-5, usn-7"),
        ("tax_regimes.csv", "vetrova", "nobody", 2, "enterprise", "'nobody' is not known: add it to enterprises.csv"),
        ("signers.csv", "director", "boss", 2, "role", "write director, accountant"),
        ("signers.csv", "2026-08-01", "2026-07-01", 2, "valid_until", "2026-07-01 is not after 2026-07-01"),
        ("signers.csv", "Ли А. А.", "", 3, "name", "it is empty"),
        ("bank_accounts.csv", "USD", "US", 2, "currency", "Currency 'US' is unknown"),
        ("bank_accounts.csv", "044525225", "", 2, "bic", "needs the code of its bank"),
    ],
)
async def test_a_bad_dated_cell_is_told(
    database: str, books: Path, file: str, old: str, new: str, line: int, column: str, reason: str
) -> None:
    edit(books / file, old, new)

    with pytest.raises(ImportFailed) as failure:
        await import_books(OPERATOR, books)

    assert (failure.value.file, failure.value.line, failure.value.column) == (file, line, column)
    assert reason in failure.value.message


async def test_a_dated_row_does_not_change_closed_books(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    await value("UPDATE enterprises SET closed_until = '2026-10-01' RETURNING 1")
    unchanged = told(await import_books(OPERATOR, books))
    edit(books / "signers.csv", "Ли А. А.", "Ли Анна")

    with pytest.raises(ImportFailed, match="the books are closed until 2026-10-01") as failure:
        await import_books(OPERATOR, books)

    assert (failure.value.file, failure.value.line, failure.value.column) == ("signers.csv", 3, "valid_from")
    assert unchanged["signers.csv"] == (0, 0, 2)
    assert await value("SELECT name FROM signers WHERE role = 'accountant'") == "Ли А. А."


async def test_optional_columns_fill_what_they_name(database: str, tmp_path: Path) -> None:
    books = copy_books(tmp_path)
    _add_column(books / "services.csv", "tax_category", "reduced")
    _add_column(books / "enterprises.csv", "tax_rounding", "rate")

    await import_books(OPERATOR, books)
    again = await import_books(OPERATOR, books)

    assert await value("SELECT count(*) FROM services WHERE tax_category <> 'reduced'") == 0
    assert await value("SELECT count(*) FROM enterprises WHERE tax_rounding <> 'rate'") == 0
    assert {file.changed for file in again.files} == {0}


async def test_what_electronic_exchange_needs_is_imported(database: str, tmp_path: Path) -> None:
    books = copy_books(tmp_path)
    for file in ("enterprises.csv", "clients.csv"):
        _add_column(books / file, "edo_id", "2BM-39")
    _add_column(books / "enterprises.csv", "ogrn_on", "2002-08-26")
    _add_column(books / "brands.csv", "font", "PT Sans")

    await import_books(OPERATOR, books)
    again = await import_books(OPERATOR, books)

    assert await rows("SELECT DISTINCT ogrn_on, electronic_address FROM enterprise_requisites") == [
        {"ogrn_on": date(2002, 8, 26), "electronic_address": "2BM-39"}
    ]
    assert await rows("SELECT DISTINCT ogrn_on, electronic_address FROM client_requisites") == [
        {"ogrn_on": None, "electronic_address": "2BM-39"}
    ]
    assert await value("SELECT count(*) FROM brands WHERE font <> 'PT Sans'") == 0
    assert {file.changed for file in again.files} == {0}


@pytest.mark.parametrize(
    ("file", "column", "cell", "reason"),
    [
        ("enterprises.csv", "ogrn_on", "26.08.2002", "write it as 2026-10-31"),
        ("enterprises.csv", "edo_id", "2BM 39", "holds a space or a control character"),
        ("clients.csv", "edo_id", "x" * 201, "shorten it to 200"),
        ("brands.csv", "font", "'Lato'", "such as PT Sans"),
    ],
)
async def test_what_electronic_exchange_cannot_need_is_told(
    database: str, tmp_path: Path, file: str, column: str, cell: str, reason: str
) -> None:
    books = copy_books(tmp_path)
    _add_column(books / file, column, cell)

    with pytest.raises(ImportFailed, match=reason) as failure:
        await import_books(OPERATOR, books)

    assert (failure.value.file, failure.value.line, failure.value.column) == (file, 2, column)


async def test_a_day_of_registration_in_a_file_needs_its_number(database: str, tmp_path: Path) -> None:
    books = copy_books(tmp_path)
    _add_column(books / "clients.csv", "ogrn", "")
    _add_column(books / "clients.csv", "ogrn_on", "2002-08-26")

    with pytest.raises(ImportFailed, match="A registration of 2002-08-26 has its ОГРН") as failure:
        await import_books(OPERATOR, books)

    assert (failure.value.file, failure.value.line, failure.value.column) == ("clients.csv", 2, "ogrn_on")


async def test_an_ogrn_of_a_client_is_checked(database: str, tmp_path: Path) -> None:
    books = copy_books(tmp_path)
    _add_column(books / "clients.csv", "ogrn", "1027700000018")

    with pytest.raises(ImportFailed) as failure:
        await import_books(OPERATOR, books)

    assert (failure.value.file, failure.value.line, failure.value.column) == ("clients.csv", 2, "ogrn")


def _add_column(file: Path, name: str, cell: str) -> None:
    """Write a last column; the sample's quoted cells may hold line ends."""
    found = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[*found[0], name], *([*row, cell] for row in found[1:])])


async def test_schedules_go_on_at_the_same_day_of_another_zone(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    async with writing() as connection:
        enterprises = [one["id"] for one in await connection.fetch("SELECT id FROM enterprises ORDER BY code")]
        await keep_rules(connection, enterprises, "invoice", DocumentRule())
        await connection.execute("UPDATE document_rules SET scheduled_until = '2026-10-31T22:00Z'")
    edit(books / "enterprises.csv", "usn-exempt,Europe/Kaliningrad", "usn-exempt,Europe/Moscow")

    await import_books(OPERATOR, books)

    found = await rows(
        """SELECT r.scheduled_until AS until FROM document_rules r JOIN enterprises e ON e.id = r.enterprise_id
           WHERE e.code IN ('vetrova', 'yantar-net') ORDER BY e.code"""
    )
    assert [one["until"].hour for one in found] == [21, 22]
