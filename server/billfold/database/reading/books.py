"""The books as managers read them: brands, enterprises, services, clients with their contacts."""

import orjson

from billfold.database.reading.conditions import among, among_ids, contains, equals, equals_ignoring_case
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Shape, ToMany, ToOne, ToPage, identity
from billfold.domain.access import Scope

BRAND = Shape(
    "Brand",
    source="brands {t}",
    noun="brand",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("brand"),
        "code": "{t}.code",
        "name": "{t}.name",
        "currency": "{t}.currency",
        "email": "{t}.email",
        "phone": "{t}.phone",
        "website": "{t}.website",
        "logo": "{t}.logo",
        "accent_color": "{t}.accent_color",
    },
    relations={"enterprises": ToMany("Enterprise", "{t}.brand_id", "{t}.code")},
)

ENTERPRISE = Shape(
    "Enterprise",
    source="enterprises {t}",
    noun="enterprise",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("enterprise"),
        "code": "{t}.code",
        "legal_name": "{t}.legal_name",
        "kind": "{t}.kind",
        "inn": "{t}.inn",
        "kpp": "{t}.kpp",
        "ogrn": "{t}.ogrn",
        "address": "{t}.address",
        "country": "{t}.country",
        "timezone": "{t}.timezone",
        "bank_name": "{t}.bank_name",
        "bic": "{t}.bic",
        "account": "{t}.account",
        "corr_account": "{t}.corr_account",
        "director": "{t}.director",
        "accountant": "{t}.accountant",
    },
    relations={
        "brand": ToOne("Brand", "{r}.id = {t}.brand_id"),
        "tax_regimes": ToMany("TaxRegimePeriod", "{t}.enterprise_id", "{t}.valid_from"),
    },
)

TAX_REGIME = Shape(
    "TaxRegimePeriod",
    source="tax_regimes {t}",
    scope=Scope.BOOKS_READ,
    columns={"valid_from": "{t}.valid_from::text", "regime": "{t}.regime"},
)

SERVICE = Shape(
    "Service",
    source="services {t}",
    noun="service",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("service"),
        "code": "{t}.code",
        "name": "{t}.name",
        "names": Column("{t}.names::text", orjson.loads),
        "unit_name": "{t}.unit_name",
        "unit_okei": "{t}.unit_okei",
        "kind": "{t}.kind",
    },
)

CLIENT = Shape(
    "Client",
    source="clients {t}",
    noun="client",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("client"),
        "code": "{t}.code",
        "kind": "{t}.kind",
        "name": "{t}.name",
        "credential": "{t}.credential",
        "inn": "{t}.inn",
        "kpp": "{t}.kpp",
        "address": "{t}.address",
        "country": "{t}.country",
        "email": "{t}.email",
        "locale": "{t}.locale",
        "invoice_dates": "{t}.invoice_dates",
        "send_stats": "{t}.send_stats",
        "send_invoices": "{t}.send_invoices",
        "bank_account": "{t}.bank_account",
        "bank_bic": "{t}.bank_bic",
    },
    relations={
        "enterprise": ToOne("Enterprise", "{r}.id = {t}.enterprise_id"),
        "contacts": ToMany("Contact", "{t}.client_id", "{t}.name, {t}.id"),
        "contracts": ToMany("Contract", "{t}.client_id", "{t}.number, {t}.id"),
        "documents": ToPage("documents", "{t}.client_id"),
    },
)

CONTACT = Shape(
    "Contact",
    source="contacts {t}",
    noun="contact",
    scope=Scope.BOOKS_READ,
    columns={"id": identity("contact"), "name": "{t}.name", "role": "{t}.role", "email": "{t}.email"},
    relations={"client": ToOne("Client", "{r}.id = {t}.client_id")},
)

RULE = Shape(
    "DocumentRule",
    source="document_rules {t}",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "type": "{t}.type",
        "enterprise": "'enterprise_' || {t}.enterprise_id",
        "mask": "{t}.mask",
        "prefix": "{t}.prefix",
        "reset": "{t}.reset",
        "scope": "{t}.scope",
        "is_visible": "{t}.is_visible",
        "is_automatic": "{t}.is_automatic",
        "delivery": "{t}.delivery",
        "template": "{t}.template",
        "payment_terms_days": "{t}.payment_terms_days",
    },
)

CLIENTS = Listing(
    "Client",
    orders={"CODE": Order("{t}.code"), "NAME": Order("{t}.name")},
    default=Sorting("CODE", is_descending=False),
    filters={
        "search": lambda text: contains(("{t}.name", "{t}.inn", "{t}.email", "{t}.code"), text),
        "code": lambda codes: among("{t}.code", codes),
        "inn": lambda text: equals("{t}.inn", text),
        "email": lambda text: equals_ignoring_case("{t}.email", text),
        "enterprise": lambda ids: among_ids("{t}.enterprise_id", "enterprise", ids),
    },
)

SHAPES = (BRAND, ENTERPRISE, TAX_REGIME, SERVICE, CLIENT, CONTACT, RULE)
LISTINGS = {"clients": CLIENTS}
