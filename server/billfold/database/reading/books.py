"""The books as managers read them: brands, enterprises, services, clients with their contacts."""

import orjson

from billfold.database.reading.conditions import (
    Condition,
    among,
    among_ids,
    contains,
    equals,
    equals_ignoring_case,
)
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.requisites import CLIENT_WARNINGS, ENTERPRISE_WARNINGS
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
        "mail_subject": "{t}.mail_subject",
        "mail_signature": "{t}.mail_signature",
        "logo": "{t}.logo",
        "accent_color": "{t}.accent_color",
        "font": "{t}.font",
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
        "ogrn_on": "{t}.ogrn_on::text",
        "electronic_address": "{t}.electronic_address",
        "address": "{t}.address",
        "country": "{t}.country",
        "timezone": "{t}.timezone",
        "bank_name": "{t}.bank_name",
        "bic": "{t}.bic",
        "account": "{t}.account",
        "corr_account": "{t}.corr_account",
        "director": "{t}.director",
        "accountant": "{t}.accountant",
        "stamp": "{t}.stamp",
        "tax_rounding": "{t}.tax_rounding",
        "requisites_from": "{t}.requisites_from::text",
        "closed_until": "{t}.closed_until::text",
        "warnings": ENTERPRISE_WARNINGS,
    },
    relations={
        "brand": ToOne("Brand", "{r}.id = {t}.brand_id"),
        "tax_regimes": ToMany("TaxRegimePeriod", "{t}.enterprise_id", "{t}.valid_from"),
        "requisites": ToMany("EnterpriseRequisites", "{t}.enterprise_id", "{t}.valid_from"),
        "bank_accounts": ToMany("BankAccount", "{t}.enterprise_id", "{t}.currency, {t}.valid_from"),
        "signers": ToMany("Signer", "{t}.enterprise_id", "{t}.role DESC, {t}.valid_from"),
    },
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
        "tax_category": "{t}.tax_category",
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
        "ogrn": "{t}.ogrn",
        "ogrn_on": "{t}.ogrn_on::text",
        "electronic_address": "{t}.electronic_address",
        "requisites_from": "{t}.requisites_from::text",
        "warnings": CLIENT_WARNINGS,
    },
    relations={
        "requisites": ToMany("ClientRequisites", "{t}.client_id", "{t}.valid_from"),
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
        "start": "{t}.start",
        "mode": "{t}.mode",
        "is_visible": "{t}.is_visible",
        "is_automatic": "{t}.is_automatic",
        "schedule_day": "{t}.schedule_day",
        "schedule_time": "{t}.schedule_time",
        "schedule_shift": "{t}.schedule_shift",
        "schedule_period": "{t}.schedule_period",
        "backdating": "{t}.backdating",
        "days_ahead": "{t}.days_ahead",
        "delivery": "{t}.delivery",
        "template": "{t}.template",
        "payment_terms_days": "{t}.payment_terms_days",
        "prints_facsimile": "{t}.prints_facsimile",
    },
)


def _searched(text: str) -> Condition:
    own = contains(("{t}.name", "{t}.inn", "{t}.email", "{t}.code"), text)
    number, email = contains(("c.number",), text), contains(("p.email",), text)
    return Condition(
        f"{own.sql} OR EXISTS (SELECT 1 FROM contracts c WHERE c.client_id = {{t}}.id AND {number.sql})"
        f" OR EXISTS (SELECT 1 FROM contacts p WHERE p.client_id = {{t}}.id AND {email.sql})",
        (*own.values, *number.values, *email.values),
    )


CLIENTS = Listing(
    "Client",
    orders={"CODE": Order("{t}.code"), "NAME": Order("{t}.name")},
    default=Sorting("CODE", is_descending=False),
    filters={
        "search": lambda text: _searched(text),
        "code": lambda codes: among("{t}.code", codes),
        "inn": lambda text: equals("{t}.inn", text),
        "email": lambda text: equals_ignoring_case("{t}.email", text),
        "enterprise": lambda ids: among_ids("{t}.enterprise_id", "enterprise", ids),
    },
)

SHAPES = (BRAND, ENTERPRISE, SERVICE, CLIENT, CONTACT, RULE)
LISTINGS = {"clients": CLIENTS}
