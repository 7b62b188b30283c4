"""Lines by hand: resolved, dismissed and opened again; refused without a right, a reason or a fitting contract."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Role, Scope, Viewer
from billfold.domain.errors import BillfoldError, Forbidden, IllegalState, InvalidInput, NotFound
from billfold.services import refunds, statement_lines
from billfold.services.parts import Parts
from billfold.services.statements import import_statement
from tests.factories_rows import add_client, add_contract, add_document, add_enterprise
from tests.services.asking import contract, rows, value
from tests.statement_texts import payment, statement_file

NOBODY = UUID("0192f0c4-0000-7000-8000-000000000000")


@pytest.fixture
async def waiting(parts: Parts) -> Parts:
    """An enterprise with two contracts of two clients, an open invoice 42, and one line of 2200.00 that waits."""
    async with writing() as connection:
        enterprise = await add_enterprise(connection, code="sever")
        client = await add_client(connection, enterprise_id=enterprise)
        first = await add_contract(connection, "157/1-2026", client_id=client, enterprise_id=enterprise)
        await add_contract(connection, "157/2-2026", client_id=client, enterprise_id=enterprise)
        await add_contract(connection, "USD", client_id=client, enterprise_id=enterprise, currency="USD")
        await add_document(connection, "42", contract_id=first)
        other = await add_enterprise(connection, code="volna", account="40702810900000000009")
        await add_contract(connection, "VOLNA", client_id=client, enterprise_id=other)
    await import_statement(parts, OPERATOR, statement_file(payment(ПлательщикИНН="500100732259")), "bank.txt")
    return parts


async def the_line() -> dict[str, Any]:
    (found,) = await rows(
        """SELECT l.id, l.state, l.rule, l.comment, l.resolved_by, c.number AS contract, p.reference
           FROM statement_lines l LEFT JOIN payments p ON p.id = l.payment_id
           LEFT JOIN contracts c ON c.id = p.contract_id"""
    )
    return found


async def line_id() -> UUID:
    found: UUID = (await the_line())["id"]
    return found


async def state() -> tuple[Any, ...]:
    line = await the_line()
    events = await value("SELECT count(*) FROM audit_events")
    return line["state"], line["contract"], await value("SELECT count(*) FROM payments"), events


async def resolve(parts: Parts, number: str = "157/1-2026", *document_ids: UUID) -> UUID:
    return await statement_lines.resolve(
        parts, OPERATOR, line_id=await line_id(), contract_id=await contract(number), document_ids=document_ids
    )


async def test_a_line_is_credited_to_a_contract(waiting: Parts) -> None:
    await resolve(waiting, "157/2-2026")

    assert await the_line() == {
        "id": await line_id(),
        "state": "credited",
        "rule": "hand",
        "comment": "",
        "resolved_by": "operator",
        "contract": "157/2-2026",
        "reference": "За услуги связи",
    }
    assert await value("SELECT balance FROM contracts WHERE number = '157/2-2026'") == Decimal("2200.00")
    assert await value("SELECT operation FROM audit_events ORDER BY id DESC LIMIT 1") == "resolveStatementLine"


async def test_a_line_settles_the_documents_that_are_told(waiting: Parts) -> None:
    document = await value("SELECT id FROM documents")

    await resolve(waiting, "157/1-2026", document)

    assert (await the_line())["state"] == "matched"
    assert await value("SELECT kind FROM allocations") == "referenced"


async def test_a_line_is_put_aside_with_its_reason(waiting: Parts) -> None:
    await statement_lines.dismiss(waiting, OPERATOR, line_id=await line_id(), reason="Возврат депозита")

    found = await the_line()
    assert (found["state"], found["comment"], found["resolved_by"]) == ("dismissed", "Возврат депозита", "operator")
    assert await value("SELECT operation FROM audit_events ORDER BY id DESC LIMIT 1") == "dismissStatementLine"


async def test_a_resolved_line_is_opened_again_and_its_payment_cancelled(waiting: Parts) -> None:
    await resolve(waiting)

    await statement_lines.reopen(waiting, OPERATOR, line_id=await line_id(), reason="Не тот договор")

    found = await the_line()
    assert (found["state"], found["rule"], found["resolved_by"]) == ("unmatched", "", "")
    assert await rows("SELECT cancel_reason FROM payments") == [{"cancel_reason": "Не тот договор"}]
    assert await value("SELECT settled FROM documents") == Decimal(0)
    assert await value("SELECT operation FROM audit_events ORDER BY id DESC LIMIT 1") == "reopenStatementLine"


async def test_a_line_may_be_resolved_anew_again_and_again(waiting: Parts) -> None:
    for number in ("157/1-2026", "157/2-2026"):
        await resolve(waiting, number)
        await statement_lines.reopen(waiting, OPERATOR, line_id=await line_id(), reason="Не тот договор")

    await resolve(waiting, "157/1-2026")

    assert (await the_line())["contract"] == "157/1-2026"
    assert await value("SELECT count(*) FROM payments WHERE cancelled_at IS NULL") == 1
    assert await value("SELECT sum(balance) FROM contracts") == Decimal("2200.00")


async def test_a_dismissed_line_is_opened_again(waiting: Parts) -> None:
    await statement_lines.dismiss(waiting, OPERATOR, line_id=await line_id(), reason="Ошибка")

    await statement_lines.reopen(waiting, OPERATOR, line_id=await line_id(), reason="Это клиент")

    assert (await the_line())["state"] == "unmatched"


async def test_a_line_whose_payment_was_cancelled_waits_again(waiting: Parts) -> None:
    await resolve(waiting)
    payment_id = await value("SELECT id FROM payments")
    await refunds.cancel(waiting, OPERATOR, payment_id=payment_id, reason="Ошибка")

    with pytest.raises(IllegalState, match="waits for a contract already"):
        await statement_lines.reopen(waiting, OPERATOR, line_id=await line_id(), reason="x")
    await resolve(waiting, "157/2-2026")

    assert (await the_line())["contract"] == "157/2-2026"


async def test_a_line_counts_once_whoever_is_first(waiting: Parts) -> None:
    results = await asyncio.gather(
        resolve(waiting, "157/1-2026"), resolve(waiting, "157/2-2026"), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in results) == ["IllegalState", "UUID"]
    assert await value("SELECT count(*) FROM payments") == 1


@pytest.mark.parametrize(
    ("number", "error", "field"),
    [("VOLNA", InvalidInput, "contract"), ("USD", InvalidInput, "contract"), ("", NotFound, "contract")],
)
async def test_a_contract_that_does_not_fit_is_refused(
    waiting: Parts, number: str, error: type[BillfoldError], field: str
) -> None:
    before = await state()
    contract_id = await contract(number) if number else NOBODY

    with pytest.raises(error) as caught:
        await statement_lines.resolve(waiting, OPERATOR, line_id=await line_id(), contract_id=contract_id)

    assert getattr(caught.value, "field", None) == field
    assert await state() == before


async def test_a_document_of_another_contract_is_refused(waiting: Parts) -> None:
    before = await state()

    with pytest.raises(InvalidInput, match="is not of contract"):
        await resolve(waiting, "157/2-2026", await value("SELECT id FROM documents"))

    assert await state() == before


async def test_money_of_closed_books_is_refused(waiting: Parts) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = $1", date(2026, 11, 1))
    before = await state()

    with pytest.raises(IllegalState, match="The books are closed until 2026-11-01"):
        await resolve(waiting)

    assert await state() == before


async def test_a_line_that_is_settled_is_not_settled_again(waiting: Parts) -> None:
    await resolve(waiting)
    before = await state()

    with pytest.raises(IllegalState, match="The line is credited already: open it again first"):
        await resolve(waiting, "157/2-2026")
    with pytest.raises(IllegalState, match="already: open it again first"):
        await statement_lines.dismiss(waiting, OPERATOR, line_id=await line_id(), reason="x")

    assert await state() == before


Verb = Callable[[Parts, Viewer, UUID, str], Awaitable[UUID]]
VERBS: dict[str, Verb] = {
    "resolve": lambda parts, viewer, line, _: _resolve_with(parts, viewer, line),
    "dismiss": lambda parts, viewer, line, why: statement_lines.dismiss(parts, viewer, line_id=line, reason=why),
    "reopen": lambda parts, viewer, line, why: statement_lines.reopen(parts, viewer, line_id=line, reason=why),
}


async def _resolve_with(parts: Parts, viewer: Viewer, line: UUID) -> UUID:
    return await statement_lines.resolve(
        parts, viewer, line_id=line, contract_id=await contract("157/1-2026"), document_ids=()
    )


@pytest.mark.parametrize("verb", VERBS)
async def test_without_the_scope_nothing_happens(waiting: Parts, verb: str) -> None:
    viewer = Viewer(name="v", scopes=frozenset({Scope.BOOKS_READ}), role=Role.VIEWER)
    before = await state()

    with pytest.raises(Forbidden):
        await VERBS[verb](waiting, viewer, await line_id(), "why")

    assert await state() == before


@pytest.mark.parametrize("verb", VERBS)
async def test_a_line_that_is_not_there_is_told(waiting: Parts, verb: str) -> None:
    before = await state()

    with pytest.raises(NotFound) as caught:
        await VERBS[verb](waiting, OPERATOR, NOBODY, "why")

    assert caught.value.field == "line"
    assert await state() == before


@pytest.mark.parametrize("verb", ["dismiss", "reopen"])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 1_001])
async def test_a_reason_is_needed(waiting: Parts, verb: str, reason: str) -> None:
    before = await state()

    with pytest.raises(InvalidInput) as caught:
        await VERBS[verb](waiting, OPERATOR, await line_id(), reason)

    assert caught.value.field == "reason"
    assert await state() == before
