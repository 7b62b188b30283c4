"""Commands on enterprises: create one, change one, and set what it has from a day on."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.database.enterprises import SignerRole
from billfold.domain.document import PartyKind, TaxRegime
from billfold.domain.tax import TaxRounding
from billfold.schema.context import Info
from billfold.schema.manager.books import Enterprise
from billfold.schema.manager.inputs import INPUT, KEY, attributes, changed, idempotency_key, key_of
from billfold.schema.manager.requisites import ELECTRONIC_ADDRESS
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import enterprises

_ENTERPRISE = "The enterprise."
_FROM = "The first day; it may not lie in closed books. What is set for this day already is replaced."


@strawberry.input(description="What an enterprise may have besides; what is left out stays, or is empty.")
class _EnterpriseFields:
    inn: str | None = field(default=UNSET, description="The INN.")
    kpp: str | None = field(default=UNSET, description="The KPP.")
    ogrn: str | None = field(default=UNSET, description="The OGRN or OGRNIP.")
    ogrn_on: date | None = field(default=UNSET, description="The day of its registration; null clears it.")
    electronic_address: str | None = field(default=UNSET, description=ELECTRONIC_ADDRESS)
    address: str | None = field(default=UNSET, description="The legal address.")
    country: str | None = field(default=UNSET, description="The country, ISO 3166; RU when left out.")
    bank_name: str | None = field(default=UNSET, description="The bank.")
    bic: str | None = field(default=UNSET, description="The bank's BIC.")
    account: str | None = field(default=UNSET, description="The account.")
    corr_account: str | None = field(default=UNSET, description="The bank's correspondent account.")
    director: str | None = field(default=UNSET, description="Who signs as director.")
    accountant: str | None = field(default=UNSET, description="Who signs as chief accountant.")
    stamp: str | None = field(
        default=UNSET, description="Its stamp as a data: URI of a PNG or a plain SVG, 256 KB; printed by the rule only."
    )
    tax_rounding: TaxRounding | None = field(default=UNSET, description="Where tax is rounded; LINE when left out.")


@strawberry.input(description="A new enterprise. Wrong and missing requisites are told as its warnings.")
class CreateEnterpriseInput(_EnterpriseFields):
    code: str = field(description="The operator's short name of the enterprise.")
    brand: ID = field(description="The brand that it belongs to.")
    legal_name: str = field(description="The name in law.")
    kind: PartyKind = field(description="What it is in law.")
    timezone: str = field(description="The time zone in which its days begin, such as Europe/Moscow.")
    tax_regime: TaxRegime | None = field(default=None, description="How it is taxed since ever; needed to bill.")
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input(description="What of an enterprise is to be changed; what is left out stays, null empties a text.")
class UpdateEnterpriseInput(_EnterpriseFields):
    enterprise: ID = field(description=_ENTERPRISE)
    valid_from: date | None = field(
        default=None,
        description="Since when the requisites hold (name, kind, INN, KPP, OGRN and its day, address, country, "
        "electronic address); today when left out.",
    )
    code: str | None = field(default=UNSET, description="The operator's short name of the enterprise.")
    brand: ID | None = field(default=UNSET, description="The brand that it belongs to.")
    legal_name: str | None = field(default=UNSET, description="The name in law.")
    kind: PartyKind | None = field(default=UNSET, description="What it is in law.")
    timezone: str | None = field(default=UNSET, description="The time zone in which its days begin.")


@strawberry.input(description="How an enterprise is taxed from a day on.")
class SetTaxRegimeInput:
    enterprise: ID = field(description=_ENTERPRISE)
    valid_from: date = field(description=_FROM)
    regime: TaxRegime = field(description="The regime.")


@strawberry.input(description="The account of an enterprise for a currency from a day on.")
class SetBankAccountInput:
    enterprise: ID = field(description=_ENTERPRISE)
    valid_from: date = field(description=_FROM)
    currency: str = field(description="The currency, ISO 4217.")
    bank_name: str | None = field(default=UNSET, description="The bank.")
    bic: str = field(description="The bank's BIC.")
    account: str = field(description="The account.")
    corr_account: str | None = field(default=UNSET, description="The bank's correspondent account.")


@strawberry.input(description="Who signs for an enterprise in a role from a day on.")
class SetSignerInput:
    enterprise: ID = field(description=_ENTERPRISE)
    valid_from: date = field(description=_FROM)
    valid_until: date | None = field(default=None, description="The day after the last one; open when left out.")
    role: SignerRole = field(description="As what the person signs.")
    name: str = field(description="The person's name.")
    position: str | None = field(default=UNSET, description="The position, as it is to be printed.")
    authority: str | None = field(default=UNSET, description="The paper that lets the person sign.")
    signature: str | None = field(
        default=UNSET,
        description="The signature as a data: URI of a PNG or a plain SVG, 256 KB; printed by the rule only. Left out, "
        "the one of this day stays; an empty text takes it away.",
    )


EnterpriseResult = Annotated[
    Enterprise | Problem,
    strawberry.union("EnterpriseResult", description="The enterprise, or why it is not as asked for."),
]


@strawberry.type
class EnterpriseCommands:
    """The commands on enterprises."""

    @resolver("Create an enterprise.")
    async def create_enterprise(self, info: Info, input: Annotated[CreateEnterpriseInput, INPUT]) -> EnterpriseResult:
        enterprise_id = await enterprises.create_enterprise(
            info.context.parts,
            info.context.viewer,
            fields=_fields(input, "idempotency_key", "tax_regime"),
            tax_regime=input.tax_regime,
            idempotency_key=idempotency_key(info, input.idempotency_key),
        )
        return await changed(info, Enterprise, enterprise_id)

    @resolver("Change an enterprise. Documents that are issued keep what they say.")
    async def update_enterprise(self, info: Info, input: Annotated[UpdateEnterpriseInput, INPUT]) -> EnterpriseResult:
        enterprise_id = await enterprises.update_enterprise(
            info.context.parts,
            info.context.viewer,
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            fields=_fields(input, "enterprise", "valid_from"),
            valid_from=input.valid_from,
        )
        return await changed(info, Enterprise, enterprise_id)

    @resolver("Set how an enterprise is taxed from a day on.")
    async def set_tax_regime(self, info: Info, input: Annotated[SetTaxRegimeInput, INPUT]) -> EnterpriseResult:
        enterprise_id = await enterprises.set_tax_regime(
            info.context.parts,
            info.context.viewer,
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            valid_from=input.valid_from,
            regime=input.regime,
        )
        return await changed(info, Enterprise, enterprise_id)

    @resolver("Set the account that is printed for a currency from a day on.")
    async def set_bank_account(self, info: Info, input: Annotated[SetBankAccountInput, INPUT]) -> EnterpriseResult:
        enterprise_id = await enterprises.set_bank_account(
            info.context.parts,
            info.context.viewer,
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            valid_from=input.valid_from,
            currency=input.currency,
            fields=attributes(input, "enterprise", "valid_from", "currency"),
        )
        return await changed(info, Enterprise, enterprise_id)

    @resolver("Set who signs in a role from a day on.")
    async def set_signer(self, info: Info, input: Annotated[SetSignerInput, INPUT]) -> EnterpriseResult:
        enterprise_id = await enterprises.set_signer(
            info.context.parts,
            info.context.viewer,
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            valid_from=input.valid_from,
            role=input.role,
            valid_until=input.valid_until,
            fields=attributes(input, "enterprise", "valid_from", "valid_until", "role"),
        )
        return await changed(info, Enterprise, enterprise_id)


def _fields(input: _EnterpriseFields, *without: str) -> dict[str, object]:
    fields = attributes(input, *without)
    if "brand" in fields:
        brand = fields.pop("brand")
        fields["brand_id"] = None if brand is None else key_of("brand", str(brand), "brand")
    return fields
