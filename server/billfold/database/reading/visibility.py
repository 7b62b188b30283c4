"""The one door to documents: which of them a viewer may read, for lists, nodes and files, in both faces."""

from datetime import datetime

from billfold.database.reading.conditions import NEVER, Condition
from billfold.domain.access import Scope, Viewer
from billfold.domain.visibility import Visibility

# The plugins' stored vote, the operator's rule, the document's own flag, a visible status, and its hour. A void
# document is seen only if it had been published, and no revision has its number now; a draft never.
_PUBLISHED = (
    "{t}.visible_vote = ? AND NOT {t}.is_hidden AND {t}.status IN ('ISSUED', 'VOID') AND {t}.published_at <= {now}"
    " AND NOT EXISTS (SELECT 1 FROM document_rules guard"
    " WHERE guard.enterprise_id = {t}.enterprise_id AND guard.type = {t}.type AND NOT guard.is_visible)"
    " AND ({t}.status = 'ISSUED' OR NOT EXISTS (SELECT 1 FROM documents newer WHERE newer.replaces_id = {t}.id))"
)


def readable_by(viewer: Viewer, _now: datetime) -> Condition:
    """Give the condition on `documents` that holds for what the viewer may read; what it hides is not found."""
    if viewer.client_id is None:
        return Condition("TRUE") if Scope.DOCUMENTS_READ in viewer.scopes else NEVER
    if Scope.PORTAL_READ not in viewer.scopes:
        return NEVER
    sql, values = "{t}.client_id = ?", [viewer.client_id, *_narrowing(viewer)]
    if viewer.contract_ids:
        sql += " AND {t}.contract_id = ANY(?::uuid[])"
    if viewer.types:
        sql += " AND {t}.type = ANY(?::text[])"
    return Condition(f"{sql} AND {_PUBLISHED}", (*values, Visibility.CLIENT.value))


def _narrowing(viewer: Viewer) -> list[object]:
    return [list(narrowed) for narrowed in (viewer.contract_ids, viewer.types) if narrowed]


# Of a void document a client sees the copy that says so, and the PDF only until that copy is there.
_SHOWN_FILES = (
    "CASE WHEN {t}d.status <> 'VOID' THEN {t}.kind IN ('PDF', 'STATISTICS', 'XML', 'ATTACHMENT')"
    " WHEN {t}.kind = 'PDF' THEN NOT EXISTS"
    " (SELECT 1 FROM files marked WHERE marked.document_id = {t}.document_id AND marked.kind = 'VOID')"
    " ELSE {t}.kind = 'VOID' END"
)


def readable_files(viewer: Viewer, _now: datetime) -> Condition:
    """Give the condition on `files`, beside their document as `{t}d`, that holds for what the viewer may read of it.

    Whether the viewer may read the document at all, `readable_by` tells.
    """
    return Condition("TRUE") if viewer.client_id is None else Condition(_SHOWN_FILES)


def own_client(viewer: Viewer, _now: datetime) -> Condition:
    """Give the condition on `clients` that holds for the viewer's own."""
    return Condition("{t}.id = ?", (viewer.client_id,))


def own_contracts(viewer: Viewer, _now: datetime) -> Condition:
    """Give the condition on `contracts` that holds for those that the viewer's token reaches."""
    if not viewer.contract_ids:
        return Condition("{t}.client_id = ?", (viewer.client_id,))
    return Condition("{t}.client_id = ? AND {t}.id = ANY(?::uuid[])", (viewer.client_id, list(viewer.contract_ids)))
