"""Importing usage and prices: rated by the list, corrected, late; refused where it would change what was charged."""

from decimal import Decimal
from pathlib import Path

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.domain.metering import ReportedUsage
from billfold.services import usage
from billfold.services.imports import FileResult, ImportFailed, import_books
from billfold.services.parts import Parts
from tests.factories_rows import add_charge, add_charge_period
from tests.services.asking import contract, rows, value
from tests.services.sample_books import USAGE, append, copy_books, edit

HEADER = "service,contract,currency,destination,valid_from,model,tax_included,allowance,tiers"
GENERAL = "voice-out,,RUB,,2026-10-01,graduated,true,60,100:1.50;500:1.30;:1.20"
OWN = "voice-out,Я-102-Т,RUB,Россия,2026-10-01,flat,false,,:0.99"
NOVEMBER = "usage-2026-11.csv"
COLUMNS = "external_id,contract,service,occurred_at,quantity,unit_price,tax_included,destination,party,corrects"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The sample operator's books with two prices."""
    folder = copy_books(tmp_path)
    write(folder / "prices.csv", HEADER, GENERAL, OWN)
    return folder


def write(file: Path, *lines: str) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


async def refusal(books: Path) -> ImportFailed:
    with pytest.raises(ImportFailed) as caught:
        await import_books(OPERATOR, books)
    return caught.value


async def test_prices_are_kept_and_the_same_rows_change_nothing(database: str, books: Path) -> None:
    first = await import_books(OPERATOR, books)
    before = await rows("SELECT xmin::text, * FROM prices ORDER BY model")
    again = await import_books(OPERATOR, books)

    assert first.files[-2] == FileResult("prices.csv", 2, 2, 0, 0)
    assert again.files[-2] == FileResult("prices.csv", 2, 0, 0, 2)
    assert await rows("SELECT xmin::text, * FROM prices ORDER BY model") == before
    own, general = before
    assert (own["contract_id"], own["destination"], own["tax_included"]) == (await contract("Я-102-Т"), "Россия", False)
    assert (own["allowance"], own["tiers"]) == (0, '[[null, "0.99"]]')
    assert (general["contract_id"], general["destination"], general["allowance"]) == (None, "", 60)
    assert general["tiers"] == '[["100", "1.50"], ["500", "1.30"], [null, "1.20"]]'


async def test_price_that_nothing_was_charged_from_may_change(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    edit(books / "prices.csv", ":0.99", ":0.98")

    result = await import_books(OPERATOR, books)

    assert result.files[-2] == FileResult("prices.csv", 2, 0, 1, 1)
    assert await value("SELECT tiers FROM prices WHERE model = 'flat'") == '[[null, "0.98"]]'


async def test_price_that_was_charged_from_stays(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    async with writing() as connection:
        price_id = await connection.fetchval("SELECT id FROM prices WHERE model = 'flat'")
        await add_charge(connection, kind="usage", price_id=price_id)
    same = await import_books(OPERATOR, books)
    edit(books / "prices.csv", ":0.99", ":0.98")

    failure = await refusal(books)

    assert same.files[-2] == FileResult("prices.csv", 2, 0, 0, 2)
    assert (failure.line, failure.column) == (3, "valid_from")
    assert "usage was charged from this price" in failure.reason
    assert await value("SELECT tiers FROM prices WHERE model = 'flat'") == '[[null, "0.99"]]'


async def test_new_price_starts_after_the_days_that_are_charged(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    async with writing() as connection:
        await add_charge_period(connection, contract_id=await contract("Я-102-Т"))
    append(books / "prices.csv", OWN.replace("2026-10-01", "2026-11-01"))
    after = await import_books(OPERATOR, books)
    append(books / "prices.csv", OWN.replace("2026-10-01", "2026-10-31"))

    failure = await refusal(books)

    assert after.files[-2] == FileResult("prices.csv", 3, 1, 0, 2)
    assert (failure.line, failure.column) == (5, "valid_from")
    assert "days before 2026-11-01 are charged or closed" in failure.reason


async def test_general_price_starts_after_closed_books_that_used_it(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    async with writing() as connection:
        period = await add_charge_period(connection, contract_id=await contract("Я-102-Т"))
        service = await connection.fetchval("SELECT id FROM services WHERE code = 'voice-out'")
        await add_charge(connection, charge_period_id=period, service_id=service, kind="usage")
        await connection.execute("UPDATE enterprises SET closed_until = '2026-10-16'")
    append(books / "prices.csv", GENERAL.replace("2026-10-01", "2026-10-15"))

    failure = await refusal(books)

    assert (failure.line, failure.column) == (4, "valid_from")
    assert "days before 2026-10-16" in failure.reason


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        ("voice-out,Я-102-Т", "voice-none,Я-102-Т", "service", "'voice-none' is not known"),
        ("Я-102-Т,RUB", "Я-000,RUB", "contract", "'Я-000' is not known: add it to contracts.csv"),
        ("Я-102-Т,RUB", "Я-102-Т,USD", "currency", "the contract is in RUB: so is its price"),
        ("2026-10-01,flat", "2026-10-32,flat", "valid_from", "is not a date"),
        ("2026-10-01,flat", "2026-10-01,stepped", "model", "write flat, volume, graduated"),
        (",,:0.99", ",,0.99", "tiers", "'0.99' is no tier: write the tiers as 100:1.50;500:1.30;:1.20"),
        (",,:0.99", ",,:-0.99", "tiers", "is negative"),
        (",,:0.99", ",,9:1;:0.99", "tiers", "A flat price has one tier"),
        (",,:0.99", ",,", "tiers", "is no tier"),
        ("flat,false,,:0.99", "volume,false,,9:1;9:2;:3", "tiers", "not above 9"),
        ("flat,false,,:0.99", "volume,false,,9:1", "tiers", "The last tier ends"),
        ("flat,false,,:0.99", "flat,false,-1,:0.99", "allowance", "is negative"),
        ("flat,false,", "flat,,", "tax_included", "neither true nor false"),
    ],
)
async def test_bad_price_says_where(database: str, books: Path, old: str, new: str, column: str, reason: str) -> None:
    edit(books / "prices.csv", old, new)

    failure = await refusal(books)

    assert (failure.file, failure.line, failure.column) == ("prices.csv", 3, column)
    assert reason in failure.reason
    assert await value("SELECT count(*) FROM prices") == 0


async def test_two_prices_of_one_start_contradict_one_another(database: str, books: Path) -> None:
    append(books / "prices.csv", GENERAL.replace("1.20", "1.10"))

    failure = await refusal(books)

    assert (failure.line, failure.column) == (4, "valid_from")
    assert "line 2 says something else" in failure.reason


async def test_usage_without_a_price_is_rated_by_the_list(database: str, books: Path) -> None:
    edit(books / USAGE, "+02:00,9,1.75,true,", "+02:00,9,,,")

    await import_books(OPERATOR, books)

    (used,) = await rows("SELECT unit_price, tax_included FROM usage_records WHERE external_id = 'oct26-0001'")
    assert used == {"unit_price": None, "tax_included": False}


async def test_corrections_find_their_originals_in_this_file_or_before(database: str, books: Path) -> None:
    first = "fix-1,Я-102-Т,voice-out,2026-10-01T08:19:10+02:00,-2,1.75,true,Россия,78120003225,oct26-0001"
    call = "call-2,Я-102-Т,voice-out,2026-11-01T08:19:10+02:00,5,1.75,true,Россия,1,"
    second = "a-fix,Я-102-Т,voice-out,2026-11-01T08:19:10+02:00,-5,1.75,true,Россия,1,call-2"
    write(books / NOVEMBER, COLUMNS, first, second, call)

    result = await import_books(OPERATOR, books)
    again = await import_books(OPERATOR, books)

    assert result.files[-1] == FileResult(NOVEMBER, 3, 3, 0, 0)
    assert again.files[-1] == FileResult(NOVEMBER, 3, 0, 0, 3)
    corrected = await rows(
        "SELECT c.external_id, o.external_id AS original FROM usage_records c JOIN usage_records o ON o.id = c.corrects"
        " ORDER BY 1"
    )
    assert [tuple(row.values()) for row in corrected] == [("a-fix", "call-2"), ("fix-1", "oct26-0001")]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("-2,1.75,true,Россия,1,oct26-9999", "corrects", "'oct26-9999' is no original that was imported"),
        ("2,1.75,true,Россия,1,oct26-0001", "quantity", "its quantity is 2, not negative"),
        ("-10,1.75,true,Россия,1,oct26-0001", None, "takes back at most what its original measured"),
        ("2,1.75,,Россия,1,", "tax_included", "write whether the unit price holds the tax"),
        ("2,1.75,maybe,Россия,1,", "tax_included", "neither true nor false"),
    ],
)
async def test_bad_usage_says_where(database: str, books: Path, row: str, column: str | None, reason: str) -> None:
    write(books / NOVEMBER, COLUMNS, f"fix-1,Я-102-Т,voice-out,2026-10-01T08:19:10+02:00,{row}")

    failure = await refusal(books)

    assert (failure.file, failure.column) == (NOVEMBER, column)
    assert reason in failure.reason
    assert await value("SELECT count(*) FROM usage_records WHERE external_id = 'fix-1'") == 0


async def test_usage_of_charged_days_waits_for_the_next_period(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    async with writing() as connection:
        await add_charge_period(connection, contract_id=await contract("Я-102-Т"))
    append(books / USAGE, "late-1,Я-102-Т,voice-out,2026-10-05T08:19:10+02:00,9,1.75,true,Россия,1")

    result = await import_books(OPERATOR, books)

    assert result.files[-1] == FileResult(USAGE, 301, 1, 0, 300)
    (late,) = await rows("SELECT u.external_id FROM late_usage l JOIN usage_records u ON u.id = l.usage_id")
    assert late == {"external_id": "late-1"}


async def test_what_was_imported_is_corrected_by_a_call(parts: Parts, books: Path) -> None:
    await import_books(OPERATOR, books)
    fix = ReportedUsage("fix-1", Decimal(-4), corrects="oct26-0001")

    result = await usage.record(parts, OPERATOR, source="import", records=[fix])

    assert result.recorded == 1
    assert await value("SELECT sum(quantity) FROM usage_records WHERE external_id IN ('oct26-0001', 'fix-1')") == 5
