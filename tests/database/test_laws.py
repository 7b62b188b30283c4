"""The laws that PostgreSQL holds by itself, whatever program asks."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from asyncpg.exceptions import (
    CheckViolationError,
    ExclusionViolationError,
    ForeignKeyViolationError,
    NotNullViolationError,
    RestrictViolationError,
    UniqueViolationError,
)

from tests.factories_rows import (
    add_brand,
    add_charge_period,
    add_client,
    add_contract,
    add_document,
    add_enterprise,
    add_occurrence,
    add_series,
    add_service,
    add_staff,
    add_subscription,
    add_token,
    add_usage,
)

Add = Callable[..., Awaitable[object]]
VOID: dict[str, Any] = {"status": "VOID", "voided_at": datetime(2026, 11, 2, tzinfo=UTC)}


# --- What happens once ---


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (date(2026, 10, 1), date(2026, 11, 1)),
        (date(2026, 10, 31), date(2026, 12, 1)),
        (date(2026, 9, 1), date(2026, 10, 2)),
        (date(2026, 10, 10), date(2026, 10, 11)),
    ],
)
async def test_a_period_is_charged_once(connection: asyncpg.Connection, start: date, until: date) -> None:
    contract_id = await add_contract(connection)
    await add_charge_period(connection, contract_id=contract_id)

    with pytest.raises(ExclusionViolationError, match="charge_periods_never_overlap"):
        await add_charge_period(connection, contract_id=contract_id, period_from=start, period_until=until)


async def test_periods_that_touch_do_not_overlap(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    await add_charge_period(connection, contract_id=contract_id)

    await add_charge_period(
        connection, contract_id=contract_id, period_from=date(2026, 11, 1), period_until=date(2026, 12, 1)
    )

    assert await connection.fetchval("SELECT count(*) FROM charge_periods") == 2


async def test_a_period_that_is_live_no_more_may_be_charged_again(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    await add_charge_period(connection, contract_id=contract_id, is_live=False)

    await add_charge_period(connection, contract_id=contract_id)

    assert await connection.fetchval("SELECT count(*) FROM charge_periods WHERE is_live") == 1


async def test_an_empty_period_is_refused(connection: asyncpg.Connection) -> None:
    with pytest.raises(CheckViolationError, match="charge_periods_not_empty"):
        await add_charge_period(connection, period_until=date(2026, 10, 1))


async def test_a_number_is_given_once(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    await add_document(connection, "42", contract_id=contract_id)

    with pytest.raises(UniqueViolationError, match="documents_number_once"):
        await add_document(connection, "42", contract_id=contract_id, counter=2)


async def test_the_number_of_a_void_is_not_given_again(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    await add_document(connection, "42", contract_id=contract_id, **VOID)

    with pytest.raises(UniqueViolationError, match="documents_number_once"):
        await add_document(connection, "42", contract_id=contract_id, counter=2)


async def test_another_type_or_enterprise_may_have_the_same_number(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    await add_document(connection, "42", contract_id=contract_id)

    await add_document(connection, "42", contract_id=contract_id, type="act")
    await add_document(connection, "42")

    assert await connection.fetchval("SELECT count(*) FROM documents WHERE number = '42'") == 3


async def test_a_counter_is_drawn_once(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    series_id = await add_series(connection)
    await add_document(connection, "1", contract_id=contract_id, series_id=series_id)

    with pytest.raises(UniqueViolationError, match="documents_counter_once"):
        await add_document(connection, "2", contract_id=contract_id, series_id=series_id)


async def test_an_occurrence_has_one_live_document(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    occurrence_id = await add_occurrence(connection, contract_id=contract_id)
    await add_document(connection, "1", contract_id=contract_id, occurrence_id=occurrence_id)

    with pytest.raises(UniqueViolationError, match="documents_one_live_an_occurrence"):
        await add_document(connection, "2", contract_id=contract_id, occurrence_id=occurrence_id)


async def test_an_occurrence_whose_document_is_void_may_have_another(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    occurrence_id = await add_occurrence(connection, contract_id=contract_id)
    await add_document(connection, "1", contract_id=contract_id, occurrence_id=occurrence_id, **VOID)

    await add_document(connection, "2", contract_id=contract_id, occurrence_id=occurrence_id)

    assert await connection.fetchval("SELECT count(*) FROM documents WHERE status = 'ISSUED'") == 1


async def test_a_generation_is_expected_once(connection: asyncpg.Connection) -> None:
    contract_id = await add_contract(connection)
    await add_occurrence(connection, contract_id=contract_id)

    with pytest.raises(UniqueViolationError, match="occurrences_once_a_period"):
        await add_occurrence(connection, contract_id=contract_id)


async def test_a_use_counts_once(connection: asyncpg.Connection) -> None:
    await add_usage(connection, "call-1")

    with pytest.raises(UniqueViolationError, match="usage_records_counted_once"):
        await add_usage(connection, "call-1")


async def test_a_contract_number_is_unique_in_its_enterprise(connection: asyncpg.Connection) -> None:
    enterprise_id = await add_enterprise(connection)
    await add_contract(connection, "7", enterprise_id=enterprise_id)
    await add_contract(connection, "7")

    with pytest.raises(UniqueViolationError, match="contracts_number_in_enterprise"):
        await add_contract(connection, "7", enterprise_id=enterprise_id)


# --- Who holds on to whom ---


@pytest.mark.parametrize(
    ("add", "referenced"),
    [
        (add_enterprise, "brands"),
        (add_client, "enterprises"),
        (add_contract, "clients"),
        (add_subscription, "contracts"),
        (add_subscription, "services"),
        (add_document, "contracts"),
    ],
)
async def test_a_row_that_others_need_stays(connection: asyncpg.Connection, add: Add, referenced: str) -> None:
    await add(connection)

    # PostgreSQL 18 has an error of its own for it.
    with pytest.raises((ForeignKeyViolationError, RestrictViolationError)):
        await connection.execute(f"DELETE FROM {referenced}")  # noqa: S608  # One of the literals above.


async def test_no_foreign_key_cascades(connection: asyncpg.Connection) -> None:
    cascading = await connection.fetch(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND confdeltype <> 'r'"
    )

    assert [tuple(row) for row in cascading] == []


async def test_a_document_of_nobody_is_refused(connection: asyncpg.Connection) -> None:
    with pytest.raises(ForeignKeyViolationError):
        await add_document(connection, client_id=uuid4())


async def test_a_brand_has_a_code(connection: asyncpg.Connection) -> None:
    with pytest.raises(CheckViolationError, match="code_is_not_empty"):
        await add_brand(connection, code="")


async def test_a_service_is_of_a_known_kind(connection: asyncpg.Connection) -> None:
    with pytest.raises(CheckViolationError, match="kind_is_known"):
        await add_service(connection, kind="gift")


# --- Tokens ---


@pytest.mark.parametrize("scopes", [["documents:read"], ["portal:read", "staff:write"], ["portal:*"]])
async def test_a_clients_token_holds_scopes_of_the_portal_only(
    connection: asyncpg.Connection, scopes: list[str]
) -> None:
    client_id = await add_client(connection)

    with pytest.raises(CheckViolationError, match="tokens_client_scopes"):
        await add_token(connection, scopes, client_id=client_id)


@pytest.mark.parametrize("scopes", [[], ["portal:read"], ["portal:download", "portal:read"]])
async def test_a_clients_token_may_hold_scopes_of_the_portal(connection: asyncpg.Connection, scopes: list[str]) -> None:
    await add_token(connection, scopes, client_id=await add_client(connection))

    assert await connection.fetchval("SELECT scopes FROM tokens") == scopes


async def test_a_token_belongs_to_somebody(connection: asyncpg.Connection) -> None:
    with pytest.raises(CheckViolationError, match="tokens_one_holder"):
        await add_token(connection, ["portal:read"])


async def test_a_token_belongs_to_one(connection: asyncpg.Connection) -> None:
    client_id, staff_id = await add_client(connection), await add_staff(connection)

    with pytest.raises(CheckViolationError, match="tokens_one_holder"):
        await add_token(connection, ["portal:read"], client_id=client_id, staff_id=staff_id)


async def test_a_token_always_expires(connection: asyncpg.Connection) -> None:
    staff_id = await add_staff(connection)

    with pytest.raises(NotNullViolationError):
        await add_token(connection, ["books:read"], staff_id=staff_id, expires_at=None)
