"""Subscriptions: made, changed, suspended, resumed and ended; charged and closed days never change."""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope, Viewer
from billfold.domain.errors import (
    CallerError,
    Conflict,
    Forbidden,
    IllegalState,
    InvalidInput,
    LimitExceeded,
    NotFound,
)
from billfold.domain.subscriptions import Proration
from billfold.services import subscriptions
from billfold.services.parts import Parts
from billfold.services.subscriptions import NewSubscription, TermsChange
from tests import factories_rows as factories
from tests.services.asking import rows, value

READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.BOOKS_READ}))
STARTED = date(2026, 9, 1)
STATE = """SELECT 'start' AS at, started_on AS on_day, ended_on, price, quantity, tax_included, proration, ordinal
           FROM subscriptions UNION ALL
           SELECT 'change', valid_from, NULL, price, quantity, tax_included, is_suspended::text, 0
           FROM subscription_changes ORDER BY 1 DESC, 2"""


def october(day: int) -> date:
    return date(2026, 10, day)


@pytest.fixture
async def contract_id(database: str) -> UUID:
    """A rouble contract without anything."""
    async with writing() as connection:
        return await factories.add_contract(connection)


@pytest.fixture
async def subscription_id(contract_id: UUID) -> UUID:
    """A subscription for 100.00 from September on."""
    async with writing() as connection:
        return await factories.add_subscription(
            connection, contract_id=contract_id, started_on=STARTED, price=Decimal("100.00")
        )


async def charge(contract_id: UUID, start: date, until: date) -> None:
    async with writing() as connection:
        await factories.add_charge_period(connection, contract_id=contract_id, period_from=start, period_until=until)


async def close_books(until: date) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = $1", until)


async def changes() -> list[tuple[int, str, str, bool]]:
    """Give day of October, price, quantity and rest of each change."""
    found = await rows("SELECT valid_from, price, quantity, is_suspended FROM subscription_changes ORDER BY valid_from")
    return [(row["valid_from"].day, str(row["price"]), str(row["quantity"]), row["is_suspended"]) for row in found]


async def change(parts: Parts, subscription_id: UUID, day: date, **told: Any) -> None:
    await subscriptions.change(parts, OPERATOR, subscription_id=subscription_id, change=TermsChange(day, **told))


async def refused(action: Awaitable[object]) -> CallerError:
    """Give the error of an action, which must leave every row and the log as they were."""
    before, events = await rows(STATE), await value("SELECT count(*) FROM audit_events")
    with pytest.raises(CallerError) as caught:
        await action
    assert await rows(STATE) == before
    assert await value("SELECT count(*) FROM audit_events") == events
    return caught.value


# --- Making ---


async def new(contract: UUID, /, **more: Any) -> NewSubscription:
    async with writing() as connection:
        service_id = await factories.add_service(connection)
    given = {"started_on": october(10), "price": Decimal("99.90"), "tax_included": True}
    return NewSubscription(**{"contract_id": contract, "service_id": service_id, **given, **more})


async def test_a_subscription_is_made_and_the_contract_is_revised(parts: Parts, contract_id: UUID) -> None:
    asked = await new(contract_id, ended_on=october(20), quantity=Decimal(2), proration=Proration.FULL_MONTH)

    subscription_id = await subscriptions.create(parts, OPERATOR, asked)

    (row,) = await rows("SELECT * FROM subscriptions")
    assert row == {**dataclasses.asdict(asked), "id": subscription_id, "ordinal": 1, "proration": "full_month"}
    assert await value("SELECT revision FROM contracts") == 1
    event = "createSubscription"
    assert await value("SELECT subject FROM audit_events WHERE operation = $1", event) == subscription_id


async def test_two_subscriptions_of_one_start_are_told_apart(parts: Parts, contract_id: UUID) -> None:
    asked = await new(contract_id)

    await subscriptions.create(parts, OPERATOR, asked)
    await subscriptions.create(parts, OPERATOR, asked)

    assert await value("SELECT array_agg(ordinal ORDER BY ordinal) FROM subscriptions") == [1, 2]


async def test_a_key_makes_a_subscription_once(parts: Parts, contract_id: UUID) -> None:
    asked = await new(contract_id)

    first = await subscriptions.create(parts, OPERATOR, asked, idempotency_key="k")
    again = await subscriptions.create(parts, OPERATOR, asked, idempotency_key="k")

    assert again == first
    assert await value("SELECT count(*) FROM subscriptions") == 1


@pytest.mark.parametrize(
    ("wrong", "error", "field"),
    [
        ({"contract_id": UUID(int=1)}, NotFound, "contract"),
        ({"service_id": UUID(int=1)}, NotFound, "service"),
        ({"price": Decimal("-0.01")}, InvalidInput, "price"),
        ({"price": Decimal("0.123456789012")}, InvalidInput, "price"),
        ({"price": Decimal("NaN")}, InvalidInput, "price"),
        ({"quantity": Decimal(-1)}, InvalidInput, "quantity"),
        ({"quantity": Decimal("1000000000000000")}, InvalidInput, "quantity"),
        ({"price": Decimal(10_000_000), "quantity": Decimal(10_000_000)}, LimitExceeded, "price"),
        ({"ended_on": october(10)}, InvalidInput, "endedOn"),
        ({"ended_on": date(2200, 1, 1)}, InvalidInput, "endedOn"),
        ({"started_on": date(1, 1, 1)}, InvalidInput, "startedOn"),
    ],
)
async def test_what_cannot_be_is_not_made(
    parts: Parts, contract_id: UUID, wrong: dict[str, Any], error: type[CallerError], field: str
) -> None:
    asked = await new(contract_id, **wrong)

    problem = await refused(subscriptions.create(parts, OPERATOR, asked))

    assert (type(problem), problem.field) == (error, field)


async def test_nothing_starts_in_charged_days_or_before_them(parts: Parts, contract_id: UUID) -> None:
    await charge(contract_id, october(1), date(2026, 11, 1))

    inside = await refused(subscriptions.create(parts, OPERATOR, await new(contract_id)))
    across = await refused(subscriptions.create(parts, OPERATOR, await new(contract_id, started_on=STARTED)))
    await subscriptions.create(parts, OPERATOR, await new(contract_id, started_on=STARTED, ended_on=october(1)))
    await subscriptions.create(parts, OPERATOR, await new(contract_id, started_on=date(2026, 11, 1)))

    assert isinstance(inside, Conflict)
    assert inside.message == (
        "Contract 1 is charged for 2026-10-01..2026-11-01 already: take 2026-11-01, the first open day, or a later "
        "one, or void the document of that period (without one, say reopenPeriod)."
    )
    assert (inside.field, across.field) == ("startedOn", "startedOn")


async def test_nothing_starts_in_closed_books(parts: Parts, contract_id: UUID) -> None:
    await close_books(october(15))

    problem = await refused(subscriptions.create(parts, OPERATOR, await new(contract_id)))

    assert isinstance(problem, IllegalState)
    assert "closed until 2026-10-15: take 2026-10-15, the first open day" in problem.message


@pytest.mark.parametrize(("ended_on", "is_taken"), [(None, False), (october(21), False), (october(20), True)])
async def test_a_closed_contract_takes_what_ends_with_it(
    parts: Parts, contract_id: UUID, ended_on: date | None, is_taken: bool
) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE contracts SET closed_on = $1", october(20))
    making = subscriptions.create(parts, OPERATOR, await new(contract_id, ended_on=ended_on))

    if is_taken:
        await making
    else:
        problem = await refused(making)
        assert (type(problem), problem.field) == (IllegalState, "endedOn")


# --- Changing ---


async def test_a_change_holds_from_its_day_and_keeps_what_it_does_not_tell(parts: Parts, subscription_id: UUID) -> None:
    await change(parts, subscription_id, october(10), price=Decimal("150.00"))

    assert await changes() == [(10, "150.00", "1", False)]
    assert await value("SELECT price FROM subscriptions") == Decimal("100.00")
    assert await value("SELECT revision FROM contracts") == 2


async def test_later_changes_stay_as_they_are(parts: Parts, subscription_id: UUID) -> None:
    await change(parts, subscription_id, october(20), price=Decimal("300.00"))

    await change(parts, subscription_id, october(10), price=Decimal("200.00"), quantity=Decimal(3))

    assert await changes() == [(10, "200.00", "3", False), (20, "300.00", "1", False)]


async def test_a_change_on_the_first_day_corrects_the_subscription(parts: Parts, subscription_id: UUID) -> None:
    await change(parts, subscription_id, STARTED, price=Decimal("90.00"), tax_included=False)

    (row,) = await rows("SELECT price, tax_included FROM subscriptions")
    assert tuple(row.values()) == (Decimal("90.00"), False)
    assert await changes() == []


async def test_twice_on_a_day_the_last_one_wins_and_the_log_keeps_both(parts: Parts, subscription_id: UUID) -> None:
    await change(parts, subscription_id, october(10), price=Decimal("150.00"))

    await change(parts, subscription_id, october(10), price=Decimal("160.00"))

    assert await changes() == [(10, "160.00", "1", False)]
    details = "SELECT details->'{}'->0->>'price' FROM audit_events ORDER BY id DESC LIMIT 1"
    assert await value(details.format("before")) == "150.00"
    assert await value(details.format("after")) == "160.00"


async def test_proration_changes_while_no_day_is_charged(parts: Parts, subscription_id: UUID) -> None:
    await change(parts, subscription_id, STARTED, proration=Proration.NONE)

    assert await value("SELECT proration FROM subscriptions") == "none"
    assert await changes() == []


async def test_proration_stays_once_a_day_is_charged(parts: Parts, contract_id: UUID, subscription_id: UUID) -> None:
    await charge(contract_id, STARTED, october(1))

    problem = await refused(
        subscriptions.change(
            parts,
            OPERATOR,
            subscription_id=subscription_id,
            change=TermsChange(october(5), price=Decimal(7), proration=Proration.NONE),
        )
    )

    assert (type(problem), problem.field) == (Conflict, "proration")


@pytest.mark.parametrize(
    ("told", "error", "field"),
    [
        ({}, InvalidInput, "price"),
        ({"price": Decimal(-1)}, InvalidInput, "price"),
        ({"quantity": Decimal("0.123456789012")}, InvalidInput, "quantity"),
        ({"quantity": Decimal(999_999_999_999)}, LimitExceeded, "price"),
        ({"day": date(2026, 8, 31), "price": Decimal(1)}, InvalidInput, "from"),
        ({"day": date(2026, 12, 1), "price": Decimal(1)}, InvalidInput, "from"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(
    parts: Parts, subscription_id: UUID, told: dict[str, Any], error: type[CallerError], field: str
) -> None:
    await subscriptions.end(parts, OPERATOR, subscription_id=subscription_id, on=date(2026, 12, 1))

    problem = await refused(change(parts, subscription_id, **({"day": october(10)} | told)))

    assert (type(problem), problem.field) == (error, field)


# --- Charged and closed days, for every command that is dated ---


Act = Callable[[Parts, UUID, date], Awaitable[object]]
DATED: dict[str, Act] = {
    "change": lambda parts, id_, day: change(parts, id_, day, price=Decimal(5)),
    "suspend": lambda parts, id_, day: subscriptions.suspend(parts, OPERATOR, subscription_id=id_, start=day),
    "resume": lambda parts, id_, day: subscriptions.resume(parts, OPERATOR, subscription_id=id_, start=day),
    "end": lambda parts, id_, day: subscriptions.end(parts, OPERATOR, subscription_id=id_, on=day),
}


@pytest.mark.parametrize("name", DATED)
async def test_charged_and_closed_days_never_change(
    parts: Parts, contract_id: UUID, subscription_id: UUID, name: str
) -> None:
    if name == "resume":
        await subscriptions.suspend(parts, OPERATOR, subscription_id=subscription_id, start=date(2026, 9, 2))
    await charge(contract_id, october(1), october(16))
    charged = [await refused(DATED[name](parts, subscription_id, day)) for day in (date(2026, 9, 20), october(15))]
    await close_books(october(21))
    closed = await refused(DATED[name](parts, subscription_id, october(20)))

    await DATED[name](parts, subscription_id, october(21))

    assert [type(problem) for problem in (*charged, closed)] == [Conflict, Conflict, IllegalState]
    assert {problem.field for problem in (*charged, closed)} == {"on" if name == "end" else "from"}
    assert "take 2026-10-16, the first open day" in charged[0].message
    assert "closed until 2026-10-21: take 2026-10-21" in closed.message


@pytest.mark.parametrize("name", DATED)
async def test_an_unknown_subscription_is_not_found(parts: Parts, name: str) -> None:
    problem = await refused(DATED[name](parts, uuid4(), october(10)))

    assert (type(problem), problem.field) == (NotFound, "subscription")


async def test_a_change_before_open_days_may_end_where_charged_ones_begin(
    parts: Parts, contract_id: UUID, subscription_id: UUID
) -> None:
    await change(parts, subscription_id, october(1), price=Decimal("300.00"))
    await charge(contract_id, october(1), date(2026, 11, 1))

    await change(parts, subscription_id, date(2026, 9, 10), price=Decimal("200.00"))

    assert await value("SELECT count(*) FROM subscription_changes") == 2


# --- Resting ---


async def test_a_rest_with_an_end_writes_its_rows(parts: Parts, subscription_id: UUID) -> None:
    await change(parts, subscription_id, october(10), price=Decimal("200.00"))
    await change(parts, subscription_id, october(25), price=Decimal("300.00"))

    await subscriptions.suspend(parts, OPERATOR, subscription_id=subscription_id, start=october(5), until=october(15))

    assert await changes() == [
        (5, "100.00", "1", True),
        (10, "200.00", "1", True),
        (15, "200.00", "1", False),
        (25, "300.00", "1", False),
    ]


async def test_a_rest_may_be_repeated(parts: Parts, subscription_id: UUID) -> None:
    for _ in range(2):
        await subscriptions.suspend(
            parts, OPERATOR, subscription_id=subscription_id, start=october(5), until=october(15)
        )

    assert await changes() == [(5, "100.00", "1", True), (15, "100.00", "1", False)]


async def test_an_open_rest_is_resumed(parts: Parts, subscription_id: UUID) -> None:
    await subscriptions.suspend(parts, OPERATOR, subscription_id=subscription_id, start=october(5))

    await subscriptions.resume(parts, OPERATOR, subscription_id=subscription_id, start=october(12))

    assert await changes() == [(5, "100.00", "1", True), (12, "100.00", "1", False)]


@pytest.mark.parametrize(
    ("start", "until", "field"),
    [
        (STARTED, None, "from"),
        (date(2026, 8, 31), None, "from"),
        (october(20), None, "from"),
        (october(5), october(5), "until"),
        (october(5), october(20), "until"),
    ],
)
async def test_a_rest_lies_within_the_subscription(
    parts: Parts, subscription_id: UUID, start: date, until: date | None, field: str
) -> None:
    await subscriptions.end(parts, OPERATOR, subscription_id=subscription_id, on=october(20))

    problem = await refused(
        subscriptions.suspend(parts, OPERATOR, subscription_id=subscription_id, start=start, until=until)
    )

    assert (type(problem), problem.field) == (InvalidInput, field)


async def test_what_runs_is_not_resumed(parts: Parts, subscription_id: UUID) -> None:
    await subscriptions.suspend(parts, OPERATOR, subscription_id=subscription_id, start=october(5))

    problem = await refused(DATED["resume"](parts, subscription_id, october(4)))

    assert (type(problem), problem.field) == (IllegalState, "from")


# --- Ending ---


async def test_an_end_takes_later_changes_with_it_and_the_log_keeps_them(parts: Parts, subscription_id: UUID) -> None:
    for day in (5, 10, 15):
        await change(parts, subscription_id, october(day), price=Decimal(day))

    await subscriptions.end(parts, OPERATOR, subscription_id=subscription_id, on=october(10))

    assert await value("SELECT ended_on FROM subscriptions") == october(10)
    assert await changes() == [(5, "5", "1", False)]
    dropped = await value("SELECT details->'dropped' FROM audit_events ORDER BY id DESC LIMIT 1")
    assert [day in dropped for day in ("2026-10-05", "2026-10-10", "2026-10-15")] == [False, True, True]


async def test_an_end_moves_both_ways_while_the_days_between_are_open(
    parts: Parts, contract_id: UUID, subscription_id: UUID
) -> None:
    await subscriptions.end(parts, OPERATOR, subscription_id=subscription_id, on=october(10))
    await subscriptions.end(parts, OPERATOR, subscription_id=subscription_id, on=october(20))
    await charge(contract_id, october(1), october(20))

    problem = await refused(DATED["end"](parts, subscription_id, october(15)))
    await subscriptions.end(parts, OPERATOR, subscription_id=subscription_id, on=october(20))

    assert isinstance(problem, Conflict)
    assert await value("SELECT ended_on FROM subscriptions") == october(20)


async def test_an_end_is_not_before_the_start(parts: Parts, subscription_id: UUID) -> None:
    problem = await refused(DATED["end"](parts, subscription_id, date(2026, 8, 31)))
    await subscriptions.end(parts, OPERATOR, subscription_id=subscription_id, on=STARTED)

    assert (type(problem), problem.field) == (InvalidInput, "on")
    assert await value("SELECT ended_on FROM subscriptions") == STARTED


async def test_no_end_lies_after_that_of_a_closed_contract(parts: Parts, subscription_id: UUID) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE contracts SET closed_on = $1", october(20))

    problem = await refused(DATED["end"](parts, subscription_id, october(21)))

    assert (type(problem), problem.field) == (IllegalState, "on")


# --- Who may ---


async def test_readers_change_nothing(parts: Parts, contract_id: UUID, subscription_id: UUID) -> None:
    reader: Viewer = READER
    await subscriptions.suspend(parts, OPERATOR, subscription_id=subscription_id, start=october(2))
    asked = await new(contract_id)
    before = await rows(STATE)
    day = october(10)

    for act in (
        lambda: subscriptions.create(parts, reader, asked),
        lambda: subscriptions.change(
            parts, reader, subscription_id=subscription_id, change=TermsChange(day, price=Decimal(1))
        ),
        lambda: subscriptions.suspend(parts, reader, subscription_id=subscription_id, start=day),
        lambda: subscriptions.resume(parts, reader, subscription_id=subscription_id, start=day),
        lambda: subscriptions.end(parts, reader, subscription_id=subscription_id, on=day),
    ):
        with pytest.raises(Forbidden):
            await act()

    assert await rows(STATE) == before
