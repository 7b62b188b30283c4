"""Documents as managers read them, with lines, files and deliveries."""

from billfold.database.reading.conditions import Condition, among, among_ids, contains, within
from billfold.database.reading.document_parts import (
    DOCUMENT_COLUMNS,
    DOCUMENT_EMBEDS,
    DOCUMENT_FILTERS,
    DOCUMENT_ORDERS,
    FILE_COLUMNS,
    LINE_COLUMNS,
    LINE_EMBEDS,
    LINE_SOURCE,
    PAID_LATE_DAYS,
    PAID_ON,
)
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Embed, Shape, ToMany, ToOne, identity, instant
from billfold.database.reading.visibility import readable_by
from billfold.domain.access import Scope

PAID_BY_HAND = Shape(
    "PaidByHand",
    columns={
        "at": instant("{t}.paid_by_hand_at"),
        "by": "{t}.paid_by_hand_by",
        "reason": "{t}.paid_by_hand_reason",
    },
)

# An export that holds it, the newest in its format, was made before it was voided, or before a live correction of it.
# A void document that its format has refused since was told as far as the format can.
# Written so that PostgreSQL asks it of one document after another, and joins no table as a whole.
NEEDS_EXPORT_AGAIN = (
    "COALESCE((SELECT TRUE FROM exported_documents told WHERE told.document_id = {t}.id AND told.refusal = ''"
    " AND NOT EXISTS (SELECT 1 FROM exported_documents later WHERE later.document_id = told.document_id"
    " AND later.format = told.format AND (later.refusal = '' OR later.status = 'VOID')"
    " AND (later.exported_at, later.id) > (told.exported_at, told.id))"
    " AND (({t}.status = 'VOID' AND told.status <> 'VOID')"
    " OR EXISTS (SELECT 1 FROM documents correction WHERE correction.original_id = {t}.id"
    " AND correction.status = 'ISSUED' AND correction.issued_at > told.exported_at)) LIMIT 1), FALSE)"
)
# Few are, and only these are asked.
_IS_VOID_OR_CORRECTED = (
    "({t}.status = 'VOID' OR {t}.id IN (SELECT correction.original_id FROM documents correction"
    " WHERE correction.original_id IS NOT NULL AND correction.status = 'ISSUED'))"
)

DOCUMENT = Shape(
    "Document",
    source="documents {t}",
    noun="document",
    scope=Scope.DOCUMENTS_READ,
    guard=readable_by,
    columns={
        **DOCUMENT_COLUMNS,
        "is_visible_to_client": (
            "({t}.visible_vote = 2 AND NOT {t}.is_hidden AND COALESCE({t}.published_at <= {now}, FALSE)"
            " AND NOT EXISTS (SELECT 1 FROM document_rules rule WHERE rule.enterprise_id = {t}.enterprise_id"
            " AND rule.type = {t}.type AND NOT rule.is_visible)"
            " AND ({t}.status <> 'VOID'"
            " OR NOT EXISTS (SELECT 1 FROM documents newer WHERE newer.replaces_id = {t}.id)))"
        ),
        "locale": "{t}.locale",
        "step": "{t}.step",
        "failure": "{t}.failure",
        "snapshot_sha256": "{t}.snapshot_sha256",
        "issued_at": instant("{t}.issued_at"),
        "published_at": instant("{t}.published_at"),
        "voided_at": instant("{t}.voided_at"),
        "void_reason": "{t}.void_reason",
        "revision": "{t}.revision",
        "revised_on": "{t}.revised_on::text",
        "paid_on": f"({PAID_ON})::text",
        "paid_late_days": PAID_LATE_DAYS,
        "needs_export_again": NEEDS_EXPORT_AGAIN,
    },
    embeds={**DOCUMENT_EMBEDS, "paid_by_hand": Embed(PAID_BY_HAND, "{t}.paid_by_hand_at IS NOT NULL")},
    relations={
        "enterprise": ToOne("Enterprise", "{r}.id = {t}.enterprise_id"),
        "client": ToOne("Client", "{r}.id = {t}.client_id"),
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "run": ToOne("Run", "{r}.id = {t}.run_id", is_optional=True),
        "original": ToOne("Document", "{r}.id = {t}.original_id", is_optional=True),
        "corrections": ToMany("Document", "{t}.original_id", "{t}.issued_at, {t}.id", where="{t}.status = 'ISSUED'"),
        "replaces": ToOne("Document", "{r}.id = {t}.replaces_id", is_optional=True),
        "replaced_by": ToOne("Document", "{r}.replaces_id = {t}.id", is_optional=True),
        "lines": ToMany("DocumentLine", "{t}.document_id", "{t}.position"),
        "files": ToMany("File", "{t}.document_id", "{t}.kind, {t}.name, {t}.id"),
        "deliveries": ToMany("Delivery", "{t}.document_id", "{t}.created_at, {t}.id"),
        "exports": ToMany("DocumentExport", "{t}.document_id", "{t}.exported_at, {t}.id", where="{t}.refusal = ''"),
        "payments": ToMany("Allocation", "{t}.document_id", "{t}.created_at, {t}.id", where="{t}.released_at IS NULL"),
    },
)

LINE = Shape("DocumentLine", source=LINE_SOURCE, scope=Scope.DOCUMENTS_READ, columns=LINE_COLUMNS, embeds=LINE_EMBEDS)

FILE = Shape("File", source="files {t}", scope=Scope.DOCUMENTS_READ, columns={**FILE_COLUMNS, "export": "NULL"})

DELIVERY = Shape(
    "Delivery",
    source="deliveries {t}",
    noun="delivery",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("delivery"),
        "channel": "{t}.channel",
        "recipient": "{t}.recipient",
        "state": "{t}.state",
        "reason": "{t}.reason",
        "created_at": instant("{t}.created_at"),
        "next_attempt_at": f"CASE WHEN {{t}}.state = 'PENDING' THEN {instant('{t}.next_attempt_at')} END",
        "sent_at": instant("{t}.sent_at"),
    },
    relations={
        "document": ToOne("Document", "{r}.id = {t}.document_id"),
        "attempts": ToMany("DeliveryAttempt", "{t}.delivery_id", "{t}.started_at, {t}.id"),
    },
)

ATTEMPT = Shape(
    "DeliveryAttempt",
    source="delivery_attempts {t}",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "started_at": instant("{t}.started_at"),
        "finished_at": instant("{t}.finished_at"),
        "outcome": "{t}.outcome",
        "reply": "{t}.reply",
    },
)


def _search(text: str) -> Condition:
    number = contains(("{t}.number",), text)
    client = contains(("c.name", "c.code", "c.inn"), text)
    named = f"EXISTS (SELECT 1 FROM clients c WHERE c.id = {{t}}.client_id AND ({client.sql}))"
    return Condition(f"{number.sql} OR {named}", (*number.values, *client.values))


def _needs_export_again(wanted: bool) -> Condition:
    needed = f"({_IS_VOID_OR_CORRECTED} AND {NEEDS_EXPORT_AGAIN})"
    return Condition(needed if wanted else f"NOT {needed}")


def _in_export(id_: str) -> Condition:
    held = among_ids("held.export_id", "export", [id_])
    return Condition(
        f"EXISTS (SELECT 1 FROM exported_documents held WHERE held.document_id = {{t}}.id AND held.refusal = ''"
        f" AND {held.sql})",
        held.values,
    )


DOCUMENTS = Listing(
    "Document",
    orders={
        **DOCUMENT_ORDERS,
        "ISSUED_AT": Order("{t}.issued_at", "timestamptz"),
        # Those that are never due come last.
        "DUE_DATE": Order("COALESCE({t}.due_date, DATE '9999-12-31')", "date"),
    },
    default=Sorting("ISSUE_DATE", is_descending=True),
    filters={
        **DOCUMENT_FILTERS,
        "status": lambda states: among("{t}.status", states),
        "enterprise": lambda ids: among_ids("{t}.enterprise_id", "enterprise", ids),
        "client": lambda ids: among_ids("{t}.client_id", "client", ids),
        "due_date": lambda span: within("{t}.due_date", span),
        "run": lambda run: among_ids("{t}.run_id", "run", [run]),
        "export": _in_export,
        "needs_export_again": _needs_export_again,
        "search": _search,
    },
)

DELIVERIES = Listing(
    "Delivery",
    orders={"CREATED_AT": Order("{t}.created_at", "timestamptz")},
    default=Sorting("CREATED_AT", is_descending=True),
    filters={
        "document": lambda ids: among_ids("{t}.document_id", "document", ids),
        "state": lambda states: among("{t}.state", states),
        "recipient": lambda text: contains(("{t}.recipient",), text),
        "created_at": lambda span: within("{t}.created_at", span),
    },
)

SHAPES = (DOCUMENT, LINE, FILE, DELIVERY, ATTEMPT)
LISTINGS = {"documents": DOCUMENTS, "deliveries": DELIVERIES}
