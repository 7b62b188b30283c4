"""The tax invoice on paper: the lines and columns of the form of the law, in the edition of its date."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from billfold.domain.document import DocumentStatus, PartyKind, Signer
from billfold.rendering.press import Press
from tests.factories import (
    make_buyer,
    make_document,
    make_line,
    make_lines,
    make_order,
    make_seller,
    make_sole_seller,
)

ReadPages = Callable[[bytes], list[str]]
Paper = Callable[..., Awaitable[list[str]]]

LONG_NAME = "Общество с ограниченной ответственностью «" + "Связь " * 26 + "»"
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er"
    "kJggg=="
)
DETAILS = {
    "is_advance": False,
    "payments": [],
    "shipments": [{"title": "Акт об оказании услуг", "number": "17", "date": "2026-10-31"}],
    "offsets": [],
    "currency_name": "Российский рубль",
    "currency_code": "643",
}


def make_tax_invoice(locale: str = "ru", **overrides: Any) -> Any:
    values = {
        "type": "tax-invoice",
        "title": "Счёт-фактура" if locale == "ru" else "Tax invoice",
        "is_payable": False,
        "issue_date": date(2026, 10, 31),
        "due_date": None,
        "payment_purpose": "",
        **overrides,
    }
    return make_document(locale=locale, **{**values, "details": {**DETAILS, **values.get("details", {})}})


@pytest.fixture
def paper(press: Press, read_pages: ReadPages) -> Paper:
    async def paper(**overrides: Any) -> list[str]:
        order = make_order(make_tax_invoice(**overrides), "tax-invoice/tax-invoice.html", lines=5_000, pages=600)
        return [" ".join(page.split()) for page in read_pages((await press.print(order)).pdf)]

    return paper


@pytest.mark.parametrize(
    ("locale", "told"),
    [("ru", "Исправление № 2 от 3 ноября 2026 г. (1а)"), ("en", "Correction No. 2 of 3 November 2026 (1a)")],
)
async def test_a_revision_says_which_one_it_is_and_of_when(paper: Paper, locale: str, told: str) -> None:
    (page,) = await paper(locale=locale, revision=2, revised_on=date(2026, 11, 3))

    assert told in page


async def test_the_lines_of_the_form_are_filled(paper: Paper) -> None:
    (page,) = await paper()

    assert "Счёт-фактура № 42 от 31 октября 2026 г. (1)" in page
    assert "Исправление № — от — (1а)" in page
    assert "Продавец ООО «Пример Связь» (2) Адрес 101000, г. Москва, ул. Примерная, д. 78 (2а)" in page
    assert "ИНН/КПП продавца 7700000016/770001001 (2б)" in page
    assert "Грузоотправитель и его адрес — (3) Грузополучатель и его адрес — (4)" in page
    assert "К платёжно-расчётному документу — (5)" in page
    assert "Документ об отгрузке: наименование, № и дата Акт об оказании услуг, № 17 от 31.10.2026 (5а)" in page
    assert "передачи имущественных прав — (5б)" in page
    assert "Покупатель ООО «Юпитер Логистик» (6) Адрес 119021, г. Москва, ул. Клиентская, д. 5 (6а)" in page
    assert "ИНН/КПП покупателя 7707083893/770701001 (6б)" in page
    assert "Валюта: наименование, код Российский рубль, 643 (7)" in page
    assert "договора (соглашения) (при наличии) — (8)" in page


async def test_the_columns_show_prices_without_tax_and_add_up(paper: Paper) -> None:
    lines = (make_line(1, price=Decimal("390.00"), quantity=Decimal(3)), make_line(2, price=Decimal("12200.00")))

    (page,) = await paper(lines=lines)

    assert "1 1а 1б 2 2а 3 4 5 6 7 8 9 10 10а 11" in page
    assert "г. — 362 мес 3 319,672 959,02 без акциза 22% 210,98 1 170,00 — — —" in page
    assert "г. — 362 мес 1 10 000,00 10 000,00 без акциза 22% 2 200,00 12 200,00 — — —" in page
    assert "Всего к оплате (9) 10 959,02 Х 2 410,98 13 370,00" in page


async def test_a_line_without_vat_says_so_in_both_columns(paper: Paper) -> None:
    (page,) = await paper(lines=make_lines(1, rate=None))

    assert "2 200,00 2 200,00 без акциза без НДС без НДС 2 200,00" in page
    assert "Всего к оплате (9) 2 200,00 Х без НДС 2 200,00" in page


async def test_a_rate_of_nought_is_no_absence_of_vat(paper: Paper) -> None:
    (page,) = await paper(lines=make_lines(1, rate=Decimal(0)))

    assert "без акциза 0% 0,00 2 200,00" in page


async def test_payments_and_advance_invoices_are_listed(paper: Paper) -> None:
    details = {
        "payments": [{"number": "77", "date": "2026-10-05"}, {"number": "", "date": "2026-10-06"}],
        "offsets": [
            {"id": "a", "number": "11", "date": "2026-08-03", "amount": "5000.00"},
            {"id": "b", "number": "12", "date": "2026-09-03", "amount": "200.00"},
        ],
    }

    (page,) = await paper(details=details)

    assert "К платёжно-расчётному документу № 77 от 05.10.2026; б/н от 06.10.2026 (5)" in page
    assert "№ 11 от 03.08.2026; № 12 от 03.09.2026 (5б)" in page


async def test_an_advance_has_the_computed_rate_and_dashes(paper: Paper) -> None:
    line = make_line(price=Decimal("12200.00"), description="Аванс")
    details = {"is_advance": True, "payments": [{"number": "77", "date": "2026-10-05"}], "shipments": []}

    (page,) = await paper(lines=(line,), details=details)

    assert "1 Аванс — — — — — — — 22/122 2 200,00 12 200,00 — — —" in page
    assert "Всего к оплате (9) — Х 2 200,00 12 200,00" in page
    assert "№ 77 от 05.10.2026 (5)" in page
    assert "наименование, № и дата — (5а)" in page


@pytest.mark.parametrize(
    ("on", "law", "has_offsets"),
    [
        (date(2025, 12, 31), "от 16 августа 2024 г. № 1096", False),
        (date(2026, 1, 1), "от 23 января 2026 г. № 26", True),
        (date(2026, 4, 1), "от 23 января 2026 г. № 26", True),
    ],
)
async def test_the_form_is_the_edition_of_its_date(paper: Paper, on: date, law: str, has_offsets: bool) -> None:
    (page,) = await paper(issue_date=on)

    assert f"{law})" in page
    assert ("(5б)" in page) is has_offsets


async def test_the_head_and_the_accountant_of_a_company_sign(paper: Paper) -> None:
    director = Signer("Директор", "Андреева А. В.", "доверенность № 7 от 01.02.2026")

    (page,) = await paper(seller=make_seller(director=director))

    assert "уполномоченное лицо Андреева А. В. доверенность № 7 от 01.02.2026" in page
    assert "Главный бухгалтер или иное уполномоченное лицо Морозова Е. С." in page
    assert "ОГРНИП" not in page


@pytest.mark.parametrize(
    ("registered_on", "printed"),
    [(date(2001, 3, 5), "ОГРНИП 304500116000157 от 05.03.2001 подпись"), (None, "ОГРНИП 304500116000157 подпись")],
)
async def test_a_sole_proprietor_signs_alone_with_its_registration(
    paper: Paper, registered_on: date | None, printed: str
) -> None:
    (page,) = await paper(seller=make_sole_seller(ogrn_on=registered_on))

    assert "ИНН/КПП продавца 500100732259 (2б)" in page
    assert f"уполномоченное лицо Орлов С. П. {printed}" in page
    assert page.count("Орлов С. П.") == 1


async def test_no_facsimile_stands_for_the_own_hand(press: Press) -> None:
    seller = make_seller(director=Signer("Директор", "Андреева А. В.", signature=DOT), stamp=DOT)

    printed = await press.print(make_order(make_tax_invoice(seller=seller), "tax-invoice/tax-invoice.html"))

    assert [len(page.images) for page in PdfReader(BytesIO(printed.pdf)).pages] == [0]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (PartyKind.SOLE_PROPRIETOR, "ИНН/КПП покупателя 770000000156 (6б)"),
        (PartyKind.PERSON, "ИНН/КПП покупателя — (6б)"),
        (PartyKind.FOREIGN, "95 Tsinamdzghvrishvili St, Tbilisi, GE (6а) ИНН/КПП покупателя — (6б)"),
    ],
)
async def test_every_kind_of_buyer_has_its_requisites(paper: Paper, kind: PartyKind, line: str) -> None:
    (page,) = await paper(buyer=make_buyer(kind))

    assert line in page


async def test_what_is_optional_may_be_missing(paper: Paper) -> None:
    bare = {"inn": "", "kpp": "", "ogrn": "", "address": "", "phone": ""}

    (page,) = await paper(
        seller=make_seller(**bare, bank=None, director=None, accountant=None),
        buyer=make_buyer(**{name: "" for name in bare}),
        contract=None,
        period=None,
        lines=(make_line(unit="", unit_code=""),),
        details={"shipments": [], "currency_name": "", "currency_code": ""},
    )

    assert "Адрес — (2а) ИНН/КПП продавца — (2б)" in page
    assert "Валюта: наименование, код RUB (7)" in page
    assert "г. — — — 1 1 803,28" in page


async def test_a_draft_is_marked_and_has_no_number(paper: Paper) -> None:
    (page,) = await paper(number="", status=DocumentStatus.DRAFT)

    assert "Счёт-фактура № — от 31 октября 2026 г. (1)" in page
    assert "ЧЕРНОВИК" in page


async def test_the_english_face_is_english(paper: Paper) -> None:
    details = {"currency_name": "US Dollar", "currency_code": "840"}

    (page,) = await paper(locale="en", currency="USD", lines=1, details=details)

    assert "Tax invoice No. 42 of 31 October 2026 (1)" in page
    assert "Currency: name, code US Dollar, 840 (7)" in page
    assert "1,803.28 1,803.28 no excise 22% 396.72 2,200.00" in page
    assert "Total due (9) 1,803.28 X 396.72 2,200.00" in page


async def test_the_page_lies_on_its_side(press: Press) -> None:
    printed = await press.print(make_order(make_tax_invoice(), "tax-invoice/tax-invoice.html"))

    box = PdfReader(BytesIO(printed.pdf)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (842, 595)


@pytest.mark.parametrize("lines", [15, 16, 17, 18, 19, 20, 100, 400])
async def test_a_long_one_repeats_its_head_and_is_signed_beside_its_last_lines(paper: Paper, lines: int) -> None:
    pages = await paper(lines=lines)

    assert all("10 10а 11" in page for page in pages[1:])
    assert f" {lines} " in pages[-1].split("Всего к оплате")[0]
    assert "Андреева А. В." in pages[-1]


async def test_long_names_stay_on_the_page(paper: Paper) -> None:
    pages = await paper(
        lines=(make_line(1, description="Ж" * 300),),
        buyer=make_buyer(name=LONG_NAME, address=LONG_NAME),
        seller=make_seller(name=LONG_NAME, address=LONG_NAME),
    )

    text = " ".join(pages)
    assert text.replace(" ", "").count("Ж" * 300) == 1
    assert text.count("Общество с ограниченной ответственностью") == 4
