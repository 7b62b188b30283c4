"""Brands: create one, change one."""

from collections.abc import Mapping
from uuid import UUID

from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.single_rows import lock_row, update_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import Conflict, NotFound
from billfold.services.creating import Creation, create, told
from billfold.services.fields import Readers, read_fields
from billfold.services.imports.parties import BRAND
from billfold.services.imports.pictures import picture
from billfold.services.parts import Parts

_READERS: Readers = {**BRAND, "logo": picture("logo")}


async def create_brand(
    parts: Parts, viewer: Viewer, *, fields: Mapping[str, object], idempotency_key: str | None = None
) -> UUID:
    """Create a brand of the fields given, by column; gives its id.

    Needs code, name and currency. Raises InvalidInput for a field that cannot be, Conflict for a code that is taken.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields(fields, _READERS, needed=("code", "name", "currency"))
    creation = Creation("createBrand", "brand", "brands", values, taken=_taken(values))
    return await create(parts, viewer, creation, idempotency_key=idempotency_key)


async def update_brand(parts: Parts, viewer: Viewer, *, brand_id: UUID, fields: Mapping[str, object]) -> UUID:
    """Change the fields given, by column; documents that are issued keep what they say. May be repeated.

    Locks the brand. Raises NotFound, and what `create_brand` does.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values = read_fields(fields, _READERS)
    async with writing() as connection:
        if await lock_row(connection, "brands", brand_id, ["id"]) is None:
            raise NotFound("No brand has this id.", field="brand")
        if not await update_row(connection, "brands", brand_id, values):
            raise _taken(values)
        now = parts.clock.now()
        subject = ("brand", brand_id)
        await record_event(connection, "updateBrand", subject, actor=viewer.name, now=now, details=told(values))
    return brand_id


def _taken(values: Mapping[str, object]) -> Conflict:
    return Conflict(f"The code {values.get('code')!r} is another brand's: take one of its own.", field="code")
