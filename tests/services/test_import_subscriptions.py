"""Importing subscriptions: their changes, their proration, and the credit limits of contracts."""

from decimal import Decimal
from pathlib import Path

import pytest

from billfold.domain.access import OPERATOR
from billfold.services.imports import FileResult, ImportFailed, import_books
from tests.services.asking import rows, value
from tests.services.sample_books import append, copy_books, edit

CHANGES = "subscription_changes.csv"
HEADER = "contract,service,started_on,valid_from,price,quantity,tax_included,is_suspended"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The sample operator's books, to be added to."""
    return copy_books(tmp_path)


def write(books: Path, *lines: str, header: str = HEADER) -> None:
    (books / CHANGES).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


async def imported(books: Path) -> FileResult:
    """Import, and give what became of the changes."""
    result = await import_books(OPERATOR, books)
    return next(file for file in result.files if file.name == CHANGES)


async def refusal(books: Path) -> ImportFailed:
    """Import, and give the failure of the changes; nothing of them may be kept."""
    with pytest.raises(ImportFailed) as caught:
        await import_books(OPERATOR, books)
    assert caught.value.file == CHANGES
    assert await value("SELECT count(*) FROM subscription_changes") == 0
    return caught.value


async def test_changes_of_a_subscription_are_imported(database: str, books: Path) -> None:
    write(
        books,
        "Я-101,fiber-300,2024-03-12,2026-10-05,2000.00,2,false,false",
        "Я-101,fiber-300,2024-03-12,2026-10-20,2000.00,2,false,true",
    )

    assert await imported(books) == FileResult(CHANGES, 2, 2, 0, 0)

    found = await rows(
        """SELECT v.code, n.valid_from::text AS valid_from, n.price, n.quantity, n.tax_included, n.is_suspended
           FROM subscription_changes n JOIN subscriptions s ON s.id = n.subscription_id
           JOIN services v ON v.id = s.service_id ORDER BY n.valid_from"""
    )
    assert [tuple(row.values()) for row in found] == [
        ("fiber-300", "2026-10-05", Decimal("2000.00"), Decimal(2), False, False),
        ("fiber-300", "2026-10-20", Decimal("2000.00"), Decimal(2), False, True),
    ]


async def test_the_same_changes_again_change_nothing_and_other_values_do(database: str, books: Path) -> None:
    write(books, "Я-101,fiber-300,2024-03-12,2026-10-05,2000.00,2,false,false")
    await import_books(OPERATOR, books)

    again = await imported(books)
    edit(books / CHANGES, "2000.00", "2100.00")
    changed = await imported(books)

    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert (changed.added, changed.changed) == (0, 1)
    assert await value("SELECT price FROM subscription_changes") == Decimal("2100.00")


async def test_an_ordinal_tells_subscriptions_of_one_start_apart(database: str, books: Path) -> None:
    append(books / "subscriptions.csv", "Я-101,fiber-300,2024-03-12,,7.00,true,1")
    write(
        books,
        "Я-101,fiber-300,2024-03-12,2,2026-10-05,8.00,1,true,false",
        "Я-101,fiber-300,2024-03-12,1,2026-10-05,9.00,1,true,false",
        header=HEADER.replace("started_on", "started_on,ordinal"),
    )

    await import_books(OPERATOR, books)

    found = await rows(
        """SELECT s.ordinal, s.price AS was, n.price FROM subscription_changes n
           JOIN subscriptions s ON s.id = n.subscription_id ORDER BY 1"""
    )
    assert [tuple(row.values()) for row in found] == [
        (1, Decimal("1900.00"), Decimal("9.00")),
        (2, Decimal("7.00"), Decimal("8.00")),
    ]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (
            "Я-101,fiber-300,2024-03-13,2026-10-05,1,1,true,false",
            "contract",
            "'Я-101 fiber-300 2024-03-13 1' is not known: add it to subscriptions.csv",
        ),
        ("Я-999,fiber-300,2024-03-12,2026-10-05,1,1,true,false", "contract", "is not known"),
        ("Я-101,static-ip,2024-03-12,2026-10-05,1,1,true,false", "contract", "is not known"),
        ("Я-101,fiber-300,2024-03-12,2024-03-12,1,1,true,false", "valid_from", "is not after started_on, 2024-03-12"),
        ("Я-101,fiber-300,2024-03-12,2024-03-11,1,1,true,false", "valid_from", "is not after started_on"),
        ("Я-101,fiber-300,2024-03-12,2026-10-05,-1,1,true,false", "price", "is negative"),
        ("Я-101,fiber-300,2024-03-12,2026-10-05,1,-1,true,false", "quantity", "is negative"),
        ("Я-101,fiber-300,2024-03-12,2026-10-05,1,1,true,no", "is_suspended", "neither true nor false"),
    ],
)
async def test_a_bad_change_stops_the_file_and_says_where(
    database: str, books: Path, line: str, column: str, reason: str
) -> None:
    write(books, "Я-102,fiber-1000,2026-10-15,2026-10-20,1,1,true,false", line)

    failure = await refusal(books)

    assert (failure.line, failure.column) == (3, column)
    assert reason in failure.reason


async def test_two_values_of_one_day_contradict_one_another(database: str, books: Path) -> None:
    lines = [f"Я-101,fiber-300,2024-03-12,2026-10-05,{price},1,true,false" for price in (1, 1, 2)]
    write(books, *lines)

    failure = await refusal(books)

    assert (failure.line, failure.column) == (4, "valid_from")
    assert "line 2 says something else of the same valid_from" in failure.reason


async def test_a_number_of_two_enterprises_tells_the_one_that_has_the_subscription(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    for name in ("subscriptions.csv", "usage-2026-10.csv"):
        (books / name).unlink()
    append(books / "contracts.csv", "В-7,bukhta-roz,yantar-net,2026-01-01,,RUB,postpaid,10,0")
    service, started_on = (await rows(_OF_V7))[0].values()
    write(books, f"В-7,{service},{started_on},2027-01-01,1,1,true,false")
    await import_books(OPERATOR, books)

    assert await value("SELECT count(*) FROM subscription_changes") == 1


_OF_V7 = """SELECT v.code, s.started_on::text FROM subscriptions s JOIN contracts c ON c.id = s.contract_id
            JOIN services v ON v.id = s.service_id WHERE c.number = 'В-7' LIMIT 1"""


async def test_proration_and_credit_limit_may_be_told(database: str, books: Path) -> None:
    for name, columns in (("subscriptions.csv", "proration"), ("contracts.csv", "credit_limit")):
        told = "none" if columns == "proration" else "150.00"
        first, second, *others = (books / name).read_text(encoding="utf-8").splitlines()
        others = [f"{line},{'by_day' if columns == 'proration' else '0'}" for line in others]
        (books / name).write_text(
            "\n".join([f"{first},{columns}", f"{second},{told}", *others]) + "\n", encoding="utf-8"
        )

    await import_books(OPERATOR, books)
    again = await import_books(OPERATOR, books)

    assert await value("SELECT count(*) FROM subscriptions WHERE proration = 'none'") == 1
    assert await value("SELECT credit_limit FROM contracts WHERE number = 'Я-101'") == Decimal("150.00")
    assert all(file.unchanged == file.rows for file in again.files)


@pytest.mark.parametrize(
    ("amount", "reason"), [("-1", "is negative"), ("1.005", "is no amount of RUB: write at most 2 decimals")]
)
async def test_a_bad_credit_limit_stops_its_file(database: str, books: Path, amount: str, reason: str) -> None:
    text = (books / "contracts.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{text[0]},credit_limit", *(f"{line},{amount}" for line in text[1:])]
    (books / "contracts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    with pytest.raises(ImportFailed) as caught:
        await import_books(OPERATOR, books)

    assert (caught.value.line, caught.value.column) == (2, "credit_limit")
    assert reason in caught.value.reason
    assert await value("SELECT count(*) FROM contracts") == 0
