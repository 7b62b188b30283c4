"""Clients: create one, change one."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.requisites import CLIENT as VERSIONED
from billfold.database.single_rows import update_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import Conflict
from billfold.services.creating import Creation, check_parents, create, told
from billfold.services.fields import Readers, flag, read_fields
from billfold.services.imports.parties import CLIENT
from billfold.services.parts import Parts
from billfold.services.requisites import change_requisites, standing_of
from billfold.services.typed_fields import day_or_none, present

_READERS: Readers = {
    **CLIENT,
    "enterprise_id": present,
    "ogrn_on": day_or_none,
    "send_stats": flag,
    "send_invoices": flag,
}
_NEEDED = ("code", "kind", "name", "enterprise_id")


async def create_client(
    parts: Parts, viewer: Viewer, *, fields: Mapping[str, object], idempotency_key: str | None = None
) -> UUID:
    """Create a client of the fields given, by column; gives its id.

    Needs code, kind, name and the enterprise that bills by default. Requisites may be wrong or missing until a document
    is issued. Raises InvalidInput for a field that cannot be, NotFound for the enterprise, Conflict for a code that is
    taken.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields(fields, _READERS, needed=_NEEDED)
    creation = Creation("createClient", "client", "clients", values, taken=_taken(values), parents=_parents(values))
    return await create(parts, viewer, creation, idempotency_key=idempotency_key)


async def update_client(
    parts: Parts, viewer: Viewer, *, client_id: UUID, fields: Mapping[str, object], valid_from: date | None = None
) -> UUID:
    """Change the fields given, by column; its requisites since `valid_from`, or today in its enterprise's zone.

    Locks the client. Issued documents keep what they say. Raises NotFound, IllegalState for a day in closed books, and
    what `create_client` does.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields(fields, _READERS)
    given = {name: value for name, value in values.items() if name in VERSIONED.columns}
    others = {name: value for name, value in values.items() if name not in VERSIONED.columns}
    async with writing() as connection:
        standing = await standing_of(connection, VERSIONED, client_id, parts.clock.now())
        await check_parents(connection, _parents(values))
        day = await change_requisites(
            connection, VERSIONED, client_id, standing=standing, given=given, valid_from=valid_from
        )
        if not await update_row(connection, "clients", client_id, others):
            raise _taken(values)
        await record_event(
            connection,
            "updateClient",
            ("client", client_id),
            actor=viewer.name,
            now=parts.clock.now(),
            details={**told(values), **({"valid_from": day} if day else {})},
        )
    return client_id


def _parents(values: Mapping[str, object]) -> dict[str, tuple[str, UUID]]:
    enterprise_id = values.get("enterprise_id")
    return {"enterprise": ("enterprises", enterprise_id)} if isinstance(enterprise_id, UUID) else {}


def _taken(values: Mapping[str, object]) -> Conflict:
    return Conflict(f"The code {values.get('code')!r} is another client's: take one of its own.", field="code")
