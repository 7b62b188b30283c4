"""What a client may ever read: their own name, contracts and documents, each behind its guard."""

from billfold.database.reading.contracts import BALANCE
from billfold.database.reading.document_parts import (
    DOCUMENT_COLUMNS,
    DOCUMENT_EMBEDS,
    DOCUMENT_FILTERS,
    DOCUMENT_ORDERS,
    FILE_COLUMNS,
    FILE_SOURCE,
    LINE_COLUMNS,
    LINE_EMBEDS,
    LINE_SOURCE,
    TOTALS,
)
from billfold.database.reading.listings import Listing
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Shape, ToMany, ToOne
from billfold.database.reading.visibility import own_client, own_contracts, readable_by, readable_files
from billfold.domain.access import Scope

_DOCUMENT_FIELDS = (
    "id", "type", "number", "issue_date", "due_date", "payment_status", "is_overdue", "status",
)  # fmt: skip

CLIENT = Shape(
    "PortalClient",
    source="clients {t}",
    scope=Scope.PORTAL_READ,
    guard=own_client,
    columns={"name": "{t}.name"},
    relations={
        "contracts": ToMany("PortalContract", "{t}.client_id", "{t}.number, {t}.id"),
        "enterprise": ToOne("PortalEnterprise", "{r}.id = {t}.enterprise_id"),
    },
)

CONTRACT = Shape(
    "PortalContract",
    source="contracts {t}",
    scope=Scope.PORTAL_READ,
    guard=own_contracts,
    columns={"number": "{t}.number", "currency": "{t}.currency"},
    embeds={"balance": BALANCE},
)

ENTERPRISE = Shape(
    "PortalEnterprise",
    source="enterprises {t} JOIN brands {t}b ON {t}b.id = {t}.brand_id",
    scope=Scope.PORTAL_READ,
    columns={
        "name": "{t}.legal_name",
        "brand": "{t}b.name",
        "email": "{t}b.email",
        "phone": "{t}b.phone",
        "website": "{t}b.website",
    },
)

DOCUMENT = Shape(
    "PortalDocument",
    source="documents {t}",
    noun="document",
    scope=Scope.PORTAL_READ,
    guard=readable_by,
    columns={name: DOCUMENT_COLUMNS[name] for name in _DOCUMENT_FIELDS},
    embeds=DOCUMENT_EMBEDS,
    relations={
        "lines": ToMany("PortalDocumentLine", "{t}.document_id", "{t}.position"),
        "files": ToMany("PortalFile", "{t}.document_id", "{t}.kind, {t}.name, {t}.id"),
    },
)

LINE = Shape(
    "PortalDocumentLine", source=LINE_SOURCE, scope=Scope.PORTAL_READ, columns=LINE_COLUMNS, embeds=LINE_EMBEDS
)

FILE = Shape("PortalFile", source=FILE_SOURCE, scope=Scope.PORTAL_DOWNLOAD, guard=readable_files, columns=FILE_COLUMNS)

DOCUMENTS = Listing(
    "PortalDocument",
    orders=DOCUMENT_ORDERS,
    default=Sorting("ISSUE_DATE", is_descending=True),
    filters=DOCUMENT_FILTERS,
)

SHAPES = (CLIENT, CONTRACT, ENTERPRISE, DOCUMENT, LINE, FILE, TOTALS)
LISTINGS = {"documents": DOCUMENTS}
