"""The check: every invariant holds of real books, and tells when it does not."""

from datetime import date
from decimal import Decimal

import pytest

from billfold.database.connection import writing
from billfold.database.invariants import CURRENCIES, INVARIANTS
from billfold.domain.access import OPERATOR, Role, Scope, Viewer
from billfold.domain.errors import Forbidden
from billfold.domain.periods import month
from billfold.services.checking import check
from billfold.services.documents import issue_for_period
from billfold.services.parts import Parts
from billfold.services.payments import NewPayment, add_payment
from tests.services.asking import contract, value

# What breaks each invariant, past the triggers and constraints that would refuse it.
BREAKS = {
    "balances": "UPDATE contracts SET balance = balance + 1",
    "settled": "UPDATE documents SET settled = settled - 1 WHERE settled > 1",
    "allocated": "UPDATE payments SET allocated = allocated - 1",
    "opening": "UPDATE contracts SET opening_allocated = opening_allocated + 1 WHERE opening_balance > 1",
    "lines": "UPDATE document_lines SET net = net + 1, gross = gross + 1",
    "snapshots": "UPDATE documents SET issue_date = issue_date + 1",
    "charged_documents": "UPDATE charges SET net = net + 1, gross = gross + 1",
    "live_periods": "UPDATE charge_periods SET is_live = false",
    "usage": (
        "INSERT INTO usage_records (source, external_id, contract_id, service_id, occurred_at, quantity, unit_price,"
        " tax_included) SELECT 'x', 'x', c.id, s.id, '2026-10-10Z', 1, 1, true FROM contracts c, services s"
        " WHERE c.number = 'Я-101' LIMIT 1"
    ),
    "numbers": "UPDATE number_series SET next_counter = next_counter + 1",
    "revisions": (
        "UPDATE documents d SET replaces_id = o.id, revision = 1, revised_on = d.issue_date FROM documents o"
        " WHERE d.number = '2' AND o.number = '1'"
    ),
    "occurrences": "UPDATE occurrences SET state = 'SKIPPED'",
    "requisites": "UPDATE clients SET name = name || '!'",
    "currencies": "UPDATE charges SET tax = tax + 0.001, gross = gross + 0.001",
}


@pytest.fixture
async def billed(books: Parts) -> Parts:
    """The sample books with two documents, one of them paid in part."""
    october = month("2026-10")
    for number in ("Я-101", "Я-103"):
        contract_id = await contract(number)
        await issue_for_period(books, OPERATOR, type="invoice", contract_id=contract_id, period=october)
    async with writing() as connection:
        paid = NewPayment(await contract("Я-101"), Decimal("100.00"), date(2026, 11, 1))
        await add_payment(connection, paid, actor="test", now=books.clock.now())
    return books


async def broken(viewer: Viewer = OPERATOR) -> dict[str, int]:
    return {one.name: len(one.broken) for one in await check(viewer) if one.broken}


async def test_billed_books_hold(billed: Parts) -> None:
    assert await broken() == {}


async def test_empty_books_hold(parts: Parts) -> None:
    assert await broken() == {}


@pytest.mark.parametrize("name", sorted(BREAKS))
async def test_what_breaks_an_invariant_is_told(billed: Parts, name: str) -> None:
    async with writing() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(BREAKS[name])

    assert name in await broken()


async def test_a_counter_that_nothing_explains_is_told(billed: Parts) -> None:
    async with writing() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE documents SET counter = counter + 2 WHERE counter = 2")
        await connection.execute("UPDATE number_series SET next_counter = 5")
    (told,) = [one for verdict in await check(OPERATOR) for one in verdict.broken]
    assert told == "series invoice:: counters 2 to 3 are on no document"

    async with writing() as connection:
        await connection.execute(
            """INSERT INTO number_events
                 (id, enterprise_id, type, series_id, counter, count, number, kind, reason, actor)
               SELECT gen_random_uuid(), enterprise_id, 'invoice', id, 2, 2, '2', 'skipped', 'start raised', 'test'
               FROM number_series"""
        )

    assert await broken() == {}


def test_every_invariant_is_tried() -> None:
    names = {one.name for one in (*INVARIANTS, CURRENCIES)}

    assert names - BREAKS.keys() == {"statements"}


async def test_nobody_checks_without_leave_to_read_the_books(billed: Parts) -> None:
    viewer = Viewer(name="x", scopes=frozenset({Scope.DOCUMENTS_READ}), role=Role.VIEWER)

    with pytest.raises(Forbidden):
        await check(viewer)


async def test_a_check_changes_nothing(billed: Parts) -> None:
    before = await value("SELECT sum(balance) FROM contracts")

    await check(OPERATOR)

    assert await value("SELECT sum(balance) FROM contracts") == before
