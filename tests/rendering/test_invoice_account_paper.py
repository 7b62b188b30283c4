"""The account on paper: what an invoice says of debts, payments and what is left to pay."""

from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from billfold.rendering.press import Press
from tests.factories import make_document, make_order

ReadPages = Callable[[bytes], list[str]]
Paper = Callable[..., Awaitable[list[str]]]

ACCOUNT = {"opening": "-320.50", "charged": "13492.95", "corrected": "0.00", "paid": "1500.00", "to_pay": "12313.45"}


@pytest.fixture
def paper(press: Press, read_pages: ReadPages) -> Paper:
    async def paper(**overrides: object) -> list[str]:
        printed = await press.print(make_order(make_document(**overrides)))  # type: ignore[arg-type]  # Test values.
        return [" ".join(page.split()) for page in read_pages(printed.pdf)]

    return paper


def pictures_in(pdf: bytes) -> list[Image.Image]:
    """Give the pictures of the first page; the logo is a drawing."""
    found = [picture.image for picture in PdfReader(BytesIO(pdf)).pages[0].images]
    return [picture.convert("L") for picture in found if picture is not None]


def read_code(pdf: bytes) -> str:
    """Give what the only picture of the first page says, as a QR."""
    (picture,) = pictures_in(pdf)
    enlarged = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
    paper = Image.new("L", (enlarged.width + 80, enlarged.height + 80), 255)
    paper.paste(enlarged, (40, 40))
    (code,) = zxingcpp.read_barcodes(paper)
    return code.bytes.decode()


async def test_the_account_is_summed_up_beside_the_total(paper: Paper) -> None:
    (page,) = await paper(details={"account": ACCOUNT, "has_statistics": False})

    assert "Задолженность на начало Начислено Оплачено К оплате с учётом остатка" in page
    assert "320,50 руб. 13 492,95 руб. 1 500,00 руб. 12 313,45 руб." in page
    assert "Всего к оплате, руб.: 13 492,95" in page


async def test_money_of_the_client_and_corrections_are_told(paper: Paper) -> None:
    account = ACCOUNT | {"opening": "320.50", "corrected": "-45.00"}

    (page,) = await paper(locale="en", currency="USD", details={"account": account, "has_statistics": False})

    assert "Opening credit Charged Corrections Paid To pay with the balance" in page
    assert "USD 320.50 USD 13,492.95 USD -45.00 USD 1,500.00 USD 12,313.45" in page


async def test_what_is_left_of_an_advance_is_told(paper: Paper) -> None:
    account = ACCOUNT | {"opening": "20000.00", "paid": "0.00", "to_pay": "0.00", "left": "6507.05"}

    (page,) = await paper(details={"account": account, "has_statistics": False})

    assert "Аванс на начало Начислено Оплачено Остаток аванса К оплате с учётом остатка" in page
    assert "20 000,00 руб. 13 492,95 руб. 0,00 руб. 6 507,05 руб. 0,00 руб." in page


@pytest.mark.parametrize(
    ("to_pay", "kopecks"), [("12313.45", "1231345"), ("20000.00", "1349295")], ids=["less is left", "debts are left"]
)
async def test_the_qr_asks_for_no_more_than_is_left_to_pay(press: Press, to_pay: str, kopecks: str) -> None:
    document = make_document(details={"account": ACCOUNT | {"to_pay": to_pay}, "has_statistics": False})

    printed = await press.print(make_order(document))

    assert f"|Sum={kopecks}|" in read_code(printed.pdf)


async def test_what_the_client_s_money_covers_has_no_qr(press: Press) -> None:
    document = make_document(details={"account": ACCOUNT | {"to_pay": "0.00"}, "has_statistics": False})

    printed = await press.print(make_order(document))

    assert pictures_in(printed.pdf) == []


async def test_without_an_account_nothing_is_summed_up(paper: Paper) -> None:
    (page,) = await paper(details={"account": None, "has_statistics": False})

    assert "Состояние расчётов" not in page


@pytest.mark.parametrize("lines", range(12, 28, 2))
async def test_the_account_keeps_to_the_totals(paper: Paper, lines: int) -> None:
    last = (await paper(lines=lines, details={"account": ACCOUNT, "has_statistics": False}))[-1]

    assert f" {lines} " in last.split("Итого:")[0]
    assert "К оплате с учётом остатка" in last
    assert "Генеральный директор" in last
