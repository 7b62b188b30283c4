"""Matching: the contracts and documents that the money of a statement may be for, a statement for each of the two."""

from collections.abc import Collection
from uuid import UUID

import asyncpg

from billfold.database.payments import Account
from billfold.domain.document_index import PaidDocument
from billfold.domain.matching import PaidContract

# A client is known by every INN that it ever had.
_CONTRACTS = """
SELECT c.id, c.number, c.enterprise_id, c.currency, k.inns,
       CASE WHEN c.opening_balance < 0 THEN -c.opening_balance - c.opening_allocated ELSE 0 END AS debt,
       c.closed_on, c.valid_to
FROM contracts c
LEFT JOIN (SELECT client_id, array_agg(DISTINCT inn) AS inns FROM client_requisites
           WHERE inn = ANY($2::text[]) AND inn <> '' GROUP BY client_id) k ON k.client_id = c.client_id
WHERE c.enterprise_id = ANY($1::uuid[])
"""
# Paid ones only where their last digits stand in a purpose: there may be years of them.
_DOCUMENTS = """
SELECT id, contract_id, number, issue_date, gross - settled AS open, due_date, paid_by_hand_at IS NOT NULL AS is_marked
FROM documents
WHERE contract_id = ANY($1::uuid[]) AND status = 'ISSUED' AND is_payable
  AND (settled < gross OR ltrim(substring(number FROM '([0-9]+)[^0-9]*$'), '0') = ANY($2::text[]))
"""


async def paid_contracts(
    connection: asyncpg.Connection, enterprise_ids: Collection[UUID], inns: Collection[str]
) -> list[PaidContract]:
    """Give all contracts of enterprises; of their clients' INNs those that are asked for."""
    rows = await connection.fetch(_CONTRACTS, list(enterprise_ids), list(inns))
    return [
        PaidContract(
            id=row["id"],
            number=row["number"],
            enterprise_id=row["enterprise_id"],
            currency=row["currency"],
            inns=frozenset(row["inns"] or ()),
            debt=row["debt"],
            closed_on=row["closed_on"],
            valid_to=row["valid_to"],
        )
        for row in rows
    ]


async def paid_documents(
    connection: asyncpg.Connection, contract_ids: Collection[UUID], tails: Collection[str]
) -> list[PaidDocument]:
    """Give the documents of contracts that are to be paid: those that are open, and those with one of the tails."""
    rows = await connection.fetch(_DOCUMENTS, list(contract_ids), list(tails))
    return [PaidDocument(*row) for row in rows]


async def paid_accounts(connection: asyncpg.Connection, contract_ids: Collection[UUID]) -> dict[UUID, Account]:
    """Give the money side of contracts, which the caller has locked."""
    rows = await connection.fetch(
        """SELECT c.id, c.number, c.currency, c.balance, e.timezone, e.closed_until
           FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id WHERE c.id = ANY($1::uuid[])""",
        list(contract_ids),
    )
    return {row["id"]: Account(*row) for row in rows}
