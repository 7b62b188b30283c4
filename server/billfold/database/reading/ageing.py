"""Ageing: what clients have still to pay, by how long it is overdue; always by currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg

from billfold.database.connection import reading
from billfold.database.reading.conditions import Statement
from billfold.database.reading.document_parts import PAYMENT_STATUS
from billfold.database.reading.listings import Order, cursor, window
from billfold.database.reading.reports import any_of, money_row
from billfold.database.reading.rows import PageRow, Row, row_class
from billfold.database.reading.selections import PageRequest, Sorting

_AgeingSums, _ClientAgeing = row_class("AgeingSums"), row_class("ClientAgeing")
_Edge, _PageInfo = row_class("Edge"), row_class("PageInfo")
_BUCKETS = ("not_due", "up_to_30", "up_to_60", "up_to_90", "over_90", "total")

# What a person said is paid is not open, though no money covers it.
IS_OPEN = (
    "{t}.status = 'ISSUED' AND {t}.is_payable AND {t}.settled < {t}.gross"
    f" AND {PAYMENT_STATUS} IN ('UNPAID', 'PARTIALLY_PAID')"
)
_OPEN_NOW = IS_OPEN.replace("{t}", "d")
_OPEN_THEN = (
    "(z.day >= z.today OR d.issue_date <= z.day)"
    " AND NOT COALESCE((d.paid_by_hand_at AT TIME ZONE e.timezone)::date <= z.day, FALSE)"
)
_SETTLED_THEN = """CASE WHEN z.day >= z.today THEN d.settled ELSE COALESCE((
  SELECT sum(a.amount) FROM allocations a LEFT JOIN payments p ON p.id = a.payment_id
  WHERE a.document_id = d.id AND a.released_at IS NULL AND (p.id IS NULL OR p.received_on <= z.day)), 0) END"""
_AGED = """
WITH open AS (
  SELECT d.client_id, d.currency, z.day - d.due_date AS days, d.gross - {settled} AS amount
  FROM documents d JOIN enterprises e ON e.id = d.enterprise_id
  CROSS JOIN LATERAL (SELECT ({now} AT TIME ZONE e.timezone)::date AS today,
                             COALESCE({on}::date, ({now} AT TIME ZONE e.timezone)::date) AS day) z
  WHERE d.status = 'ISSUED' AND d.is_payable AND {is_open} AND {where}
), aged AS (
  SELECT client_id, currency, count(*) AS documents, sum(amount) AS total,
         sum(amount) FILTER (WHERE COALESCE(days, 0) <= 0) AS not_due,
         sum(amount) FILTER (WHERE days BETWEEN 1 AND 30) AS up_to_30,
         sum(amount) FILTER (WHERE days BETWEEN 31 AND 60) AS up_to_60,
         sum(amount) FILTER (WHERE days BETWEEN 61 AND 90) AS up_to_90,
         sum(amount) FILTER (WHERE days > 90) AS over_90
  FROM open WHERE amount > 0 GROUP BY client_id, currency
)
"""
_AGED_TOTALS = f"""SELECT currency, sum(documents)::bigint AS documents,
{", ".join(f"sum({name}) AS {name}" for name in _BUCKETS)} FROM aged GROUP BY currency ORDER BY currency"""
_BY_CLIENT = Sorting("CLIENT", is_descending=False)


@dataclass(frozen=True, slots=True)
class AgeingScope:
    """Whose debts are asked for, and as of which day (None is now); no ids narrow nothing."""

    on: date | None = None
    enterprise_ids: Sequence[UUID] = ()
    client_ids: Sequence[UUID] = ()


async def ageing_totals(scope: AgeingScope, now: datetime) -> list[Row]:
    """Add up what is open by currency and by how long it is overdue."""
    sql, statement = _aged(scope, now)
    async with reading() as connection:
        rows = await connection.fetch(sql + _AGED_TOTALS, *statement.values)
    return [_AgeingSums(**_aged_sums(row)) for row in rows]


async def ageing_page(scope: AgeingScope, request: PageRequest, now: datetime) -> PageRow:
    """Give a page of what is open by client and currency, in the order of the clients' codes.

    Only `first` and `after` of the request are read. Raises InvalidInput for what they cannot be.
    """
    there = window(request, _BY_CLIENT, Order("code"), "text")
    aged, statement = _aged(scope, now)
    counted = list(statement.values)
    place = "TRUE"
    if there.position is not None:
        marks = ", ".join(f"{statement.value(value)}::text" for value in there.position)
        place = f"(k.code, a.currency) > ({marks})"
    sql = (
        f"{aged} SELECT a.*, k.code FROM aged a JOIN clients k ON k.id = a.client_id WHERE {place}"
        f" ORDER BY k.code, a.currency LIMIT {there.size + 1}"
    )
    async with reading() as connection:
        rows = await connection.fetch(sql, *statement.values)
        total = await connection.fetchval(f"{aged} SELECT count(*) FROM aged", *counted)
    return _aged_page(rows, there.size, total, has_previous=there.position is not None)


def _aged(scope: AgeingScope, now: datetime) -> tuple[str, Statement]:
    # A day that is past in no zone needs no look back, and may use the index of open documents.
    is_now = scope.on is None or scope.on > now.date() + timedelta(days=1)
    conditions = any_of("d.enterprise_id", scope.enterprise_ids) + any_of("d.client_id", scope.client_ids)
    statement = Statement(now)
    sql = (
        _AGED.replace("{settled}", "d.settled" if is_now else _SETTLED_THEN)
        .replace("{is_open}", _OPEN_NOW if is_now else _OPEN_THEN)
        .replace("{where}", statement.conditions(conditions, "d"))
        .replace("{on}", statement.value(scope.on))
    )
    return statement.text(sql), statement


def _aged_sums(row: asyncpg.Record) -> dict[str, object]:
    currency = row["currency"]
    amounts = {name: money_row(row[name], currency) for name in _BUCKETS}
    return {"currency": currency, "documents": row["documents"], **amounts}


def _aged_page(rows: Sequence[asyncpg.Record], size: int, total: int, *, has_previous: bool) -> PageRow:
    nodes = [_ClientAgeing(client_id=row["client_id"], **_aged_sums(row)) for row in rows[:size]]
    cursors = [cursor(_BY_CLIENT, row["code"], row["currency"]) for row in rows[:size]]
    page = PageRow(nodes=nodes, total_count=total)
    page.edges = [_Edge(node=node, cursor=text) for node, text in zip(nodes, cursors, strict=True)]
    page.page_info = _PageInfo(
        has_next_page=len(rows) > size,
        has_previous_page=has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    return page
