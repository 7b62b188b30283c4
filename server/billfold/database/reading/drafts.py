"""Drafts as managers read them, with the charges that edits address."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from billfold.database.reading.conditions import Condition, among, among_ids, overlaps, within
from billfold.database.reading.document_parts import TOTALS
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Embed, Shape, ToOne, identity, instant, money, period
from billfold.domain.access import Scope

_LineRow, _ChargeRow, _EditRow, _AddedRow = map(
    row_class, ("DocumentLine", "DraftCharge", "DraftEdit", "DraftAddedLine")
)
_MoneyRow, _PeriodRow = row_class("Money"), row_class("Period")

_SNAPSHOT = "convert_from({t}.snapshot, 'UTF8')::json"


def _told(names: str, told: str) -> str:
    """Give the SQL of a list in JSON, with the currency of its sums."""
    return f"json_build_object('currency', {{t}}.currency, '{names}', {told})::text"


def _lines(text: str) -> list[Row]:
    told = orjson.loads(text)
    return [
        _LineRow(
            position=line["position"],
            description=line["description"],
            quantity=_number(line["quantity"]),
            unit=line["unit"] or None,
            unit_price=_number(line["unit_price"]),
            tax_rate=_number(line["tax_rate"]),
            period=_days(line["period"]),
            **_sums(line, told["currency"]),
        )
        for line in told["lines"]
    ]


def _charges(text: str) -> list[Row]:
    told = orjson.loads(text)
    same = ("position", "kind", "service", "description", "destination", "tax_included", "is_edited", "is_removed")
    return [
        _ChargeRow(
            **{name: charge[name] for name in same},
            period=_days(charge["period"]),
            quantity=_number(charge["quantity"]),
            unit_price=_number(charge["unit_price"]),
            tax_rate=_number(charge["tax_rate"]),
            **_sums(charge, told["currency"]),
        )
        for charge in told["charges"]
    ]


def _edits(text: str) -> list[Row]:
    same = ("position", "description", "is_removed")
    return [
        _EditRow(
            **{name: edit[name] for name in same},
            quantity=_number(edit["quantity"]),
            unit_price=_number(edit["unit_price"]),
        )
        for edit in orjson.loads(text)
    ]


def _added_lines(text: str) -> list[Row]:
    return [
        _AddedRow(
            service=f"service_{line['service_id']}",
            code=line["service"]["code"],
            on=line["on"],
            quantity=_number(line["quantity"]),
            unit_price=_number(line["unit_price"]),
            tax_included=line["is_tax_included"],
            description=line["description"],
        )
        for line in orjson.loads(text)
    ]


def _corrections(text: str) -> list[Row]:
    correction = row_class("DraftCorrection")
    return [
        correction(position=one["position"], quantity=_number(one["quantity"]), unit_price=_number(one["unit_price"]))
        for one in orjson.loads(text)
    ]


def _sums(line: Mapping[str, Any], currency: str) -> dict[str, Row]:
    return {name: _MoneyRow(amount=line[name], currency=currency) for name in ("net", "tax", "gross")}


def _days(told: Mapping[str, str] | None) -> Row | None:
    return _PeriodRow(from_=told["start"], until=told["until"]) if told else None


def _number(text: str | None) -> str | None:
    return None if text is None else f"{Decimal(text):f}"


DRAFT = Shape(
    "Draft",
    source="drafts {t} JOIN contracts {t}c ON {t}c.id = {t}.contract_id",
    noun="draft",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("draft"),
        "type": Column("{t}.type", "document_type"),
        "title": f"{_SNAPSHOT} ->> 'title'",
        "description": "{t}.request ->> 'description'",
        "issue_date": f"{_SNAPSHOT} ->> 'issue_date'",
        "is_dated": "({t}.issue_date IS NOT NULL)",
        "due_date": f"{_SNAPSHOT} ->> 'due_date'",
        "lines": Column(_told("lines", f"{_SNAPSHOT} -> 'lines'"), _lines),
        "details": Column(f"COALESCE({_SNAPSHOT} -> 'details', '{{}}')::text", orjson.loads),
        "charges": Column(_told("charges", "{t}.edits -> 'charges'"), _charges),
        "edits": Column("({t}.edits -> 'lines')::text", _edits),
        "added_lines": Column("({t}.edits -> 'added')::text", _added_lines),
        "corrections": Column("({t}.request -> 'corrections')::text", _corrections),
        "version": "{t}.version",
        "created_by": "{t}.created_by",
        "created_at": instant("{t}.created_at"),
        "changed_at": instant("{t}.changed_at"),
    },
    embeds={
        "period": period("{t}.period_from", "{t}.period_until", presence="{t}.period_from IS NOT NULL"),
        "amount": money(
            "({t}.request ->> 'amount')::numeric", "{t}.currency", presence="{t}.request ->> 'amount' IS NOT NULL"
        ),
        "totals": Embed(TOTALS),
    },
    relations={
        "enterprise": ToOne("Enterprise", "{r}.id = {t}c.enterprise_id"),
        "client": ToOne("Client", "{r}.id = {t}c.client_id"),
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "original": ToOne("Document", "{r}.id = ({t}.request ->> 'original_id')::uuid", is_optional=True),
    },
)


def _of_original(ids: Sequence[str]) -> Condition:
    return among_ids("({t}.request ->> 'original_id')::uuid", "document", ids)


DRAFTS = Listing(
    "Draft",
    orders={
        "CHANGED_AT": Order("{t}.changed_at", "timestamptz"),
        "CREATED_AT": Order("{t}.created_at", "timestamptz"),
        "GROSS": Order("{t}.gross", "numeric"),
    },
    default=Sorting("CHANGED_AT", is_descending=True),
    filters={
        "type": lambda keys: among("{t}.type", keys),
        "enterprise": lambda ids: among_ids("{t}c.enterprise_id", "enterprise", ids),
        "client": lambda ids: among_ids("{t}c.client_id", "client", ids),
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "original": _of_original,
        "period": lambda span: overlaps("{t}.period_from", "{t}.period_until", span),
        "created_by": lambda names: among("{t}.created_by", names),
        "changed_at": lambda span: within("{t}.changed_at", span),
    },
)

SHAPES = (DRAFT,)
LISTINGS = {"drafts": DRAFTS}
