"""Plans as managers read them: what each foresees as a whole, and contract by contract."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from billfold.database.reading.conditions import Condition, among, among_ids, of_client
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.runs import reason_counts
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Shape, ToOne, ToPage, identity, instant, money, period
from billfold.domain.access import Scope

_TotalsRow, _MoneyRow = row_class("PlanTotals"), row_class("Money")
_ComparisonRow, _WarningRow = row_class("PlanComparison"), row_class("PlanWarningCount")


def _amount(each: Mapping[str, Any], name: str) -> Row:
    return _MoneyRow(amount=str(each[name]), currency=each["currency"])


def _totals(sums: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [_TotalsRow(**{name: _amount(each, name) for name in ("net", "tax", "gross")}) for each in sums]


def _comparisons(sums: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [
        _ComparisonRow(documents=each["documents"], gross=_amount(each, "gross"), change_percent=each["change"])
        for each in sums
    ]


def _warnings(counts: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [_WarningRow(code=each["code"], count=each["count"]) for each in counts]


def _told(name: str, fallback: str) -> str:
    return f"COALESCE({{t}}.plan ->> '{name}', '{fallback}')"


_BOUNDS = "NULLIF({t}.plan ->> 'bounds', '')"

PLAN = Shape(
    "Plan",
    source="runs {t}",
    noun="plan",
    scope=Scope.DOCUMENTS_READ,
    # One that is still being worked out is none.
    guard=lambda _viewer, _now: Condition("{t}.plan IS NOT NULL"),
    columns={
        "id": identity("plan"),
        "type": Column("{t}.type", "document_type"),
        "amount": "{t}.amount::text",
        "description": "{t}.description",
        "created_at": instant("{t}.created_at"),
        "documents": f"{_told('documents', '0')}::int",
        "already_issued": f"{_told('already_issued', '0')}::int",
        "totals": Column(_told("totals", "[]"), lambda text: _totals(orjson.loads(text))),
        "skipped": Column(_told("skipped", "[]"), lambda text: reason_counts(orjson.loads(text))),
        "failed": Column(_told("failed", "[]"), lambda text: reason_counts(orjson.loads(text))),
        "previous": Column(_told("previous", "[]"), lambda text: _comparisons(orjson.loads(text))),
        "warnings": Column(_told("warnings", "[]"), lambda text: _warnings(orjson.loads(text))),
        "is_out_of_bounds": f"{_BOUNDS} IS NOT NULL",
        "bounds_reason": _BOUNDS,
    },
    embeds={"period": period("{t}.period_from", "{t}.period_until", presence="{t}.period_from IS NOT NULL")},
    relations={"items": ToPage("plan_items", "{t}.run_id")},
)

# To one decimal, as `domain.plans.change_percent` gives it.
_CHANGE = "round(({t}.gross - {t}.previous_gross) * 100 / abs(NULLIF({t}.previous_gross, 0)), 1)::text"

PLAN_ITEM = Shape(
    "PlanItem",
    source="plan_items {t}",
    noun="plan_item",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("plan_item"),
        "outcome": "{t}.outcome",
        "reason": "{t}.reason",
        "lines": "{t}.lines",
        "warnings": Column("{t}.warnings::text", orjson.loads),
        "change_percent": _CHANGE,
    },
    embeds={
        name: money(f"{{t}}.{name}", "{t}.currency", presence=f"{{t}}.{name} IS NOT NULL")
        for name in ("net", "gross", "previous_gross")
    },
    relations={"contract": ToOne("Contract", "{r}.id = {t}.contract_id")},
)

PLAN_ITEMS = Listing(
    "PlanItem",
    orders={
        "CONTRACT": Order("{t}.contract_id", "uuid"),
        "GROSS": Order("COALESCE({t}.gross, 0)", "numeric"),
        "CHANGE": Order("COALESCE({t}.gross, 0) - COALESCE({t}.previous_gross, 0)", "numeric"),
    },
    default=Sorting("CONTRACT", is_descending=False),
    filters={
        "outcome": lambda outcomes: among("{t}.outcome", outcomes),
        "warning": lambda codes: Condition("jsonb_exists_any({t}.warnings, ?::text[])", (list(codes),)),
        "client": of_client("{t}.contract_id"),
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "currency": lambda codes: among("{t}.currency", codes),
        "min_gross": lambda amount: Condition("{t}.gross >= ?", (amount,)),
        "max_gross": lambda amount: Condition("{t}.gross <= ?", (amount,)),
    },
)

SHAPES = (PLAN, PLAN_ITEM)
LISTINGS = {"plan_items": PLAN_ITEMS}
