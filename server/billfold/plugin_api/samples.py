"""Samples: a made-up document of any type, to try a plugin's hooks and its template on."""

from datetime import date
from decimal import Decimal

from billfold.domain.document import (
    BankDetails,
    BrandTheme,
    ContractReference,
    Document,
    DocumentLine,
    Party,
    PartyKind,
    Signer,
    total_up,
)
from billfold.domain.periods import Period
from billfold.plugin_api.document_type import DocumentType

_PERIOD = Period(date(2026, 10, 1), date(2026, 11, 1))


def sample_document(declared: DocumentType, locale: str = "en") -> Document:
    """Give a document of the type with one line, between invented parties; it has no number and no details."""
    lines = (_line(),)
    return Document(
        id="00000000-0000-7000-8000-000000000000",
        type=declared.key,
        title=declared.title(locale),
        locale=locale,
        currency="RUB",
        issue_date=_PERIOD.until,
        due_date=date(2026, 11, 11),
        period=_PERIOD,
        seller=_seller(),
        buyer=Party(code="sample", kind=PartyKind.COMPANY, name="ООО «Покупатель»", inn="7700000023", kpp="770001001"),
        brand=BrandTheme(code="sample", name="Пример Связь"),
        contract=ContractReference("17/2025", date(2025, 3, 15), "RUB"),
        lines=lines,
        totals=total_up(lines),
        is_payable=declared.is_payable,
    )


def _line() -> DocumentLine:
    return DocumentLine(
        position=1,
        description="Доступ в интернет, октябрь 2026 г.",
        quantity=Decimal(1),
        unit="мес",
        unit_code="362",
        unit_price=Decimal("12200.00"),
        tax_included=True,
        tax_rate=Decimal(22),
        net=Decimal("10000.00"),
        tax=Decimal("2200.00"),
        gross=Decimal("12200.00"),
        period=_PERIOD,
        service="internet-100",
    )


def _seller() -> Party:
    return Party(
        code="sample-seller",
        kind=PartyKind.COMPANY,
        name="ООО «Пример Связь»",
        inn="7700000016",
        kpp="770001001",
        ogrn="1027700000019",
        address="101000, г. Москва, ул. Примерная, д. 1",
        bank=BankDetails("ПАО СБЕРБАНК", "044525225", "40702810200000000001", "30101810400000000225"),
        director=Signer("", "Иванов И. И."),
    )
