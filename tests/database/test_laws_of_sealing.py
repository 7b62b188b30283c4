"""The laws around issued documents: their lines add up, their counters go up, their contracts hold."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from asyncpg.exceptions import CheckViolationError, IntegrityConstraintViolationError

from tests.factories_rows import add_charge_period, add_contract, add_document, add_line

VOID = "UPDATE documents SET status = 'VOID', voided_at = $1, void_reason = 'wrong client'"
INSTANT = datetime(2026, 11, 2, tzinfo=UTC)


async def test_an_issued_document_is_no_draft_again(connection: asyncpg.Connection) -> None:
    await add_document(connection)

    with pytest.raises(IntegrityConstraintViolationError, match="is no draft again"):
        await connection.execute("UPDATE documents SET status = 'DRAFT'")


async def test_the_reason_of_a_void_stays(connection: asyncpg.Connection) -> None:
    await add_document(connection)
    await connection.execute(VOID, INSTANT)

    with pytest.raises(IntegrityConstraintViolationError, match="is void and stays void"):
        await connection.execute("UPDATE documents SET void_reason = 'another'")


async def test_a_line_that_does_not_add_up_to_its_document_is_refused(connection: asyncpg.Connection) -> None:
    document_id = await add_document(connection)
    await add_line(connection, document_id=document_id)

    with pytest.raises(IntegrityConstraintViolationError, match="do not add up to it"):
        await add_line(connection, document_id=document_id, position=2)


async def test_a_counter_never_goes_back(connection: asyncpg.Connection) -> None:
    await add_document(connection)

    with pytest.raises(IntegrityConstraintViolationError, match="never goes back"):
        await connection.execute("UPDATE number_series SET next_counter = next_counter - 1")


@pytest.mark.parametrize("statement", ["TRUNCATE number_events", "DELETE FROM number_series"])
async def test_what_explains_numbers_stays(connection: asyncpg.Connection, statement: str) -> None:
    await add_document(connection)

    with pytest.raises(IntegrityConstraintViolationError, match="what is issued stays"):
        await connection.execute(statement)


@pytest.mark.parametrize("column", ["client_id", "enterprise_id"])
async def test_a_billed_contract_keeps_its_parties(connection: asyncpg.Connection, column: str) -> None:
    other = await add_contract(connection, number="other")
    billed = await add_contract(connection, number="billed")
    await add_charge_period(connection, contract_id=billed)

    with pytest.raises(IntegrityConstraintViolationError, match="contract billed is billed already"):
        await connection.execute(
            # The column is one of the literals above.
            f"UPDATE contracts SET {column} = (SELECT {column} FROM contracts WHERE id = $2) WHERE id = $1",  # noqa: S608
            billed,
            other,
        )


async def test_a_billed_contract_keeps_its_currency(connection: asyncpg.Connection) -> None:
    billed = await add_contract(connection, number="billed")
    await add_charge_period(connection, contract_id=billed)

    with pytest.raises(IntegrityConstraintViolationError, match="its client, enterprise and currency stay"):
        await connection.execute("UPDATE contracts SET currency = 'USD' WHERE id = $1", billed)


async def test_an_unbilled_contract_may_change_its_currency(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection, number="fresh")

    await connection.execute("UPDATE contracts SET currency = 'USD' WHERE id = $1", contract_id)

    assert await connection.fetchval("SELECT currency FROM contracts WHERE id = $1", contract_id) == "USD"


@pytest.mark.parametrize(
    ("columns", "law"),
    [
        ({"counter": 0}, "counter_positive"),
        ({"settled": Decimal("99999.00")}, "settled_up_to_gross"),
        ({"settled": Decimal("-0.01")}, "settled_up_to_gross"),
        ({"snapshot_sha256": "0" * 64}, "snapshot_has_its_hash"),
    ],
)
async def test_a_document_that_cannot_be_is_refused(
    connection: asyncpg.Connection, columns: dict[str, Any], law: str
) -> None:
    with pytest.raises(CheckViolationError, match=law):
        await add_document(connection, **columns)


async def test_a_contract_in_no_currency_is_refused(connection: asyncpg.Connection) -> None:
    with pytest.raises(CheckViolationError, match="currency_is_a_code"):
        await add_contract(connection, currency="rub")
