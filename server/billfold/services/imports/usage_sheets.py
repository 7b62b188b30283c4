"""The files of usage: what was measured, month by month, and the prices that rate it."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from billfold.database import usage_books
from billfold.domain.errors import InvalidInput
from billfold.domain.money import ZERO
from billfold.domain.rating import PriceModel, Tier, check_price, tiers_of, to_json
from billfold.services.imports.cells import Reader, boolean, currency, day, decimal, instant, one_of, short_text
from billfold.services.imports.columns import Column, Sheet
from billfold.services.imports.parties import CODE

_TEXT = short_text()
_RATE = decimal(digits=15, places=11)
_RATE_FROM_ZERO = decimal(digits=15, places=11, is_signed=False)
_TIER = re.compile(r"([^:]*):([^:]+)")


def _often(read: Reader) -> Reader:
    """Remember what has been read: a million rows say the same few thousand things."""
    return lru_cache(maxsize=10_000)(read)


def _rate_or_none(text: str) -> Decimal | None:
    return _RATE(text) if text else None


def _boolean_or_none(text: str) -> bool | None:
    return boolean(text) if text else None


def _allowance(text: str) -> Decimal:
    number: Decimal = _RATE_FROM_ZERO(text) if text else ZERO
    return number


def tiers(text: str) -> str:
    """Read tiers such as `100:1.50;500:1.30;:1.20`; gives them as they are kept."""
    return json.dumps(to_json(_tier(part) for part in text.split(";")))


def _tier(text: str) -> Tier:
    match = _TIER.fullmatch(text)
    if match is None:
        raise InvalidInput(f"{text[:40]!r} is no tier: write the tiers as 100:1.50;500:1.30;:1.20.")
    return Tier(_rate_or_none(match[1].strip()), _RATE_FROM_ZERO(match[2].strip()))


def check_row_of_prices(row: Mapping[str, Any]) -> None:
    """Check that the tiers of a price rise, end open and fit its model."""
    try:
        check_price(PriceModel(row["model"]), row["allowance"], tiers_of(json.loads(row["tiers"])))
    except InvalidInput as error:
        raise InvalidInput(error.message, field=(error.field or "tiers").partition(".")[0]) from error


PRICES = Sheet(
    "prices",
    usage_books.PRICES,
    (
        Column("service", CODE),
        Column("contract", short_text(limit=100)),
        Column("currency", currency),
        Column("destination", _TEXT),
        Column("valid_from", day),
        Column("model", one_of(PriceModel)),
        Column("tax_included", boolean),
        Column("allowance", _allowance),
        Column("tiers", tiers),
    ),
    check=check_row_of_prices,
)

USAGE = Sheet(
    "usage-[0-9]{4}-(0[1-9]|1[0-2])",
    usage_books.USAGE,
    (
        Column("external_id", short_text(limit=200, is_needed=True)),
        Column("contract", _often(CODE)),
        Column("service", _often(CODE)),
        Column("occurred_at", instant),
        Column("quantity", _often(_RATE)),
        Column("unit_price", _often(_rate_or_none)),
        Column("tax_included", _boolean_or_none),
        Column("destination", _often(_TEXT)),
        Column("party", _TEXT),
        Column("corrects", short_text(limit=200), is_optional=True),
    ),
)
