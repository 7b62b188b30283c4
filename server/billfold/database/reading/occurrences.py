"""Occurrences as managers read them: what was expected of each contract, and what became of it."""

from collections.abc import Sequence
from datetime import date, timedelta

from billfold.database.reading.conditions import Condition, Span, among, among_ids, of_client, overlaps, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import PageRequest, Sorting
from billfold.database.reading.shapes import Column, Shape, ToOne, identity, instant, period
from billfold.domain.access import Scope

OCCURRENCE = Shape(
    "Occurrence",
    source="occurrences {t}",
    noun="occurrence",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("occurrence"),
        "type": Column("{t}.type", "document_type"),
        "state": "{t}.state",
        "reason": "{t}.reason",
        "due_at": instant("{t}.due_at"),
        "issue_date": "{t}.issue_date::text",
        "changed_at": instant("{t}.changed_at"),
    },
    embeds={"period": period("{t}.period_from", "{t}.period_until", presence="{t}.period_from IS NOT NULL")},
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        # At most one is live, by an index; void ones keep their link.
        "document": ToOne("Document", "{r}.occurrence_id = {t}.id AND {r}.status = 'ISSUED'", is_optional=True),
        "run": ToOne("Run", "{r}.id = {t}.run_id", is_optional=True),
    },
)


class _Occurrences(Listing):
    """The list of occurrences, which holds those of schedules only where it is sorted by when they are due."""

    def conditions(self, request: PageRequest) -> list[Condition]:
        """Give the conditions of a request; an order by DUE_AT leaves out what has no such instant."""
        found = super().conditions(request)
        sorting = request.sorting or self.default
        return [*found, Condition("{t}.due_at IS NOT NULL")] if sorting.by == "DUE_AT" else found


def _of_enterprise(ids: Sequence[str]) -> Condition:
    enterprises = among_ids("c.enterprise_id", "enterprise", ids)
    return Condition(
        f"EXISTS (SELECT 1 FROM contracts c WHERE c.id = {{t}}.contract_id AND {enterprises.sql})", enterprises.values
    )


_WALL_DAY = (
    "({t}.due_at AT TIME ZONE (SELECT e.timezone FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id"
    " WHERE c.id = {t}.contract_id))::date"
)
# No wall is further from UTC.
_MARGIN = timedelta(days=1)


def _due_on(span: Span) -> Condition:
    """Hold to days of the enterprise's zone; the index on the instant finds them and their neighbours first."""
    near = Span(
        span.start and max(span.start, date.min + _MARGIN) - _MARGIN,
        span.until and min(span.until, date.max - _MARGIN) + _MARGIN,
    )
    found, exact = within("{t}.due_at", near), within(_WALL_DAY, span)
    return Condition(f"{found.sql} AND {exact.sql}", found.values + exact.values)


OCCURRENCES = _Occurrences(
    "Occurrence",
    orders={"CHANGED_AT": Order("{t}.changed_at", "timestamptz"), "DUE_AT": Order("{t}.due_at", "timestamptz")},
    default=Sorting("CHANGED_AT", is_descending=True),
    filters={
        "run": lambda ids: among_ids("{t}.run_id", "run", ids),
        "type": lambda keys: among("{t}.type", keys),
        "enterprise": _of_enterprise,
        "client": of_client("{t}.contract_id"),
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "state": lambda states: among("{t}.state", states),
        "period": lambda span: overlaps("{t}.period_from", "{t}.period_until", span),
        "due_on": _due_on,
        "due_at": lambda span: within("{t}.due_at", span),
        "issue_date": lambda span: within("{t}.issue_date", span),
    },
)

SHAPES = (OCCURRENCE,)
LISTINGS = {"occurrences": OCCURRENCES}
