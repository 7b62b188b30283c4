"""Closing books: all is charged first, then nothing dated before the day changes any more."""

import asyncio
import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import Forbidden, IllegalState, InvalidInput, LimitExceeded, NotFound
from billfold.domain.periods import month
from billfold.services import charges, closing_books, documents, payments
from billfold.services.charges import NewCharge
from billfold.services.closing_books import ChargedSums, ClosedBooks, close_books
from billfold.services.parts import Parts
from billfold.services.payments import NewPayment
from tests.factories_rows import (
    add_charge_period,
    add_contract,
    add_enterprise,
    add_service,
    add_subscription,
    add_usage,
)
from tests.services.asking import contract, rows, value

NOVEMBER = date(2026, 11, 1)
READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.BOOKS_READ, Scope.DOCUMENTS_READ}))


@pytest.fixture
async def enterprise(parts: Parts) -> UUID:
    """An enterprise of Moscow without contracts."""
    async with writing() as connection:
        return await add_enterprise(connection, code="moscow")


async def add_signed(
    enterprise_id: UUID, number: str = "1", signed_on: date = date(2026, 9, 15), **columns: Any
) -> UUID:
    async with writing() as connection:
        return await add_contract(connection, number, enterprise_id=enterprise_id, signed_on=signed_on, **columns)


async def add_subscribed(contract_id: UUID, started_on: date, **columns: Any) -> UUID:
    async with writing() as connection:
        return await add_subscription(connection, contract_id=contract_id, started_on=started_on, **columns)


async def close(parts: Parts, enterprise_id: UUID, until: date = NOVEMBER, *, start: date | None = None) -> ClosedBooks:
    return await close_books(parts, OPERATOR, enterprise_id=enterprise_id, start=start, until=until)


async def charged_periods(contract_id: UUID) -> list[tuple[date, date, bool]]:
    found = await rows(
        """SELECT period_from, period_until, is_closed FROM charge_periods WHERE contract_id = $1 AND is_live
           ORDER BY period_from""",
        contract_id,
    )
    return [(row["period_from"], row["period_until"], row["is_closed"]) for row in found]


async def execute(statement: str, *values: object) -> None:
    async with writing() as connection:
        await connection.execute(statement, *values)


async def test_each_month_since_the_signing_is_charged_and_closed(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise)
    await add_subscribed(contract_id, date(2026, 10, 1))

    closed = await close_books(parts, OPERATOR, enterprise_id=enterprise, start=date(2026, 1, 1), until=NOVEMBER)

    assert closed == ClosedBooks(
        enterprise,
        NOVEMBER,
        contracts=1,
        charged=(ChargedSums("RUB", 1, Decimal("1803.28"), Decimal("396.72"), Decimal("2200.00")),),
    )
    assert await charged_periods(contract_id) == [
        (date(2026, 9, 1), date(2026, 10, 1), True),
        (date(2026, 10, 1), NOVEMBER, True),
    ]
    assert await value("SELECT balance FROM contracts") == Decimal("-2200.00")
    assert await value("SELECT closed_until FROM enterprises") == NOVEMBER
    (event,) = await rows("SELECT operation, subject, actor FROM audit_events")
    assert event == {"operation": "closePeriod", "subject": enterprise, "actor": "operator"}


async def test_several_contracts_and_currencies_are_never_added_up(parts: Parts, enterprise: UUID) -> None:
    for number, currency in (("1", "RUB"), ("2", "RUB"), ("3", "USD")):
        contract_id = await add_signed(enterprise, number, date(2026, 10, 1), currency=currency)
        await add_subscribed(contract_id, date(2026, 10, 1), price=Decimal("122.00"))
    await add_signed(enterprise, "idle")

    closed = await close(parts, enterprise)

    assert (closed.contracts, [(one.currency, one.charges, one.gross) for one in closed.charged]) == (
        3,
        [("RUB", 2, Decimal("244.00")), ("USD", 1, Decimal("122.00"))],
    )


async def test_only_the_days_that_nothing_has_charged_are_charged(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise, signed_on=date(2026, 8, 1))
    await add_subscribed(contract_id, date(2026, 8, 1), price=Decimal("3100.00"))
    async with writing() as connection:
        for start, until in ((date(2026, 9, 1), date(2026, 10, 1)), (date(2026, 10, 11), date(2026, 10, 21))):
            await add_charge_period(connection, contract_id=contract_id, period_from=start, period_until=until)

    closed = await close(parts, enterprise, start=date(2026, 1, 1))

    # All of August, then 10 and 11 of the 31 days of October.
    assert [one.gross for one in closed.charged] == [Decimal("5200.00")]
    assert [days[:2] for days in await charged_periods(contract_id)] == [
        (date(2026, 8, 1), date(2026, 9, 1)),
        (date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 10, 1), date(2026, 10, 11)),
        (date(2026, 10, 11), date(2026, 10, 21)),
        (date(2026, 10, 21), NOVEMBER),
    ]


async def test_the_next_closing_goes_on_where_the_last_one_ended(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise, signed_on=date(2026, 10, 1))
    await add_subscribed(contract_id, date(2026, 10, 1), price=Decimal("3100.00"))
    await close(parts, enterprise, date(2026, 10, 11))

    closed = await close(parts, enterprise)

    assert [one.gross for one in closed.charged] == [Decimal("2100.00")]
    assert await charged_periods(contract_id) == [
        (date(2026, 10, 1), date(2026, 10, 11), True),
        (date(2026, 10, 11), NOVEMBER, True),
    ]


async def test_the_first_closing_charges_its_last_month_and_leaves_the_past_alone(
    parts: Parts, enterprise: UUID
) -> None:
    contract_id = await add_signed(enterprise, signed_on=date(2015, 1, 1))
    await add_subscribed(contract_id, date(2015, 1, 1))

    await close(parts, enterprise)

    assert await charged_periods(contract_id) == [(date(2026, 10, 1), NOVEMBER, True)]


async def test_the_first_closing_begins_with_the_first_month_that_was_charged(parts: Parts, enterprise: UUID) -> None:
    early = await add_signed(enterprise, signed_on=date(2015, 1, 1))
    async with writing() as connection:
        await add_charge_period(
            connection, contract_id=early, period_from=date(2026, 8, 16), period_until=date(2026, 9, 1)
        )
    other = await add_signed(enterprise, "2", signed_on=date(2015, 1, 1))

    await close(parts, enterprise)

    assert [start for start, _, _ in await charged_periods(early)] == [
        date(2026, 8, 1), date(2026, 8, 16), date(2026, 9, 1), date(2026, 10, 1)
    ]  # fmt: skip
    assert [start for start, _, _ in await charged_periods(other)] == [
        date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
    ]  # fmt: skip


async def test_the_first_closing_may_begin_where_opening_balances_end(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise, signed_on=date(2024, 1, 1))
    await add_subscribed(contract_id, date(2024, 1, 1))

    closed = await close_books(parts, OPERATOR, enterprise_id=enterprise, start=date(2026, 10, 1), until=NOVEMBER)

    assert [one.gross for one in closed.charged] == [Decimal("2200.00")]
    assert await charged_periods(contract_id) == [(date(2026, 10, 1), NOVEMBER, True)]


async def test_a_later_closing_leaves_no_gap(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise)
    await close(parts, enterprise, date(2026, 9, 1))

    with pytest.raises(IllegalState, match="closed until 2026-09-01: close the days from there on"):
        await close_books(parts, OPERATOR, enterprise_id=enterprise, start=date(2026, 10, 1), until=NOVEMBER)

    assert await charged_periods(contract_id) == []
    await close_books(parts, OPERATOR, enterprise_id=enterprise, start=date(2026, 9, 1), until=NOVEMBER)
    assert len(await charged_periods(contract_id)) == 2


async def test_what_was_used_before_the_signing_is_charged(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise, signed_on=date(2026, 10, 15))
    async with writing() as connection:
        # 23:30 of 31 August in Moscow.
        await add_usage(connection, contract_id=contract_id, occurred_at=datetime(2026, 8, 31, 20, 30, tzinfo=UTC))

    closed = await close(parts, enterprise, start=date(2026, 1, 1))

    assert [one.gross for one in closed.charged] == [Decimal("5.25")]
    assert [days[0].month for days in await charged_periods(contract_id)] == [8, 9, 10]


async def test_a_contract_that_ended_is_charged_no_further(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise)
    await execute("UPDATE contracts SET closed_on = '2026-10-01'")

    await close(parts, enterprise, start=date(2026, 1, 1))

    assert await charged_periods(contract_id) == [(date(2026, 9, 1), date(2026, 10, 1), True)]


async def test_other_enterprises_stay_open(parts: Parts, enterprise: UUID) -> None:
    async with writing() as connection:
        other = await add_contract(connection, "other")

    await close(parts, enterprise)

    assert await charged_periods(other) == []
    assert await value("SELECT count(*) FROM enterprises WHERE closed_until IS NULL") == 1


async def test_the_same_day_again_changes_nothing(parts: Parts, enterprise: UUID) -> None:
    await add_subscribed(await add_signed(enterprise), date(2026, 10, 1))
    await close(parts, enterprise, start=date(2026, 1, 1))

    again = await close(parts, enterprise)

    assert (again.contracts, again.charged) == (0, ())
    assert await value("SELECT count(*) FROM audit_events") == 1
    assert await value("SELECT count(*) FROM charge_periods") == 2


async def test_what_cannot_be_closed_is_refused(parts: Parts, enterprise: UUID) -> None:
    await close(parts, enterprise, date(2026, 10, 1))

    for enterprise_id, until, error, field in (
        (uuid4(), NOVEMBER, NotFound, "enterprise"),
        (enterprise, date(2026, 9, 30), IllegalState, "until"),
        (enterprise, date(2026, 11, 2), InvalidInput, "until"),
        (enterprise, date(1999, 1, 1), InvalidInput, "until"),
    ):
        with pytest.raises(error) as refused:
            await close(parts, enterprise_id, until)
        assert refused.value.field == field  # type: ignore[attr-defined]  # All are errors of the caller.

    assert await value("SELECT closed_until FROM enterprises") == date(2026, 10, 1)


async def test_who_only_reads_closes_nothing(parts: Parts, enterprise: UUID) -> None:
    await add_signed(enterprise)

    with pytest.raises(Forbidden):
        await close_books(parts, READER, enterprise_id=enterprise, until=NOVEMBER)

    assert await value("SELECT closed_until FROM enterprises") is None
    assert await value("SELECT count(*) FROM charge_periods") == 0


async def test_what_cannot_be_charged_keeps_the_books_open(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise, "Я-7")
    await add_subscribed(contract_id, date(2026, 10, 1), price=Decimal("90000000000000"), quantity=Decimal(1_000))

    with pytest.raises(LimitExceeded, match="Contract Я-7"):
        await close(parts, enterprise, start=date(2026, 1, 1))

    assert await value("SELECT closed_until FROM enterprises") is None
    assert await value("SELECT bool_or(is_closed) FROM charge_periods") is False


async def test_what_is_freed_while_the_books_are_closed_is_charged_again(
    parts: Parts, enterprise: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract_id = await add_signed(enterprise, signed_on=date(2026, 10, 1))
    await add_subscribed(contract_id, date(2026, 10, 1))
    charge_month, freed = closing_books._charge_month, []

    async def free_once(*arguments: Any) -> Any:
        computed = await charge_month(*arguments)
        if not freed:
            freed.append(True)
            await execute("UPDATE charge_periods SET is_live = false")
        return computed

    monkeypatch.setattr(closing_books, "_charge_month", free_once)
    await close(parts, enterprise)

    assert await charged_periods(contract_id) == [(date(2026, 10, 1), NOVEMBER, True)]
    assert await value("SELECT balance FROM contracts") == Decimal("-2200.00")


async def test_two_who_close_at_once_charge_and_close_once(parts: Parts, enterprise: UUID) -> None:
    for number in range(5):
        await add_subscribed(await add_signed(enterprise, str(number), date(2026, 10, 1)), date(2026, 10, 1))

    both = await asyncio.gather(close(parts, enterprise), close(parts, enterprise))

    assert sum(one.contracts for one in both) == 5
    assert await value("SELECT count(*) FROM charges") == 5
    assert await value("SELECT count(*) FROM audit_events") == 1


async def test_what_is_entered_meanwhile_is_either_in_time_or_refused(parts: Parts, enterprise: UUID) -> None:
    contract_id = await add_signed(enterprise)
    async with writing() as connection:
        service_id = await add_service(connection)
    new = NewCharge(contract_id, service_id, date(2026, 10, 31), Decimal("1.00"), tax_included=True)
    payment = NewPayment(contract_id, Decimal("1.00"), date(2026, 10, 31))

    results = await asyncio.gather(
        *(charges.create(parts, OPERATOR, new=new) for _ in range(5)),
        close(parts, enterprise),
        *(payments.register(parts, OPERATOR, new=payment) for _ in range(5)),
        return_exceptions=True,
    )

    refused = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [IllegalState] * len(refused)
    written = await value("SELECT (SELECT count(*) FROM charges) + (SELECT count(*) FROM payments)")
    assert written + len(refused) == 10
    assert await value("SELECT closed_until FROM enterprises") == NOVEMBER


async def test_many_charged_periods_are_closed_in_several_steps(
    parts: Parts, enterprise: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing_books, "_PERIODS_AT_ONCE", 2)
    contract_id = await add_signed(enterprise, signed_on=date(2026, 1, 1))

    await close(parts, enterprise, start=date(2026, 1, 1))

    assert [is_closed for *_, is_closed in await charged_periods(contract_id)] == [True] * 10


@pytest.fixture
async def closed(books: Parts) -> Parts:
    """The sample operator's books: contract Я-101 has its invoice of October, and October is closed."""
    await documents.issue_for_period(
        books,
        OPERATOR,
        type="invoice",
        contract_id=await contract("Я-101"),
        period=month("2026-10"),
        issue_date=date(2026, 10, 31),
    )
    for row in await rows("SELECT id FROM enterprises"):
        await close(books, row["id"])
    return books


async def test_the_sample_books_are_charged_to_the_kopeck(closed: Parts) -> None:
    wrong = await rows(
        """SELECT c.number FROM contracts c
           WHERE c.balance <> c.opening_balance
             - COALESCE((SELECT sum(gross) FROM charges WHERE contract_id = c.id), 0)"""
    )

    assert wrong == []
    assert await value("SELECT sum(gross) FROM charges h JOIN contracts c ON c.id = contract_id WHERE number = 'Я-101'"
                       " AND h.period_from >= '2026-10-01'") == Decimal("2093.55")  # fmt: skip


async def test_a_document_is_neither_issued_nor_voided_in_closed_books(closed: Parts) -> None:
    document_id = await value("SELECT id FROM documents")

    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await documents.void(closed, OPERATOR, document_id=document_id, reason="ошибка")
    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await documents.issue_for_period(
            closed,
            OPERATOR,
            type="invoice",
            contract_id=await contract("Я-102"),
            period=month("2026-10"),
            issue_date=date(2026, 10, 31),
        )

    assert await rows("SELECT id, status FROM documents") == [{"id": document_id, "status": "ISSUED"}]


async def test_a_closed_month_is_billed_by_a_document_of_a_later_day(closed: Parts) -> None:
    contract_id = await contract("Я-102")
    charged = await value(
        "SELECT sum(gross) FROM charges WHERE contract_id = $1 AND period_from >= '2026-10-01'", contract_id
    )
    balance = await value("SELECT balance FROM contracts WHERE id = $1", contract_id)

    document_id = await documents.issue_for_period(
        closed, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-10"), issue_date=NOVEMBER
    )

    assert await value("SELECT gross FROM documents WHERE id = $1", document_id) == charged
    assert await value("SELECT balance FROM contracts WHERE id = $1", contract_id) == balance


async def test_a_period_that_was_closed_stays_when_its_later_document_is_void(closed: Parts) -> None:
    contract_id = await contract("Я-102")
    document_id = await documents.issue_for_period(
        closed, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-10"), issue_date=NOVEMBER
    )
    balance = await value("SELECT balance FROM contracts WHERE id = $1", contract_id)

    await documents.void(closed, OPERATOR, document_id=document_id, reason="ошибка")

    assert await value("SELECT balance FROM contracts WHERE id = $1", contract_id) == balance


async def test_a_payment_is_neither_added_nor_cancelled_in_closed_books(closed: Parts) -> None:
    new = NewPayment(await contract("Я-101"), Decimal("10.00"), date(2026, 10, 31))

    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await payments.register(closed, OPERATOR, new=new)

    assert await value("SELECT count(*) FROM payments") == 0


async def test_a_charge_is_not_entered_in_closed_books(closed: Parts) -> None:
    service_id = await value("SELECT id FROM services ORDER BY code LIMIT 1")
    new = NewCharge(await contract("Я-101"), service_id, date(2026, 10, 31), Decimal(1), tax_included=True)

    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await charges.create(closed, OPERATOR, new=new)

    assert await value("SELECT count(*) FROM charges WHERE kind = 'one_off'") == 0


async def test_usage_of_a_closed_day_is_late(closed: Parts) -> None:
    async with writing() as connection:
        await add_usage(
            connection,
            "late",
            contract_id=await contract("Я-101"),
            service_id=await add_service(connection, code="late", kind="usage"),
            occurred_at=datetime(2026, 10, 31, 20, 59, tzinfo=UTC),
        )

    assert await value("SELECT count(*) FROM late_usage") == 1


async def test_a_period_inside_closed_books_is_charged_no_more(closed: Parts) -> None:
    contract_id = await contract("Я-101")

    with pytest.raises(IllegalState, match="The books are closed until 2026-11-01"):
        async with writing() as connection:
            await add_charge_period(
                connection, contract_id=contract_id, period_from=date(2001, 1, 1), period_until=date(2001, 2, 1)
            )
