"""Columns and constraints that rows of every noun share: exact numbers, ranges, closed sets."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from billfold.domain.money import AMOUNT_LIMIT, RATE_LIMIT


class ExactField(fields.Field[Decimal]):
    """A PostgreSQL `numeric` that keeps the digits it is given: 1220.00 stays 1220.00, never rounded on the way."""

    SQL_TYPE = "NUMERIC"
    field_type = Decimal

    def to_python_value(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(value)


def amount_check(*columns: str) -> CheckConstraint:
    """Hold money columns within +-99,999,999,999,999.9999, four decimals at most, never NaN."""
    return _range_check(columns, AMOUNT_LIMIT, 4)


def rate_check(*columns: str) -> CheckConstraint:
    """Hold prices and quantities to 15 digits and 11 decimals (УПД 5.03 limits), never NaN."""
    return _range_check(columns, RATE_LIMIT, 11)


def _range_check(columns: tuple[str, ...], limit: Decimal, scale: int) -> CheckConstraint:
    # PostgreSQL sorts NaN above every number, so an upper bound is also the guard against NaN; `>= 0` alone is none.
    check = " AND ".join(f"{name} BETWEEN -{limit} AND {limit} AND scale({name}) <= {scale}" for name in columns)
    return CheckConstraint(check=check, name=f"{'_'.join(columns)}_in_range")


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """Hold a text column to a closed set."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(check=f"{column} IN ({listed})", name=f"{column}_is_known")


def not_empty(column: str) -> CheckConstraint:
    """Refuse an empty text."""
    return CheckConstraint(check=f"{column} <> ''", name=f"{column}_is_not_empty")


def currency_check(column: str) -> CheckConstraint:
    """Hold a currency to the form of ISO 4217; which codes exist is checked where they come in."""
    return CheckConstraint(check=f"{column} ~ '^[A-Z]{{3}}$'", name=f"{column}_is_a_code")
