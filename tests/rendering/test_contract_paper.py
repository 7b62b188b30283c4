"""The contract on paper: its clauses by terms, every kind of party, the annex on a page of its own, no facsimile."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from billfold.domain.document import Document, PartyKind
from billfold.rendering.press import Press
from plugins.contract import plugin
from plugins.contract.plugin import ContractDetails
from tests.factories import LOGO, make_buyer, make_document, make_order, make_seller, make_sole_seller

Paper = Callable[..., Awaitable[list[str]]]

LONG_NAME = "Общество с ограниченной ответственностью «" + "Связь " * 26 + "»"
INTERNET: dict[str, Any] = {
    "service": "Доступ в интернет",
    "unit": "мес",
    "quantity": "2",
    "price": "900.00",
    "amount": "1800.00",
    "tax_included": True,
    "since": "2024-02-01",
    "until": None,
}


def make_contract(locale: str = "ru", details: dict[str, Any] | None = None, **overrides: Any) -> Document:
    declared = plugin.document_type()
    terms = {"place": "г. Москва", "price_tax": "included", "services": [INTERNET], "amount": "1800.00"}
    values = {
        "type": declared.key,
        "title": declared.title(locale),
        "details": ContractDetails.model_validate({**terms, **(details or {})}).model_dump(mode="json"),
        "number": "100042",
        "due_date": None,
        "period": None,
        "payment_purpose": "",
        "is_payable": False,
    }
    return make_document((), locale, **{**values, **overrides})


@pytest.fixture
def paper(press: Press, read_pages: Callable[[bytes], list[str]]) -> Paper:
    async def paper(locale: str = "ru", **overrides: Any) -> list[str]:
        order = make_order(make_contract(locale, **overrides), plugin.document_template())
        return [" ".join(page.split()) for page in read_pages((await press.print(order)).pdf)]

    return paper


async def test_the_contract_bears_its_own_number_and_date(paper: Paper) -> None:
    pages = await paper()

    assert pages[0].count("Договор № 100042 от 1 февраля 2024 г.") == 2
    assert "г. Москва 1 февраля 2024 г." in pages[0]
    assert "ООО «Пример Связь» (далее — «Исполнитель»), в лице: Генеральный директор Андреева А. В." in pages[0]
    assert "действует на основании: устав" in pages[0]


async def test_the_title_of_the_file_has_the_date_of_the_contract(press: Press) -> None:
    printed = await press.print(make_order(make_contract(), plugin.document_template()))

    metadata = PdfReader(BytesIO(printed.pdf)).metadata
    assert metadata is not None
    assert metadata.title == "Договор № 100042 от 1\u00a0февраля\u00a02024\u00a0г."


async def test_a_draft_names_the_contract(paper: Paper) -> None:
    pages = await paper(number="")

    assert "Договор № 100042 от 1 февраля 2024 г." in pages[0]


async def test_clauses_are_numbered_by_section(paper: Paper) -> None:
    pages = await paper()

    assert "1.1. Исполнитель оказывает Заказчику услуги" in pages[0]
    assert "2.1. Услуги оплачиваются после окончания расчётного периода." in pages[0]
    assert "2.2. Цены Приложения № 1 включают НДС" in pages[0]
    assert "2.3. Расчётный период — календарный месяц" in pages[0]
    assert "5.1. Договор действует с 1 февраля 2024 г., срок его действия не ограничен." in pages[0]


async def test_the_terms_make_the_clauses(paper: Paper) -> None:
    details = {"is_prepaid": True, "payment_days": 15, "credit_limit": "5000", "valid_to": "2027-12-31"}

    page = (await paper(details=details))[0]

    assert "2.1. Услуги оплачиваются авансом" in page
    assert "календарных дней с его даты: 15." in page
    assert "2.3. Предельная задолженность Заказчика, при которой оказываются услуги, — 5 000,00 руб. 2.4." in page
    assert "5.1. Договор действует с 1 февраля 2024 г. по 31 декабря 2027 г. включительно." in page


@pytest.mark.parametrize(
    ("price_tax", "clause"),
    [
        ("added", "НДС начисляется сверх цен Приложения № 1"),
        ("mixed", "Включён ли НДС в цену услуги, указано в Приложении № 1"),
        ("none", "НДС не облагается: освобождение по п. 1 ст. 145 НК РФ (УСН)."),
    ],
)
async def test_how_prices_stand_to_vat_is_a_clause(paper: Paper, price_tax: str, clause: str) -> None:
    pages = await paper(details={"price_tax": price_tax}, tax_note="освобождение по п. 1 ст. 145 НК РФ (УСН)")

    assert f"2.2. {clause}" in pages[0]
    assert clause in pages[-1]


async def test_the_requisites_of_both_parties_are_there(paper: Paper) -> None:
    text = " ".join(await paper())

    assert "ИНН 7700000016 КПП 770001001 ОГРН 1027700000019" in text
    assert "Счёт: 40702810200000000001 Банк: ПАО СБЕРБАНК БИК: 044525225 Корр. счёт: 30101810400000000225" in text
    assert "ИНН 7707083893 КПП 770701001 ОГРН 1027700132195" in text


async def test_a_person_has_blanks_for_the_passport(paper: Paper) -> None:
    text = " ".join(await paper(buyer=make_buyer(PartyKind.PERSON)))

    assert "Андреева Полина (далее — «Заказчик»), действует от своего имени" in text
    assert "Дата рождения: ____" in text
    assert "Паспорт: серия ____" in text


async def test_sole_proprietors_act_by_the_register(paper: Paper) -> None:
    pages = await paper(seller=make_sole_seller(), buyer=make_buyer(PartyKind.SOLE_PROPRIETOR))

    assert "действует на основании записи в ЕГРИП, ОГРНИП 304500116000157" in pages[0]
    assert "действует на основании записи в ЕГРИП, ОГРНИП 304770000000019" in pages[0]


async def test_a_foreign_buyer_has_its_number_and_country(paper: Paper) -> None:
    text = " ".join(await paper(buyer=make_buyer(PartyKind.FOREIGN)))

    assert "рег. № 204566978 Адрес: 95 Tsinamdzghvrishvili St, Tbilisi, GE" in text


async def test_what_is_unknown_is_left_to_be_written_by_hand(paper: Paper) -> None:
    text = " ".join(await paper(seller=make_seller(bank=None, director=None), details={"place": ""}))

    assert "г. ____________________ 1 февраля" in text
    assert "в лице: ________________________________________, действует на основании: ____________________" in text
    assert "Счёт: ____________________ Банк: ____________________ БИК: ____________________" in text


async def test_names_are_text_and_wrap(paper: Paper) -> None:
    pages = await paper(seller=make_seller(name=LONG_NAME), buyer=make_buyer(name="ООО <b>«А & Б»</b>"))

    assert LONG_NAME in pages[0]
    assert "ООО <b>«А & Б»</b> (далее — «Заказчик»)" in pages[0]


async def test_the_annex_opens_its_own_page_and_has_the_services(paper: Paper) -> None:
    pages = await paper(details={"services": [INTERNET, {**INTERNET, "until": "2026-12-31"}], "amount": "3600.00"})

    assert pages[-1].startswith("Приложение № 1 к договору № 100042 от 1 февраля 2024 г. Услуги и тарифы на 1 ноября")
    assert "1 Доступ в интернет мес 2 900,00 1 800,00 с 01.02.2024 2 Доступ" in pages[-1]
    assert "01.02.2024– 31.12.2026" in pages[-1]
    assert "Итого в месяц: 3 600,00" in pages[-1]


async def test_prices_with_tax_and_without_it_are_told_apart_in_the_annex(paper: Paper) -> None:
    services = [INTERNET, {**INTERNET, "tax_included": False}]

    page = (await paper(details={"services": services, "amount": None, "price_tax": "mixed"}))[-1]

    assert "900,00 в цене 1 800,00" in page
    assert "900,00 сверх 1 800,00" in page
    assert "Итого" not in page


async def test_without_services_the_annex_says_so(paper: Paper) -> None:
    pages = await paper(details={"services": [], "amount": "0"})

    assert "На 1 ноября 2026 г. услуги не подключены" in pages[-1]
    assert "Сумма в месяц" not in pages[-1]


async def test_a_long_annex_repeats_its_head_and_ends_with_the_total(paper: Paper) -> None:
    pages = await paper(details={"services": [INTERNET] * 100, "amount": "180000.00"})

    annex = [page for page in pages if "Доступ в интернет" in page]
    assert len(annex) > 1
    assert all("№ Услуга Ед. Кол-во" in page for page in annex)
    assert "Итого в месяц: 180 000,00" in annex[-1]
    assert "подпись" in pages[-1]


async def test_an_english_contract_is_english(paper: Paper) -> None:
    pages = await paper("en", number="100042-2")

    assert "CONTRACT No. 100042-2 of 1 February 2024" in pages[0]
    assert "(the “Supplier”), represented by Генеральный директор Андреева А. В." in pages[0]
    assert "2.2. The prices of Annex 1 include VAT" in pages[0]
    assert "Total a month: 1,800.00" in pages[-1]


async def test_no_facsimile_is_printed_on_it(press: Press) -> None:
    plain = make_seller()
    assert plain.director is not None
    seller = make_seller(director=replace(plain.director, signature=LOGO), stamp=LOGO)
    template = plugin.document_template()

    signed = await press.print(make_order(make_contract(seller=seller, issue_date=date(2026, 11, 1)), template))
    unsigned = await press.print(make_order(make_contract(seller=plain, issue_date=date(2026, 11, 1)), template))

    assert signed.sha256 == unsigned.sha256
