"""Reports: sums over documents, payments and charges, always by currency; several currencies are never added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database.connection import steady
from billfold.database.reading.conditions import Condition, Statement
from billfold.database.reading.document_parts import IS_OVERDUE, PAYMENT_STATUS
from billfold.database.reading.rows import Row, row_class
from billfold.domain.money import ZERO, round_amount
from billfold.domain.periods import Period, next_month

# More rows than this are no report that anybody reads.
MOST_ROWS = 5_000

_Dashboard, _MoneyRow, _PeriodRow = row_class("Dashboard"), row_class("Money"), row_class("Period")
_DocumentSums, _PaymentSums = row_class("DocumentSums"), row_class("PaymentSums")
_ChargeSums, _RevenueRow = row_class("ChargeSums"), row_class("RevenueRow")
_AMOUNTS = ("net", "tax", "gross", "open")

# Bits of grouping(): which of (type, month, status, is_overdue) a row is NOT a sum over one value of.
_LEVELS = {15: "documents", 7: "by_type", 11: "by_month", 13: "by_payment_status", 14: "overdue"}
# Documents are read once; the sums of the fewer groups that they fall into are what is added up five ways.
_ISSUED = """
WITH found AS MATERIALIZED (
  SELECT d.currency, d.type, date_trunc('month', d.issue_date)::date AS month, {status} AS status,
         {overdue} AS is_overdue, d.net, d.tax, d.gross, d.settled
  FROM documents d WHERE d.status = 'ISSUED' AND {where}
), summed AS MATERIALIZED (
  SELECT currency, type, month, status, is_overdue, count(*) AS documents, sum(net) AS net, sum(tax) AS tax,
         sum(gross) AS gross,
         sum(gross - settled) FILTER (WHERE status IN ('UNPAID', 'PARTIALLY_PAID')) AS open
  FROM found GROUP BY currency, type, month, status, is_overdue
)
SELECT grouping(type, month, status, is_overdue) AS level, currency, type, month, status, is_overdue,
       sum(documents)::bigint AS documents, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross, sum(open) AS open
FROM summed
GROUP BY GROUPING SETS ((currency), (currency, type), (currency, month), (currency, status), (currency, is_overdue))
ORDER BY currency, type, month, status
"""
_VOID = """
SELECT d.currency, count(*) AS documents, sum(d.net) AS net, sum(d.tax) AS tax, sum(d.gross) AS gross, 0 AS open
FROM documents d WHERE d.status = 'VOID' AND {where} GROUP BY d.currency ORDER BY d.currency
"""
_RECEIVED = """
SELECT c.currency, count(*) FILTER (WHERE p.kind = 'payment') AS payments,
       sum(p.amount) FILTER (WHERE p.kind = 'payment') AS received,
       count(*) FILTER (WHERE p.kind = 'refund') AS refunds, -sum(p.amount) FILTER (WHERE p.kind = 'refund') AS refunded
FROM payments p JOIN contracts c ON c.id = p.contract_id
WHERE p.cancelled_at IS NULL AND {where} GROUP BY c.currency ORDER BY c.currency
"""
# What stands: charges of live periods, and one-off ones that wait and are not cancelled.
_CHARGES = """
SELECT {by}c.currency, count(*) AS charges, sum(h.net) AS net, sum(h.tax) AS tax, sum(h.gross) AS gross
FROM charges h JOIN contracts c ON c.id = h.contract_id
LEFT JOIN charge_periods p ON p.id = h.charge_period_id
WHERE (p.is_live OR (p.id IS NULL AND h.cancelled_at IS NULL)) AND {where}
GROUP BY {by}c.currency
"""


@dataclass(frozen=True, slots=True)
class ReportScope:
    """The days of a report, and the enterprises and services that it is narrowed to; none narrows nothing."""

    period: Period
    enterprise_ids: Sequence[UUID] = ()
    service_ids: Sequence[UUID] = ()

    def where(self, day: str, enterprise: str) -> list[Condition]:
        """Hold the column `day` to the period, and the column `enterprise` to the enterprises."""
        within = Condition(f"{day} >= ?::date AND {day} < ?::date", (self.period.start, self.period.until))
        return [within, *any_of(enterprise, self.enterprise_ids)]


def any_of(column: str, ids: Sequence[UUID]) -> list[Condition]:
    """Hold a column to ids; none narrows nothing."""
    return [Condition(f"{column} = ANY(?::uuid[])", (list(ids),))] if ids else []


def money_row(amount: Decimal | None, currency: str) -> Row:
    """Give an amount, or nought, with the decimals of its currency, as faces read it."""
    return _MoneyRow(amount=str(round_amount(amount or ZERO, currency)), currency=currency)


async def dashboard(scope: ReportScope, now: datetime) -> Row:
    """Add up the documents issued in a period, what was paid and charged in it, and what of its documents is void.

    All of it in one snapshot; lists are in the order of currency, type, month, status, and types are told by key.
    """
    found: dict[str, list[Row]] = {name: [] for name in _LEVELS.values()}
    async with steady() as connection:
        for row in await _issued(connection, scope, now):
            level = _LEVELS[row["level"]]
            if level != "overdue" or row["is_overdue"]:
                found[level].append(_document_sums(row))
        issued = scope.where("d.issue_date", "d.enterprise_id")
        found["voided"] = [_document_sums(row) for row in await _fetch(connection, _VOID, issued, now)]
        received = scope.where("p.received_on", "c.enterprise_id")
        found["paid"] = [_payment_sums(row) for row in await _fetch(connection, _RECEIVED, received, now)]
        found["charged"] = [_ChargeSums(**_charged(row)) for row in await _charges(connection, scope, now)]
    return _Dashboard(**found)


async def revenue(scope: ReportScope, now: datetime) -> tuple[list[Row], list[Row]]:
    """Add up the charges by service, calendar month and currency, and all of them by currency.

    A charge belongs to the month of the last day that it is for, which is the day of supply. No more than one row above
    MOST_ROWS is given, in the order of service, month and currency.
    """
    async with steady() as connection:
        by = "h.service_id, date_trunc('month', h.period_until - 1)::date, "
        rows = await _charges(connection, scope, now, by, order="h.service_id, 2, c.currency")
        totals = await _charges(connection, scope, now)
    return [_revenue_row(row) for row in rows], [_ChargeSums(**_charged(row)) for row in totals]


async def _issued(connection: asyncpg.Connection, scope: ReportScope, now: datetime) -> list[asyncpg.Record]:
    fragments = {"status": PAYMENT_STATUS, "overdue": IS_OVERDUE}
    sql = _ISSUED.replace("{status}", fragments["status"]).replace("{overdue}", fragments["overdue"])
    return await _fetch(connection, sql.replace("{t}", "d"), scope.where("d.issue_date", "d.enterprise_id"), now)


async def _charges(
    connection: asyncpg.Connection, scope: ReportScope, now: datetime, by: str = "", *, order: str = "c.currency"
) -> list[asyncpg.Record]:
    conditions = scope.where("(h.period_until - 1)", "c.enterprise_id") + any_of("h.service_id", scope.service_ids)
    sql = _CHARGES.replace("{by}", by) + f" ORDER BY {order} LIMIT {MOST_ROWS + 1}"
    return await _fetch(connection, sql, conditions, now)


async def _fetch(
    connection: asyncpg.Connection, sql: str, conditions: Sequence[Condition], now: datetime
) -> list[asyncpg.Record]:
    statement = Statement(now)
    text = statement.text(sql.replace("{where}", statement.conditions(conditions, "")))
    return list(await connection.fetch(text, *statement.values))


def _document_sums(row: asyncpg.Record) -> Row:
    currency, month = row["currency"], row.get("month")
    return _DocumentSums(
        currency=currency,
        documents=row["documents"],
        type=row.get("type"),
        month=month and _month(month),
        payment_status=row.get("status"),
        **{name: money_row(row[name], currency) for name in _AMOUNTS},
    )


def _payment_sums(row: asyncpg.Record) -> Row:
    currency = row["currency"]
    return _PaymentSums(
        currency=currency,
        payments=row["payments"],
        received=money_row(row["received"], currency),
        refunds=row["refunds"],
        refunded=money_row(row["refunded"], currency),
    )


def _charged(row: asyncpg.Record) -> dict[str, object]:
    currency = row["currency"]
    sums = {name: money_row(row[name], currency) for name in ("net", "tax", "gross")}
    return {"currency": currency, "charges": row["charges"], **sums}


def _revenue_row(row: asyncpg.Record) -> Row:
    return _RevenueRow(service_id=row[0], month=_month(row[1]), **_charged(row))


def _month(day: date) -> Row:
    return _PeriodRow(from_=day.isoformat(), until=next_month(day).isoformat())
