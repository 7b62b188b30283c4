"""The act on paper: both parties, the period, the figures, and the places of the signatures."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest

from billfold.domain.document import PartyKind, Signer
from billfold.rendering.press import Press
from tests.factories import make_buyer, make_document, make_line, make_lines, make_order, make_seller

ReadPages = Callable[[bytes], list[str]]
Paper = Callable[..., Awaitable[list[str]]]

LONG_NAME = "Общество с ограниченной ответственностью «" + "Связь " * 26 + "»"
TITLES = {"ru": "Акт об оказании услуг", "en": "Certificate of services rendered"}


@pytest.fixture
def paper(press: Press, read_pages: ReadPages) -> Paper:
    async def paper(locale: str = "ru", **overrides: object) -> list[str]:
        document = make_document(
            locale=locale,
            **{  # type: ignore[arg-type]  # Test values.
                "type": "act",
                "title": TITLES[locale],
                "is_payable": False,
                "issue_date": date(2026, 10, 31),
                "due_date": None,
                "payment_purpose": "",
                **overrides,
            },
        )
        printed = await press.print(make_order(document, "act/act.html", lines=5_000, pages=600))
        return [" ".join(page.split()) for page in read_pages(printed.pdf)]

    return paper


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("ru", "Акт об оказании услуг № 42 от 31 октября 2026 г. (исправление № 1 от 3 ноября 2026 г.)"),
        ("en", "CERTIFICATE OF SERVICES RENDERED No. 42 of 31 October 2026 (revision 1 of 3 November 2026)"),
    ],
)
async def test_a_revision_says_so_in_its_title(paper: Paper, locale: str, told: str) -> None:
    (page,) = await paper(locale, revision=1, revised_on=date(2026, 11, 3))

    assert told in page


async def test_the_requisites_of_a_primary_document_are_there(paper: Paper) -> None:
    (page,) = await paper(
        lines=(make_line(price=Decimal("12200.00")),),
        seller=make_seller(director=Signer("Директор", "Андреева А. В.", "доверенность № 7 от 01.02.2026")),
    )

    assert "Акт об оказании услуг № 42 от 31 октября 2026 г." in page
    assert "ООО «Пример Связь», ИНН 7700000016, КПП 770001001" in page
    assert "ООО «Юпитер Логистик», ИНН 7707083893, КПП 770701001" in page
    assert "Основание: Договор № 100042 от 01.02.2024 Период: октябрь 2026 г." in page
    assert "1 Доступ в интернет 100 Мбит/с, октябрь 2026 г. 1 мес 12 200,00 12 200,00" in page
    assert "В том числе НДС (22%): 2 200,00 Всего, руб.: 12 200,00" in page
    assert "Двенадцать тысяч двести рублей 00 копеек" in page
    assert "Вышеперечисленные услуги оказаны полностью и в срок. Заказчик претензий" in page
    assert "Исполнитель: ООО «Пример Связь» Заказчик: ООО «Юпитер Логистик»" in page
    assert "Директор Андреева А. В." in page
    assert page.count("должность") == 2
    assert page.count("подпись") == 2
    assert "на основании: доверенность № 7 от 01.02.2026" in page


async def test_an_act_asks_for_no_payment(paper: Paper) -> None:
    (page,) = await paper()

    assert "к оплате" not in page
    assert "БИК" not in page


async def test_without_vat_the_ground_is_printed(paper: Paper) -> None:
    ground = "освобождение по п. 1 ст. 145 НК РФ (УСН)"

    (page,) = await paper(lines=make_lines(2, rate=None), tax_note=ground)

    assert f"Без НДС, {ground} —" in page


async def test_the_english_face_is_english(paper: Paper) -> None:
    (page,) = await paper(locale="en", lines=1)

    assert "CERTIFICATE OF SERVICES RENDERED No. 42 of 31 October 2026" in page
    assert "The services listed above were rendered in full and on time." in page


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (PartyKind.COMPANY, "ООО «Юпитер Логистик», ИНН 7707083893"),
        (PartyKind.SOLE_PROPRIETOR, "ИП Морозова Анна Ивановна, ИНН 770000000156, ОГРНИП 304770000000019"),
        (PartyKind.PERSON, "Андреева Полина, 146857"),
        (PartyKind.FOREIGN, "Silknet JSC / სილქნეტი, рег. № 204566978"),
    ],
)
async def test_every_kind_of_buyer_has_its_requisites(paper: Paper, kind: PartyKind, name: str) -> None:
    (page,) = await paper(buyer=make_buyer(kind))

    assert name in page


async def test_what_is_optional_may_be_missing(paper: Paper) -> None:
    bare = {"inn": "", "kpp": "", "ogrn": "", "address": "", "phone": ""}

    (page,) = await paper(
        seller=make_seller(**bare, bank=None, director=None, accountant=None),
        buyer=make_buyer(**{name: "" for name in bare}),
        contract=None,
        period=None,
    )

    assert "Исполнитель: ООО «Пример Связь» Заказчик: ООО «Юпитер Логистик»" in page


@pytest.mark.parametrize("lines", [100, 1_000])
async def test_a_long_act_repeats_its_head_and_is_signed_beside_its_last_line(paper: Paper, lines: int) -> None:
    pages = await paper(lines=lines)

    assert all("Товары (работы, услуги)" in page for page in pages)
    assert f" {lines} " in pages[-1].split("Итого:")[0]
    assert "Заказчик: ООО «Юпитер Логистик»" in pages[-1]


async def test_long_names_stay_on_the_page(paper: Paper) -> None:
    (page,) = await paper(
        lines=(make_line(1, description="Ж" * 300),),
        buyer=make_buyer(name=LONG_NAME),
        seller=make_seller(name=LONG_NAME),
    )

    assert page.replace(" ", "").count("Ж" * 300) == 1
    assert page.count("Общество с ограниченной ответственностью") == 4
