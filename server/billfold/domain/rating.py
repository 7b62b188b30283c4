"""Rating: the price of used quantities by a price list with tiers and a free allowance."""

from enum import StrEnum


class PriceModel(StrEnum):
    """How the tiers of a price are applied to the quantity of a month.

    FLAT: one price. VOLUME: all of the quantity at the price of the tier that it reaches. GRADUATED: each part of the
    quantity at the price of its own tier.
    """

    FLAT = "flat"
    VOLUME = "volume"
    GRADUATED = "graduated"
