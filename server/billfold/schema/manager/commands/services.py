"""Commands on services: add one to what is sold, change it."""

from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.database.services import ServiceKind
from billfold.domain.errors import InvalidInput
from billfold.domain.tax import TaxCategory
from billfold.schema.context import Info
from billfold.schema.manager.books import Service
from billfold.schema.manager.inputs import INPUT, KEY, attributes, changed, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import catalog

_CODE = "The operator's short name of the service, unique."
_NAME = "The name, where there is none in the language asked for."
_NAMES = "Further names by language."
_UNIT_NAME = "The unit, as it is printed."
_UNIT_OKEI = "The unit's OKEI code, such as 796."
_KIND = "How it is sold."
_TAX_CATEGORY = "How the law taxes it."


@strawberry.input(description="A name in a language.")
class LocalNameInput:
    locale: str = field(description="The language, such as ru or en.")
    name: str = field(description="The name.")


@strawberry.input(description="A service that is to be sold.")
class CreateServiceInput:
    code: str = field(description=_CODE)
    name: str = field(description=_NAME)
    names: list[LocalNameInput] = field(default_factory=list, description=_NAMES)
    unit_name: str = field(default="", description=_UNIT_NAME)
    unit_okei: str = field(default="", description=_UNIT_OKEI)
    kind: ServiceKind = field(description=_KIND)
    tax_category: TaxCategory = field(default=TaxCategory.STANDARD, description=_TAX_CATEGORY)
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What of a service is to be changed; what is left out stays as it is.")
class UpdateServiceInput:
    service: ID = field(description="The service.")
    code: str | None = field(default=UNSET, description=_CODE)
    name: str | None = field(default=UNSET, description=_NAME)
    names: list[LocalNameInput] | None = field(default=UNSET, description=f"{_NAMES} They take the place of all.")
    unit_name: str | None = field(default=UNSET, description=_UNIT_NAME)
    unit_okei: str | None = field(default=UNSET, description=_UNIT_OKEI)
    kind: ServiceKind | None = field(default=UNSET, description=_KIND)
    tax_category: TaxCategory | None = field(default=UNSET, description=_TAX_CATEGORY)


ServiceResult = Annotated[
    Service | Problem, strawberry.union("ServiceResult", description="The service, or why nothing was changed.")
]


@strawberry.type
class ServiceCommands:
    """The commands on services."""

    @resolver("Add a service to what is sold.")
    async def create_service(self, info: Info, input: Annotated[CreateServiceInput, INPUT]) -> ServiceResult:
        service_id = await catalog.create(
            info.context.parts,
            info.context.viewer,
            given=attributes(input, "names", "idempotency_key") | {"names": _names(input.names)},
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Service, service_id)

    @resolver("Change a service; what is charged and issued keeps what it says.")
    async def update_service(self, info: Info, input: Annotated[UpdateServiceInput, INPUT]) -> ServiceResult:
        given = attributes(input, "service")
        if input.names is not UNSET:
            given["names"] = _names(input.names)
        service_id = await catalog.update(
            info.context.parts,
            info.context.viewer,
            service_id=key_of("service", input.service, "service"),
            given=given,
        )
        return await changed(info, Service, service_id)


def _names(names: list[LocalNameInput] | None) -> dict[str, str]:
    found = {each.locale: each.name for each in names or ()}
    if len(found) < len(names or ()):
        raise InvalidInput("The names name a language twice: keep one of them.", field="names")
    return found
