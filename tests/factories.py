"""Factories of sample values, for tests and benchmarks: invented people and firms, valid check digits."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from billfold.domain import snapshot
from billfold.domain.document import (
    BankDetails,
    BrandTheme,
    ContractReference,
    Document,
    DocumentLine,
    DocumentStatus,
    Party,
    PartyKind,
    Signer,
    total_up,
)
from billfold.domain.money import round_amount
from billfold.domain.periods import Period
from billfold.domain.tax import tax_amount
from billfold.plugin_api import Budget
from billfold.rendering.orders import PrintOrder

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
VAT = Decimal(22)

_SERVICES = {
    "ru": (
        "Доступ в интернет 100 Мбит/с, октябрь 2026 г.",
        "Виртуальная АТС, рабочее место, 01.10.2026–04.10.2026 (4 из 31 дн.)",
        "Передача SMS-сообщений, 250-01 МТС, Россия, октябрь 2026 г.",
        "Местная и междугородная связь, октябрь 2026 г.",
    ),
    "en": (
        "Internet access 100 Mbit/s, October 2026",
        "Virtual PBX, one seat, 1 Oct 2026–4 Oct 2026 (4 of 31 days)",
        "SMS delivery, 250-01 MTS, Russia, October 2026",
        "Local and long-distance calls, October 2026",
    ),
}
_UNITS = {"ru": (("мес", "362"), ("мес", "362"), ("шт", "796"), ("мин", "355")), "en": (("mo", "362"),) * 4}
_PRICES = (Decimal("2200.00"), Decimal("390.00"), Decimal("2.4045"), Decimal("1.75"))
_QUANTITIES = (Decimal(1), Decimal(3), Decimal(4_210), Decimal("128.5"))

LOGO = (
    "data:image/svg+xml;base64,"
    "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA2MCAyNCI+PHJlY3Qgd2lkdGg9IjI0IiBoZWlnaHQ9"
    "IjI0IiByeD0iNSIgZmlsbD0iIzFmNGU3OSIvPjxwYXRoIGQ9Ik01IDE4IDEyIDVsNyAxMyIgZmlsbD0ibm9uZSIgc3Ryb2tlPSIjZmZmIiBzdHJv"
    "a2Utd2lkdGg9IjMiLz48Y2lyY2xlIGN4PSI0MiIgY3k9IjEyIiByPSI5IiBmaWxsPSIjZTA3YjIwIi8+PC9zdmc+"
)


def make_seller(**overrides: Any) -> Party:
    """Make the seller of domain.md's examples: a company with a bank and two signers."""
    seller = Party(
        code="primer",
        kind=PartyKind.COMPANY,
        name="ООО «Пример Связь»",
        inn="7700000016",
        kpp="770001001",
        ogrn="1027700000019",
        address="101000, г. Москва, ул. Примерная, д. 78",
        phone="+7 495 000-00-01",
        bank=BankDetails("ПАО СБЕРБАНК", "044525225", "40702810200000000001", "30101810400000000225"),
        director=Signer("Генеральный директор", "Андреева А. В."),
        accountant=Signer("Главный бухгалтер", "Морозова Е. С."),
    )
    return replace(seller, **overrides)


def make_sole_seller(**overrides: Any) -> Party:
    """Make a seller who is a sole proprietor."""
    seller = make_seller(
        code="ip-orlov",
        kind=PartyKind.SOLE_PROPRIETOR,
        name="ИП Орлов Сергей Петрович",
        inn="500100732259",
        kpp="",
        ogrn="304500116000157",
        director=Signer("", "Орлов С. П."),
        accountant=None,
    )
    return replace(seller, **overrides)


def make_buyer(kind: PartyKind = PartyKind.COMPANY, **overrides: Any) -> Party:
    """Make a buyer of the kind, with the requisites that the kind has."""
    buyers = {
        PartyKind.COMPANY: Party(
            "c0005", kind, "ООО «Юпитер Логистик»", "7707083893", "770701001", "1027700132195",
            "119021, г. Москва, ул. Клиентская, д. 5",
        ),
        PartyKind.SOLE_PROPRIETOR: Party(
            "c0001", kind, "ИП Морозова Анна Ивановна", "770000000156", "", "304770000000019",
            "111612, г. Москва, ул. Клиентская, д. 1",
        ),
        PartyKind.PERSON: Party("c0002", kind, "Андреева Полина", address="146857, г. Москва, ул. Клиентская, д. 2"),
        PartyKind.FOREIGN: Party(
            "c0200", kind, "Silknet JSC / სილქნეტი", "204566978", "", "", "95 Tsinamdzghvrishvili St, Tbilisi", "GE"
        ),
    }  # fmt: skip
    return replace(buyers[kind], **overrides)


def make_brand(**overrides: Any) -> BrandTheme:
    """Make a brand with a logo."""
    brand = BrandTheme(
        code="sever",
        name="Север Связь",
        email="billing@sever.example",
        phone="+7 495 000-00-01",
        website="sever.example",
        logo=LOGO,
    )
    return replace(brand, **overrides)


def make_line(
    position: int = 1,
    *,
    price: Decimal = Decimal("2200.00"),
    quantity: Decimal = Decimal(1),
    rate: Decimal | None = VAT,
    tax_included: bool = True,
    currency: str = "RUB",
    **overrides: Any,
) -> DocumentLine:
    """Make a line whose sums follow from its price."""
    amount = round_amount(price * quantity, currency)
    taxed = tax_amount(amount, rate=rate, is_included=tax_included, currency=currency)
    line = DocumentLine(
        position=position,
        description="Доступ в интернет 100 Мбит/с, октябрь 2026 г.",
        quantity=quantity,
        unit="мес",
        unit_code="362",
        unit_price=price,
        tax_included=tax_included,
        tax_rate=rate,
        net=taxed.net,
        tax=taxed.tax,
        gross=taxed.gross,
        period=OCTOBER,
        service="internet-100",
    )
    return replace(line, **overrides)


def make_lines(
    count: int,
    *,
    locale: str = "ru",
    rate: Decimal | None = VAT,
    tax_included: bool = True,
    currency: str = "RUB",
) -> tuple[DocumentLine, ...]:
    """Make lines of several services, the same for the same arguments."""
    language = locale if locale in _SERVICES else "en"
    lines = []
    for index in range(count):
        kind = index % 4
        unit, code = _UNITS[language][kind]
        price = _PRICES[kind] if currency != "JPY" else _PRICES[kind].to_integral_value()
        line = make_line(
            index + 1, price=price, quantity=_QUANTITIES[kind], rate=rate, tax_included=tax_included, currency=currency
        )
        lines.append(replace(line, description=_SERVICES[language][kind], unit=unit, unit_code=code))
    return tuple(lines)


def make_document(
    lines: int | tuple[DocumentLine, ...] = 3, locale: str = "ru", currency: str = "RUB", **overrides: Any
) -> Document:
    """Make an issued invoice; its totals are those of its lines."""
    table = make_lines(lines, locale=locale, currency=currency) if isinstance(lines, int) else lines
    document = Document(
        id="019a5f00-0000-7000-8000-000000000042",
        type="invoice",
        title="Счёт на оплату" if locale == "ru" else "Invoice",
        locale=locale,
        currency=currency,
        issue_date=date(2026, 11, 1),
        seller=make_seller(),
        buyer=make_buyer(),
        brand=make_brand(),
        lines=table,
        totals=total_up(table),
        number="42",
        due_date=date(2026, 11, 15),
        period=OCTOBER,
        contract=ContractReference("100042", date(2024, 2, 1), currency),
        status=DocumentStatus.ISSUED,
        payment_purpose="Оплата по счету № {number} от {date}, в т.ч. НДС 22% 2200.00",
    )
    return replace(document, **overrides)


def make_order(document: Document | None = None, template: str = "invoice/invoice.html", **budget: int) -> PrintOrder:
    """Make the order to print a document (an invoice of three lines, unless told)."""
    return PrintOrder(snapshot.to_json(document or make_document()), template, Budget(**budget))
