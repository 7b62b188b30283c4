"""Importing payments: each counts once, settles what it refers to, and is checked by its contract's currency."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from billfold.domain.access import OPERATOR
from billfold.services.imports import ImportFailed, import_books
from billfold.services.parts import Parts
from tests.services.asking import rows, value
from tests.services.money import assert_sums_agree, balance, bill, close, open_contract, settled, shares

ROW = {
    "external_id": "1",
    "contract": "1",
    "amount": "100.00",
    "received_on": "2026-10-05",
    "reference": "Оплата по счету 2",
    "document": "",
    "method": "",
}


def write(folder: Path, *changes: Mapping[str, str]) -> Path:
    """Write payments.csv with one row for each set of changes; the first tells the columns."""
    folder.mkdir(exist_ok=True)
    lines = [{**ROW, **change} for change in changes]
    text = "\n".join([",".join(lines[0]), *(",".join(line.values()) for line in lines)])
    (folder / "payments.csv").write_text(text + "\n")
    return folder


async def take(folder: Path, *changes: Mapping[str, str]) -> tuple[int, int, int]:
    """Import the rows; gives how many were read, added and left as they are."""
    (done,) = (await import_books(OPERATOR, write(folder, *changes))).files
    return done.rows, done.added, done.unchanged


@pytest.fixture
async def contract(parts: Parts) -> UUID:
    """A contract with two bills of 100.00."""
    contract = await open_contract()
    await bill(contract, "1", "100.00", month=8)
    await bill(contract, "2", "100.00", month=9)
    return contract


async def test_a_payment_is_imported_once(contract: UUID, tmp_path: Path) -> None:
    assert await take(tmp_path / "a", {}) == (1, 1, 0)
    assert await take(tmp_path / "a", {}) == (1, 0, 1)

    assert await balance(contract) == "-100.00"
    (row,) = await rows("SELECT amount, received_on, method, source, external_id, created_by FROM payments")
    assert row == {
        "amount": Decimal("100.00"),
        "received_on": date(2026, 10, 5),
        "method": "bank",
        "source": "import",
        "external_id": "1",
        "created_by": "import",
    }
    await assert_sums_agree()


async def test_payments_settle_their_document_and_then_the_oldest_due(contract: UUID, tmp_path: Path) -> None:
    second = {"external_id": "2", "amount": "30.00", "document": "2", "received_on": "2026-10-04"}
    await take(tmp_path / "a", {"amount": "90.00", "document": "2"}, second)

    assert await shares(contract) == [
        ("referenced", "2", "30.00"),
        ("referenced", "2", "70.00"),
        ("automatic", "1", "20.00"),
    ]
    await assert_sums_agree()


async def test_a_number_that_is_not_of_the_contract_refers_to_nothing(contract: UUID, tmp_path: Path) -> None:
    other = await bill(await open_contract("2"), "О-1", "50.00", month=9)

    await take(tmp_path / "a", {"document": "О-1"}, {"external_id": "2", "amount": "5.00", "document": "999"})

    assert await settled(other) == "0"
    assert await shares(contract) == [("automatic", "1", "100.00"), ("automatic", "2", "5.00")]


async def test_many_contracts_are_settled_in_one_import(parts: Parts, tmp_path: Path) -> None:
    contracts = [await open_contract(str(at), opening_balance=Decimal("-10.00")) for at in range(1, 31)]

    await take(tmp_path / "a", *({"external_id": str(at), "contract": str(at), "amount": "15"} for at in range(1, 31)))

    assert [await balance(contract) for contract in contracts] == ["5.00"] * 30
    assert await value("SELECT count(*) FROM allocations WHERE document_id IS NULL AND amount = 10") == 30
    await assert_sums_agree()


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"contract": "9"}, "contract", "is not known"),
        ({"amount": "0.00"}, "amount", "above 0"),
        ({"amount": "-5.00"}, "amount", "above 0"),
        ({"amount": "1.005"}, "amount", "more than the 2 decimals of RUB"),
        ({"received_on": "2026-08-31"}, "received_on", "closed until 2026-09-01"),
        ({"received_on": "soon"}, "received_on", "is not a date"),
        ({"method": "barter"}, "method", "is not known"),
        ({"external_id": ""}, "external_id", "is empty"),
    ],
)
async def test_a_wrong_row_stops_its_file(
    contract: UUID, tmp_path: Path, changes: Mapping[str, str], column: str, words: str
) -> None:
    await close(date(2026, 9, 1))

    with pytest.raises(ImportFailed, match=words) as failed:
        await take(tmp_path / "a", {}, {"external_id": "2", **changes})

    assert (failed.value.line, failed.value.column) == (3, column)
    assert await rows("SELECT 1 FROM payments") == []


async def test_rows_of_one_id_that_differ_are_refused(contract: UUID, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="line 2 says something else"):
        await take(tmp_path / "a", {}, {"amount": "99.00"})

    assert await take(tmp_path / "a", {}, {}) == (2, 1, 1)


async def test_what_was_imported_may_be_imported_again_when_the_books_are_closed(
    contract: UUID, tmp_path: Path
) -> None:
    await take(tmp_path / "a", {})
    await close(date(2026, 11, 1))

    assert await take(tmp_path / "a", {}) == (1, 0, 1)


async def test_document_and_method_may_be_left_out(contract: UUID, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "payments.csv").write_text("external_id,contract,amount,received_on,reference\n1,1,5,2026-10-01,\n")

    await import_books(OPERATOR, folder)

    assert str(await value("SELECT amount FROM payments")) == "5.00"
