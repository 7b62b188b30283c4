"""Prices as managers read them."""

from datetime import date

import orjson

from billfold.database.reading.conditions import Condition, among, among_ids, equals
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Shape, ToOne, identity
from billfold.domain.access import Scope

_TierRow = row_class("PriceTier")


def _tiers(text: str) -> list[Row]:
    return [_TierRow(up_to=up_to, price=price) for up_to, price in orjson.loads(text)]


def _in_force(day: date) -> Condition:
    newer = (
        "SELECT FROM prices newer WHERE newer.service_id = {t}.service_id AND newer.destination = {t}.destination"
        " AND newer.contract_id IS NOT DISTINCT FROM {t}.contract_id AND newer.currency = {t}.currency"
        " AND newer.valid_from > {t}.valid_from AND newer.valid_from <= ?::date"
    )
    return Condition(f"{{t}}.valid_from <= ?::date AND NOT EXISTS ({newer})", (day, day))


PRICE = Shape(
    "Price",
    source="prices {t}",
    noun="price",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("price"),
        "currency": "{t}.currency",
        "destination": "{t}.destination",
        "valid_from": "{t}.valid_from::text",
        "model": "{t}.model",
        "tax_included": "{t}.tax_included",
        "allowance": "{t}.allowance::text",
        "tiers": Column("{t}.tiers::text", _tiers),
        # Asked once a statement, not once a row.
        "is_charged": "{t}.id IN (SELECT DISTINCT h.price_id FROM charges h WHERE h.price_id IS NOT NULL)",
    },
    relations={
        "service": ToOne("Service", "{r}.id = {t}.service_id"),
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id", is_optional=True),
    },
)

PRICES = Listing(
    "Price",
    orders={"VALID_FROM": Order("{t}.valid_from", "date")},
    default=Sorting("VALID_FROM", is_descending=True),
    filters={
        "service": lambda ids: among_ids("{t}.service_id", "service", ids),
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "is_own": lambda flag: equals("{t}.contract_id IS NOT NULL", flag),
        "currency": lambda codes: among("{t}.currency", codes),
        "destination": lambda text: equals("{t}.destination", text),
        "valid_on": _in_force,
    },
)

SHAPES = (PRICE,)
LISTINGS = {"prices": PRICES}
