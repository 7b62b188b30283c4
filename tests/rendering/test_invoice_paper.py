"""The invoice on paper: its figures, its pages, every kind of party, every script."""

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from billfold.domain.document import DocumentLine, DocumentStatus, PartyKind
from billfold.rendering.press import Press
from billfold.rendering.sheets import Sheets
from tests.factories import (
    make_brand,
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


@pytest.fixture
def paper(press: Press, read_pages: ReadPages) -> Paper:
    async def paper(**overrides: object) -> list[str]:
        printed = await press.print(make_order(make_document(**overrides)))  # type: ignore[arg-type]  # Test values.
        return [" ".join(page.split()) for page in read_pages(printed.pdf)]

    return paper


async def test_the_figures_are_those_of_the_document(paper: Paper) -> None:
    (page,) = await paper(lines=(make_line(price=Decimal("12200.00")),))

    assert "Счёт на оплату № 42 от 1 ноября 2026 г." in page
    assert "1 Доступ в интернет 100 Мбит/с, октябрь 2026 г. 1 мес 12 200,00 12 200,00" in page
    assert "Итого: 12 200,00" in page
    assert "В том числе НДС (22%): 2 200,00" in page
    assert "Всего к оплате, руб.: 12 200,00" in page
    assert "Всего наименований 1, на сумму 12 200,00 руб." in page
    assert "Двенадцать тысяч двести рублей 00 копеек" in page
    assert "Оплата по счету № 42 от 01.11.2026, в т.ч. НДС 22% 2200.00" in page


async def test_the_bank_and_the_parties_are_there(paper: Paper) -> None:
    (page,) = await paper()

    assert "ПАО СБЕРБАНК Банк получателя БИК 044525225 Сч. № 30101810400000000225" in page
    assert "ИНН 7700000016 КПП 770001001 Сч. № 40702810200000000001" in page
    assert "ООО «Юпитер Логистик», ИНН 7707083893, КПП 770701001, 119021, г. Москва" in page
    assert "Договор № 100042 от 01.02.2024" in page
    assert "15 ноября 2026 г." in page
    assert "Генеральный директор Андреева А. В. Главный бухгалтер Морозова Е. С." in page


async def test_without_vat_the_ground_is_printed(paper: Paper) -> None:
    ground = "освобождение по п. 1 ст. 145 НК РФ (УСН)"

    (page,) = await paper(lines=make_lines(2, rate=None), seller=make_sole_seller(), tax_note=ground)

    assert f"Без НДС, {ground} —" in page
    assert "НДС (" not in page
    assert "Предприниматель Орлов С. П." in page
    assert "Бухгалтер" not in page


async def test_net_prices_get_their_tax_added(paper: Paper) -> None:
    (page,) = await paper(lines=(make_line(price=Decimal("1000.00"), tax_included=False),))

    assert "Цена без НДС Сумма без НДС" in page
    assert "Итого без НДС: 1 000,00" in page
    assert "НДС (22%): 220,00" in page
    assert "Всего к оплате, руб.: 1 220,00" in page


async def test_several_rates_have_their_column_and_totals(paper: Paper) -> None:
    lines = (make_line(1, price=Decimal("122.00")), make_line(2, price=Decimal("50.00"), rate=None))

    (page,) = await paper(lines=lines)

    assert "мес 22% 122,00 122,00" in page
    assert "мес Без НДС 50,00 50,00" in page
    assert "В том числе НДС (22%): 22,00" in page
    assert "В том числе без НДС: 50,00" in page
    assert "Итого: 172,00" in page


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (PartyKind.COMPANY, "ООО «Юпитер Логистик», ИНН 7707083893, КПП 770701001, 119021"),
        (PartyKind.SOLE_PROPRIETOR, "ИП Морозова Анна Ивановна, ИНН 770000000156, ОГРНИП 304770000000019, 111612"),
        (PartyKind.PERSON, "Андреева Полина, 146857, г. Москва"),
        (PartyKind.FOREIGN, "Silknet JSC / სილქნეტი, рег. № 204566978, 95 Tsinamdzghvrishvili St, Tbilisi, GE"),
    ],
)
async def test_every_kind_of_buyer_has_its_requisites(paper: Paper, kind: PartyKind, line: str) -> None:
    (page,) = await paper(buyer=make_buyer(kind))

    assert line in page


async def test_a_sole_proprietor_with_a_kpp_does_not_print_it(paper: Paper) -> None:
    (page,) = await paper(buyer=make_buyer(PartyKind.SOLE_PROPRIETOR, kpp="770701001"))

    assert "770701001" not in page


async def test_a_credential_replaces_the_requisites(paper: Paper) -> None:
    buyer = make_buyer(credential="ТОО «Қазақ Телеком»\nБИН 123456789012")

    (page,) = await paper(buyer=buyer)

    assert "ООО «Юпитер Логистик», ТОО «Қазақ Телеком» БИН 123456789012" in page
    assert "7707083893" not in page


async def test_what_is_optional_may_be_missing(paper: Paper) -> None:
    bare = {"inn": "", "kpp": "", "ogrn": "", "address": "", "phone": ""}

    (page,) = await paper(
        seller=make_seller(**bare, bank=None, director=None, accountant=None),
        buyer=make_buyer(**{name: "" for name in bare}),
        brand=make_brand(logo="", email="", phone="", website=""),
        contract=None,
        due_date=None,
        period=None,
        payment_purpose="",
    )

    assert "Поставщик (Исполнитель): ООО «Пример Связь» Покупатель (Заказчик): ООО «Юпитер Логистик» №" in page
    assert "Руководитель Бухгалтер" in page
    assert "Север Связь" in page


async def test_the_english_face_is_english(paper: Paper) -> None:
    (page,) = await paper(locale="en", currency="USD", lines=2)

    assert "INVOICE No. 42 of 1 November 2026" in page
    assert "Beneficiary’s bank BIC 044525225" in page
    assert "Total due, USD: 3,370.00" in page
    assert "Three thousand three hundred and seventy US dollars 00 cents" in page
    assert "Page 1 of 1" in page


@pytest.mark.parametrize(
    ("currency", "total"), [("USD", "2,200.50"), ("JPY", "2,201"), ("KWD", "2,200.500"), ("RUB", "2,200.50")]
)
async def test_amounts_have_the_digits_of_their_currency(paper: Paper, currency: str, total: str) -> None:
    line = make_line(price=Decimal("2200.5"), currency=currency)

    (page,) = await paper(locale="en", currency=currency, lines=(line,))

    assert f"Total due, {currency}: {total}" in page


async def test_a_price_shows_the_digits_that_it_has(paper: Paper) -> None:
    (page,) = await paper(lines=(make_line(price=Decimal("0.0045"), quantity=Decimal(60_000)),))

    assert "60 000 мес 0,0045 270,00" in page


@pytest.mark.parametrize(
    ("lines", "widths"),
    [
        ((make_line(quantity=Decimal(999_999)),), ["5%", "8%"]),
        ((make_line(quantity=Decimal(12_345_678)),), ["5%", "12%"]),
        (make_lines(1_000), ["6%", "8%"]),
    ],
    ids=["usual", "millions", "a thousand lines"],
)
def test_columns_have_room_for_long_numbers(
    templates: Path, lines: tuple[DocumentLine, ...], widths: list[str]
) -> None:
    html = Sheets([templates]).fill("invoice/invoice.html", make_document(lines)).html

    columns = html.split('<table class="lines">')[1].split("<thead>")[0]
    assert re.findall(r"width: (\d+%)", columns)[:2] == widths


async def test_figures_that_are_too_long_for_their_columns_wrap(paper: Paper) -> None:
    line = make_line(price=Decimal("123456789.12"), quantity=Decimal("12345678.12345678912"))

    (page,) = await paper(lines=(line,))

    assert "12 345 678,12 345678912 мес 123 456 789,12 " in page


@pytest.mark.parametrize(
    ("overrides", "mark"),
    [
        ({"status": DocumentStatus.VOID}, "АННУЛИРОВАН"),
        ({"status": DocumentStatus.DRAFT, "number": ""}, "ЧЕРНОВИК"),
        ({"status": DocumentStatus.VOID, "locale": "en"}, "VOID"),
    ],
)
async def test_void_and_draft_are_marked_on_every_page(paper: Paper, overrides: dict[str, object], mark: str) -> None:
    pages = await paper(lines=60, **overrides)

    assert [mark in page for page in pages] == [True] * len(pages)


async def test_an_issued_document_is_not_marked(paper: Paper) -> None:
    (page,) = await paper()

    assert "АННУЛИРОВАН" not in page
    assert "ЧЕРНОВИК" not in page


@pytest.mark.parametrize("lines", [0, 1, 100, 1_000])
async def test_long_documents_repeat_their_head_and_count_their_pages(paper: Paper, lines: int) -> None:
    printed = await paper(lines=lines)

    pages = len(printed)
    assert (pages > 1) == (lines >= 100)
    assert all("Товары (работы, услуги)" in page for page in printed)
    assert [f"Страница {number} из {pages}" in page for number, page in enumerate(printed, 1)] == [True] * pages


@pytest.mark.parametrize("lines", range(14, 30))
async def test_totals_and_signatures_never_stand_alone(paper: Paper, lines: int) -> None:
    last = (await paper(lines=lines))[-1]

    assert f" {lines} " in last.split("Итого:")[0]
    assert "Всего к оплате" in last
    assert "Генеральный директор" in last


async def test_long_names_and_unbreakable_words_stay_on_the_page(paper: Paper) -> None:
    lines = (make_line(1, description="Ж" * 300), make_line(2, description=LONG_NAME))

    (page,) = await paper(lines=lines, buyer=make_buyer(name=LONG_NAME), seller=make_seller(name=LONG_NAME))

    assert page.replace(" ", "").count("Ж" * 300) == 1
    assert page.count("Связь Связь") > 3


async def test_letters_of_other_scripts_are_embedded(press: Press) -> None:
    document = make_document(lines=(make_line(description="282-01 Silknet, საქართველო, Հայաստան, Қазақстан"),))

    printed = await press.print(make_order(document))

    page = PdfReader(BytesIO(printed.pdf)).pages[0]
    assert "საქართველო, Հայաստան, Қазақстан" in page.extract_text()
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]  # PDF objects.
    assert any("DejaVu" in str(font["/BaseFont"]) for font in fonts)
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in descriptors)


async def test_the_pdf_says_what_it_is(press: Press) -> None:
    printed = await press.print(make_order())

    reader = PdfReader(BytesIO(printed.pdf))
    assert reader.metadata is not None
    assert str(reader.metadata.title).replace("\u00a0", " ") == "Счёт на оплату № 42 от 1 ноября 2026 г."
    assert reader.metadata.author == "ООО «Пример Связь»"
    assert reader.metadata["/CreationDate"].startswith("D:20261101")
    assert reader.trailer["/Root"]["/Lang"] == "ru"  # type: ignore[index]  # PDF objects.


async def test_a_brand_may_have_a_font_of_its_own(press: Press) -> None:
    document = make_document(brand=make_brand(font="DejaVu Sans"))

    printed = await press.print(make_order(document))

    page = PdfReader(BytesIO(printed.pdf)).pages[0]
    fonts = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]  # PDF objects.
    assert sorted(font.partition("+")[2] for font in fonts) == ["DejaVu-Sans", "DejaVu-Sans-Bold", "PT-Sans"]
