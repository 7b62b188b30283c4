"""The corrective tax invoice on paper: the rows and totals of the form, its editions, and long ones."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from billfold.domain.document import CorrectedLine, Document, PartyKind
from billfold.plugin_api import Content, DocumentFacts
from billfold.rendering.press import Press
from plugins.corrective_tax_invoice import plugin
from tests.factories import (
    make_brand,
    make_buyer,
    make_document,
    make_line,
    make_order,
    make_seller,
    make_sole_seller,
)

Paper = Callable[..., Awaitable[list[str]]]

LONG_NAME = "Общество с ограниченной ответственностью «" + "Связь " * 26 + "»"
CHEAPER = CorrectedLine(make_line(2, price=Decimal("1220.00")), make_line(2, price=Decimal("610.00")))
DEARER = CorrectedLine(make_line(5, price=Decimal("122.00")), make_line(5, price=Decimal("244.00")))


def make_correction(*corrected: CorrectedLine, locale: str = "ru", currency: str = "RUB", **overrides: Any) -> Document:
    declared = plugin.document_type()
    revision, revised_on = overrides.pop("of_revision", (0, None))
    made = make_document((), locale, currency)
    assert made.contract is not None
    facts = DocumentFacts(
        type=declared.key,
        locale=locale,
        currency=currency,
        issue_date=made.issue_date,
        due_date=None,
        seller=make_seller(),
        buyer=make_buyer(),
        brand=make_brand(),
        contract=made.contract,
        charges=(),
        original=make_document(number="77", issue_date=date(2026, 9, 30), revision=revision, revised_on=revised_on),
        corrected=corrected,
    )
    content = plugin.document_content(facts)
    assert isinstance(content, Content)
    values = {
        "type": declared.key,
        "title": content.title or declared.title(locale),
        "details": content.details,
        "number": "78",
        "due_date": None,
        "period": None,
        "payment_purpose": "",
        "is_payable": False,
    }
    return make_document(content.lines, locale, currency, **{**values, **overrides})


@pytest.fixture
def paper(press: Press, read_pages: Callable[[bytes], list[str]]) -> Paper:
    async def paper(*corrected: CorrectedLine, **overrides: Any) -> list[str]:
        document = make_correction(*(corrected or (CHEAPER,)), **overrides)
        printed = await press.print(make_order(document, plugin.document_template()))
        return [" ".join(page.split()) for page in read_pages(printed.pdf)]

    return paper


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("ru", "№ 77 от 30 сентября 2026 г., с учётом исправления № 1 от 3 октября 2026 г. (1б)"),
        ("en", "to invoice No. 77 of 30 September 2026, as amended by No. 1 of 3 October 2026 (1b)"),
    ],
)
async def test_the_revision_that_is_corrected_is_named(paper: Paper, locale: str, told: str) -> None:
    (page,) = await paper(locale=locale, of_revision=(1, date(2026, 10, 3)))

    assert told in page


async def test_the_lines_of_the_form_are_filled(paper: Paper) -> None:
    (page,) = await paper()

    assert "Корректировочный счёт-фактура № 78 от 1 ноября 2026 г. (1)" in page
    assert "Исправление корректировочного счёта-фактуры № — от — (1а)" in page
    assert "к счёту-фактуре (счетам-фактурам) № 77 от 30 сентября 2026 г., с учётом исправления № — от — (1б)" in page
    assert "Продавец ООО «Пример Связь» (2)" in page
    assert "ИНН/КПП продавца 7700000016/770001001 (2б)" in page
    assert "Покупатель ООО «Юпитер Логистик» (3)" in page
    assert "Адрес 119021, г. Москва, ул. Клиентская, д. 5 (3а)" in page
    assert "Валюта: наименование, код Российский рубль, 643 (4)" in page
    assert "(при наличии) — (5)" in page


async def test_a_line_has_its_four_rows(paper: Paper) -> None:
    (page,) = await paper(CHEAPER, DEARER)

    assert "А (до изменения) — 362 мес 1 1 000,00 1 000,00 без акциза 22% 220,00 1 220,00" in page
    assert "Б (после изменения) — 362 мес 1 500,00 500,00 без акциза 22% 110,00 610,00" in page
    assert "В (увеличение) Х Х Х Х Х — — Х — —" in page
    assert "Г (уменьшение) Х Х Х Х Х 500,00 — Х 110,00 610,00" in page
    assert "В (увеличение) Х Х Х Х Х 100,00 — Х 22,00 122,00" in page


async def test_the_totals_are_those_of_the_rows(paper: Paper) -> None:
    (page,) = await paper(CHEAPER, DEARER)

    assert "Всего увеличение (сумма строк В) 100,00 Х Х 22,00 122,00" in page
    assert "Всего уменьшение (сумма строк Г) 500,00 Х Х 110,00 610,00" in page


async def test_without_vat_the_words_stand_for_rate_and_tax(paper: Paper) -> None:
    untaxed = CorrectedLine(make_line(price=Decimal("10.00"), rate=None), make_line(price=Decimal("12.00"), rate=None))

    (page,) = await paper(untaxed)

    assert "10,00 10,00 без акциза без НДС без НДС 10,00" in page
    assert "Всего увеличение (сумма строк В) 2,00 Х Х — 2,00" in page


@pytest.mark.parametrize(
    ("issued", "law", "registration"),
    [
        (date(2024, 9, 30), "от 2 апреля 2021 г. № 534", "реквизиты свидетельства"),
        (date(2024, 10, 1), "от 16 августа 2024 г. № 1096", "реквизиты свидетельства"),
        (date(2026, 3, 31), "от 16 августа 2024 г. № 1096", "реквизиты свидетельства"),
        (date(2026, 4, 1), "от 23 января 2026 г. № 26", "дата присвоения такого номера"),
    ],
)
async def test_the_form_is_that_of_its_day(paper: Paper, issued: date, law: str, registration: str) -> None:
    (page,) = await paper(issue_date=issued)

    assert law in page
    assert registration in page


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (PartyKind.SOLE_PROPRIETOR, "ИНН/КПП покупателя 770000000156 (3б)"),
        (PartyKind.PERSON, "ИНН/КПП покупателя — (3б)"),
        (PartyKind.FOREIGN, "Адрес 95 Tsinamdzghvrishvili St, Tbilisi, GE (3а) ИНН/КПП покупателя — (3б)"),
    ],
)
async def test_every_kind_of_buyer_has_its_numbers(paper: Paper, kind: PartyKind, lines: str) -> None:
    (page,) = await paper(buyer=make_buyer(kind))

    assert lines in page


async def test_a_sole_proprietor_signs_with_the_registration(paper: Paper) -> None:
    (page,) = await paper(seller=make_sole_seller(ogrn_on=date(2004, 1, 1)))

    assert "Орлов С. П. ОГРНИП 304500116000157 от 01.01.2004" in page


async def test_long_names_wrap_and_missing_signers_leave_lines(paper: Paper) -> None:
    (page,) = await paper(
        seller=make_seller(name=LONG_NAME, director=None, accountant=None), buyer=make_buyer(name="<b>&")
    )

    assert LONG_NAME in page
    assert "Покупатель <b>& (3)" in page


async def test_in_english_a_decrease_is_a_credit_note(paper: Paper) -> None:
    (page,) = await paper(CHEAPER, locale="en")

    assert "Credit note No. 78 of 1 November 2026 (1)" in page
    assert "to invoice No. 77 of 30 September 2026" in page
    assert "D (decrease)" in page


async def test_in_english_an_increase_is_a_corrective_invoice(paper: Paper) -> None:
    (page,) = await paper(DEARER, locale="en")

    assert "Corrective invoice No. 78 of 1 November 2026 (1)" in page


async def test_a_currency_without_minor_units_has_none(paper: Paper) -> None:
    yen = CorrectedLine(make_line(price=Decimal(1220), currency="JPY"), make_line(price=Decimal(2440), currency="JPY"))

    (page,) = await paper(yen, currency="JPY")

    assert "Японская иена, 392 (4)" in page
    assert "Всего увеличение (сумма строк В) 1 000 Х Х 220 1 220" in page


async def test_a_draft_is_marked_and_has_no_number(paper: Paper) -> None:
    (page,) = await paper(number="")

    assert "Корректировочный счёт-фактура № — от 1 ноября 2026 г." in page
    assert "ЧЕРНОВИК" in page


async def test_a_long_one_keeps_the_rows_of_a_line_and_the_totals_together(paper: Paper) -> None:
    corrected = tuple(
        CorrectedLine(make_line(place, price=Decimal("1220.00")), make_line(place, price=Decimal("610.00")))
        for place in range(1, 41)
    )

    pages = await paper(*corrected)

    assert len(pages) > 3
    assert all(page.count("А (до изменения)") == page.count("Г (уменьшение)") for page in pages)
    assert all("Показатели в связи" in page for page in pages)
    assert "Г (уменьшение)" in pages[-1]
    assert "Всего уменьшение (сумма строк Г) 20 000,00 Х Х 4 400,00 24 400,00" in pages[-1]
    assert "Руководитель организации" in pages[-1]


async def test_the_page_lies_across(press: Press) -> None:
    printed = await press.print(make_order(make_correction(CHEAPER), plugin.document_template()))

    box = PdfReader(BytesIO(printed.pdf)).pages[0].mediabox
    assert box.width > box.height
