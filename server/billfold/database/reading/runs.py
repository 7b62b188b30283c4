"""Runs as managers read them; their plans are in `plan_items.py`."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from billfold.database.reading.conditions import Condition, among, overlaps, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.selections import PageRequest, Sorting
from billfold.database.reading.shapes import Column, Embed, Shape, ToPage, identity, instant, period
from billfold.domain.access import Scope
from billfold.domain.lifecycle import OccurrenceState

_ReasonRow = row_class("ReasonCount")


def reason_counts(counts: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Give the rows of counted reasons."""
    return [_ReasonRow(reason=each["reason"], count=each["count"]) for each in counts]


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
    return Column(f"COALESCE({kept}, {going})", lambda text: reason_counts(orjson.loads(text)))


# One for an amount has none.
_PERIOD = period("{t}.period_from", "{t}.period_until", presence="{t}.period_from IS NOT NULL")

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
        "amount": "{t}.amount::text",
        "description": "{t}.description",
        "source": "{t}.source",
        "scheduled_for": "{t}.scheduled_for::text",
        "started_by": "{t}.started_by",
        "created_at": instant("{t}.created_at"),
        "started_at": instant("{t}.started_at"),
        "finished_at": instant("{t}.finished_at"),
        "skipped_reasons": _reasons_of(OccurrenceState.SKIPPED),
        "failed_reasons": _reasons_of(OccurrenceState.FAILED),
    },
    embeds={"period": _PERIOD, "progress": Embed(PROGRESS)},
    relations={"documents": ToPage("documents", "{t}.run_id"), "occurrences": ToPage("occurrences", "{t}.run_id")},
)


class _Runs(Listing):
    """The list of runs, without what is still being planned."""

    def conditions(self, request: PageRequest) -> list[Condition]:
        """Give the conditions of a request, and that a plan is told in full."""
        return [*super().conditions(request), Condition("{t}.state <> 'PLANNED' OR {t}.plan IS NOT NULL")]


RUNS = _Runs(
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

SHAPES = (RUN,)
LISTINGS = {"runs": RUNS}
