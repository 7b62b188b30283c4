"""The universal transfer document on paper: the tax invoice in its frame, its status, and the transfer."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.domain.document import PartyKind, Signer
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
GROUND = "освобождение по п. 1 ст. 145 НК РФ (УСН)"
DETAILS = {
    "status": 1,
    "payments": [{"number": "77", "date": "2026-10-05"}],
    "offsets": [{"id": "a", "number": "11", "date": "2026-08-03", "amount": "5000.00"}],
    "currency_name": "Российский рубль",
    "currency_code": "643",
}


@pytest.fixture
def paper(press: Press, read_pages: ReadPages) -> Paper:
    async def paper(locale: str = "ru", **overrides: Any) -> list[str]:
        values = {
            "type": "universal-transfer",
            "title": "Универсальный передаточный документ" if locale == "ru" else "Universal transfer document",
            "is_payable": False,
            "issue_date": date(2026, 10, 31),
            "due_date": None,
            "payment_purpose": "",
            **overrides,
        }
        document = make_document(locale=locale, **{**values, "details": {**DETAILS, **values.get("details", {})}})
        order = make_order(document, "universal-transfer/universal-transfer.html", lines=5_000, pages=600)
        return [" ".join(page.split()) for page in read_pages((await press.print(order)).pdf)]

    return paper


async def test_a_revision_fills_line_1a(paper: Paper) -> None:
    (page,) = await paper(lines=1, revision=1, revised_on=date(2026, 11, 3))

    assert "Исправление № 1 от 3 ноября 2026 г. (1а)" in page


async def test_with_status_1_it_is_a_tax_invoice_of_its_own_supply(paper: Paper) -> None:
    (page,) = await paper(lines=1)

    assert "Универсальный передаточный документ Статус: 1 1 — счёт-фактура и передаточный документ (акт)" in page
    assert "Счёт-фактура № 42 от 31 октября 2026 г. (1)" in page
    assert "К платёжно-расчётному документу № 77 от 05.10.2026 (5)" in page
    assert "№ и дата Универсальный передаточный документ, № 42 от 31.10.2026 (5а)" in page
    assert "передачи имущественных прав № 11 от 03.08.2026 (5б)" in page
    assert "Главный бухгалтер или иное уполномоченное лицо Морозова Е. С." in page


async def test_with_status_2_what_only_a_tax_invoice_tells_is_dashed(paper: Paper) -> None:
    (page,) = await paper(
        lines=make_lines(1, rate=None), seller=make_sole_seller(), tax_note=GROUND, details={"status": 2}
    )

    assert "Статус: 2" in page
    assert "К платёжно-расчётному документу — (5)" in page
    assert "№ и дата — (5а)" in page
    assert "передачи имущественных прав — (5б)" in page
    assert "ОГРНИП 304500116000157" not in page
    assert "без акциза без НДС без НДС 2 200,00" in page
    assert f"Услуги оказаны за период: октябрь 2026 г.; без НДС: {GROUND} [12]" in page


@pytest.mark.parametrize(("lines", "sheets"), [(1, 1), (100, 6)])
async def test_it_says_of_how_many_sheets_it_is(paper: Paper, lines: int, sheets: int) -> None:
    pages = await paper(lines=lines)

    assert len(pages) == sheets
    assert f"Документ составлен на листах: {sheets} " in pages[-1]


async def test_column_a_holds_the_code_of_the_service(paper: Paper) -> None:
    (page,) = await paper(lines=(make_line(price=Decimal("12200.00")),))

    assert "А 1 1а 1б 2 2а 3 4 5 6 7 8 9 10 10а 11 internet-100 1 Доступ в интернет" in page
    assert "г. — 362 мес 1 10 000,00 10 000,00 без акциза 22% 2 200,00 12 200,00 — — —" in page
    assert "Всего к оплате (9) 10 000,00 Х 2 200,00 12 200,00" in page


async def test_the_transfer_names_its_ground_and_both_parties(paper: Paper) -> None:
    director = Signer("Директор", "Андреева А. В.", "доверенность № 7 от 01.02.2026")

    (page,) = await paper(lines=1, seller=make_seller(director=director))

    assert "Основание передачи (сдачи) / получения (приёмки) Договор № 100042 от 01.02.2024 [8]" in page
    assert "Данные о транспортировке и грузе — [9]" in page
    assert "Директор Андреева А. В. доверенность № 7 от 01.02.2026 [10]" in page
    assert "Дата отгрузки, передачи (сдачи) 31 октября 2026 г. [11]" in page
    assert "Услуги оказаны за период: октябрь 2026 г. [12]" in page
    assert "Главный бухгалтер Морозова Е. С. [13]" in page
    assert "ООО «Пример Связь», ИНН/КПП 7700000016/770001001 [14]" in page
    assert "ООО «Юпитер Логистик», ИНН/КПП 7707083893/770701001 [19]" in page
    assert [f"[{number}]" in page for number in (15, 16, 17, 18)] == [True] * 4
    assert page.count("ИНН / КПП М.П.") == 2


async def test_without_an_accountant_the_head_is_responsible(paper: Paper) -> None:
    (page,) = await paper(lines=1, seller=make_seller(accountant=None))

    assert "Генеральный директор Андреева А. В. [13]" in page


async def test_a_sole_proprietor_gives_as_such(paper: Paper) -> None:
    (page,) = await paper(lines=1, seller=make_sole_seller())

    assert "Индивидуальный предприниматель Орлов С. П. [10]" in page


async def test_a_person_gives_by_name(paper: Paper) -> None:
    person = make_seller(kind=PartyKind.PERSON, name="Зорин Кирилл", kpp="", director=None, accountant=None)

    (page,) = await paper(lines=1, seller=person, details={"status": 2})

    assert "Зорин Кирилл [10]" in page
    assert "Зорин Кирилл, ИНН/КПП 7700000016 [14]" in page


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (PartyKind.SOLE_PROPRIETOR, "ИП Морозова Анна Ивановна, ИНН/КПП 770000000156 [19]"),
        (PartyKind.PERSON, "Андреева Полина [19]"),
        (PartyKind.FOREIGN, "Silknet JSC / სილქნეტი [19]"),
    ],
)
async def test_every_kind_of_buyer_is_named(paper: Paper, kind: PartyKind, line: str) -> None:
    (page,) = await paper(lines=1, buyer=make_buyer(kind))

    assert line in page


async def test_what_is_optional_may_be_missing(paper: Paper) -> None:
    bare = {"inn": "", "kpp": "", "ogrn": "", "address": "", "phone": ""}

    (page,) = await paper(
        lines=(make_line(service="", unit="", unit_code=""),),
        seller=make_seller(**bare, bank=None, director=None, accountant=None),
        buyer=make_buyer(**{name: "" for name in bare}),
        contract=None,
        period=None,
    )

    assert "получения (приёмки) — [8]" in page
    assert "10а 11 — 1 Доступ в интернет" in page
    assert "ООО «Пример Связь» [14]" in page


async def test_before_2026_there_is_no_line_5b(paper: Paper) -> None:
    (page,) = await paper(lines=1, issue_date=date(2025, 10, 31))

    assert "от 16 августа 2024 г. № 1096)" in page
    assert "(5б)" not in page


async def test_the_english_face_is_english(paper: Paper) -> None:
    (page,) = await paper(locale="en", lines=1)

    assert "Universal transfer document, No. 42 of 31 Oct 2026 (5a)" in page
    assert "Services rendered in the period: October 2026 [12]" in page


@pytest.mark.parametrize("lines", [2, 3, 4, 5, 12, 13, 14, 100])
async def test_a_long_one_repeats_its_head_and_is_signed_beside_its_last_lines(paper: Paper, lines: int) -> None:
    pages = await paper(lines=lines)

    assert all("10 10а 11" in page for page in pages[1:])
    assert f" {lines} " in pages[-1].split("Всего к оплате")[0]
    assert "[19]" in pages[-1]


async def test_long_names_stay_on_the_page(paper: Paper) -> None:
    pages = await paper(
        lines=(make_line(1, description="Ж" * 300),),
        buyer=make_buyer(name=LONG_NAME),
        seller=make_seller(name=LONG_NAME),
    )

    text = " ".join(pages)
    assert text.replace(" ", "").count("Ж" * 300) == 1
    assert text.count("Общество с ограниченной ответственностью") == 4
