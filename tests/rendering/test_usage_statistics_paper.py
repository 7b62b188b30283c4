"""The usage statistics on paper: exact sums by service and destination, and long ones."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from billfold.plugin_api import Budget
from billfold.rendering.press import Press
from plugins.usage_statistics import plugin
from tests.factories import make_document, make_order

Paper = Callable[..., Awaitable[list[str]]]

SMS: dict[str, Any] = {
    "service": "Передача SMS-сообщений",
    "unit": "шт",
    "tax_included": True,
    "count": 4_219,
    "quantity": "4220",
    "amount": "10146.9900",
    "destinations": [
        {"destination": "250-01 МТС, Россия", "count": 4_210, "quantity": "4210", "amount": "10122.9450"},
        {"destination": "250-02 МегаФон, Россия", "count": 9, "quantity": "10", "amount": "24.0450"},
    ],
}
TRAFFIC: dict[str, Any] = {
    "service": "Трафик",
    "unit": "Гбайт",
    "tax_included": False,
    "count": 33,
    "quantity": "1.5",
    "amount": None,
    "destinations": [{"destination": "", "count": 33, "quantity": "1.5", "amount": None}],
}


def make_details(**overrides: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "services": [SMS],
        "sums": [{"tax_included": True, "amount": "10146.9900"}],
        "count": 4_219,
        "is_rated": False,
    }
    return {**values, **overrides}


@pytest.fixture
def paper(press: Press, read_pages: Callable[[bytes], list[str]]) -> Paper:
    async def paper(locale: str = "ru", **overrides: Any) -> list[str]:
        declared = plugin.document_type()
        values = {"type": declared.key, "title": declared.title(locale), "details": make_details(), "due_date": None}
        document = make_document((), locale, **{**values, "payment_purpose": "", "is_payable": False, **overrides})
        order = make_order(document, plugin.document_template(), pages=600, seconds=Budget().seconds)
        return [" ".join(page.split()) for page in read_pages((await press.print(order)).pdf)]

    return paper


async def test_services_and_destinations_have_exact_amounts(paper: Paper) -> None:
    (page,) = await paper()

    assert "Детализация услуг № 42 от 1 ноября 2026 г." in page
    assert "октябрь 2026 г." in page
    assert "Передача SMS-сообщений 4 219 4 220 шт 10 146,99" in page
    assert "250-01 МТС, Россия 4 210 4 210 шт 10 122,945" in page
    assert "250-02 МегаФон, Россия 9 10 шт 24,045" in page
    assert "Всего записей 4 219" in page
    assert "Итого по ценам с НДС, руб.: 10 146,99" in page
    assert "ст. 63 Федерального закона «О связи»" in page
    assert "прайс-листу" not in page


async def test_what_a_price_list_rates_has_a_dash_and_a_note(paper: Paper) -> None:
    (page,) = await paper(details=make_details(services=[TRAFFIC], sums=[], count=33, is_rated=True))

    assert "Трафик 33 1,5 Гбайт — Всего записей 33" in page
    assert "оценена по прайс-листу за месяц в целом" in page
    assert "Итого по ценам" not in page


async def test_a_seller_without_vat_has_one_plain_sum(paper: Paper) -> None:
    (page,) = await paper(tax_note="освобождение по п. 1 ст. 145 НК РФ (УСН)")

    assert "Итого, руб.: 10 146,99" in page


async def test_an_english_paper_is_english(paper: Paper) -> None:
    (page,) = await paper("en")

    assert "USAGE STATISTICS No. 42 of 1 November 2026" in page
    assert "Records in all 4,219" in page
    assert "Total at prices incl. VAT, RUB: 10,146.99" in page


async def test_a_long_one_repeats_its_head_and_keeps_its_sums_with_rows(paper: Paper) -> None:
    rows = [
        {"destination": f"Направление {place}", "count": 1, "quantity": "1", "amount": "2.4045"} for place in range(300)
    ]

    pages = await paper(details=make_details(services=[{**SMS, "destinations": rows}]))

    assert len(pages) > 5
    assert all("Услуга, направление Записей Количество Ед. Сумма" in page for page in pages)
    assert "Направление 299 1 1 шт 2,4045" in pages[-1]
    assert "Всего записей 4 219" in pages[-1]


async def test_a_long_name_of_a_destination_wraps(paper: Paper) -> None:
    long = {"destination": "Ж" * 200, "count": 1, "quantity": "1", "amount": "2"}

    (page,) = await paper(details=make_details(services=[{**SMS, "destinations": [long]}]))

    assert page.count("Ж") == 200
