"""The reconciliation statement on paper: two books, any number of rows, and who owes whom."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from billfold.domain.document import Document, DocumentStatus, PartyKind
from billfold.rendering.press import Press
from tests.factories import make_buyer, make_document, make_order, make_seller

ReadPages = Callable[[bytes], list[str]]
Paper = Callable[..., Awaitable[list[str]]]

TEMPLATE = "reconciliation/reconciliation.html"
LONG_NAME = "Общество с ограниченной ответственностью «" + "Связь " * 26 + "»"


def make_row(position: int) -> dict[str, object]:
    is_charge = position % 2 == 0
    return {
        "position": position,
        "on": "2026-10-31" if is_charge else "2026-10-05",
        "operation": f"Акт № {position} от 31.10.2026" if is_charge else f"Оплата (п/п № {position} от 05.10.2026)",
        "debit": "900.00" if is_charge else None,
        "credit": None if is_charge else "500.00",
    }


def make_details(
    rows: int = 2,
    opening: tuple[str | None, str | None] = ("320.50", None),
    closing: tuple[str | None, str | None] = ("720.50", None),
) -> dict[str, object]:
    return {
        "opening": {"debit": opening[0], "credit": opening[1]},
        "rows": [make_row(position) for position in range(1, rows + 1)],
        "turnover": {
            "debit": str(Decimal("900.00") * (rows // 2)),
            "credit": str(Decimal("500.00") * ((rows + 1) // 2)),
        },
        "closing": {"debit": closing[0], "credit": closing[1]},
    }


def make_statement(**overrides: object) -> Document:
    values: dict[str, object] = {
        "lines": (),
        "type": "reconciliation",
        "title": "Акт сверки взаимных расчётов",
        "is_payable": False,
        "due_date": None,
        "payment_purpose": "",
        "details": make_details(),
    }
    return make_document(**{**values, **overrides})  # type: ignore[arg-type]  # Test values.


@pytest.fixture
def paper(press: Press, read_pages: ReadPages) -> Paper:
    async def paper(**overrides: object) -> list[str]:
        printed = await press.print(make_order(make_statement(**overrides), TEMPLATE))
        return [" ".join(page.split()) for page in read_pages(printed.pdf)]

    return paper


async def test_the_account_is_told_row_by_row(paper: Paper) -> None:
    (page,) = await paper()

    assert "Акт сверки взаимных расчётов № 42 от 1 ноября 2026 г." in page
    assert "Период: октябрь 2026 г.; стороны: ООО «Пример Связь» и ООО «Юпитер Логистик»; " in page
    assert "договор № 100042 от 01.02.2024." in page
    assert "Сальдо начальное 320,50" in page
    assert "1 05.10.2026 Оплата (п/п № 1 от 05.10.2026) 500,00" in page
    assert "2 31.10.2026 Акт № 2 от 31.10.2026 900,00" in page
    assert "Обороты за период 900,00 500,00" in page
    assert "Сальдо конечное 720,50" in page


async def test_the_partner_has_a_half_to_fill(paper: Paper) -> None:
    (page,) = await paper()

    assert "По данным ООО «Пример Связь» По данным ООО «Юпитер Логистик» № Дата" in page
    assert page.count("Сальдо конечное") == 2
    assert "Исполнитель: ООО «Пример Связь» Заказчик: ООО «Юпитер Логистик»" in page


@pytest.mark.parametrize(
    ("closing", "conclusion"),
    [
        (
            ("720.50", None),
            "на 31 октября 2026 г. задолженность в пользу ООО «Пример Связь» составляет 720,50 руб. "
            "(Семьсот двадцать рублей 50 копеек).",
        ),
        (
            (None, "100.00"),
            "на 31 октября 2026 г. задолженность в пользу ООО «Юпитер Логистик» составляет 100,00 руб. "
            "(Сто рублей 00 копеек).",
        ),
        (("0.00", "0.00"), "на 31 октября 2026 г. задолженность отсутствует."),
    ],
    ids=["the client owes", "the seller owes", "nobody owes"],
)
async def test_the_conclusion_says_who_owes(
    press: Press,
    read_pages: ReadPages,
    closing: tuple[str | None, str | None],
    conclusion: str,
) -> None:
    document = make_statement(details=make_details(closing=closing))

    html = await press.html(make_order(document, TEMPLATE))

    assert conclusion in " ".join(html.replace("\u00a0", " ").split())


async def test_nothing_that_moved_is_told_too(paper: Paper) -> None:
    noughts = ("0.00", "0.00")

    (page,) = await paper(details=make_details(0, noughts, noughts))

    assert "Сальдо начальное 0,00 0,00" in page
    assert "Операций за период нет." in page
    assert "задолженность отсутствует." in page


async def test_without_details_and_contract_it_still_prints(paper: Paper) -> None:
    (page,) = await paper(details={}, contract=None, period=None)

    assert "задолженность отсутствует." in page


async def test_the_english_statement_is_english(paper: Paper) -> None:
    (page,) = await paper(locale="en", title="Reconciliation statement", currency="USD")

    assert "RECONCILIATION STATEMENT No. 42 of 1 November 2026" in page
    assert "Opening balance 320.50" in page
    assert "1 5 Oct 2026" in page
    assert "the debt in favour of ООО «Пример Связь» is USD 720.50" in page


@pytest.mark.parametrize("kind", list(PartyKind))
async def test_every_kind_of_buyer_is_named(paper: Paper, kind: PartyKind) -> None:
    buyer = make_buyer(kind)

    (page,) = await paper(buyer=buyer)

    assert f"По данным {buyer.name}" in page


@pytest.mark.parametrize("rows", [30, 100, 500])
async def test_long_statements_repeat_their_head_and_count_their_pages(paper: Paper, rows: int) -> None:
    printed = await paper(details=make_details(rows))

    pages = len(printed)
    assert pages > 1
    assert all("Операция, документ" in page for page in printed)
    assert [f"Страница {number} из {pages}" in page for number, page in enumerate(printed, 1)] == [True] * pages


@pytest.mark.parametrize("rows", range(8, 26, 2))
async def test_sums_and_signatures_never_stand_alone(paper: Paper, rows: int) -> None:
    last = (await paper(details=make_details(rows)))[-1]

    assert f"Акт № {rows} от" in last
    assert "Обороты за период" in last
    assert "М.П." in last


async def test_long_names_stay_on_the_page(paper: Paper) -> None:
    pages = await paper(seller=make_seller(name=LONG_NAME), buyer=make_buyer(name="Ж" * 200))

    assert "".join(pages).replace(" ", "").count("Ж" * 200) == 6


async def test_the_paper_lies_across_and_its_mark_stays_on_it(press: Press) -> None:
    printed = await press.print(make_order(make_statement(status=DocumentStatus.VOID), TEMPLATE))

    page = PdfReader(BytesIO(printed.pdf)).pages[0]
    assert page.mediabox.width > page.mediabox.height
    assert "АННУЛИРОВАН" in page.extract_text()
