"""Balances: what contracts hold and owe, contract by contract and summed by currency."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from billfold.database.connection import reading
from billfold.database.reading.ageing import IS_OPEN
from billfold.database.reading.conditions import Condition, Statement, among, among_ids
from billfold.database.reading.document_parts import IS_OVERDUE
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.reports import money_row
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.selections import PageRequest, Sorting
from billfold.database.reading.shapes import Column, Embed, Shape, ToOne
from billfold.domain.access import Scope
from billfold.domain.money import round_amount

_BalanceSums = row_class("BalanceSums")
_AMOUNTS = ("balance", "debt", "open", "overdue", "unallocated")

_OPEN = IS_OPEN.replace("{t}", "od")
_OVERDUE = IS_OVERDUE.replace("{t}", "od")
_OPENING_LEFT = (
    "greatest({t}.opening_balance, 0) - CASE WHEN {t}.opening_balance > 0 THEN {t}.opening_allocated ELSE 0 END"
)
# A refund is below zero and settles nothing, so that it takes its share away.
_FREE = "p.amount - p.allocated"


def _amount(sql: str) -> Embed:
    """Embed an amount in the contract's currency, with the decimals of that, nought where there is none."""
    text = f"COALESCE({sql}, 0)::text || ' ' || {{t}}.currency"
    return Embed(Shape("Money", columns={"amount": Column(text, _in_decimals), "currency": "{t}.currency"}))


def _in_decimals(text: str) -> str:
    amount, currency = text.split(" ")
    return str(round_amount(Decimal(amount), currency))


def _of_documents(where: str) -> str:
    return f"(SELECT sum(od.gross - od.settled) FROM documents od WHERE od.contract_id = {{t}}.id AND {where})"


CONTRACT_BALANCE = Shape(
    "ContractBalance",
    source="contracts {t}",
    scope=Scope.BOOKS_READ,
    columns={"is_over_limit": "{t}.balance < -{t}.credit_limit"},
    embeds={
        "balance": _amount("{t}.balance"),
        "credit_limit": _amount("{t}.credit_limit"),
        "open": _amount(_of_documents(_OPEN)),
        "overdue": _amount(_of_documents(f"{_OPEN} AND {_OVERDUE}")),
        "unallocated": _amount(
            f"{_OPENING_LEFT} + COALESCE((SELECT sum({_FREE}) FROM payments p"
            " WHERE p.contract_id = {t}.id AND p.cancelled_at IS NULL), 0)"
        ),
    },
    relations={"contract": ToOne("Contract", "{r}.id = {t}.id")},
)

BALANCES = Listing(
    "ContractBalance",
    orders={"BALANCE": Order("{t}.balance", "numeric"), "NUMBER": Order("{t}.number")},
    default=Sorting("BALANCE", is_descending=False),
    filters={
        "enterprise": lambda ids: among_ids("{t}.enterprise_id", "enterprise", ids),
        "client": lambda ids: among_ids("{t}.client_id", "client", ids),
        "currency": lambda codes: among("{t}.currency", codes),
        "only_debtors": lambda wanted: Condition("{t}.balance < 0" if wanted else "TRUE"),
    },
)

_SUMS = """
WITH picked AS (SELECT c.id, c.currency, c.balance, {opening} AS opening_left FROM contracts c WHERE {where}),
owed AS (
  SELECT od.contract_id, sum(od.gross - od.settled) AS open,
         sum(od.gross - od.settled) FILTER (WHERE {overdue}) AS overdue
  FROM documents od WHERE {is_open} AND od.contract_id IN (SELECT id FROM picked) GROUP BY od.contract_id
), held AS (
  SELECT p.contract_id, sum({free}) AS free FROM payments p
  WHERE p.cancelled_at IS NULL AND p.contract_id IN (SELECT id FROM picked) GROUP BY p.contract_id
)
SELECT c.currency, count(*) AS contracts, sum(c.balance) AS balance, sum(greatest(-c.balance, 0)) AS debt,
       sum(o.open) AS open, sum(o.overdue) AS overdue, sum(c.opening_left + COALESCE(h.free, 0)) AS unallocated
FROM picked c LEFT JOIN owed o ON o.contract_id = c.id LEFT JOIN held h ON h.contract_id = c.id
GROUP BY c.currency ORDER BY c.currency
"""


async def balance_totals(filters: dict[str, Any], now: datetime) -> list[Row]:
    """Add up the contracts that fit the filters of BALANCES, by currency."""
    statement = Statement(now)
    conditions = BALANCES.conditions(PageRequest(filters))
    sql = (
        _SUMS.replace("{where}", statement.conditions(conditions, "c"))
        .replace("{opening}", _OPENING_LEFT.replace("{t}", "c"))
        .replace("{is_open}", _OPEN)
        .replace("{overdue}", _OVERDUE)
        .replace("{free}", _FREE)
    )
    async with reading() as connection:
        rows = await connection.fetch(statement.text(sql), *statement.values)
    return [
        _BalanceSums(
            currency=row["currency"],
            contracts=row["contracts"],
            **{name: money_row(row[name], row["currency"]) for name in _AMOUNTS},
        )
        for row in rows
    ]


SHAPES = (CONTRACT_BALANCE,)
LISTINGS = {"balances": BALANCES}
