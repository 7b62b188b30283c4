"""Tax documents: what a tax invoice (счёт-фактура) and a universal transfer document (УПД) say beside their lines."""

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from babel.numbers import get_currency_name
from iso4217 import Currency
from pydantic import BaseModel, ConfigDict, Field

from billfold.domain.account import Advance, advances_for
from billfold.domain.document import DocumentReference, PartyKind, TaxRegime
from billfold.domain.money import ZERO
from billfold.plugin_api.facts import DocumentFacts, Nothing

# Which types tell the supply that an invoice is for: the first that there is.
_SHIPPING_TYPES = ("act", "universal-transfer")
_OFFSETTING_TYPES = frozenset({"tax-invoice", "universal-transfer"})

_PAYMENT_ORDER = re.compile(
    r"(?:п/п|плат[её]ж\w*(?:\s+поручени\w*)?|payment(?:\s+order)?)\s*(?:№|No\.?)\s*(\S+?),?\s+"
    r"(?:от|of|dated)\s+(\d{2})\.(\d{2})\.(\d{4})",
    re.IGNORECASE,
)


class _Paper(BaseModel):
    model_config = ConfigDict(
        frozen=True, json_schema_extra={"ru": {"number": "Номер; пусто, если его нет.", "date": "Дата."}}
    )

    number: str = Field(description="Its number; empty where it has none.")
    date: datetime.date = Field(description="Its date.")


class PaymentPaper(_Paper):
    """A payment order by which money came before the supply (line 5)."""


class ShipmentPaper(_Paper):
    """A document of the supply (line 5а)."""

    model_config = ConfigDict(json_schema_extra={"ru": {"title": "Наименование документа."}})

    title: str = Field(description="What the document is called.")


class AdvanceOffset(_Paper):
    """An advance invoice whose money pays for the supply (line 5б)."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {"id": "Идентификатор счёта-фактуры на аванс.", "amount": "Какая его часть, с налогом, идёт в зачёт."}
        }
    )

    id: str = Field(description="The id of the advance invoice.")
    amount: Decimal = Field(description="How much of it pays for this supply, tax included.")


class TaxDocumentDetails(BaseModel):
    """What the form of a tax invoice needs beside the lines."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "payments": "Платёжно-расчётные документы предоплаты.",
                "shipments": "Документы об отгрузке.",
                "offsets": "Зачитываемые счета-фактуры на аванс.",
                "currency_name": "Название валюты на языке документа.",
                "currency_code": "Цифровой код валюты.",
            }
        }
    )

    payments: tuple[PaymentPaper, ...] = Field(default=(), description="Payment orders of money that came before.")
    shipments: tuple[ShipmentPaper, ...] = Field(default=(), description="The documents of the supply.")
    offsets: tuple[AdvanceOffset, ...] = Field(default=(), description="The advance invoices that are used up here.")
    currency_name: str = Field(default="", description="The name of the currency in the document's language.")
    currency_code: str = Field(default="", description="The digits of the currency in ISO 4217.")


_TAX_DOCUMENTS = frozenset({"tax-invoice", "universal-transfer"})


def no_tax_invoice_ground(facts: DocumentFacts) -> str:
    """Say why the seller may not issue a tax invoice, to follow its name in a sentence; empty where it may."""
    if facts.seller.kind is PartyKind.PERSON:
        return "is a person, and only companies and sole proprietors charge VAT"
    if facts.seller.kind is PartyKind.FOREIGN:
        return "is a foreign company, for which its Russian client pays the VAT"
    if facts.tax_regime is TaxRegime.USN_EXEMPT:
        return "is exempt from VAT (the simplified system)"
    return ""


def taxed_already(facts: DocumentFacts) -> Nothing | None:
    """Refuse to tell the VAT of a period twice, by a tax invoice and by a universal transfer document of status 1."""
    for document in facts.documents:
        is_tax_document = document.type == "tax-invoice" or document.details.get("status") == 1
        is_other = document.type in _TAX_DOCUMENTS and document.type != facts.type
        if is_other and is_tax_document and facts.period is not None and document.period == facts.period:
            return Nothing(
                "taxed_already",
                f"{document.title} No. {document.number} tells the VAT of this period already: void it first.",
            )
    return None


def payment_papers(facts: DocumentFacts) -> tuple[PaymentPaper, ...]:
    """Give the payment orders that an advance is described by, or those of the money that came before the supply.

    Money that earlier advance invoices tell of is not told of again.
    """
    named = _named_in(facts.description) if facts.amount is not None else []
    found = named or [(advance.reference, advance.received_on) for advance in _unnamed_money(facts)]
    return tuple(PaymentPaper(number=number, date=day) for number, day in dict.fromkeys(found))


def _unnamed_money(facts: DocumentFacts) -> Sequence[Advance]:
    if facts.amount is None:
        return facts.advances
    used = _used_elsewhere(facts)
    told = sum((max(one.gross - used[one.id], ZERO) for one in facts.documents if _is_advance(one)), ZERO)
    return advances_for(facts.advances, spent=told, due=facts.amount)


def _named_in(text: str) -> list[tuple[str, datetime.date]]:
    found = []
    for number, day, month, year in _PAYMENT_ORDER.findall(text):
        try:
            found.append((number, datetime.date(int(year), int(month), int(day))))
        except ValueError:
            continue
    return found


def shipment_papers(facts: DocumentFacts) -> tuple[ShipmentPaper, ...]:
    """Give the acts of the period, or else its universal transfer documents."""
    for type_ in _SHIPPING_TYPES:
        found = [one for one in facts.documents if one.type == type_ and one.period == facts.period]
        if found:
            return tuple(ShipmentPaper(title=one.title, number=one.number, date=one.issue_date) for one in found)
    return ()


def advance_offsets(facts: DocumentFacts, due: Decimal) -> tuple[AdvanceOffset, ...]:
    """Find the advance invoices that pay for a supply of `due`, the oldest first, each with its share.

    What documents of other periods have used of them is gone; another document of the same period uses the same.
    """
    if facts.period is None:
        return ()
    used = _used_elsewhere(facts)
    found: list[AdvanceOffset] = []
    for one in facts.documents:
        if _is_advance(one) and one.issue_date <= facts.period.last_day:
            share = min(one.gross - used[one.id], due)
            if share > 0:
                due -= share
                found.append(AdvanceOffset(id=one.id, number=one.number, date=one.issue_date, amount=share))
    return tuple(found)


def _is_advance(document: DocumentReference) -> bool:
    return document.type == "tax-invoice" and bool(document.details.get("is_advance"))


def _used_elsewhere(facts: DocumentFacts) -> Mapping[str, Decimal]:
    used: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in facts.documents:
        if one.type in _OFFSETTING_TYPES and one.period != facts.period:
            for offset in _offsets_of(one):
                used[offset.id] += offset.amount
    return used


def _offsets_of(document: DocumentReference) -> Sequence[AdvanceOffset]:
    return TaxDocumentDetails.model_validate(dict(document.details)).offsets


def currency_words(facts: DocumentFacts) -> dict[str, str]:
    """Give the details of line 7: the name of the currency in the document's language, and its digits."""
    locale = "ru" if facts.locale.lower().startswith("ru") else "en_GB"
    name = get_currency_name(facts.currency, locale=locale)
    return {
        "currency_name": name[:1].upper() + name[1:],
        "currency_code": f"{Currency(facts.currency).number:03}",
    }
