"""Sheets: the files of the books, each with its columns, in the order in which they build on one another."""

from pathlib import Path

from billfold.database import books
from billfold.database.contracts import Billing
from billfold.database.services import ServiceKind
from billfold.domain.subscriptions import Proration
from billfold.domain.tax import TaxCategory
from billfold.services.imports import checks, payments
from billfold.services.imports.calendar_sheets import CALENDAR_DAYS
from billfold.services.imports.cells import (
    boolean,
    currency,
    day,
    day_or_none,
    decimal,
    matching,
    one_of,
    short_text,
    whole,
)
from billfold.services.imports.columns import Column, Sheet
from billfold.services.imports.parties import CODE
from billfold.services.imports.party_sheets import BUYERS, SELLERS, brands
from billfold.services.imports.usage_sheets import PRICES, USAGE

_NAME = short_text(is_needed=True)
_TEXT = short_text()
_AMOUNT = decimal(digits=14, places=4)
_AMOUNT_FROM_ZERO = decimal(digits=14, places=4, is_signed=False)
_RATE = decimal(digits=15, places=11)
_RATE_FROM_ZERO = decimal(digits=15, places=11, is_signed=False)


def sheets(folder: Path) -> tuple[Sheet, ...]:
    """Give every kind of file, in the order of import; logos lie in the folder."""
    return (brands(folder), *SELLERS, _SERVICES, *BUYERS, *_SHEETS)


_SERVICES = Sheet(
    "services",
    books.SERVICES,
    (
        Column("code", CODE),
        Column("name", _NAME),
        Column("unit_name", short_text(limit=50)),
        Column("unit_okei", matching("[0-9A-Z]{0,4}", "796")),
        Column("kind", one_of(ServiceKind)),
        Column("tax_category", one_of(TaxCategory), is_optional=True),
    ),
    translated="name",
)

_CONTRACTS = Sheet(
    "contracts",
    books.CONTRACTS,
    (
        Column("number", CODE),
        Column("client", CODE),
        Column("enterprise", CODE),
        Column("signed_on", day),
        Column("valid_to", day_or_none),
        Column("currency", currency),
        Column("billing", one_of(Billing)),
        Column("payment_terms_days", whole(0, 366)),
        Column("opening_balance", _AMOUNT),
        Column("credit_limit", _AMOUNT_FROM_ZERO, is_optional=True),
    ),
    check=checks.check_contract,
)

_SUBSCRIPTIONS = Sheet(
    "subscriptions",
    books.SUBSCRIPTIONS,
    (
        Column("contract", CODE),
        Column("service", CODE),
        Column("started_on", day),
        Column("ended_on", day_or_none),
        Column("price", _RATE_FROM_ZERO),
        Column("tax_included", boolean),
        Column("quantity", _RATE_FROM_ZERO),
        Column("proration", one_of(Proration), is_optional=True),
    ),
    check=checks.check_subscription,
)

_SUBSCRIPTION_CHANGES = Sheet(
    "subscription_changes",
    books.SUBSCRIPTION_CHANGES,
    (
        Column("contract", CODE),
        Column("service", CODE),
        Column("started_on", day),
        Column("ordinal", whole(1, 32_767), is_optional=True),
        Column("valid_from", day),
        Column("price", _RATE_FROM_ZERO),
        Column("quantity", _RATE_FROM_ZERO),
        Column("tax_included", boolean),
        Column("is_suspended", boolean),
    ),
    check=checks.check_subscription_change,
)

_SHEETS = (_CONTRACTS, _SUBSCRIPTIONS, _SUBSCRIPTION_CHANGES, PRICES, USAGE, payments.SHEET, CALENDAR_DAYS)
