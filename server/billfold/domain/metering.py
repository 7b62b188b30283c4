"""Metering: one use as its source reports it, what makes it acceptable, what a correction has of its original."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from billfold.domain.errors import InvalidInput
from billfold.domain.money import fits_rate

T = TypeVar("T")

ID_LIMIT = 200
SOURCE_LIMIT = 100
TEXT_LIMIT = 1_000
# Usage outside these years is a slip, and the ends of the calendar cannot be moved to UTC.
YEARS = range(1970, 2200)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class ReportedUsage:
    """One use as its source reports it: the contract by id or number, the service by id or code.

    Without a unit price the price list rates it. A correction names the external id of its original, and may leave out
    all that the original tells.
    """

    external_id: str
    quantity: Decimal
    contract_id: UUID | None = None
    contract_number: str | None = None
    service_id: UUID | None = None
    service_code: str | None = None
    occurred_at: datetime | None = None
    unit_price: Decimal | None = None
    tax_included: bool | None = None
    destination: str | None = None
    party: str | None = None
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class MeasuredUsage:
    """One use with everything known; two of one external id are the same use if they are equal.

    `tax_included` is false without a unit price. `corrects` is the external id of the original.
    """

    external_id: str
    contract_id: UUID
    service_id: UUID
    occurred_at: datetime
    quantity: Decimal
    unit_price: Decimal | None
    tax_included: bool
    destination: str
    party: str
    corrects: str | None


def check_reported(report: ReportedUsage) -> None:
    """Raise InvalidInput, with the field, for a report that breaks a rule by itself."""
    _check_id(report.external_id, "externalId", ID_LIMIT)
    for text, name in ((report.destination, "destination"), (report.party, "party")):
        _check_text(text or "", name, TEXT_LIMIT)
    if report.contract_id and report.contract_number is not None:
        raise InvalidInput("Name the contract by its id or by its number, not by both.", field="contractNumber")
    if report.service_id and report.service_code is not None:
        raise InvalidInput("Name the service by its id or by its code, not by both.", field="serviceCode")
    _check_numbers(report)
    if report.occurred_at is not None and (report.occurred_at.tzinfo is None or report.occurred_at.year not in YEARS):
        raise InvalidInput("Give the instant with its offset, in the years 1970 to 2199.", field="occurredAt")
    if report.corrects is not None:
        _check_id(report.corrects, "corrects", ID_LIMIT)


def check_source(source: str) -> None:
    """Raise InvalidInput for a source that is empty, too long or not printable."""
    _check_id(source, "source", SOURCE_LIMIT)


def _check_numbers(report: ReportedUsage) -> None:
    if not fits_rate(report.quantity):
        raise InvalidInput("The quantity must have at most 15 digits and 11 decimals.", field="quantity")
    if report.corrects is None and report.quantity < 0:
        raise InvalidInput(
            f"The quantity is {report.quantity}: name in `corrects` the record that it takes back.", field="quantity"
        )
    if report.corrects is not None and report.quantity >= 0:
        raise InvalidInput(
            f"A correction takes back: its quantity is {report.quantity}, not negative.", field="quantity"
        )
    if report.unit_price is not None and (not fits_rate(report.unit_price) or report.unit_price < 0):
        raise InvalidInput(
            "The unit price must be from 0 up, with at most 15 digits and 11 decimals.", field="unitPrice"
        )


def _check_id(text: str, name: str, limit: int) -> None:
    if not text.strip():
        raise InvalidInput(f"{name} is empty: give it.", field=name)
    _check_text(text, name, limit)


def _check_text(text: str, name: str, limit: int) -> None:
    if len(text) > limit:
        raise InvalidInput(f"{name} has {len(text)} characters: shorten it to {limit}.", field=name)
    # Most texts are printable as a whole, which is quicker to tell.
    if not text.isprintable() and (found := _CONTROL.search(text)):
        raise InvalidInput(f"{name} holds the control character {found[0]!r}: remove it.", field=name)


def measured(report: ReportedUsage, contract_id: UUID | None, service_id: UUID | None) -> MeasuredUsage:
    """Give the use that an original reports. Raises InvalidInput for what only a correction may leave out."""
    if contract_id is None:
        raise InvalidInput("Name the contract, by its id or by its number.", field="contract")
    if service_id is None:
        raise InvalidInput("Name the service, by its id or by its code.", field="service")
    if report.occurred_at is None:
        raise InvalidInput("Say when it happened.", field="occurredAt")
    if report.unit_price is not None and report.tax_included is None:
        raise InvalidInput("Say whether the unit price holds the tax.", field="taxIncluded")
    if report.unit_price is None and report.tax_included is not None:
        raise InvalidInput("Leave it out: without a unit price the price list tells of the tax.", field="taxIncluded")
    return MeasuredUsage(
        external_id=report.external_id,
        contract_id=contract_id,
        service_id=service_id,
        occurred_at=report.occurred_at,
        quantity=report.quantity,
        unit_price=report.unit_price,
        tax_included=bool(report.tax_included),
        destination=report.destination or "",
        party=report.party or "",
        corrects=None,
    )


def correction(
    report: ReportedUsage, original: MeasuredUsage, contract_id: UUID | None, service_id: UUID | None
) -> MeasuredUsage:
    """Give the use that a correction reports: what is left out is the original's.

    Raises InvalidInput where it says something else than its original, or where that is a correction itself.
    """
    if original.corrects is not None:
        raise InvalidInput(f"{report.corrects!r} is a correction itself: name its original.", field="corrects")
    return MeasuredUsage(
        external_id=report.external_id,
        contract_id=_agreed(contract_id, original.contract_id, "contract"),
        service_id=_agreed(service_id, original.service_id, "service"),
        occurred_at=_agreed(report.occurred_at, original.occurred_at, "occurredAt"),
        quantity=report.quantity,
        unit_price=_agreed(report.unit_price, original.unit_price, "unitPrice"),
        tax_included=_agreed(report.tax_included, original.tax_included, "taxIncluded"),
        destination=_agreed(report.destination, original.destination, "destination"),
        party=original.party if report.party is None else report.party,
        corrects=original.external_id,
    )


def _agreed(given: T | None, original: T, name: str) -> T:
    if given is not None and given != original:
        raise InvalidInput(f"The original says another {name}: leave it out, or correct it.", field=name)
    return original
