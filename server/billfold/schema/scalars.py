"""Scalars: decimals and dates as strict text, both ways; what a face sends out comes as text from the database."""

import re
from base64 import b64decode, b64encode
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

# How the database hands them out: as text that needs no conversion.
DecimalText = NewType("DecimalText", str)
DateText = NewType("DateText", str)
FileContent = NewType("FileContent", bytes)
InstantText = NewType("InstantText", str)

# Bounded and ASCII only: no exponent, so nothing that grows; no NaN, no Infinity.
_DECIMAL = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,11})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_decimal(value: Any) -> Decimal:
    """Read a decimal from a string such as "-12.50"; "-0" is 0. Raises GraphQLError for anything else."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise GraphQLError('Decimal is a string of at most 16 digits and 11 decimals, such as "1220.00".')
    return Decimal(value) + 0


def parse_date(value: Any) -> date:
    """Read a date from a string such as "2026-10-31". Raises GraphQLError for anything else."""
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError('Date is a string such as "2026-10-31", and a day that exists.')


def parse_file(value: Any) -> bytes:
    """Read the bytes of a file from base64, which may be broken into lines. Raises GraphQLError for anything else."""
    try:
        if isinstance(value, str):
            return b64decode("".join(value.split()), validate=True)
    except ValueError:
        pass
    raise GraphQLError("File is the content of a file as a string of base64.")


def parse_instant(value: Any) -> datetime:
    """Read an instant from a string such as "2026-10-31T21:00:00Z". Raises GraphQLError without an offset."""
    try:
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError('DateTime is a string with an offset, such as "2026-10-31T21:00:00Z" or "...T23:00:00+02:00".')


DECIMAL = strawberry.scalar(
    name="Decimal",
    description='An exact decimal number as a string, such as "1220.00": up to 16 digits and 11 decimals.',
    serialize=str,
    parse_value=parse_decimal,
)
DATE = strawberry.scalar(
    name="Date", description='A day as a string: "2026-10-31".', serialize=str, parse_value=parse_date
)
INSTANT = strawberry.scalar(
    name="DateTime",
    description=(
        'An instant as a string, given in UTC: "2026-10-31T21:00:00.000000Z"; taken with any offset: '
        '"2026-10-31T23:00:00+02:00".'
    ),
    serialize=str,
    parse_value=parse_instant,
)

FILE = strawberry.scalar(
    name="FileContent",
    description="The bytes of a file as a string of base64, in the standard alphabet.",
    serialize=lambda content: b64encode(content).decode(),
    parse_value=parse_file,
)

SCALARS: dict[object, ScalarDefinition] = {
    Decimal: DECIMAL,
    DecimalText: DECIMAL,
    date: DATE,
    DateText: DATE,
    datetime: INSTANT,
    InstantText: INSTANT,
    FileContent: FILE,
}
