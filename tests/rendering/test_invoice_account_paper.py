"""The account on paper: what an invoice says of debts, payments and what is left to pay."""

from collections.abc import Awaitable, Callable

import pytest

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


async def test_without_an_account_nothing_is_summed_up(paper: Paper) -> None:
    (page,) = await paper(details={"account": None, "has_statistics": False})

    assert "Состояние расчётов" not in page


@pytest.mark.parametrize("lines", range(12, 28, 2))
async def test_the_account_keeps_to_the_totals(paper: Paper, lines: int) -> None:
    last = (await paper(lines=lines, details={"account": ACCOUNT, "has_statistics": False}))[-1]

    assert f" {lines} " in last.split("Итого:")[0]
    assert "К оплате с учётом остатка" in last
    assert "Генеральный директор" in last
