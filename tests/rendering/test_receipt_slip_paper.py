"""The payment slip on paper: two forms, one above the other, with the QR on the upper."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from billfold.domain.document import Document, DocumentStatus, PartyKind
from billfold.rendering.press import Press
from tests.factories import make_brand, make_buyer, make_document, make_line, make_order, make_seller, make_sole_seller

ReadPages = Callable[[bytes], list[str]]
Paper = Callable[..., Awaitable[list[str]]]

TEMPLATE = "receipt-slip/receipt-slip.html"
LONG_NAME = "Общество с ограниченной ответственностью «" + "Связь " * 26 + "»"


def make_slip(**overrides: object) -> Document:
    values: dict[str, object] = {
        "lines": (make_line(price=Decimal("900.00")),),
        "type": "receipt-slip",
        "title": "Квитанция",
        "buyer": make_buyer(PartyKind.PERSON),
        "brand": make_brand(logo=""),
        "payment_purpose": "Оплата услуг по договору № 100042, в т.ч. НДС 22% 162.30",
    }
    return make_document(**{**values, **overrides})  # type: ignore[arg-type]  # Test values.


@pytest.fixture
def paper(press: Press, read_pages: ReadPages) -> Paper:
    async def paper(**overrides: object) -> list[str]:
        printed = await press.print(make_order(make_slip(**overrides), TEMPLATE))
        return [" ".join(page.split()) for page in read_pages(printed.pdf)]

    return paper


async def pictures(press: Press, **overrides: object) -> int:
    printed = await press.print(make_order(make_slip(**overrides), TEMPLATE))
    return len(PdfReader(BytesIO(printed.pdf)).pages[0].images)


@pytest.mark.parametrize(
    "said",
    [
        "ООО «Пример Связь» наименование получателя платежа",
        "ИНН 7700000016 КПП 770001001",
        "Счёт получателя 40702810200000000001",
        "Банк получателя ПАО СБЕРБАНК",
        "Корр. счёт 30101810400000000225 БИК 044525225",
        "Плательщик Андреева Полина",
        "Адрес плательщика 146857, г. Москва, ул. Клиентская, д. 2",
        "Лицевой счёт (договор) 100042 Период октябрь 2026 г.",
        "Документ № 42 от 01.11.2026 Оплатить до 15.11.2026",
        "Назначение платежа Оплата услуг по договору № 100042, в т.ч. НДС 22% 162.30",
        "Сумма платежа 900,00 руб. Девятьсот рублей 00 копеек",
        "Подпись плательщика Дата",
    ],
)
async def test_both_forms_say_all_that_a_bank_asks_for(paper: Paper, said: str) -> None:
    (page,) = await paper()

    assert page.count(said) == 2


async def test_the_slip_is_cut_in_two_and_is_no_fiscal_receipt(paper: Paper) -> None:
    (page,) = await paper()

    notice, receipt = page.split("линия отреза")
    assert "Извещение" in notice
    assert "Квитанция" in receipt
    assert receipt.count("Не является кассовым чеком") == 1


async def test_only_the_notice_has_the_qr(press: Press) -> None:
    assert await pictures(press) == 1


@pytest.mark.parametrize(
    "overrides",
    [
        {"status": DocumentStatus.VOID},
        {"status": DocumentStatus.DRAFT, "number": ""},
        {"currency": "USD"},
        {"seller": make_seller(bank=None)},
    ],
    ids=["void", "draft", "not roubles", "no bank"],
)
async def test_what_nobody_may_pay_has_no_qr(press: Press, overrides: dict[str, object]) -> None:
    assert await pictures(press, **overrides) == 0


async def test_a_sole_proprietor_has_no_kpp(paper: Paper) -> None:
    (page,) = await paper(seller=make_sole_seller(kpp="770701001"))

    assert page.count("ИНН 500100732259 КПП —") == 2


async def test_what_is_optional_may_be_missing(paper: Paper) -> None:
    buyer = make_buyer(PartyKind.PERSON, address="")

    (page,) = await paper(
        seller=make_seller(bank=None), buyer=buyer, contract=None, period=None, due_date=None, payment_purpose=""
    )

    assert page.count("Счёт получателя Банк получателя Корр. счёт БИК Плательщик Андреева Полина") == 2


async def test_the_english_slip_is_english(paper: Paper) -> None:
    (page,) = await paper(locale="en", title="Payment slip", currency="USD")

    assert "PAYMENT SLIP No. 42 of 1 November 2026" in page
    assert page.count("Amount USD 900.00 Nine hundred US dollars 00 cents") == 2
    assert "It is not a fiscal receipt" in page


async def test_many_lines_make_no_more_paper(paper: Paper) -> None:
    assert len(await paper(lines=tuple(make_line(position) for position in range(1, 101)))) == 1


async def test_a_form_with_long_names_stays_whole(paper: Paper) -> None:
    buyer = make_buyer(PartyKind.PERSON, name="Ж" * 200, address=LONG_NAME)

    pages = await paper(seller=make_seller(name=LONG_NAME), buyer=buyer)

    assert [page.replace(" ", "").count("Ж" * 200) for page in pages] == [page.count("Подпись") for page in pages]
    assert sum(page.count("Подпись") for page in pages) == 2
