"""Subscriptions: how a month that is covered in part is charged."""

from enum import StrEnum


class Proration(StrEnum):
    """How a month is charged that a subscription covers in part.

    BY_DAY: by its active days. FULL_MONTH: as a whole month. NONE: not at all.
    """

    BY_DAY = "by_day"
    FULL_MONTH = "full_month"
    NONE = "none"
