"""Contracts as managers read them."""

from billfold.database.reading.conditions import Condition, among, among_ids, contains, equals_ignoring_case, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Shape, ToMany, ToOne, ToPage, identity, instant, money
from billfold.domain.access import Scope

# The database keeps it with every charge and payment.
BALANCE = money("{t}.balance", "{t}.currency")

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
        "closed_on": "{t}.closed_on::text",
        "parked_at": instant("{t}.parked_at"),
        "parked_reason": "NULLIF({t}.parked_reason, '')",
    },
    embeds={
        "opening_balance": money("{t}.opening_balance", "{t}.currency"),
        "balance": BALANCE,
        "credit_limit": money("{t}.credit_limit", "{t}.currency"),
        "available": money("{t}.balance + {t}.credit_limit", "{t}.currency"),
    },
    relations={
        "client": ToOne("Client", "{r}.id = {t}.client_id"),
        "enterprise": ToOne("Enterprise", "{r}.id = {t}.enterprise_id"),
        "subscriptions": ToMany("Subscription", "{t}.contract_id", "{t}.started_on, {t}.ordinal, {t}.id"),
        "documents": ToPage("documents", "{t}.contract_id"),
        "payments": ToPage("payments", "{t}.contract_id"),
    },
)

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
        "is_closed": lambda flag: Condition("({t}.closed_on IS NOT NULL) = ?", (flag,)),
        "is_parked": lambda flag: Condition("({t}.parked_at IS NOT NULL) = ?", (flag,)),
    },
)

SHAPES = (CONTRACT,)
LISTINGS = {"contracts": CONTRACTS}
