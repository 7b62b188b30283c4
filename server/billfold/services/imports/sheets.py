"""Sheets: the files of the books, each with its columns, in the order in which they build on one another."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billfold.database import books
from billfold.database.contracts import Billing
from billfold.database.services import ServiceKind
from billfold.domain.document import PartyKind, TaxRegime
from billfold.services.imports import checks
from billfold.services.imports.cells import (
    Reader,
    boolean,
    currency,
    day,
    day_or_none,
    decimal,
    email,
    instant,
    invoice_dates,
    locale,
    long_text,
    matching,
    needed_email,
    one_of,
    short_text,
    whole,
    zone,
)
from billfold.services.imports.logos import logo_in

# Checks a whole row, given by the columns' targets; raises InvalidInput with the column as its field.
Check = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file; `target` is its name in the books, where that differs."""

    name: str
    read: Reader
    target: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of file: the pattern of its name, its columns, and a check of whole rows.

    Where `translated` names a column, further columns such as `name_en` give it by locale.
    """

    file: str
    table: books.BookTable
    columns: tuple[Column, ...]
    check: Check | None = None
    translated: str = ""

    def takes(self, file: str) -> bool:
        """Whether a file of this name is of this kind."""
        return re.fullmatch(rf"{self.file}\.csv(\.gz)?", file) is not None


_CODE = short_text(limit=100, is_needed=True)
_NAME = short_text(is_needed=True)
_TEXT = short_text()
_COUNTRY = matching("[A-Z]{2}", "RU")
_AMOUNT = decimal(digits=14, places=4)
_RATE = decimal(digits=15, places=11)
_RATE_FROM_ZERO = decimal(digits=15, places=11, is_signed=False)


def sheets(folder: Path) -> tuple[Sheet, ...]:
    """Give every kind of file, in the order of import; logos lie in the folder."""
    return (_brands(folder), *_SHEETS)


def _brands(folder: Path) -> Sheet:
    return Sheet(
        "brands",
        books.BRANDS,
        (
            Column("code", _CODE),
            Column("name", _NAME),
            Column("currency", currency),
            Column("email", email),
            Column("phone", _TEXT),
            Column("website", matching("(https?://[^\\s\"'<>]+)?", "https://example.com")),
            Column("mail_subject", _TEXT),
            Column("mail_signature", long_text()),
            Column("logo", logo_in(folder), is_optional=True),
            Column("accent_color", matching("#[0-9a-fA-F]{6}", "#1f4e79"), is_optional=True),
        ),
    )


_ENTERPRISES = Sheet(
    "enterprises",
    books.ENTERPRISES,
    (
        Column("code", _CODE),
        Column("brand", _CODE),
        Column("legal_name", _NAME),
        Column("kind", one_of(PartyKind)),
        Column("inn", short_text(limit=20)),
        Column("kpp", short_text(limit=9)),
        Column("ogrn", short_text(limit=15)),
        Column("address", _TEXT),
        Column("bank_name", _TEXT),
        Column("bic", short_text(limit=11)),
        Column("account", short_text(limit=34)),
        Column("corr_account", short_text(limit=20)),
        Column("director", _TEXT),
        Column("accountant", _TEXT),
        Column("tax_regime", one_of(TaxRegime)),
        Column("timezone", zone),
        Column("country", _COUNTRY),
    ),
    check=checks.check_enterprise,
)

_SERVICES = Sheet(
    "services",
    books.SERVICES,
    (
        Column("code", _CODE),
        Column("name", _NAME),
        Column("unit_name", short_text(limit=50)),
        Column("unit_okei", matching("[0-9A-Z]{0,4}", "796")),
        Column("kind", one_of(ServiceKind)),
    ),
    translated="name",
)

_CLIENTS = Sheet(
    "clients",
    books.CLIENTS,
    (
        Column("code", _CODE),
        Column("kind", one_of(PartyKind)),
        Column("company", _NAME, target="name"),
        Column("company_credential", long_text(), target="credential"),
        Column("inn", short_text(limit=20)),
        Column("kpp", short_text(limit=9)),
        Column("address", _TEXT),
        Column("country", _COUNTRY),
        Column("email", email),
        Column("locale", locale),
        Column("enterprise", _CODE),
        Column("invoice_dates", invoice_dates),
        Column("send_stats", boolean),
        Column("send_invoices", boolean),
        Column("bank_account", short_text(limit=34)),
        Column("bank_bic", short_text(limit=11)),
    ),
    check=checks.check_client,
)

_CONTACTS = Sheet(
    "contacts",
    books.CONTACTS,
    (
        Column("client", _CODE),
        Column("name", _NAME),
        Column("role", one_of(("accounting", "technical"))),
        Column("email", needed_email),
    ),
)

_CONTRACTS = Sheet(
    "contracts",
    books.CONTRACTS,
    (
        Column("number", _CODE),
        Column("client", _CODE),
        Column("enterprise", _CODE),
        Column("signed_on", day),
        Column("valid_to", day_or_none),
        Column("currency", currency),
        Column("billing", one_of(Billing)),
        Column("payment_terms_days", whole(0, 366)),
        Column("opening_balance", _AMOUNT),
    ),
    check=checks.check_contract,
)

_SUBSCRIPTIONS = Sheet(
    "subscriptions",
    books.SUBSCRIPTIONS,
    (
        Column("contract", _CODE),
        Column("service", _CODE),
        Column("started_on", day),
        Column("ended_on", day_or_none),
        Column("price", _RATE_FROM_ZERO),
        Column("tax_included", boolean),
        Column("quantity", _RATE_FROM_ZERO),
    ),
    check=checks.check_subscription,
)

_USAGE = Sheet(
    "usage-[0-9]{4}-(0[1-9]|1[0-2])",
    books.USAGE,
    (
        Column("external_id", short_text(limit=200, is_needed=True)),
        Column("contract", _CODE),
        Column("service", _CODE),
        Column("occurred_at", instant),
        Column("quantity", _RATE),
        Column("unit_price", _RATE),
        Column("tax_included", boolean),
        Column("destination", _TEXT),
        Column("party", _TEXT),
    ),
)

_SHEETS = (_ENTERPRISES, _SERVICES, _CLIENTS, _CONTACTS, _CONTRACTS, _SUBSCRIPTIONS, _USAGE)
