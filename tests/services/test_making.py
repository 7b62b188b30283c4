"""Making by hand: a lost connection, and one who brings the others down, are nobody else's trouble."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billfold.domain.access import OPERATOR
from billfold.domain.errors import PassingError
from billfold.services import documents, making
from billfold.services.drafts import Composed
from billfold.services.issuing import Result, issue
from billfold.services.parts import Parts
from tests.services.asking import contract, rows

LOST = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")


async def ask(parts: Parts, number: str = "Я-101") -> UUID:
    return await documents.issue_for_amount(
        parts, OPERATOR, type="invoice", contract_id=await contract(number), amount=Decimal("10.00")
    )


async def numbers() -> list[str]:
    return [row["number"] for row in await rows("SELECT number FROM documents ORDER BY counter")]


async def test_a_connection_lost_before_the_transaction_is_through_is_made_good(
    books: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = [LOST]

    async def losing(parts: Parts, type: str, composed: Sequence[Composed], **how: object) -> list[Result]:
        if lost:
            raise lost.pop()
        return await issue(parts, type, composed, **how)  # type: ignore[arg-type]  # As they came.

    monkeypatch.setattr(making, "issue", losing)

    document_id = await ask(books)

    assert [row["id"] for row in await rows("SELECT id FROM documents")] == [document_id]
    assert await numbers() == ["1"]


async def test_a_connection_lost_just_after_the_transaction_makes_no_second_document(
    books: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = [LOST]

    async def losing(parts: Parts, type: str, composed: Sequence[Composed], **how: object) -> list[Result]:
        results = await issue(parts, type, composed, **how)  # type: ignore[arg-type]  # As they came.
        if lost:
            raise lost.pop()
        return results

    monkeypatch.setattr(making, "issue", losing)

    document_id = await ask(books)

    assert [row["id"] for row in await rows("SELECT id FROM documents")] == [document_id]
    assert await numbers() == ["1"]


async def test_a_database_that_stays_away_is_told(books: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> list[Result]:
        raise LOST

    monkeypatch.setattr(making, "issue", away)

    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await ask(books)

    assert await numbers() == []


async def test_one_who_brings_a_lot_down_is_found_and_the_others_have_theirs(
    books: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [row["number"] for row in await rows("SELECT number FROM contracts ORDER BY number")]
    culprit, lots = await contract(known[-1]), []

    async def fragile(parts: Parts, type: str, composed: Sequence[Composed], **how: object) -> list[Result]:
        lots.append(len(composed))
        if any(one.assignment.contract_id == culprit for one in composed):
            raise RuntimeError("nobody foresaw this")
        return await issue(parts, type, composed, **how)  # type: ignore[arg-type]  # As they came.

    monkeypatch.setattr(making, "issue", fragile)

    answers = await asyncio.gather(*(ask(books, number) for number in known), return_exceptions=True)

    assert isinstance(answers[-1], RuntimeError)
    assert {row["id"] for row in await rows("SELECT id FROM documents")} == set(answers[:-1])
    assert max(lots) > 1


async def test_what_somebody_else_holds_is_not_waited_for_again_for_each(
    books: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    async def held(_: Parts, __: str, composed: Sequence[Composed], **___: object) -> list[Result]:
        tries.append(len(composed))
        raise PassingError("Somebody else is writing the same rows: ask again in a moment.")

    monkeypatch.setattr(making, "issue", held)

    answers = await asyncio.gather(*(ask(books, number) for number in ("Я-101", "В-9")), return_exceptions=True)

    assert [type(answer) for answer in answers] == [PassingError, PassingError]
    assert tries == [1, 1]
