"""Revisions for tests: a document, its revision, what mends the books between, and the proof that all holds."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from billfold.database.connection import reading, writing
from billfold.database.invariants import INVARIANTS, offenders
from billfold.domain.access import OPERATOR
from billfold.domain.corrections import LineCorrection
from billfold.domain.periods import month
from billfold.services import documents, revising
from billfold.services.parts import Parts
from billfold.services.rules import update_rule
from tests.services.asking import contract, rows, value
from tests.services.money import assert_sums_agree

OCTOBER = month("2026-10")


async def issue(parts: Parts, type: str = "invoice", number: str = "Я-101") -> UUID:
    """Issue a document of October 2026; gives its id."""
    return await documents.issue_for_period(
        parts, OPERATOR, type=type, contract_id=await contract(number), period=OCTOBER
    )


async def revise(parts: Parts, document_id: UUID, **changes: Any) -> UUID:
    """Revise a document; gives the id of its revision."""
    return await revising.revise(parts, OPERATOR, **{"document_id": document_id, "reason": "ошибка", **changes})


async def set_price(price: str) -> None:
    """Change what the contract Я-101 is charged for, as it had been entered wrongly."""
    async with writing() as connection:
        await connection.execute(
            "UPDATE subscriptions SET price = $1 WHERE price = 1900 AND contract_id = $2",
            Decimal(price),
            await contract("Я-101"),
        )


async def assert_nothing_changed(document_id: UUID, gross: str = "2093.55") -> None:
    """See that a document stands as it was issued."""
    assert await rows("SELECT id, status, gross::text FROM documents") == [
        {"id": document_id, "status": "ISSUED", "gross": gross}
    ]
    assert await value("SELECT count(*) FROM charge_periods") == 1
    assert await value("SELECT state FROM occurrences") == "ISSUED"
    assert await value("SELECT count(*) FROM audit_events WHERE operation = 'reviseDocument'") == 0
    await assert_sums_agree()


async def assert_all_holds() -> None:
    """Work every invariant out."""
    async with reading() as connection:
        assert {one.name: found for one in INVARIANTS if (found := await offenders(connection, one))} == {}


async def change_rule(parts: Parts, **fields: object) -> None:
    """Change the rule of invoices of the enterprise of Я-101."""
    enterprise_id = await value("SELECT enterprise_id FROM contracts WHERE number = 'Я-101'")
    await update_rule(parts, OPERATOR, enterprise_id=enterprise_id, type="invoice", fields=fields)


async def publish(document_id: UUID) -> None:
    """Let the client of a document read it."""
    async with writing() as connection:
        await connection.execute(
            "UPDATE documents SET step = 'DONE', published_at = issued_at WHERE id = $1", document_id
        )


async def correct(parts: Parts, original: UUID) -> UUID:
    """Correct the first line of a document; gives the id of the correction."""
    return await documents.issue_correction(
        parts,
        OPERATOR,
        type="corrective-tax-invoice",
        original_id=original,
        corrections=[LineCorrection(1, unit_price=Decimal("950.00"))],
    )
