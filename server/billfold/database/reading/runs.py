"""Runs and their plans as managers read them."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from billfold.database.reading.conditions import among, overlaps, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Embed, Shape, ToPage, identity, instant, period
from billfold.domain.access import Scope
from billfold.domain.lifecycle import OccurrenceState

_ReasonRow, _TotalsRow, _MoneyRow = row_class("ReasonCount"), row_class("PlanTotals"), row_class("Money")


def _reasons(counts: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [_ReasonRow(reason=each["reason"], count=each["count"]) for each in counts]


def _totals(sums: Sequence[Mapping[str, Any]]) -> list[Row]:
    def amount(each: Mapping[str, Any], name: str) -> Row:
        return _MoneyRow(amount=str(each[name]), currency=each["currency"])

    return [_TotalsRow(**{name: amount(each, name) for name in ("net", "tax", "gross")}) for each in sums]


def _count(state: OccurrenceState) -> str:
    return _kept(
        state.value.lower(),
        f"(SELECT count(*) FROM occurrences o WHERE o.run_id = {{t}}.id AND o.state = '{state.value}')",
    )


def _kept(name: str, count: str) -> str:
    """Give what a finished run came to, or the count of one that is going."""
    return f"COALESCE(({{t}}.outcome ->> '{name}')::bigint, {count})"


def _reasons_of(state: OccurrenceState) -> Column:
    counted = (
        f"SELECT o.reason, count(*) FROM occurrences o WHERE o.run_id = {{t}}.id AND o.state = '{state.value}'"
        " GROUP BY o.reason ORDER BY count(*) DESC, o.reason"
    )
    told = "COALESCE(json_agg(json_build_object('reason', r.reason, 'count', r.count)), '[]')"
    kept = f"{{t}}.outcome ->> '{state.value.lower()}_reasons'"
    going = f"(SELECT {told}::text FROM ({counted}) r)"
    return Column(f"COALESCE({kept}, {going})", lambda text: _reasons(orjson.loads(text)))


def _planned(name: str, fallback: str) -> str:
    return f"COALESCE({{t}}.plan ->> '{name}', '{fallback}')"


PROGRESS = Shape(
    "RunProgress",
    columns={
        "state": "{t}.state",
        "total": _kept("total", "(SELECT count(*) FROM occurrences o WHERE o.run_id = {t}.id)"),
        "pending": _count(OccurrenceState.PENDING),
        "issued": _count(OccurrenceState.ISSUED),
        "skipped": _count(OccurrenceState.SKIPPED),
        "failed": _count(OccurrenceState.FAILED),
        "already_issued": "{t}.already_issued",
    },
)

RUN = Shape(
    "Run",
    source="runs {t}",
    noun="run",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("run"),
        "type": Column("{t}.type", "document_type"),
        "state": "{t}.state",
        "state_reason": "NULLIF({t}.state_reason, '')",
        "is_confirmed": "{t}.is_confirmed",
        "source": "{t}.source",
        "scheduled_for": "{t}.scheduled_for::text",
        "started_by": "{t}.started_by",
        "created_at": instant("{t}.created_at"),
        "started_at": instant("{t}.started_at"),
        "finished_at": instant("{t}.finished_at"),
        "skipped_reasons": _reasons_of(OccurrenceState.SKIPPED),
        "failed_reasons": _reasons_of(OccurrenceState.FAILED),
    },
    embeds={"period": period("{t}.period_from", "{t}.period_until"), "progress": Embed(PROGRESS)},
    relations={"documents": ToPage("documents", "{t}.run_id"), "occurrences": ToPage("occurrences", "{t}.run_id")},
)

PLAN = Shape(
    "Plan",
    source="runs {t}",
    noun="plan",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("plan"),
        "type": Column("{t}.type", "document_type"),
        "created_at": instant("{t}.created_at"),
        "documents": f"{_planned('documents', '0')}::int",
        "already_issued": f"{_planned('already_issued', '0')}::int",
        "totals": Column(_planned("totals", "[]"), lambda text: _totals(orjson.loads(text))),
        "skipped": Column(_planned("skipped", "[]"), lambda text: _reasons(orjson.loads(text))),
        "failed": Column(_planned("failed", "[]"), lambda text: _reasons(orjson.loads(text))),
    },
    embeds={"period": period("{t}.period_from", "{t}.period_until")},
)

RUNS = Listing(
    "Run",
    orders={"CREATED_AT": Order("{t}.created_at", "timestamptz")},
    default=Sorting("CREATED_AT", is_descending=True),
    filters={
        "type": lambda keys: among("{t}.type", keys),
        "state": lambda states: among("{t}.state", states),
        "source": lambda sources: among("{t}.source", sources),
        "period": lambda span: overlaps("{t}.period_from", "{t}.period_until", span),
        "created_at": lambda span: within("{t}.created_at", span),
    },
)

SHAPES = (RUN, PLAN)
LISTINGS = {"runs": RUNS}
