"""Charging on real books: late usage, one-off charges, changes that come while a document is being made."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billfold.database.connection import reading, writing
from billfold.database.issuing import lock_contracts
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import AlreadyIssued, Forbidden, IllegalState, InvalidInput, NotFound, NothingToBill
from billfold.domain.periods import Period, month
from billfold.services import charges, plans, runs
from billfold.services.charging import charge_periods
from billfold.services.composing import compose
from billfold.services.documents import issue_for_period, void
from billfold.services.drafts import Assignment, Issued, Stale
from billfold.services.issuing import issue
from billfold.services.parts import Parts
from billfold.services.previews import preview_charges
from billfold.services.reopening import reopen_period
from tests.factories_rows import add_contract, add_row, add_service, add_subscription, add_usage
from tests.services.asking import rows, value

SEPTEMBER, OCTOBER, NOVEMBER = month("2026-09"), month("2026-10"), month("2026-11")


async def usage(contract_id: UUID, service_id: UUID, day: date, quantity: str, **columns: object) -> None:
    """Record usage at noon of a day, at 2.00 a unit."""
    async with writing() as connection:
        await add_usage(
            connection,
            f"{day}/{quantity}",
            contract_id=contract_id,
            service_id=service_id,
            occurred_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
            quantity=Decimal(quantity),
            **{"unit_price": Decimal("2.00"), **columns},
        )


async def one_off(contract_id: UUID, service_id: UUID, gross: str, day: date = date(2026, 10, 5)) -> UUID:
    """Enter a one-off charge, its tax included."""
    tax = (Decimal(gross) * 22 / 122).quantize(Decimal("0.01"))
    row = {
        "contract_id": contract_id, "service_id": service_id, "kind": "one_off", "period_from": day,
        "period_until": date(day.year, day.month, day.day + 1), "quantity": Decimal(1), "unit_price": Decimal(gross),
        "tax_included": True, "tax_rate": Decimal(22), "net": Decimal(gross) - tax, "tax": tax,
        "gross": Decimal(gross), "description": "Подключение",
    }  # fmt: skip
    async with writing() as connection:
        return await add_row(connection, "charges", row)


async def contract_and_service() -> tuple[UUID, UUID]:
    async with writing() as connection:
        return await add_contract(connection), await add_service(connection, code="sms", kind="usage")


async def invoice(parts: Parts, contract_id: UUID, period: Period) -> UUID:
    return await issue_for_period(parts, OPERATOR, type="invoice", contract_id=contract_id, period=period)


async def lines(document_id: UUID) -> list[tuple[str, str]]:
    found = await rows(
        "SELECT description, gross FROM document_lines WHERE document_id = $1 ORDER BY position", document_id
    )
    return [(row["description"], str(row["gross"])) for row in found]


async def balance(contract_id: UUID) -> str:
    return str(await value("SELECT balance FROM contracts WHERE id = $1", contract_id))


# --- Late usage ---


async def test_usage_of_a_charged_period_goes_to_the_next_as_a_line_of_its_own(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 9, 10), "5")
    await invoice(parts, contract_id, SEPTEMBER)

    await usage(contract_id, service_id, date(2026, 9, 20), "7")
    await usage(contract_id, service_id, date(2026, 10, 1), "1")
    october = await invoice(parts, contract_id, OCTOBER)

    assert await lines(october) == [
        ("Доступ в интернет, октябрь 2026 г.", "2.00"),
        ("Доступ в интернет, сентябрь 2026 г. (прошлый период)", "14.00"),
    ]
    assert await balance(contract_id) == "-26.00"


async def test_late_usage_is_charged_once(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 9, 10), "5")
    await invoice(parts, contract_id, SEPTEMBER)
    await usage(contract_id, service_id, date(2026, 9, 20), "7")
    await invoice(parts, contract_id, OCTOBER)

    with pytest.raises(NothingToBill):
        await invoice(parts, contract_id, NOVEMBER)


async def test_a_void_lets_late_usage_go_where_it_is_due(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 9, 10), "5")
    september = await invoice(parts, contract_id, SEPTEMBER)
    await usage(contract_id, service_id, date(2026, 9, 20), "7")
    october = await invoice(parts, contract_id, OCTOBER)

    await void(parts, OPERATOR, document_id=october, reason="wrong")
    await void(parts, OPERATOR, document_id=september, reason="wrong")
    anew = await invoice(parts, contract_id, SEPTEMBER)

    assert await lines(anew) == [("Доступ в интернет, сентябрь 2026 г.", "24.00")]
    with pytest.raises(NothingToBill):
        await invoice(parts, contract_id, OCTOBER)
    assert await balance(contract_id) == "-24.00"


async def test_usage_that_october_charged_is_not_charged_again_by_a_september_made_anew(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 9, 10), "5")
    september = await invoice(parts, contract_id, SEPTEMBER)
    await usage(contract_id, service_id, date(2026, 9, 20), "7")
    await invoice(parts, contract_id, OCTOBER)

    await void(parts, OPERATOR, document_id=september, reason="wrong")
    anew = await invoice(parts, contract_id, SEPTEMBER)

    assert await lines(anew) == [("Доступ в интернет, сентябрь 2026 г.", "10.00")]
    assert await balance(contract_id) == "-24.00"


async def test_a_late_correction_below_the_period_is_carried_over(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 9, 10), "50")
    await invoice(parts, contract_id, SEPTEMBER)
    await usage(contract_id, service_id, date(2026, 9, 10), "-40")
    await usage(contract_id, service_id, date(2026, 10, 10), "30")
    await usage(contract_id, service_id, date(2026, 11, 10), "45")

    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, OCTOBER)
    november = await invoice(parts, contract_id, NOVEMBER)

    assert [gross for _, gross in await lines(november)] == ["90.00", "-20.00"]
    assert await balance(contract_id) == "-170.00"


async def test_usage_of_an_earlier_period_that_nobody_charged_is_not_late(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 9, 10), "5")
    await usage(contract_id, service_id, date(2026, 10, 10), "1")

    october = await invoice(parts, contract_id, OCTOBER)

    assert [gross for _, gross in await lines(october)] == ["2.00"]


# --- One-off charges ---


async def test_a_one_off_charge_is_owed_at_once_and_billed_with_the_period(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await one_off(contract_id, service_id, "122.00")
    owed = await balance(contract_id)

    october = await invoice(parts, contract_id, OCTOBER)

    assert owed == "-122.00"
    assert await lines(october) == [("Подключение", "122.00")]
    assert await balance(contract_id) == "-122.00"


async def test_a_void_lets_one_off_charges_go_and_they_are_billed_again(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await one_off(contract_id, service_id, "122.00")
    october = await invoice(parts, contract_id, OCTOBER)

    await void(parts, OPERATOR, document_id=october, reason="wrong")
    november = await invoice(parts, contract_id, NOVEMBER)

    assert await lines(november) == [("Подключение", "122.00")]
    assert await balance(contract_id) == "-122.00"


async def test_a_credit_that_does_not_fit_is_split_and_goes_on(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    await usage(contract_id, service_id, date(2026, 11, 10), "50")
    await one_off(contract_id, service_id, "-130.00")

    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, OCTOBER)
    november = await invoice(parts, contract_id, NOVEMBER)

    assert [gross for _, gross in await lines(november)] == ["100.00", "-30.00"]
    assert await balance(contract_id) == "-70.00"
    assert await value("SELECT sum(gross) FROM charges WHERE cancelled_at IS NULL") == Decimal("70.00")


async def test_a_period_that_comes_to_nothing_is_charged_without_a_document(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    await one_off(contract_id, service_id, "-100.00")

    for _ in range(2):
        with pytest.raises(NothingToBill, match="zero_amount"):
            await invoice(parts, contract_id, OCTOBER)

    assert await value("SELECT count(*) FROM charge_periods WHERE is_live") == 1
    assert await balance(contract_id) == "0.00"


async def test_a_period_below_zero_is_carried_over_to_the_next(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "-30")
    await usage(contract_id, service_id, date(2026, 11, 10), "50")

    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, OCTOBER)
    owed = await balance(contract_id)
    november = await invoice(parts, contract_id, NOVEMBER)

    assert owed == "60.00"
    assert await lines(november) == [
        ("Доступ в интернет, ноябрь 2026 г.", "100.00"),
        ("Доступ в интернет, октябрь 2026 г. (прошлый период)", "-60.00"),
    ]
    assert await balance(contract_id) == "-40.00"


async def test_what_is_carried_over_is_not_cancelled(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "-30")
    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, OCTOBER)
    carried = await value("SELECT id FROM charges WHERE charge_period_id IS NULL")

    with pytest.raises(IllegalState, match="reopenPeriod"):
        await charges.cancel(parts, OPERATOR, charge_id=carried, reason="x")

    assert await balance(contract_id) == "60.00"


async def test_the_rest_of_a_credit_keeps_its_day_also_in_closed_books(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 11, 10), "5")
    await one_off(contract_id, service_id, "-30.00", date(2026, 10, 5))
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = DATE '2026-11-01'")

    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, NOVEMBER)

    (waiting,) = await rows(
        "SELECT period_from, gross FROM charges WHERE charge_period_id IS NULL AND cancelled_at IS NULL"
    )
    assert (waiting["period_from"], waiting["gross"]) == (date(2026, 10, 5), Decimal("-20.00"))


async def test_a_period_that_came_to_nothing_may_be_opened_again(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    await one_off(contract_id, service_id, "-100.00")
    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, OCTOBER)

    await reopen_period(parts, OPERATOR, contract_id=contract_id, period=OCTOBER, reason="more to come")
    await one_off(contract_id, service_id, "7.00")
    october = await invoice(parts, contract_id, OCTOBER)

    assert [gross for _, gross in await lines(october)] == ["100.00", "7.00", "-100.00"]
    assert await balance(contract_id) == "-7.00"


async def test_what_a_document_stands_on_is_not_opened_again(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    await invoice(parts, contract_id, OCTOBER)

    with pytest.raises(IllegalState, match="void it first"):
        await reopen_period(parts, OPERATOR, contract_id=contract_id, period=OCTOBER, reason="x")
    with pytest.raises(NotFound, match="not charged for"):
        await reopen_period(parts, OPERATOR, contract_id=contract_id, period=NOVEMBER, reason="x")
    viewer = replace(OPERATOR, scopes=frozenset({Scope.BOOKS_READ}))
    with pytest.raises(Forbidden):
        await reopen_period(parts, viewer, contract_id=contract_id, period=OCTOBER, reason="x")
    assert await value("SELECT count(*) FROM charge_periods WHERE is_live") == 1


async def test_days_that_are_charged_in_part_are_told_before_anything_is_made(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    await invoice(parts, contract_id, Period(date(2026, 10, 1), date(2026, 10, 16)))

    with pytest.raises(AlreadyIssued, match="overlaps"):
        await preview_charges(parts, OPERATOR, contract_id=contract_id, period=OCTOBER)
    plan_id = await plans.plan(parts, OPERATOR, runs.RunRequest("invoice", OCTOBER))
    assert [one["count"] for one in (await plans.planned(plan_id))["failed"]] == [1]  # type: ignore[attr-defined]


# --- Rated by the price list ---


async def test_usage_without_a_price_is_rated_by_the_list_and_late_tiers_go_on(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    async with writing() as connection:
        await add_row(connection, "prices", {
            "service_id": service_id, "currency": "RUB", "valid_from": date(2026, 1, 1), "model": "graduated",
            "tax_included": True, "allowance": Decimal(10), "tiers": '[["100", "2.00"], [null, "1.00"]]',
        })  # fmt: skip
    await usage(contract_id, service_id, date(2026, 9, 10), "100", unit_price=None)
    september = await invoice(parts, contract_id, SEPTEMBER)
    await usage(contract_id, service_id, date(2026, 9, 20), "30", unit_price=None)
    october = await invoice(parts, contract_id, OCTOBER)

    assert [gross for _, gross in await lines(september)] == ["0.00", "180.00"]
    assert [gross for _, gross in await lines(october)] == ["20.00", "20.00"]


async def test_halves_out_of_order_and_a_void_come_to_the_same_month(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    async with writing() as connection:
        await add_row(connection, "prices", {
            "service_id": service_id, "currency": "RUB", "valid_from": date(2026, 1, 1), "model": "volume",
            "tax_included": True, "tiers": '[["100", "12.20"], [null, "1.22"]]',
        })  # fmt: skip
    first, second = Period(date(2026, 9, 1), date(2026, 9, 16)), Period(date(2026, 9, 16), date(2026, 10, 1))
    await usage(contract_id, service_id, date(2026, 9, 5), "90", unit_price=None)
    await usage(contract_id, service_id, date(2026, 9, 20), "20", unit_price=None)
    await invoice(parts, contract_id, second)

    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, first)
    halves = await balance(contract_id)
    await reopen_period(parts, OPERATOR, contract_id=contract_id, period=first, reason="more came")
    await usage(contract_id, service_id, date(2026, 9, 6), "5", unit_price=None)
    await usage(contract_id, service_id, date(2026, 9, 21), "5", unit_price=None)
    with pytest.raises(NothingToBill, match="zero_amount"):
        await invoice(parts, contract_id, first)
    await usage(contract_id, service_id, date(2026, 10, 10), "200", unit_price=None)
    await invoice(parts, contract_id, OCTOBER)

    # 110, then 120 in September and 200 in October, all at 1.22.
    assert halves == "-134.20"
    assert await balance(contract_id) == "-390.40"


async def test_usage_without_any_price_fails_its_document_and_names_it(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "1", unit_price=None)

    with pytest.raises(InvalidInput, match="sms has no price on 2026-10-01"):
        await invoice(parts, contract_id, OCTOBER)


# --- What changes while a document is being made ---


async def test_usage_that_comes_between_composing_and_issuing_makes_the_draft_stale(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    assignment = Assignment(contract_id=contract_id, type="invoice", period=OCTOBER)
    composed = await compose(parts, "invoice", [assignment])

    await usage(contract_id, service_id, date(2026, 10, 20), "1")
    results = await issue(parts, "invoice", composed, is_last_try=False)

    assert results == [Stale(assignment)]
    assert await value("SELECT count(*) FROM documents") == 0


async def test_a_subscription_that_changes_meanwhile_makes_the_draft_stale(parts: Parts) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection)
        subscription_id = await add_subscription(connection, contract_id=contract_id)
    assignment = Assignment(contract_id=contract_id, type="invoice", period=OCTOBER)
    composed = await compose(parts, "invoice", [assignment])

    async with writing() as connection:
        await connection.execute("UPDATE subscriptions SET price = 1 WHERE id = $1", subscription_id)
    results = await issue(parts, "invoice", composed, is_last_try=False)

    assert results == [Stale(assignment)]


async def test_usage_of_another_period_disturbs_nobody(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    assignment = Assignment(contract_id=contract_id, type="invoice", period=OCTOBER)
    composed = await compose(parts, "invoice", [assignment])

    await usage(contract_id, service_id, date(2026, 11, 1), "1")
    (result,) = await issue(parts, "invoice", composed, is_last_try=False)

    assert isinstance(result, Issued)


# --- Closing ---


async def test_a_period_may_be_charged_before_it_has_a_document(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    async with writing() as connection:
        await lock_contracts(connection, [contract_id])
        await charge_periods(connection, [contract_id], OCTOBER, now=parts.clock.now())
    owed = await balance(contract_id)

    await usage(contract_id, service_id, date(2026, 10, 20), "1")
    october = await invoice(parts, contract_id, OCTOBER)

    assert owed == "-100.00"
    assert [gross for _, gross in await lines(october)] == ["100.00"]


async def test_closed_books_take_no_document_and_no_charges(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    await usage(contract_id, service_id, date(2026, 11, 10), "50")
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = DATE '2026-11-01'")

    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await invoice(parts, contract_id, OCTOBER)
    with pytest.raises(IllegalState, match="closed until 2026-11-01"):
        await issue_for_period(
            parts, OPERATOR, type="invoice", contract_id=contract_id, period=NOVEMBER, issue_date=date(2026, 10, 31)
        )
    assert await value("SELECT count(*) FROM charges") == 0


async def test_the_void_of_a_closed_period_keeps_its_charges(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    october = await invoice(parts, contract_id, OCTOBER)
    async with writing() as connection:
        await connection.execute("UPDATE charge_periods SET is_closed = true")

    await void(parts, OPERATOR, document_id=october, reason="wrong buyer")
    await usage(contract_id, service_id, date(2026, 10, 20), "1")
    anew = await invoice(parts, contract_id, OCTOBER)

    assert [gross for _, gross in await lines(anew)] == ["100.00"]
    assert await balance(contract_id) == "-100.00"


# --- Previews ---


async def test_a_preview_is_what_the_document_says(parts: Parts) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    await one_off(contract_id, service_id, "-30.00")

    before = await preview_charges(parts, OPERATOR, contract_id=contract_id, period=OCTOBER)
    october = await invoice(parts, contract_id, OCTOBER)
    after = await preview_charges(parts, OPERATOR, contract_id=contract_id, period=OCTOBER)

    assert [str(charge.gross) for charge in before.charges] == [gross for _, gross in await lines(october)]
    assert (before.is_charged, after.is_charged, after.charges) == (False, True, before.charges)


async def test_a_record_that_is_being_written_while_its_period_is_charged_is_not_lost(
    parts: Parts, database_url: str
) -> None:
    contract_id, service_id = await contract_and_service()
    await usage(contract_id, service_id, date(2026, 10, 10), "50")
    assignment = Assignment(contract_id=contract_id, type="invoice", period=OCTOBER)
    composed = await compose(parts, "invoice", [assignment])

    # A second connection has inserted and holds its share lock; issuing must wait for it, and then see it.
    async with reading() as other, writing() as connection:
        await add_usage(
            connection, "racing", contract_id=contract_id, service_id=service_id,
            occurred_at=datetime(2026, 10, 30, tzinfo=UTC), quantity=Decimal(1), unit_price=Decimal(2),
        )  # fmt: skip
        with pytest.raises(asyncpg.LockNotAvailableError):
            await other.fetch("SELECT FROM contracts WHERE id = $1 FOR UPDATE NOWAIT", contract_id)
    results = await issue(parts, "invoice", composed, is_last_try=False)

    assert results == [Stale(assignment)]
