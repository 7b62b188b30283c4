"""The facts of money that documents are made of: accounts over a period, advances, and other documents."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database.accounts import accounts_of, claims_on, documents_of, money_before
from billfold.database.connection import reading, writing
from billfold.domain.account import Account, Advance, EntryKind, advances_for
from billfold.domain.periods import Period, month
from billfold.domain.snapshot import digest, to_json
from billfold.services.parts import Parts
from tests.factories import make_document
from tests.factories_rows import add_row, add_service
from tests.services.asking import value
from tests.services.money import ask_advance, bill, open_contract, pay

OCTOBER = month("2026-10")
_SNAPSHOT = to_json(make_document())
SEALED = {"snapshot": _SNAPSHOT, "snapshot_sha256": digest(_SNAPSHOT)}


async def add_waiting_charge(connection: asyncpg.Connection, contract_id: UUID, gross: str) -> None:
    """Insert a one-off charge of October that no document has taken."""
    days = {"period_from": date(2026, 10, 7), "period_until": date(2026, 10, 8)}
    amounts = {"net": Decimal(gross), "tax": Decimal(0), "gross": Decimal(gross), "unit_price": Decimal(gross)}
    row = {"contract_id": contract_id, "service_id": await add_service(connection), "kind": "one_off", **days}
    await add_row(connection, "charges", {**row, **amounts, "quantity": Decimal(1), "tax_included": True})


async def account(contract_id: UUID, period: Period = OCTOBER) -> Account:
    async with reading() as connection:
        return (await accounts_of(connection, [contract_id], period))[contract_id]


async def test_a_contract_without_moves_has_its_opening_balance(parts: Parts) -> None:
    contract_id = await open_contract(opening_balance=Decimal("15.00"))

    found = await account(contract_id)

    assert (found.opening, found.entries, found.closing) == (Decimal("15.00"), (), Decimal("15.00"))


async def test_an_account_tells_charges_and_payments_in_the_order_of_days(parts: Parts) -> None:
    contract_id = await open_contract(opening_balance=Decimal("-10.00"))
    await bill(contract_id, "S-9", "40.00", month=9)
    await bill(contract_id, "S-10", "100.00", month=10, **SEALED)
    await pay(parts, contract_id, "30.00", received_on=date(2026, 9, 30), reference="7")
    await pay(parts, contract_id, "50.00", received_on=date(2026, 10, 5), reference="8")
    await pay(parts, contract_id, "60.00", received_on=date(2026, 11, 1), reference="9")

    found = await account(contract_id)

    # -10 opening, -40 charged in September, +30 paid in it.
    assert found.opening == Decimal("-20.00")
    assert [(entry.kind, entry.on, entry.amount, entry.reference) for entry in found.entries] == [
        (EntryKind.PAYMENT, date(2026, 10, 5), Decimal("-50.00"), "8"),
        (EntryKind.CHARGE, date(2026, 10, 31), Decimal("100.00"), ""),
    ]
    assert [document.number for document in found.entries[1].documents] == ["S-10"]
    assert found.closing == Decimal("-70.00")


async def test_the_account_at_the_end_of_time_is_the_balance(parts: Parts) -> None:
    contract_id = await open_contract(opening_balance=Decimal("5.00"))
    await bill(contract_id, "S-9", "40.00", month=9, **SEALED)
    await pay(parts, contract_id, "100.00")
    async with writing() as connection:
        await add_waiting_charge(connection, contract_id, "7.00")

    found = await account(contract_id, Period(date(2020, 1, 1), date(2100, 1, 1)))

    assert found.closing == await value("SELECT balance FROM contracts WHERE id = $1", contract_id) == Decimal("58.00")


async def test_void_documents_and_cancelled_payments_are_no_entries(parts: Parts) -> None:
    contract_id = await open_contract()
    await bill(contract_id, "S-10", "100.00", month=10)
    payment_id = await pay(parts, contract_id, "50.00", received_on=date(2026, 10, 5))
    async with writing() as connection:
        await connection.execute("UPDATE allocations SET released_at = now() WHERE contract_id = $1", contract_id)
        await connection.execute("UPDATE payments SET cancelled_at = now() WHERE id = $1", payment_id)
        await connection.execute("UPDATE documents SET status = 'VOID', voided_at = now() WHERE number = 'S-10'")
        await connection.execute("UPDATE charge_periods SET is_live = false WHERE contract_id = $1", contract_id)

    found = await account(contract_id)

    assert (found.entries, found.closing) == ((), Decimal(0))


async def test_the_money_that_came_first_pays_for_what_was_supplied_first(parts: Parts) -> None:
    contract_id = await open_contract(opening_balance=Decimal("20.00"), signed_on=date(2025, 3, 15))
    await bill(contract_id, "S-9", "40.00", month=9)
    await pay(parts, contract_id, "50.00", received_on=date(2026, 9, 3), reference="7")
    await pay(parts, contract_id, "50.00", received_on=date(2026, 10, 31), reference="8")
    await pay(parts, contract_id, "50.00", received_on=date(2026, 11, 1), reference="9")

    async with reading() as connection:
        money = (await money_before(connection, [contract_id], OCTOBER))[contract_id]

    assert money.payments == (
        Advance("", date(2025, 3, 15), Decimal("20.00")),
        Advance("7", date(2026, 9, 3), Decimal("50.00")),
        Advance("8", date(2026, 10, 31), Decimal("50.00")),
    )
    assert money.spent == Decimal("40.00")
    shares = advances_for(money.payments, spent=money.spent, due=Decimal("60.00"))
    assert [(one.reference, str(one.amount)) for one in shares] == [("7", "30.00"), ("8", "30.00")]


async def test_documents_of_the_year_and_of_the_period_are_known(parts: Parts) -> None:
    contract_id = await open_contract()
    await bill(contract_id, "S-9", "40.00", month=9, issue_date=date(2026, 9, 30), **SEALED)
    await ask_advance(contract_id, "S-10", "12.00", month=10, issue_date=date(2026, 10, 1), **SEALED)
    await bill(contract_id, "S-11", "40.00", month=11, issue_date=date(2026, 11, 30), **SEALED)

    async with reading() as connection:
        found = (await documents_of(connection, [contract_id], date(2026, 10, 31), OCTOBER))[contract_id]

    assert [(one.number, one.period, one.gross) for one in found] == [
        ("S-9", Period(date(2026, 9, 1), date(2026, 10, 1)), Decimal("40.00")),
        ("S-10", None, Decimal("12.00")),
    ]


async def test_charges_are_claimed_by_one_payable_document(parts: Parts) -> None:
    contract_id = await open_contract()
    await bill(contract_id, "S-10", "40.00", month=10)
    period_id = await value("SELECT charge_period_id FROM documents")

    async with reading() as connection:
        by_another = await claims_on(connection, [period_id], "receipt-slip")
        by_itself = await claims_on(connection, [period_id], "invoice")

    assert (by_another, by_itself) == ({period_id: "invoice S-10"}, {})
