"""The laws of issued documents that PostgreSQL holds by itself: nothing changes, nothing goes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from asyncpg.exceptions import CheckViolationError, IntegrityConstraintViolationError

from tests.factories_rows import add_charge_period, add_contract, add_document, add_line

VOID: dict[str, Any] = {"status": "VOID", "voided_at": datetime(2026, 11, 2, tzinfo=UTC)}


async def change(connection: asyncpg.Connection, document_id: UUID, column: str, value: Any) -> None:
    # The column is one of the literals below.
    await connection.execute(f"UPDATE documents SET {column} = $2 WHERE id = $1", document_id, value)  # noqa: S608


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", uuid4()),
        ("type", "act"),
        ("enterprise_id", uuid4()),
        ("client_id", uuid4()),
        ("contract_id", uuid4()),
        ("series_id", uuid4()),
        ("counter", 2),
        ("number", "2"),
        ("issue_date", date(2026, 11, 2)),
        ("due_date", None),
        ("period_from", date(2026, 9, 1)),
        ("period_until", date(2026, 12, 1)),
        ("currency", "USD"),
        ("net", Decimal("1803.29")),
        ("tax", Decimal("0.00")),
        ("gross", Decimal("2200.01")),
        ("template", "act/act.html"),
        ("plugin", "other"),
        ("snapshot", b"{} "),
        ("snapshot_sha256", "0" * 64),
        ("issued_at", datetime(2026, 11, 2, tzinfo=UTC)),
        ("locale", "en"),
        ("is_payable", False),
        ("visible_vote", 0),
    ],
)
async def test_an_issued_document_never_changes(connection: asyncpg.Connection, column: str, value: Any) -> None:
    document_id = await add_document(connection)

    with pytest.raises(IntegrityConstraintViolationError, match="is issued and cannot change: void it and issue"):
        await change(connection, document_id, column, value)


@pytest.mark.parametrize(
    ("column", "value"),
    [("is_hidden", True), ("settled", Decimal("100.00")), ("step", "DONE"), ("attempts", 3), ("failure", "no paper")],
)
async def test_what_goes_on_around_a_document_may_change(
    connection: asyncpg.Connection, column: str, value: Any
) -> None:
    document_id = await add_document(connection, step="PRINT")

    await change(connection, document_id, column, value)

    changed = await connection.fetchrow("SELECT * FROM documents")
    assert changed[column] == value


async def test_a_document_may_be_voided(connection: asyncpg.Connection) -> None:
    await add_document(connection)

    await connection.execute("UPDATE documents SET status = 'VOID', voided_at = now()")

    assert await connection.fetchval("SELECT status FROM documents") == "VOID"


async def test_a_void_without_its_time_is_refused(connection: asyncpg.Connection) -> None:
    document_id = await add_document(connection)

    with pytest.raises(CheckViolationError, match="void_says_when"):
        await change(connection, document_id, "status", "VOID")


@pytest.mark.parametrize("status", ["ISSUED", "DRAFT"])
async def test_a_void_stays_void(connection: asyncpg.Connection, status: str) -> None:
    await add_document(connection, **VOID)

    with pytest.raises(IntegrityConstraintViolationError, match="is void and stays void"):
        await connection.execute("UPDATE documents SET status = $1, voided_at = NULL", status)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM documents",
        "TRUNCATE documents CASCADE",
        "DELETE FROM document_lines",
        "UPDATE document_lines SET description = ''",
        "TRUNCATE document_lines",
        "TRUNCATE contracts CASCADE",
    ],
)
async def test_documents_and_their_lines_are_never_taken_away(connection: asyncpg.Connection, statement: str) -> None:
    await add_line(connection)

    with pytest.raises(IntegrityConstraintViolationError, match="is refused: what is issued stays"):
        await connection.execute(statement)


@pytest.mark.parametrize("statement", ["DELETE FROM number_events", "UPDATE number_events SET reason = ''"])
async def test_the_story_of_a_number_is_never_rewritten(connection: asyncpg.Connection, statement: str) -> None:
    with pytest.raises(IntegrityConstraintViolationError, match="is refused: what is issued stays"):
        await connection.execute(statement)


async def test_no_document_is_issued_on_a_charged_period_that_has_ended(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    period_id = await add_charge_period(connection, contract_id=contract_id, is_live=False)

    with pytest.raises(IntegrityConstraintViolationError, match="has ended"):
        await add_document(connection, contract_id=contract_id, charge_period_id=period_id)
