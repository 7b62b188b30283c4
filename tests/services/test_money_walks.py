"""Money over many steps: whatever is done to a contract, in any order and at once, its sums agree."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.domain.errors import CallerError
from billfold.domain.periods import month
from billfold.services import allocations, documents, paid_by_hand, refunds
from billfold.services.parts import Parts
from billfold.services.settling import settle_contracts
from tests.conftest import NOW
from tests.services.asking import contract as contract_of
from tests.services.asking import rows, value
from tests.services.money import ask_advance, assert_sums_agree, balance, bill, open_contract, pay, settled

Step = Callable[[], Awaitable[object]]


class Walk:
    """Random steps on one contract, of which some are refused."""

    def __init__(self, parts: Parts, contract: UUID, chance: random.Random) -> None:
        self.parts = parts
        self.contract = contract
        self.chance = chance

    async def step(self) -> None:
        """Take one step."""
        steps: list[Step] = [self._pay, self._pay, self._cancel, self._refund, self._allocate, self._release]
        steps += [self._void, self._mark]
        try:
            await self.chance.choice(steps)()
        except CallerError:
            return

    def _amount(self) -> Decimal:
        return Decimal(self.chance.randint(1, 12_000)) / 100

    async def _one(self, table: str) -> UUID:
        found = await rows(f"SELECT id FROM {table} ORDER BY id")  # noqa: S608  # The tests' own literals.
        return UUID(str(self.chance.choice(found)["id"])) if found else self.contract

    async def _pay(self) -> None:
        referenced = [await self._one("documents")] if self.chance.random() < 0.4 else []
        await pay(self.parts, self.contract, str(self._amount()), *referenced)

    async def _cancel(self) -> None:
        await refunds.cancel(self.parts, OPERATOR, payment_id=await self._one("payments"), reason="x")

    async def _refund(self) -> None:
        payment, day = await self._one("payments"), date(2026, 10, 31)
        await refunds.refund(
            self.parts, OPERATOR, payment_id=payment, amount=self._amount(), refunded_on=day, reason="x"
        )

    async def _allocate(self) -> None:
        amount = self._amount() if self.chance.random() < 0.5 else None
        payment, document = await self._one("payments"), await self._one("documents")
        await allocations.allocate(self.parts, OPERATOR, payment_id=payment, document_id=document, amount=amount)

    async def _release(self) -> None:
        await allocations.release(self.parts, OPERATOR, allocation_id=await self._one("allocations"), reason="x")

    async def _void(self) -> None:
        if self.chance.random() < 0.3:
            await documents.void(self.parts, OPERATOR, document_id=await self._one("documents"), reason="x")

    async def _mark(self) -> None:
        await paid_by_hand.mark(self.parts, OPERATOR, document_id=await self._one("documents"), reason="x")


async def bills(contract: UUID) -> None:
    for at in range(1, 10):
        await bill(contract, str(at), "70.00", month=at)
        await ask_advance(contract, f"А-{at}", "50.00", month=at)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_sums_agree_after_every_step(parts: Parts, seed: int) -> None:
    contract = await open_contract(opening_balance=Decimal(["-90.00", "90.00", "0"][seed % 3]))
    await bills(contract)
    walk = Walk(parts, contract, random.Random(seed))  # Nothing is secret.

    for _ in range(60):
        await walk.step()
        await assert_sums_agree()

    assert await value("SELECT count(*) FROM allocations") > 20


async def test_the_sums_agree_when_steps_are_taken_at_once(parts: Parts) -> None:
    contract = await open_contract(opening_balance=Decimal("-90.00"))
    await bills(contract)
    walks = [Walk(parts, contract, random.Random(seed)) for seed in range(100, 160)]  # Nothing is secret.

    await asyncio.gather(*(walk.step() for walk in walks))

    await assert_sums_agree()


async def issue(parts: Parts, contract: UUID, period: str) -> UUID:
    return await documents.issue_for_period(parts, OPERATOR, type="invoice", contract_id=contract, period=month(period))


async def test_money_on_the_contract_settles_a_document_as_it_is_issued(books: Parts) -> None:
    contract = await contract_of("Я-101")
    opening = Decimal(await balance(contract))
    await pay(books, contract, "3000.00")

    document = await issue(books, contract, "2026-10")

    # 2093.55 for October; see tests/services/test_documents.py.
    assert await settled(document) == "2093.55"
    assert Decimal(await balance(contract)) == opening + Decimal("906.45")
    await assert_sums_agree()


async def test_an_advance_that_is_paid_settles_the_period_that_is_issued_after_it(books: Parts) -> None:
    contract = await contract_of("Я-101")
    advance = await documents.issue_for_amount(
        books, OPERATOR, type="invoice", contract_id=contract, amount=Decimal("5000.00")
    )
    await pay(books, contract, "5000.00", advance)

    document = await issue(books, contract, "2026-10")

    assert (await settled(advance), await settled(document)) == ("5000.00", "2093.55")
    await assert_sums_agree()


async def test_documents_and_payments_at_once_leave_no_money_idle(books: Parts) -> None:
    contract = await contract_of("Я-101")

    await asyncio.gather(
        *(issue(books, contract, f"2026-{at:02}") for at in (7, 8, 9, 10)),
        *(pay(books, contract, "1000.00") for _ in range(10)),
    )

    open_ = await value("SELECT sum(gross - settled) FROM documents")
    assert (open_, Decimal(await balance(contract)) > 0) == (0, True)
    await assert_sums_agree()


async def statements_of_settling(contracts: list[UUID]) -> int:
    """Count the statements that settling contracts needs, COPY left out."""
    told: list[str] = []
    async with writing() as connection:
        with connection.query_logger(lambda record: told.append(record.query)):
            await settle_contracts(connection, contracts, actor="billfold", now=NOW)
    # What asyncpg asks of types, the first time, names no contract and no payment.
    return len([query for query in told if "contract_id" in query or "payment_id" in query])


async def test_settling_asks_no_more_for_many_contracts_than_for_one(parts: Parts) -> None:
    contracts = [await open_contract(str(at)) for at in range(20)]
    assert await statements_of_settling(contracts) == 1

    for contract in contracts:
        await pay(parts, contract, "100.00")
        await bill(contract, "1", "70.00", month=9)

    assert await statements_of_settling(contracts) == 2
    assert await value("SELECT count(*) FROM documents WHERE settled = 70") == 20
    for contract in contracts:
        await bill(contract, "2", "70.00", month=10)
    assert await statements_of_settling(contracts) == 3
    assert await value("SELECT count(*) FROM documents WHERE settled = 30") == 20
