"""Commands on clients: create one, change one."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.domain.document import PartyKind
from billfold.schema.context import Info
from billfold.schema.manager.books import Client
from billfold.schema.manager.inputs import INPUT, KEY, attributes, changed, idempotency_key, key_of
from billfold.schema.manager.requisites import ELECTRONIC_ADDRESS
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import clients


@strawberry.input(description="What a client may have besides; what is left out stays, or is empty.")
class _ClientFields:
    credential: str | None = field(default=UNSET, description="The free text that replaces the requisites on paper.")
    inn: str | None = field(default=UNSET, description="The INN.")
    kpp: str | None = field(default=UNSET, description="The KPP.")
    ogrn: str | None = field(default=UNSET, description="The OGRN or OGRNIP.")
    ogrn_on: date | None = field(default=UNSET, description="The day of its registration; null clears it.")
    electronic_address: str | None = field(default=UNSET, description=ELECTRONIC_ADDRESS)
    address: str | None = field(default=UNSET, description="The address.")
    country: str | None = field(default=UNSET, description="The country, ISO 3166; RU when left out.")
    bank_account: str | None = field(default=UNSET, description="The client's account.")
    bank_bic: str | None = field(default=UNSET, description="The BIC of the client's bank.")
    email: str | None = field(default=UNSET, description="Where documents are mailed.")
    locale: str | None = field(default=UNSET, description="The language of the documents; ru when left out.")
    invoice_dates: str | None = field(
        default=UNSET,
        description="On which days invoices are made: days of the month, `last`, or dates, with commas between.",
    )
    send_stats: bool | None = field(default=UNSET, description="Whether statistics are sent; false when left out.")
    send_invoices: bool | None = field(default=UNSET, description="Whether invoices are mailed; true when left out.")


@strawberry.input(description="A new client. Wrong requisites are told as its warnings.")
class CreateClientInput(_ClientFields):
    code: str = field(description="The operator's short name of the client.")
    kind: PartyKind = field(description="What it is in law.")
    name: str = field(description="The name.")
    enterprise: ID = field(description="The enterprise that bills by default.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What of a client is to be changed; what is left out stays, null empties a text.")
class UpdateClientInput(_ClientFields):
    client: ID = field(description="The client.")
    valid_from: date | None = field(
        default=None,
        description="Since when the requisites hold (kind, name, credential, INN, KPP, OGRN and its day, address, "
        "country, bank, electronic address); today when left out.",
    )
    code: str | None = field(default=UNSET, description="The operator's short name of the client.")
    kind: PartyKind | None = field(default=UNSET, description="What it is in law.")
    name: str | None = field(default=UNSET, description="The name.")
    enterprise: ID | None = field(default=UNSET, description="The enterprise that bills by default.")


ClientResult = Annotated[
    Client | Problem, strawberry.union("ClientResult", description="The client, or why it is not as asked for.")
]


@strawberry.type
class ClientCommands:
    """The commands on clients."""

    @resolver("Create a client.")
    async def create_client(self, info: Info, input: Annotated[CreateClientInput, INPUT]) -> ClientResult:
        client_id = await clients.create_client(
            info.context.parts,
            info.context.viewer,
            fields=_fields(input, "idempotency_key"),
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Client, client_id)

    @resolver("Change a client. Documents that are issued keep what they say.")
    async def update_client(self, info: Info, input: Annotated[UpdateClientInput, INPUT]) -> ClientResult:
        client_id = await clients.update_client(
            info.context.parts,
            info.context.viewer,
            client_id=key_of("client", input.client, "client"),
            fields=_fields(input, "client", "valid_from"),
            valid_from=input.valid_from,
        )
        return await changed(info, Client, client_id)


def _fields(input: _ClientFields, *without: str) -> dict[str, object]:
    fields = attributes(input, *without)
    if "enterprise" in fields:
        enterprise = fields.pop("enterprise")
        fields["enterprise_id"] = None if enterprise is None else key_of("enterprise", str(enterprise), "enterprise")
    return fields
