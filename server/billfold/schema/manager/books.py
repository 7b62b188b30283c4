"""The books on the managers' face: brands, enterprises, services, clients, contacts. Their rows come ready."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import field
from strawberry.scalars import JSON

from billfold.database.services import ServiceKind
from billfold.domain.document import PartyKind
from billfold.domain.tax import TaxCategory, TaxRounding
from billfold.schema.connections import FILTER, ORDER, After, Before, Connection, First, Last, page_request
from billfold.schema.manager.filters import DocumentFilter
from billfold.schema.manager.orders import DocumentOrder
from billfold.schema.manager.requisites import (
    ELECTRONIC_ADDRESS,
    BankAccount,
    ClientRequisites,
    EnterpriseRequisites,
    PartyWarning,
    Signer,
    TaxRegimePeriod,
)
from billfold.schema.nodes import Node
from billfold.schema.reads import kept_page
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText

if TYPE_CHECKING:
    from billfold.schema.manager.contracts import Contract
    from billfold.schema.manager.documents import Document

_Contract = Annotated["Contract", strawberry.lazy("billfold.schema.manager.contracts")]
_Document = Annotated["Document", strawberry.lazy("billfold.schema.manager.documents")]


@strawberry.type(description="What a client recognises: name, contacts, logo and colours.")
class Brand(Node):
    code: str = field(description="The operator's short name of the brand.")
    name: str = field(description="The name that clients see.")
    currency: str = field(description="The brand's usual currency, ISO 4217.")
    email: str = field(description="The address for clients' questions, and the sender of mails.")
    phone: str = field(description="The phone for clients' questions.")
    website: str = field(description="The website.")
    mail_subject: str = field(description="The subject of its mails, with marks such as {number}; or empty.")
    mail_signature: str = field(description="What closes its mails, or empty.")
    logo: str = field(description="The logo as a data: URI, or empty.")
    accent_color: str = field(description="The colour of the brand, #rrggbb.")
    font: str = field(description="The font family of its documents; empty is the usual one.")
    enterprises: list["Enterprise"] = field(description="The legal entities of the brand, by code.")


@strawberry.type(description="A legal entity that bills.")
class Enterprise(Node):
    code: str = field(description="The operator's short name of the enterprise.")
    legal_name: str = field(description="The name in law.")
    kind: PartyKind = field(description="What it is in law.")
    inn: str = field(description="The INN, or empty.")
    kpp: str = field(description="The KPP, or empty.")
    ogrn: str = field(description="The OGRN or OGRNIP, or empty.")
    ogrn_on: DateText | None = field(description="The day of its registration, if known.")
    electronic_address: str = field(description=ELECTRONIC_ADDRESS)
    address: str = field(description="The legal address.")
    country: str = field(description="The country, ISO 3166.")
    timezone: str = field(description="The time zone in which its days begin, such as Europe/Moscow.")
    bank_name: str = field(description="The bank.")
    bic: str = field(description="The bank's BIC.")
    account: str = field(description="The account.")
    corr_account: str = field(description="The bank's correspondent account.")
    director: str = field(description="Who signs as director.")
    accountant: str = field(description="Who signs as chief accountant.")
    stamp: str = field(description="Its stamp as a data: URI, or empty; printed where the rule prints facsimiles.")
    tax_rounding: TaxRounding = field(description="Where tax is rounded.")
    requisites_from: DateText = field(description="Since which day the requisites above hold.")
    closed_until: DateText | None = field(description="The books before this day are closed; null when all are open.")
    warnings: list[PartyWarning] = field(description="What keeps it from billing: to be mended before it issues.")
    brand: Brand = field(description="The brand that it belongs to.")
    tax_regimes: list[TaxRegimePeriod] = field(description="How it is taxed, from which day on.")
    requisites: list[EnterpriseRequisites] = field(description="Its requisites by the day since which they hold.")
    bank_accounts: list[BankAccount] = field(
        description="Its accounts by currency and day; without one for a currency, the account above is printed."
    )
    signers: list[Signer] = field(
        description="Who signs, by role and day; without one for a day, the director and the accountant above do."
    )


@strawberry.type(description="What is sold.")
class Service(Node):
    code: str = field(description="The operator's short name of the service.")
    name: str = field(description="The name.")
    names: JSON = field(description="Further names by locale.")
    unit_name: str = field(description="The unit, as it is printed.")
    unit_okei: str = field(description="The unit's OKEI code.")
    kind: ServiceKind = field(description="How it is sold.")
    tax_category: TaxCategory = field(description="How the law taxes it.")


@strawberry.type(description="A person at a client.")
class Contact(Node):
    name: str = field(description="The person's name.")
    role: str = field(description="What the person is asked about: accounting, technical, management or other.")
    email: str = field(description="The e-mail.")
    client: "Client" = field(description="The client.")


@strawberry.type(description="Who is billed.")
class Client(Node):
    code: str = field(description="The operator's short name of the client.")
    kind: PartyKind = field(description="What it is in law.")
    name: str = field(description="The name.")
    credential: str = field(description="The free text that replaces the requisites on paper, or empty.")
    inn: str = field(description="The INN, or empty.")
    kpp: str = field(description="The KPP, or empty.")
    address: str = field(description="The address.")
    country: str = field(description="The country, ISO 3166.")
    email: str = field(description="Where documents are mailed.")
    locale: str = field(description="The language of the documents.")
    invoice_dates: str = field(description="On which days of a month invoices are made, as the operator wrote it.")
    send_stats: bool = field(description="Whether statistics are sent along.")
    send_invoices: bool = field(description="Whether invoices are mailed.")
    bank_account: str = field(description="The client's account, or empty.")
    bank_bic: str = field(description="The BIC of the client's bank, or empty.")
    ogrn: str = field(description="The OGRN or OGRNIP, or empty.")
    ogrn_on: DateText | None = field(description="The day of its registration, if known.")
    electronic_address: str = field(description=ELECTRONIC_ADDRESS)
    requisites_from: DateText = field(description="Since which day the requisites above hold.")
    warnings: list[PartyWarning] = field(description="What is wrong with its requisites: to be mended before billing.")
    requisites: list[ClientRequisites] = field(description="Its requisites by the day since which they hold.")
    enterprise: Enterprise = field(description="The enterprise that bills by default.")
    contacts: list[Contact] = field(description="The people there, by name.")
    contracts: list[_Contract] = field(description="The contracts, by number.")

    @resolver("The client's documents.")
    def documents(
        self,
        filter: Annotated[DocumentFilter | None, FILTER] = None,
        order_by: Annotated[DocumentOrder | None, ORDER] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[_Document]:
        return kept_page(self, "documents", page_request(filter, order_by, (first, after, last, before)))
