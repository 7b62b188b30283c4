"""Payments as managers read them, with what of them settles which document."""

from billfold.database.reading.conditions import Condition, among, among_ids, contains, equals, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Shape, ToMany, ToOne, identity, instant, money
from billfold.domain.access import Scope

# What of a payment no charges use; a refund and a cancelled payment hold nothing.
_HAS_MONEY = "{t}.kind = 'payment' AND {t}.cancelled_at IS NULL"
_FREE = (
    f"CASE WHEN {_HAS_MONEY} THEN {{t}}.amount - {{t}}.allocated + COALESCE((SELECT sum(back.amount) FROM payments back"
    " WHERE back.contract_id = {t}.contract_id AND back.refunds_id = {t}.id AND back.cancelled_at IS NULL), 0)"
    " ELSE {t}.amount - {t}.amount END"
)

PAYMENT = Shape(
    "Payment",
    source="payments {t} JOIN contracts {t}c ON {t}c.id = {t}.contract_id",
    noun="payment",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("payment"),
        "kind": "{t}.kind",
        "method": "{t}.method",
        "received_on": "{t}.received_on::text",
        "reference": "{t}.reference",
        "comment": "{t}.comment",
        "payer_name": "{t}.payer_name",
        "payer_inn": "{t}.payer_inn",
        "payer_account": "{t}.payer_account",
        "source": "{t}.source",
        "external_id": "{t}.external_id",
        "is_cancelled": "{t}.cancelled_at IS NOT NULL",
        "cancelled_at": instant("{t}.cancelled_at"),
        "cancelled_by": "{t}.cancelled_by",
        "cancel_reason": "{t}.cancel_reason",
        "created_at": instant("{t}.created_at"),
        "created_by": "{t}.created_by",
    },
    embeds={"amount": money("{t}.amount", "{t}c.currency"), "free": money(_FREE, "{t}c.currency")},
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "allocations": ToMany("Allocation", "{t}.payment_id", "{t}.created_at, {t}.id"),
        "refunds": ToMany("Payment", "{t}.refunds_id", "{t}.received_on, {t}.created_at, {t}.id"),
        "refund_of": ToOne("Payment", "{r}.id = {t}.refunds_id", is_optional=True),
    },
)

ALLOCATION = Shape(
    "Allocation",
    source="allocations {t} JOIN contracts {t}c ON {t}c.id = {t}.contract_id",
    noun="allocation",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("allocation"),
        "kind": "{t}.kind",
        "is_advance": "{t}.is_advance",
        "created_at": instant("{t}.created_at"),
        "created_by": "{t}.created_by",
        "released_at": instant("{t}.released_at"),
        "released_by": "{t}.released_by",
        "release_reason": "{t}.release_reason",
    },
    embeds={"amount": money("{t}.amount", "{t}c.currency")},
    relations={
        "payment": ToOne("Payment", "{r}.id = {t}.payment_id", is_optional=True),
        "document": ToOne("Document", "{r}.id = {t}.document_id", is_optional=True),
    },
)


def _is_cancelled(wanted: bool) -> Condition:
    return Condition("{t}.cancelled_at IS NOT NULL" if wanted else "{t}.cancelled_at IS NULL")


def _has_free_money(wanted: bool) -> Condition:
    if not wanted:
        return Condition(f"({_FREE}) <= 0")
    # The first two conditions are those of an index.
    return Condition(f"{_HAS_MONEY} AND {{t}}.allocated < {{t}}.amount AND ({_FREE}) > 0")


def _settling(ids: list[str]) -> Condition:
    documents = among_ids("a.document_id", "document", ids)
    return Condition(
        f"EXISTS (SELECT 1 FROM allocations a WHERE a.payment_id = {{t}}.id AND a.released_at IS NULL"
        f" AND {documents.sql})",
        documents.values,
    )


PAYMENTS = Listing(
    "Payment",
    orders={"RECEIVED_ON": Order("{t}.received_on", "date"), "AMOUNT": Order("{t}.amount", "numeric")},
    default=Sorting("RECEIVED_ON", is_descending=True),
    filters={
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "client": lambda ids: among_ids("{t}c.client_id", "client", ids),
        "enterprise": lambda ids: among_ids("{t}c.enterprise_id", "enterprise", ids),
        "received_on": lambda span: within("{t}.received_on", span),
        "method": lambda methods: among("{t}.method", methods),
        "kind": lambda kinds: among("{t}.kind", kinds),
        "source": lambda sources: among("{t}.source", sources),
        "external_id": lambda text: equals("{t}.external_id", text),
        "document": _settling,
        "is_cancelled": _is_cancelled,
        "has_free_money": _has_free_money,
        "search": lambda text: contains(("{t}.reference", "{t}.payer_name", "{t}.payer_inn"), text),
    },
)

SHAPES = (PAYMENT, ALLOCATION)
LISTINGS = {"payments": PAYMENTS}
