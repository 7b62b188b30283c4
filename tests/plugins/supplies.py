"""Facts of a supply: what the act, the tax invoice and the universal transfer document are made of in tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from billfold.plugin_api import (
    Charge,
    ChargeKind,
    ContractReference,
    DocumentFacts,
    DocumentReference,
    ServiceReference,
    TaxRegime,
)
from tests.factories import OCTOBER, make_brand, make_buyer, make_seller


def make_charge(net: str = "10000.00", tax: str = "2200.00", **overrides: Any) -> Charge:
    """Make a charge at 22 %, with the tax in its price."""
    gross = Decimal(net) + Decimal(tax)
    values: dict[str, Any] = {
        "kind": ChargeKind.SUBSCRIPTION,
        "service": ServiceReference("internet-100", {"": "Доступ в интернет", "en": "Internet access"}, "мес", "362"),
        "period": OCTOBER,
        "quantity": Decimal(1),
        "unit_price": gross,
        "tax_included": True,
        "tax_rate": Decimal(22),
        "net": Decimal(net),
        "tax": Decimal(tax),
        "gross": gross,
        "currency": "RUB",
        "active_days": 31,
        "month_days": 31,
    }
    return Charge(**{**values, **overrides})


def make_facts(*charges: Charge, **overrides: Any) -> DocumentFacts:
    """Make the facts of October 2026 in a run, of a company that charges VAT."""
    values: dict[str, Any] = {
        "type": "tax-invoice",
        "locale": "ru",
        "currency": "RUB",
        "issue_date": date(2026, 10, 31),
        "due_date": None,
        "seller": make_seller(),
        "buyer": make_buyer(),
        "brand": make_brand(),
        "contract": ContractReference("100042", date(2024, 2, 1), "RUB"),
        "charges": charges or (make_charge(),),
        "period": OCTOBER,
        "tax_regime": TaxRegime.VAT,
    }
    return DocumentFacts(**{**values, **overrides})


def make_reference(type: str = "act", number: str = "17", **overrides: Any) -> DocumentReference:
    """Make a reference to a document of October 2026, of 12,200.00."""
    values: dict[str, Any] = {
        "id": f"{type}-{number}",
        "type": type,
        "title": "Акт об оказании услуг",
        "number": number,
        "issue_date": date(2026, 10, 31),
        "net": Decimal("10000.00"),
        "tax": Decimal("2200.00"),
        "gross": Decimal("12200.00"),
        "period": OCTOBER,
    }
    return DocumentReference(**{**values, **overrides})


def make_advance_invoice(number: str, gross: str, on: date, **overrides: Any) -> DocumentReference:
    """Make a reference to a tax invoice of an advance."""
    details = {"is_advance": True}
    return make_reference(
        "tax-invoice", number, gross=Decimal(gross), issue_date=on, period=None, details=details, **overrides
    )
