"""Requisites as managers read them: what parties had from which day on, and what is wrong with those in force."""

from collections.abc import Mapping
from datetime import date

import orjson

from billfold.database.reading.listings import Listing
from billfold.database.reading.rows import Row, row_class
from billfold.database.reading.shapes import Column, Shape
from billfold.domain.access import Scope
from billfold.domain.document import BankDetails, Party, PartyKind, Signer
from billfold.domain.requisites import Fault, faults

_WarningRow = row_class("Warning")
# The fields of a fault as the columns of the party's own type, where they are called otherwise.
_OF_ENTERPRISE = {"name": "legalName", "corr_account": "corrAccount", "ogrn_on": "ogrnOn"}
_OF_CLIENT = {"bic": "bankBic", "account": "bankAccount", "ogrn_on": "ogrnOn"}
_UNTAXED = "An enterprise that bills needs its tax regime: set one."


def _enterprise_warnings(text: str) -> list[Row]:
    told = orjson.loads(text)
    party = Party(
        code="",
        kind=PartyKind(told["kind"]),
        name=told["legal_name"],
        inn=told["inn"],
        kpp=told["kpp"],
        ogrn=told["ogrn"],
        ogrn_on=_day(told["ogrn_on"]),
        address=told["address"],
        country=told["country"],
        bank=BankDetails("", told["bic"], told["account"], told["corr_account"]),
        director=Signer("", told["director"]) if told["director"] else None,
    )
    untaxed = [] if told["is_taxed"] else [_WarningRow(field="taxRegimes", message=_UNTAXED)]
    return [_warning(fault, _OF_ENTERPRISE) for fault in faults(party)] + untaxed


def _client_warnings(text: str) -> list[Row]:
    told = orjson.loads(text)
    party = Party(
        code="",
        kind=PartyKind(told["kind"]),
        name=told["name"],
        inn=told["inn"],
        kpp=told["kpp"],
        ogrn=told["ogrn"],
        ogrn_on=_day(told["ogrn_on"]),
        country=told["country"],
        bank=BankDetails("", told["bank_bic"], told["bank_account"]),
    )
    # A client may give less than a seller must.
    return [_warning(fault, _OF_CLIENT) for fault in faults(party) if not fault.is_missing]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _warning(fault: Fault, names: dict[str, str]) -> Row:
    return _WarningRow(field=names.get(fault.field, fault.field), message=fault.message)


# Who signs on a day stands in `signers`; the enterprise's own director is who signs without one.
_DIRECTOR = """COALESCE(NULLIF({t}.director, ''), (SELECT s.name FROM signers s
  WHERE s.enterprise_id = {t}.id AND s.role = 'director' ORDER BY s.valid_from DESC LIMIT 1), '')"""

_IS_TAXED = "EXISTS (SELECT FROM tax_regimes r WHERE r.enterprise_id = {t}.id)"


def _as_json(names: str, *others: str) -> str:
    own = (f"'{name}', {{t}}.{name}" for name in names.split())
    return f"json_build_object({', '.join([*own, *others])})::text"


ENTERPRISE_WARNINGS = Column(
    _as_json(
        "kind legal_name inn kpp ogrn ogrn_on address country bic account corr_account",
        f"'director', {_DIRECTOR}",
        f"'is_taxed', {_IS_TAXED}",
    ),
    _enterprise_warnings,
)
CLIENT_WARNINGS = Column(_as_json("kind name inn kpp ogrn ogrn_on country bank_bic bank_account"), _client_warnings)

_SHARED = {
    "valid_from": "{t}.valid_from::text",
    "kind": "{t}.kind",
    "inn": "{t}.inn",
    "kpp": "{t}.kpp",
    "ogrn": "{t}.ogrn",
    "ogrn_on": "{t}.ogrn_on::text",
    "electronic_address": "{t}.electronic_address",
    "address": "{t}.address",
    "country": "{t}.country",
}

ENTERPRISE_REQUISITES = Shape(
    "EnterpriseRequisites",
    source="enterprise_requisites {t}",
    scope=Scope.BOOKS_READ,
    columns={**_SHARED, "legal_name": "{t}.legal_name"},
)

CLIENT_REQUISITES = Shape(
    "ClientRequisites",
    source="client_requisites {t}",
    scope=Scope.BOOKS_READ,
    columns={
        **_SHARED,
        "name": "{t}.name",
        "credential": "{t}.credential",
        "bank_account": "{t}.bank_account",
        "bank_bic": "{t}.bank_bic",
    },
)

TAX_REGIME = Shape(
    "TaxRegimePeriod",
    source="tax_regimes {t}",
    scope=Scope.BOOKS_READ,
    columns={"valid_from": "{t}.valid_from::text", "regime": "{t}.regime"},
)

BANK_ACCOUNT = Shape(
    "BankAccount",
    source="bank_accounts {t}",
    scope=Scope.BOOKS_READ,
    columns={
        "currency": "{t}.currency",
        "valid_from": "{t}.valid_from::text",
        "bank_name": "{t}.bank_name",
        "bic": "{t}.bic",
        "account": "{t}.account",
        "corr_account": "{t}.corr_account",
    },
)

SIGNER = Shape(
    "Signer",
    source="signers {t}",
    scope=Scope.BOOKS_READ,
    columns={
        "role": "{t}.role",
        "valid_from": "{t}.valid_from::text",
        "valid_until": "{t}.valid_until::text",
        "name": "{t}.name",
        "position": "{t}.position",
        "authority": "{t}.authority",
        "signature": "{t}.signature",
    },
)

SHAPES = (ENTERPRISE_REQUISITES, CLIENT_REQUISITES, TAX_REGIME, BANK_ACCOUNT, SIGNER)
LISTINGS: Mapping[str, Listing] = {}
