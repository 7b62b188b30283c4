"""Commands on brands: create one, change one."""

from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.schema.context import Info
from billfold.schema.manager.books import Brand
from billfold.schema.manager.inputs import INPUT, KEY, attributes, changed, idempotency_key, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import brands


@strawberry.input(description="What a brand may have besides; what is left out stays, or is empty.")
class _BrandFields:
    email: str | None = field(default=UNSET, description="The address for clients' questions, and the sender of mails.")
    phone: str | None = field(default=UNSET, description="The phone for clients' questions.")
    website: str | None = field(default=UNSET, description="The website, https://...")
    mail_subject: str | None = field(
        default=UNSET, description="The subject of its mails, with marks such as {number}."
    )
    mail_signature: str | None = field(default=UNSET, description="What closes its mails.")
    logo: str | None = field(default=UNSET, description="The logo as a data: URI of a PNG or a plain SVG, 256 KB.")
    accent_color: str | None = field(default=UNSET, description="The colour of the brand, #rrggbb.")
    font: str | None = field(
        default=UNSET, description="The font family of its documents, one that lies in fonts/ beside the templates."
    )


@strawberry.input(description="A new brand.")
class CreateBrandInput(_BrandFields):
    code: str = field(description="The operator's short name of the brand.")
    name: str = field(description="The name that clients see.")
    currency: str = field(description="The brand's usual currency, ISO 4217.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What of a brand is to be changed; what is left out stays, null empties a text.")
class UpdateBrandInput(_BrandFields):
    brand: ID = field(description="The brand.")
    code: str | None = field(default=UNSET, description="The operator's short name of the brand.")
    name: str | None = field(default=UNSET, description="The name that clients see.")
    currency: str | None = field(default=UNSET, description="The brand's usual currency, ISO 4217.")


BrandResult = Annotated[
    Brand | Problem, strawberry.union("BrandResult", description="The brand, or why it is not as asked for.")
]


@strawberry.type
class BrandCommands:
    """The commands on brands."""

    @resolver("Create a brand.")
    async def create_brand(self, info: Info, input: Annotated[CreateBrandInput, INPUT]) -> BrandResult:
        brand_id = await brands.create_brand(
            info.context.parts,
            info.context.viewer,
            fields=attributes(input, "idempotency_key"),
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Brand, brand_id)

    @resolver("Change a brand.")
    async def update_brand(self, info: Info, input: Annotated[UpdateBrandInput, INPUT]) -> BrandResult:
        brand_id = await brands.update_brand(
            info.context.parts,
            info.context.viewer,
            brand_id=key_of("brand", input.brand, "brand"),
            fields=attributes(input, "brand"),
        )
        return await changed(info, Brand, brand_id)
