"""The audit log as managers read it: who changed what of the books, the newest first."""

import orjson

from billfold.database.reading.conditions import NEVER, Condition, among, raw_id, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Shape, instant
from billfold.domain.access import Scope

AUDIT_EVENT = Shape(
    "AuditEvent",
    source="audit_events {t}",
    key_type="bigint",
    scope=Scope.BOOKS_READ,
    columns={
        "at": instant("{t}.at"),
        "actor": "{t}.actor",
        "operation": "{t}.operation",
        "subject": "{t}.noun || '_' || {t}.subject",
        "details": Column("{t}.details::text", orjson.loads),
    },
)


def _of_subject(id_: str) -> Condition:
    noun = id_.rpartition("_")[0]
    key = raw_id(noun, id_)
    return NEVER if key is None else Condition("{t}.subject = ? AND {t}.noun = ?", (key, noun))


AUDIT_EVENTS = Listing(
    "AuditEvent",
    # Events are numbered as they are written, so that the number is the order in time, and an index.
    orders={"AT": Order("{t}.id", "bigint")},
    default=Sorting("AT", is_descending=True),
    filters={
        "subject": _of_subject,
        "operation": lambda names: among("{t}.operation", names),
        "at": lambda span: within("{t}.at", span),
    },
)

SHAPES = (AUDIT_EVENT,)
LISTINGS = {"audit_events": AUDIT_EVENTS}
