"""The register of numbers as managers read it: why a number is not on a live document."""

from billfold.database.reading.conditions import among, among_ids, equals_ignoring_case, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Shape, ToOne, instant
from billfold.domain.access import Scope

# A number that was revised is on several documents: the latest is meant.
_DOCUMENT = (
    "{r}.id = (SELECT d.id FROM documents d WHERE d.enterprise_id = {t}.enterprise_id AND d.type = {t}.type"
    " AND d.number = {t}.number ORDER BY d.revision DESC LIMIT 1)"
)

NUMBER_EVENT = Shape(
    "NumberEvent",
    source="number_events {t}",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "type": Column("{t}.type", "document_type"),
        "kind": "{t}.kind",
        "number": "{t}.number",
        "counter": "{t}.counter",
        "count": "{t}.count",
        "reason": "{t}.reason",
        "actor": "{t}.actor",
        "dated_on": "{t}.dated_on::text",
        "happened_at": instant("{t}.happened_at"),
    },
    relations={
        "enterprise": ToOne("Enterprise", "{r}.id = {t}.enterprise_id"),
        "document": ToOne("Document", _DOCUMENT, is_optional=True),
    },
)

NUMBER_EVENTS = Listing(
    "NumberEvent",
    orders={"HAPPENED_AT": Order("{t}.happened_at", "timestamptz")},
    default=Sorting("HAPPENED_AT", is_descending=True),
    filters={
        "enterprise": lambda ids: among_ids("{t}.enterprise_id", "enterprise", ids),
        "type": lambda keys: among("{t}.type", keys),
        "kind": lambda kinds: among("{t}.kind", kinds),
        "number": lambda text: equals_ignoring_case("{t}.number", text),
        "happened_on": lambda span: within("{t}.happened_at", span),
    },
)

SHAPES = (NUMBER_EVENT,)
LISTINGS = {"number_events": NUMBER_EVENTS}
