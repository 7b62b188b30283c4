"""Usage as managers read it."""

from billfold.database.reading.conditions import among, among_ids, equals, of_client, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Shape, ToOne, identity, instant, money
from billfold.domain.access import Scope

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
        "recorded_at": instant("{t}.recorded_at"),
        "is_late": "EXISTS (SELECT FROM late_usage l WHERE l.usage_id = {t}.id)",
        "destination": "{t}.destination",
        "party": "{t}.party",
    },
    embeds={"unit_price": money("{t}.unit_price", "{t}c.currency", presence="{t}.unit_price IS NOT NULL")},
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "service": ToOne("Service", "{r}.id = {t}.service_id"),
        "corrects": ToOne("UsageRecord", "{r}.id = {t}.corrects", is_optional=True),
    },
)

USAGES = Listing(
    "UsageRecord",
    orders={"OCCURRED_AT": Order("{t}.occurred_at", "timestamptz")},
    default=Sorting("OCCURRED_AT", is_descending=True),
    filters={
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "service": lambda ids: among_ids("{t}.service_id", "service", ids),
        "client": of_client("{t}.contract_id"),
        "source": lambda sources: among("{t}.source", sources),
        "external_id": lambda text: equals("{t}.external_id", text),
        "occurred_at": lambda span: within("{t}.occurred_at", span),
    },
)

SHAPES = (USAGE,)
LISTINGS = {"usage": USAGES}
