"""Contracts as managers read them, with what runs on them: subscriptions, usage and charges."""

from typing import Any

from billfold.database.reading.conditions import (
    Condition,
    among,
    among_ids,
    contains,
    equals,
    equals_ignoring_case,
    overlaps,
    within,
)
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Shape, ToMany, ToOne, ToPage, identity, instant, money, period
from billfold.domain.access import Scope

# What the contract holds. Payments are not counted, because none are kept yet.
BALANCE = money(
    "{t}.opening_balance - COALESCE((SELECT sum(charge.gross) FROM charges charge JOIN charge_periods charged"
    " ON charged.id = charge.charge_period_id WHERE charged.contract_id = {t}.id AND charged.is_live), 0)",
    "{t}.currency",
)

CONTRACT = Shape(
    "Contract",
    source="contracts {t}",
    noun="contract",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("contract"),
        "number": "{t}.number",
        "signed_on": "{t}.signed_on::text",
        "valid_to": "{t}.valid_to::text",
        "currency": "{t}.currency",
        "billing": "{t}.billing",
        "payment_terms_days": "{t}.payment_terms_days",
    },
    embeds={"opening_balance": money("{t}.opening_balance", "{t}.currency"), "balance": BALANCE},
    relations={
        "client": ToOne("Client", "{r}.id = {t}.client_id"),
        "enterprise": ToOne("Enterprise", "{r}.id = {t}.enterprise_id"),
        "subscriptions": ToMany("Subscription", "{t}.contract_id", "{t}.started_on, {t}.ordinal, {t}.id"),
        "documents": ToPage("documents", "{t}.contract_id"),
    },
)

SUBSCRIPTION = Shape(
    "Subscription",
    source="subscriptions {t} JOIN contracts {t}c ON {t}c.id = {t}.contract_id",
    noun="subscription",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("subscription"),
        "started_on": "{t}.started_on::text",
        "ended_on": "{t}.ended_on::text",
        "ordinal": "{t}.ordinal",
        "quantity": "{t}.quantity::text",
        "tax_included": "{t}.tax_included",
    },
    embeds={"price": money("{t}.price", "{t}c.currency")},
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "service": ToOne("Service", "{r}.id = {t}.service_id"),
    },
)

USAGE = Shape(
    "UsageRecord",
    source="usage_records {t} JOIN contracts {t}c ON {t}c.id = {t}.contract_id",
    noun="usage",
    key_type="bigint",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("usage"),
        "source": "{t}.source",
        "external_id": "{t}.external_id",
        "occurred_at": instant("{t}.occurred_at"),
        "quantity": "{t}.quantity::text",
        "tax_included": "{t}.tax_included",
        "destination": "{t}.destination",
        "party": "{t}.party",
    },
    embeds={"unit_price": money("{t}.unit_price", "{t}c.currency")},
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "service": ToOne("Service", "{r}.id = {t}.service_id"),
    },
)

CHARGE = Shape(
    "Charge",
    source=(
        "charges {t} JOIN charge_periods {t}p ON {t}p.id = {t}.charge_period_id"
        " JOIN contracts {t}c ON {t}c.id = {t}p.contract_id"
    ),
    noun="charge",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("charge"),
        "kind": "{t}.kind",
        "quantity": "{t}.quantity::text",
        "tax_included": "{t}.tax_included",
        "tax_rate": "{t}.tax_rate::text",
        "destination": "{t}.destination",
        "active_days": "{t}.active_days",
        "month_days": "{t}.month_days",
        "is_live": "{t}p.is_live",
        "charged_at": instant("{t}p.charged_at"),
    },
    embeds={
        "period": period("{t}.period_from", "{t}.period_until"),
        "unit_price": money("{t}.unit_price", "{t}c.currency"),
        "net": money("{t}.net", "{t}c.currency"),
        "tax": money("{t}.tax", "{t}c.currency"),
        "gross": money("{t}.gross", "{t}c.currency"),
    },
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}p.contract_id"),
        "service": ToOne("Service", "{r}.id = {t}.service_id"),
    },
)


def _of_client(contract: str) -> Any:
    def condition(ids: list[str]) -> Condition:
        clients = among_ids("c.client_id", "client", ids)
        return Condition(
            f"EXISTS (SELECT 1 FROM contracts c WHERE c.id = {contract} AND {clients.sql})", clients.values
        )

    return condition


CONTRACTS = Listing(
    "Contract",
    orders={"NUMBER": Order("{t}.number"), "SIGNED_ON": Order("{t}.signed_on", "date")},
    default=Sorting("NUMBER", is_descending=False),
    filters={
        "number": lambda text: equals_ignoring_case("{t}.number", text),
        "search": lambda text: contains(("{t}.number",), text),
        "client": lambda ids: among_ids("{t}.client_id", "client", ids),
        "enterprise": lambda ids: among_ids("{t}.enterprise_id", "enterprise", ids),
        "currency": lambda codes: among("{t}.currency", codes),
        "signed_on": lambda span: within("{t}.signed_on", span),
    },
)

SUBSCRIPTIONS = Listing(
    "Subscription",
    orders={"STARTED_ON": Order("{t}.started_on", "date"), "PRICE": Order("{t}.price", "numeric")},
    default=Sorting("STARTED_ON", is_descending=True),
    filters={
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "service": lambda ids: among_ids("{t}.service_id", "service", ids),
        "client": _of_client("{t}.contract_id"),
        "active": lambda span: overlaps("{t}.started_on", "{t}.ended_on", span),
    },
)

USAGES = Listing(
    "UsageRecord",
    orders={"OCCURRED_AT": Order("{t}.occurred_at", "timestamptz")},
    default=Sorting("OCCURRED_AT", is_descending=True),
    filters={
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "service": lambda ids: among_ids("{t}.service_id", "service", ids),
        "client": _of_client("{t}.contract_id"),
        "source": lambda sources: among("{t}.source", sources),
        "external_id": lambda text: equals("{t}.external_id", text),
        "occurred_at": lambda span: within("{t}.occurred_at", span),
    },
)

CHARGES = Listing(
    "Charge",
    orders={"PERIOD": Order("{t}.period_from", "date"), "GROSS": Order("{t}.gross", "numeric")},
    default=Sorting("PERIOD", is_descending=True),
    filters={
        "contract": lambda ids: among_ids("{t}p.contract_id", "contract", ids),
        "service": lambda ids: among_ids("{t}.service_id", "service", ids),
        "client": _of_client("{t}p.contract_id"),
        "kind": lambda kinds: among("{t}.kind", kinds),
        "period": lambda span: overlaps("{t}.period_from", "{t}.period_until", span),
        "is_live": lambda flag: equals("{t}p.is_live", flag),
    },
)

SHAPES = (CONTRACT, SUBSCRIPTION, USAGE, CHARGE)
LISTINGS = {"contracts": CONTRACTS, "subscriptions": SUBSCRIPTIONS, "usage": USAGES, "charges": CHARGES}
