"""Random operations on real books: whatever managers, gateways and banks do in whatever order, the books hold."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billfold.database import connection
from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.domain.errors import CallerError
from billfold.domain.metering import ReportedUsage
from billfold.domain.periods import Period, local_midnight, next_month
from billfold.domain.subscriptions import Proration
from billfold.rendering.press import Press
from billfold.services import (
    allocations,
    charges,
    closing_books,
    documents,
    paid_by_hand,
    payments,
    refunds,
    runs,
    subscriptions,
    usage,
)
from billfold.services.checking import check
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from tests.conftest import NOW, administer, make_parts, with_database
from tests.factories_rows import add_contract, add_enterprise, add_row, add_service
from tests.services.asking import rows

# From the first of August to the end of November 2026; today is the first of November.
DAYS = st.integers(0, 121).map(lambda offset: date(2026, 8, 1) + timedelta(days=offset))
PAST_DAYS = st.integers(0, 91).map(lambda offset: date(2026, 8, 1) + timedelta(days=offset))
MONTHS = st.sampled_from([date(2026, month, 1) for month in (8, 9, 10)]).map(lambda day: Period(day, next_month(day)))
PRICES = st.decimals(0, 5_000, places=2)
AMOUNTS = st.integers(1, 9_000)
CURRENCIES = ("RUB", "JPY", "KWD")


class World:
    """One database, with contracts of three currencies and opening balances; `run` waits for a coroutine."""

    def __init__(self, loop: asyncio.AbstractEventLoop, server_url: str, template: str) -> None:
        self._loop, self._server_url, self._name = loop, server_url, f"machine_{uuid4().hex}"
        self.run(administer(server_url, f'CREATE DATABASE "{self._name}" TEMPLATE "{template}"'))
        self.run(connection.connect(with_database(server_url, self._name), pool_size=3))
        self.contracts: list[UUID] = []
        self.run(self._fill())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        self.run(connection.disconnect())
        self.run(administer(self._server_url, f'DROP DATABASE "{self._name}" WITH (FORCE)'))

    async def _fill(self) -> None:
        async with writing() as database:
            self.enterprise = await add_enterprise(database)
            for at, currency in enumerate(CURRENCIES):
                self.contracts.append(
                    await add_contract(
                        database, f"C-{at}", enterprise_id=self.enterprise, currency=currency,
                        opening_balance=Decimal((0, -500, 700)[at]),
                    )
                )  # fmt: skip
            self.internet = await add_service(database, code="internet")
            self.calls = await add_service(database, code="calls", kind="usage")
            for currency in CURRENCIES:
                await add_row(database, "prices", {
                    "service_id": self.calls, "currency": currency, "valid_from": date(2026, 1, 1),
                    "model": "graduated", "tax_included": True, "allowance": Decimal(10),
                    "tiers": '[["50", "2"], [null, "1.5"]]',
                })  # fmt: skip


@pytest.fixture(scope="session")
async def loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


class Books(RuleBasedStateMachine):
    """The books of one world; each rule is what somebody may do, or be refused."""

    parts: ClassVar[Parts]
    new_world: ClassVar[Callable[[], World]]

    subscribed: Bundle[UUID] = Bundle("subscribed")
    recorded: Bundle[str] = Bundle("recorded")
    entered: Bundle[UUID] = Bundle("entered")
    paid: Bundle[UUID] = Bundle("paid")
    issued: Bundle[UUID] = Bundle("issued")

    @initialize()
    def open_books(self) -> None:
        self.world = type(self).new_world()
        self.numbers = count()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()

    def try_(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do what may be refused; nothing but a refusal may come of it."""
        try:
            return self.world.run(work)
        except CallerError:
            return None

    def contract(self, at: int) -> UUID:
        return self.world.contracts[at]

    # --- What is used ---

    @rule(
        target=subscribed, at=st.integers(0, 2), on=DAYS, price=PRICES, included=st.booleans(),
        quantity=st.integers(0, 5), proration=st.sampled_from(Proration),
    )  # fmt: skip
    def subscribe(self, at: int, on: date, price: Decimal, included: bool, quantity: int, proration: Proration) -> Any:
        new = subscriptions.NewSubscription(
            self.contract(at), self.world.internet, on, price, included, quantity=Decimal(quantity),
            proration=proration,
        )  # fmt: skip
        made = self.try_(subscriptions.create(self.parts, OPERATOR, new))
        return made or multiple()

    @rule(subscription=subscribed, on=DAYS, price=PRICES)
    def change_price(self, subscription: UUID, on: date, price: Decimal) -> None:
        change = subscriptions.TermsChange(on, price=price)
        self.try_(subscriptions.change(self.parts, OPERATOR, subscription_id=subscription, change=change))

    @rule(subscription=subscribed, on=DAYS, days=st.integers(1, 40))
    def rest(self, subscription: UUID, on: date, days: int) -> None:
        until = on + timedelta(days=days)
        self.try_(subscriptions.suspend(self.parts, OPERATOR, subscription_id=subscription, start=on, until=until))

    @rule(subscription=subscribed, on=DAYS)
    def end(self, subscription: UUID, on: date) -> None:
        self.try_(subscriptions.end(self.parts, OPERATOR, subscription_id=subscription, on=on))

    @rule(target=recorded, at=st.integers(0, 2), on=DAYS, quantity=st.integers(0, 90), is_rated=st.booleans())
    def use(self, at: int, on: date, quantity: int, is_rated: bool) -> Any:
        name = f"use-{next(self.numbers)}"
        price = None if is_rated else Decimal("3.25")
        return name if self.record(name, at, on, quantity, price) else multiple()

    @rule(original=recorded, quantity=st.integers(-50, -1))
    def take_back(self, original: str, quantity: int) -> None:
        report = ReportedUsage(f"back-{next(self.numbers)}", Decimal(quantity), corrects=original)
        self.try_(usage.record(self.parts, OPERATOR, source="switch", records=[report]))

    def record(self, name: str, at: int, on: date, quantity: int, price: Decimal | None) -> Any:
        report = ReportedUsage(
            name, Decimal(quantity), contract_id=self.contract(at), service_code="calls",
            occurred_at=local_midnight(on, "Europe/Moscow"), unit_price=price,
            tax_included=None if price is None else True,
        )  # fmt: skip
        return self.try_(usage.record(self.parts, OPERATOR, source="switch", records=[report]))

    @rule(target=entered, at=st.integers(0, 2), on=DAYS, price=st.integers(-3_000, 3_000))
    def enter(self, at: int, on: date, price: int) -> Any:
        new = charges.NewCharge(self.contract(at), self.world.internet, on, Decimal(price), True)
        return self.try_(charges.create(self.parts, OPERATOR, new=new)) or multiple()

    @rule(charge=entered)
    def cancel_entered(self, charge: UUID) -> None:
        self.try_(charges.cancel(self.parts, OPERATOR, charge_id=charge, reason="a slip"))

    # --- What is billed ---

    @rule(target=issued, at=st.integers(0, 2), period=MONTHS)
    def bill(self, at: int, period: Period) -> Any:
        made = self.try_(
            documents.issue_for_period(
                self.parts, OPERATOR, type="invoice", contract_id=self.contract(at), period=period
            )
        )
        return made or multiple()

    @rule(target=issued, at=st.integers(0, 2), amount=AMOUNTS)
    def ask_in_advance(self, at: int, amount: int) -> Any:
        made = self.try_(
            documents.issue_for_amount(
                self.parts, OPERATOR, type="invoice", contract_id=self.contract(at), amount=Decimal(amount)
            )
        )
        return made or multiple()

    @rule(target=issued, period=MONTHS)
    def bill_all(self, period: Period) -> Any:
        run_id = self.try_(runs.start(self.parts, OPERATOR, runs.RunRequest("invoice", period)))
        if run_id is None:
            return multiple()
        while self.world.run(compose_chunk(self.parts, run_id)):
            pass
        made = self.world.run(rows("SELECT id FROM documents WHERE run_id = $1", run_id))
        return multiple(*(row["id"] for row in made))

    @rule(document=issued)
    def void(self, document: UUID) -> None:
        self.try_(documents.void(self.parts, OPERATOR, document_id=document, reason="wrong"))

    @precondition(lambda self: next(self.numbers) > 25)
    @rule(months=st.integers(1, 2))
    def close(self, months: int) -> None:
        # Not before there is something to close.
        until = date(2026, 7 + months, 1)
        self.try_(closing_books.close_books(self.parts, OPERATOR, enterprise_id=self.world.enterprise, until=until))

    # --- What is paid ---

    @rule(target=paid, at=st.integers(0, 2), amount=AMOUNTS, on=PAST_DAYS)
    def pay(self, at: int, amount: int, on: date) -> Any:
        new = payments.NewPayment(self.contract(at), Decimal(amount), on)
        return self.try_(payments.register(self.parts, OPERATOR, new=new)) or multiple()

    @rule(target=paid, amount=AMOUNTS, document=issued)
    def pay_document(self, amount: int, document: UUID) -> Any:
        (of,) = self.world.run(rows("SELECT contract_id FROM documents WHERE id = $1", document))
        new = payments.NewPayment(of["contract_id"], Decimal(amount), NOW.date(), document_ids=(document,))
        return self.try_(payments.register(self.parts, OPERATOR, new=new)) or multiple()

    @rule(payment=paid)
    def cancel_payment(self, payment: UUID) -> None:
        self.try_(refunds.cancel(self.parts, OPERATOR, payment_id=payment, reason="bounced"))

    @rule(target=paid, payment=paid, amount=AMOUNTS)
    def give_back(self, payment: UUID, amount: int) -> Any:
        made = self.try_(
            refunds.refund(
                self.parts, OPERATOR, payment_id=payment, amount=Decimal(amount), refunded_on=NOW.date(), reason="asked"
            )
        )
        return made or multiple()

    @rule(payment=paid, document=issued)
    def allocate(self, payment: UUID, document: UUID) -> None:
        self.try_(allocations.allocate(self.parts, OPERATOR, payment_id=payment, document_id=document))

    @rule(payment=paid)
    def release(self, payment: UUID) -> None:
        found = self.world.run(
            rows("SELECT id FROM allocations WHERE payment_id = $1 AND released_at IS NULL", payment)
        )
        for row in found[:1]:
            self.try_(allocations.release(self.parts, OPERATOR, allocation_id=row["id"], reason="moved"))

    @rule(document=issued)
    def mark_paid(self, document: UUID) -> None:
        self.try_(paid_by_hand.mark(self.parts, OPERATOR, document_id=document, reason="cash"))

    @invariant()
    def the_books_hold(self) -> None:
        if hasattr(self, "world"):
            verdicts = self.world.run(check(OPERATOR))
            assert {one.name: one.broken for one in verdicts if one.broken} == {}


def test_the_books_hold_whatever_is_done(
    loop: asyncio.AbstractEventLoop, server_url: str, template: str, press: Press, tmp_path: Path
) -> None:
    Books.parts = make_parts(press, tmp_path, NOW)
    Books.new_world = partial(World, loop, server_url, template)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Books,
        settings=settings(
            max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
