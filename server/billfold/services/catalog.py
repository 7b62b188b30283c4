"""The catalog: the services that are sold. What they cost is kept with prices and subscriptions."""

import dataclasses
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from billfold.database import services as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.database.services import Service, ServiceKind
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import InvalidInput, NotFound
from billfold.domain.tax import TaxCategory
from billfold.services.fields import read_fields
from billfold.services.idempotency import Remember, Request, once
from billfold.services.imports.cells import is_locale, matching, short_text
from billfold.services.parts import Parts
from billfold.services.typed_fields import one_of

_NAME = short_text(is_needed=True)


async def create(
    parts: Parts, viewer: Viewer, *, given: Mapping[str, object], idempotency_key: str | None = None
) -> UUID:
    """Add a service to what is sold, from its attributes by their names; gives its id.

    Raises InvalidInput with the field that is wrong, and Conflict when the code is taken.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values: dict[str, Any] = {"names": {}, **read_fields(given, _READERS, needed=("code", "name", "kind"))}
    service = Service(**values)

    async def act(remember: Remember) -> str:
        async with writing() as connection:
            id_ = await rows.insert_service(connection, service)
            await record_event(
                connection, "createService", ("service", id_), actor=viewer.name, now=parts.clock.now(), details=values
            )
            await remember(connection, str(id_))
        return str(id_)

    return UUID(await once(viewer, Request("createService", idempotency_key, values), act))


async def update(parts: Parts, viewer: Viewer, *, service_id: UUID, given: Mapping[str, object]) -> UUID:
    """Change the given attributes of a service; what is charged and issued keeps what it says.

    Locks the service. Raises NotFound, InvalidInput, and Conflict when the code is taken. May be repeated.
    """
    viewer.require(Scope.BOOKS_WRITE)
    values: dict[str, Any] = read_fields(given, _READERS)
    async with writing() as connection:
        before = await rows.lock_service(connection, service_id)
        if before is None:
            raise NotFound("There is no such service.", field="service")
        service = dataclasses.replace(before, **values)
        if service != before:
            await rows.update_service(connection, service_id, service)
            await record_event(
                connection,
                "updateService",
                ("service", service_id),
                actor=viewer.name,
                now=parts.clock.now(),
                details={name: [getattr(before, name), value] for name, value in values.items()},
            )
    return service_id


def _names(names: object) -> object:
    """Read names by locale; null is none."""
    if not isinstance(names, Mapping):
        return {}
    for locale in names:
        if not is_locale(locale):
            raise InvalidInput(f"locale {locale[:40]!r} is unknown, write a code such as ru, en or kk.")
    return {locale: _NAME(name.strip()) for locale, name in names.items()}


_READERS = {
    "code": short_text(limit=100, is_needed=True),
    "name": _NAME,
    "names": _names,
    "unit_name": short_text(limit=50),
    "unit_okei": matching("[0-9A-Z]{0,4}", "796"),
    "kind": one_of(ServiceKind),
    "tax_category": one_of(TaxCategory),
}
