"""Parties: the readers of their columns, for files and for the API alike."""

from collections.abc import Mapping

from billfold.database.clients import ContactRole
from billfold.database.enterprises import SignerRole
from billfold.domain.document import PartyKind, TaxRegime
from billfold.domain.requisites import check_electronic_address, check_font
from billfold.domain.tax import TaxRounding
from billfold.services.imports.cells import (
    Reader,
    checked_by,
    country,
    currency,
    day,
    day_or_none,
    email,
    invoice_dates,
    locale,
    long_text,
    matching,
    needed_email,
    one_of,
    short_text,
    zone,
)

CODE = short_text(limit=100, is_needed=True)
_NAME = short_text(is_needed=True)
_TEXT = short_text()
_INN = short_text(limit=20)
_KPP = short_text(limit=9)
_OGRN = short_text(limit=15)
_BIC = short_text(limit=11)
_ACCOUNT = short_text(limit=34)
_CORR_ACCOUNT = short_text(limit=20)
_ELECTRONIC_ADDRESS = checked_by(check_electronic_address)

BRAND: Mapping[str, Reader] = {
    "code": CODE,
    "name": _NAME,
    "currency": currency,
    "email": email,
    "phone": _TEXT,
    "website": matching("(https?://[^\\s\"'<>]{1,500})?", "https://example.com"),
    "mail_subject": _TEXT,
    "mail_signature": long_text(),
    "accent_color": matching("#[0-9a-fA-F]{6}", "#1f4e79"),
    "font": checked_by(check_font),
}

ENTERPRISE: Mapping[str, Reader] = {
    "code": CODE,
    "legal_name": _NAME,
    "kind": one_of(PartyKind),
    "inn": _INN,
    "kpp": _KPP,
    "ogrn": _OGRN,
    "ogrn_on": day_or_none,
    "address": _TEXT,
    "country": country,
    "electronic_address": _ELECTRONIC_ADDRESS,
    "timezone": zone,
    "bank_name": _TEXT,
    "bic": _BIC,
    "account": _ACCOUNT,
    "corr_account": _CORR_ACCOUNT,
    "director": _TEXT,
    "accountant": _TEXT,
    "tax_rounding": one_of(TaxRounding),
}

TAX_REGIME: Mapping[str, Reader] = {"valid_from": day, "regime": one_of(TaxRegime)}

BANK_ACCOUNT: Mapping[str, Reader] = {
    "currency": currency,
    "valid_from": day,
    "bank_name": _TEXT,
    "bic": _BIC,
    "account": short_text(limit=34, is_needed=True),
    "corr_account": _CORR_ACCOUNT,
}

SIGNER: Mapping[str, Reader] = {
    "role": one_of(SignerRole),
    "valid_from": day,
    "valid_until": day_or_none,
    "name": _NAME,
    "position": _TEXT,
    "authority": _TEXT,
}

CLIENT: Mapping[str, Reader] = {
    "code": CODE,
    "kind": one_of(PartyKind),
    "name": _NAME,
    "credential": long_text(),
    "inn": _INN,
    "kpp": _KPP,
    "ogrn": _OGRN,
    "ogrn_on": day_or_none,
    "address": _TEXT,
    "country": country,
    "electronic_address": _ELECTRONIC_ADDRESS,
    "email": email,
    "locale": locale,
    "invoice_dates": invoice_dates,
    "bank_account": _ACCOUNT,
    "bank_bic": _BIC,
}

CONTACT: Mapping[str, Reader] = {"name": _NAME, "role": one_of(ContactRole), "email": needed_email}
