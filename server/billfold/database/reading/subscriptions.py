"""Subscriptions as managers read them."""

from billfold.database.reading.conditions import among_ids, of_client, overlaps
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Shape, ToMany, ToOne, identity, money
from billfold.domain.access import Scope

# Days are those of the seller; the terms of the start never rest.
_IS_SUSPENDED = """COALESCE((
  SELECT change.is_suspended FROM subscription_changes change
  WHERE change.subscription_id = {t}.id AND change.valid_from <= ({now} AT TIME ZONE {t}e.timezone)::date
  ORDER BY change.valid_from DESC LIMIT 1), FALSE)"""

SUBSCRIPTION = Shape(
    "Subscription",
    source=(
        "subscriptions {t} JOIN contracts {t}c ON {t}c.id = {t}.contract_id"
        " JOIN enterprises {t}e ON {t}e.id = {t}c.enterprise_id"
    ),
    noun="subscription",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("subscription"),
        "started_on": "{t}.started_on::text",
        "ended_on": "{t}.ended_on::text",
        "ordinal": "{t}.ordinal",
        "quantity": "{t}.quantity::text",
        "tax_included": "{t}.tax_included",
        "proration": "{t}.proration",
        "is_suspended": _IS_SUSPENDED,
    },
    embeds={"price": money("{t}.price", "{t}c.currency")},
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "service": ToOne("Service", "{r}.id = {t}.service_id"),
        "changes": ToMany("SubscriptionChange", "{t}.subscription_id", "{t}.valid_from"),
    },
)

CHANGE = Shape(
    "SubscriptionChange",
    source=(
        "subscription_changes {t} JOIN subscriptions {t}s ON {t}s.id = {t}.subscription_id"
        " JOIN contracts {t}c ON {t}c.id = {t}s.contract_id"
    ),
    scope=Scope.BOOKS_READ,
    columns={
        "valid_from": "{t}.valid_from::text",
        "quantity": "{t}.quantity::text",
        "tax_included": "{t}.tax_included",
        "is_suspended": "{t}.is_suspended",
    },
    embeds={"price": money("{t}.price", "{t}c.currency")},
)

SUBSCRIPTIONS = Listing(
    "Subscription",
    orders={"STARTED_ON": Order("{t}.started_on", "date"), "PRICE": Order("{t}.price", "numeric")},
    default=Sorting("STARTED_ON", is_descending=True),
    filters={
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "service": lambda ids: among_ids("{t}.service_id", "service", ids),
        "client": of_client("{t}.contract_id"),
        "active": lambda span: overlaps("{t}.started_on", "{t}.ended_on", span),
    },
)

SHAPES = (SUBSCRIPTION, CHANGE)
LISTINGS = {"subscriptions": SUBSCRIPTIONS}
