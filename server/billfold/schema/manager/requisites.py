"""What parties have from a day on, on the managers' face: requisites, accounts, signers, taxes. Rows come ready."""

import strawberry
from strawberry import field

from billfold.database.enterprises import SignerRole
from billfold.domain.document import PartyKind, TaxRegime
from billfold.schema.scalars import DateText

ELECTRONIC_ADDRESS = (
    "Where it takes electronic documents: the id of its ЭДО operator, or scheme:id of Peppol; or empty."
)
_FROM = "The first day."


@strawberry.type(
    name="Warning", description="What is wrong with a party, and keeps its documents from being issued until mended."
)
class PartyWarning:
    field: str = strawberry.field(description="The field of the party.")
    message: str = strawberry.field(description="One sentence for people: the thing and its mend.")


@strawberry.type(description="How an enterprise is taxed from a day on.")
class TaxRegimePeriod:
    valid_from: DateText = field(description=_FROM)
    regime: TaxRegime = field(description="The regime.")


@strawberry.type(description="The requisites of an enterprise from a day on; a document takes those of its date.")
class EnterpriseRequisites:
    valid_from: DateText = field(description=_FROM)
    legal_name: str = field(description="The name in law.")
    kind: PartyKind = field(description="What it is in law.")
    inn: str = field(description="The INN, or empty.")
    kpp: str = field(description="The KPP, or empty.")
    ogrn: str = field(description="The OGRN or OGRNIP, or empty.")
    ogrn_on: DateText | None = field(description="The day of its registration, if known.")
    electronic_address: str = field(description=ELECTRONIC_ADDRESS)
    address: str = field(description="The legal address.")
    country: str = field(description="The country, ISO 3166.")


@strawberry.type(description="The requisites of a client from a day on; a document takes those of its date.")
class ClientRequisites:
    valid_from: DateText = field(description=_FROM)
    kind: PartyKind = field(description="What it is in law.")
    name: str = field(description="The name.")
    credential: str = field(description="The free text that replaces the requisites on paper, or empty.")
    inn: str = field(description="The INN, or empty.")
    kpp: str = field(description="The KPP, or empty.")
    ogrn: str = field(description="The OGRN or OGRNIP, or empty.")
    ogrn_on: DateText | None = field(description="The day of its registration, if known.")
    electronic_address: str = field(description=ELECTRONIC_ADDRESS)
    address: str = field(description="The address.")
    country: str = field(description="The country, ISO 3166.")
    bank_account: str = field(description="The account, or empty.")
    bank_bic: str = field(description="The BIC of the bank, or empty.")


@strawberry.type(description="An account of an enterprise for a currency, from a day on.")
class BankAccount:
    currency: str = field(description="The currency, ISO 4217.")
    valid_from: DateText = field(description=_FROM)
    bank_name: str = field(description="The bank.")
    bic: str = field(description="The bank's BIC.")
    account: str = field(description="The account.")
    corr_account: str = field(description="The bank's correspondent account, or empty.")


@strawberry.type(description="A person who signs for an enterprise, from a day on.")
class Signer:
    role: SignerRole = field(description="As what the person signs.")
    valid_from: DateText = field(description=_FROM)
    valid_until: DateText | None = field(description="The day after the last one; null is open.")
    name: str = field(description="The person's name.")
    position: str = field(description="The position as it is printed; empty is the usual one.")
    authority: str = field(description="The paper that lets the person sign, or empty.")
    signature: str = field(description="The signature as a data: URI, or empty; printed where the rule says so.")
