"""What both faces read of a document alike: its fields, totals, lines and files, and the filters on them."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from billfold.database.reading.conditions import (
    Condition,
    among,
    among_ids,
    contains,
    equals_ignoring_case,
    overlaps,
    within,
)
from billfold.database.reading.listings import Order
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.shapes import Column, Embed, Shape, identity, instant, money, period

_TaxLineRow, _MoneyRow = row_class("TaxLine"), row_class("Money")

# The sealed snapshot is read inside PostgreSQL, so that only the asked part of it travels.
_SNAPSHOT = "convert_from({t}.snapshot, 'UTF8')::json"
# A document that does not stand, such as a void one, owes nothing.
_IS_OWED = "({t}.is_payable AND {t}.status = 'ISSUED')"
# Covered by money, or by the word of a person.
_IS_PAID = "({t}.settled >= {t}.gross OR {t}.paid_by_hand_at IS NOT NULL)"
PAYMENT_STATUS = (
    f"CASE WHEN NOT {_IS_OWED} THEN 'NOT_PAYABLE'"
    f" WHEN {_IS_PAID} THEN 'PAID'"
    " WHEN {t}.settled > 0 THEN 'PARTIALLY_PAID' ELSE 'UNPAID' END"
)
# A due date is a day on the wall of the enterprise's zone.
IS_OVERDUE = (
    f"({_IS_OWED} AND {{t}}.settled < {{t}}.gross AND {{t}}.paid_by_hand_at IS NULL"
    " AND COALESCE({t}.due_date < (SELECT"
    " ({now} AT TIME ZONE zone.timezone)::date FROM enterprises zone WHERE zone.id = {t}.enterprise_id), FALSE))"
)
# The day on which the last needed money came; what the opening balance paid was paid on the day of issue.
PAID_ON = (
    f"CASE WHEN NOT {_IS_OWED} THEN NULL"
    " WHEN {t}.settled >= {t}.gross THEN COALESCE((SELECT max(money.received_on) FROM allocations settling"
    " JOIN payments money ON money.id = settling.payment_id"
    " WHERE settling.document_id = {t}.id AND settling.released_at IS NULL), {t}.issue_date)"
    " ELSE (SELECT ({t}.paid_by_hand_at AT TIME ZONE zone.timezone)::date FROM enterprises zone"
    " WHERE zone.id = {t}.enterprise_id) END"
)
PAID_LATE_DAYS = f"CASE WHEN ({PAID_ON}) IS NOT NULL THEN greatest(COALESCE(({PAID_ON}) - {{t}}.due_date, 0), 0) END"


def _tax_lines(text: str) -> list[Row]:
    told = orjson.loads(text)

    def amount(value: str) -> Row:
        return _MoneyRow(amount=value, currency=told["currency"])

    return [_TaxLineRow(rate=line["rate"], net=amount(line["net"]), tax=amount(line["tax"])) for line in told["taxes"]]


TOTALS = Shape(
    "Totals",
    columns={
        "taxes": Column(
            f"json_build_object('currency', {{t}}.currency, 'taxes', {_SNAPSHOT} -> 'totals' -> 'taxes')::text",
            _tax_lines,
        )
    },
    embeds={
        "net": money("{t}.net", "{t}.currency"),
        "tax": money("{t}.tax", "{t}.currency"),
        "gross": money("{t}.gross", "{t}.currency"),
    },
)

DOCUMENT_COLUMNS: Mapping[str, str | Column] = {
    "id": identity("document"),
    "type": Column("{t}.type", "document_type"),
    "number": "{t}.number",
    "issue_date": "{t}.issue_date::text",
    "due_date": "{t}.due_date::text",
    "payment_status": PAYMENT_STATUS,
    "is_overdue": IS_OVERDUE,
    "status": "{t}.status",
    "details": Column(f"COALESCE({_SNAPSHOT} -> 'details', '{{}}')::text", orjson.loads),
    "title": f"{_SNAPSHOT} ->> 'title'",
}
DOCUMENT_EMBEDS: Mapping[str, Embed] = {
    "period": period("{t}.period_from", "{t}.period_until", presence="{t}.period_from IS NOT NULL"),
    "totals": Embed(TOTALS),
    # What is not owed is a nought with the decimals of its currency.
    "open_amount": money(
        f"{{t}}.gross - CASE WHEN {_IS_OWED} AND {{t}}.paid_by_hand_at IS NULL THEN {{t}}.settled ELSE {{t}}.gross END",
        "{t}.currency",
        presence="{t}.is_payable",
    ),
}

# Lines and files are reached through a document only, which has passed the door.
LINE_SOURCE = "document_lines {t} JOIN documents {t}d ON {t}d.id = {t}.document_id"
LINE_COLUMNS: Mapping[str, str | Column] = {
    "position": "{t}.position",
    "description": "{t}.description",
    "quantity": "{t}.quantity::text",
    "unit": "NULLIF({t}.unit, '')",
    "unit_price": "{t}.unit_price::text",
    "tax_rate": "{t}.tax_rate::text",
}
LINE_EMBEDS: Mapping[str, Embed] = {
    "net": money("{t}.net", "{t}d.currency"),
    "tax": money("{t}.tax", "{t}d.currency"),
    "gross": money("{t}.gross", "{t}d.currency"),
    "period": period("{t}.period_from", "{t}.period_until", presence="{t}.period_from IS NOT NULL"),
}
FILE_SOURCE = "files {t} JOIN documents {t}d ON {t}d.id = {t}.document_id"
FILE_COLUMNS: Mapping[str, str | Column] = {
    "id": identity("file"),
    "kind": "{t}.kind",
    "name": "{t}.name",
    "media_type": "{t}.media_type",
    "size": "{t}.size",
    "sha256": "{t}.sha256",
    "url": "'/files/file_' || {t}.id",
    "created_at": instant("{t}.created_at"),
}

DOCUMENT_ORDERS: Mapping[str, Order] = {
    "ISSUE_DATE": Order("{t}.issue_date", "date"),
    "NUMBER": Order("{t}.number"),
    "GROSS": Order("{t}.gross", "numeric"),
}


def _is_overdue(wanted: bool) -> Condition:
    return Condition(IS_OVERDUE if wanted else f"NOT {IS_OVERDUE}")


DOCUMENT_FILTERS: Mapping[str, Callable[[Any], Condition]] = {
    "type": lambda keys: among("{t}.type", keys),
    "payment_status": lambda states: among(PAYMENT_STATUS, states),
    "is_overdue": _is_overdue,
    "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
    "issue_date": lambda span: within("{t}.issue_date", span),
    "period": lambda span: overlaps("{t}.period_from", "{t}.period_until", span),
    "number": lambda text: equals_ignoring_case("{t}.number", text),
    "search": lambda text: contains(("{t}.number",), text),
}
