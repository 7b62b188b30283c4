"""Purposes: which numbers stand in them, and as what."""

from datetime import date

import pytest

from billfold.domain.purposes import Named, fold, mentions, number_key, short_key, tail, tails


def named(purpose: str, as_what: Named) -> list[tuple[str, date | None]]:
    return [(one.key, one.dated_on) for one in mentions(purpose) if one.named is as_what]


@pytest.mark.parametrize(
    "purpose",
    [
        "Оплата по счету 42",
        "по счёту 42 за услуги связи, в т.ч. НДС 22% - 2200.00",
        "ПО СЧЕТУ № 42",
        "сч. № 42",
        "сч.№42",
        "Сч.42",
        "счет42",
        "счету N42",
        "счету N 42",
        "счет No 42",
        "invoice No 42",
        "Invoice #42",
        "оплата счета номер 42",
        "счет на оплату № 42",
        "СЧЁТ-ОФЕРТА № 42",
        "Счет-договор №42",
        "Оплата счета за связь № 42",
        "оплата счета: 42.",
        "(счет 42)",
        "cчет 42",
    ],
)
def test_invoices_are_named_in_every_way(purpose: str) -> None:
    assert named(purpose, Named.INVOICE) == [("42", None)]


@pytest.mark.parametrize(
    "purpose",
    [
        "счет-фактура 42",
        "по счет-фактуре № 42",
        "счет фактура № 42",
        "с/ф 42",
        "расчетный счет 42",
        "на р/счет 42",
        "Оплата счета за ноябрь 42 дня",
        "по договору 42",
        "лицевой счет 42",
        "НДС 22% 42",
        "42",
        "счет от 01.11.2026",
    ],
)
def test_what_is_no_invoice_is_not_named_one(purpose: str) -> None:
    assert named(purpose, Named.INVOICE) == []


@pytest.mark.parametrize(
    ("purpose", "numbers"),
    [
        ("по счетам 12, 13 и 15", ["12", "13", "15"]),
        ("по счетам №12,№13", ["12", "13"]),
        ("по счетам №№ 12; 13", ["12", "13"]),
        ("счет 12 и счет 13", ["12", "13"]),
        ("по счету 12 за 13 дней", ["12"]),
        ("по счету 12 13", ["12"]),
    ],
)
def test_several_invoices_are_all_named(purpose: str, numbers: list[str]) -> None:
    assert [key for key, _ in named(purpose, Named.INVOICE)] == numbers


@pytest.mark.parametrize(
    "written", ["от 01.11.2026", "от 1.11.26", "01.11.2026", "от 01/11/2026 г.", "от 2026-11-01", "oт 01.11.2026г"]
)
def test_dates_belong_to_the_number_before(written: str) -> None:
    assert named(f"по счету 42 {written} за связь", Named.INVOICE) == [("42", date(2026, 11, 1))]


def test_each_number_has_its_own_date() -> None:
    found = named("счета №5 от 01.10.2026, №6 от 01.11.2026", Named.INVOICE)

    assert found == [("5", date(2026, 10, 1)), ("6", date(2026, 11, 1))]


def test_a_day_that_is_none_is_no_date() -> None:
    assert named("по счету 42 от 31.02.2026", Named.INVOICE) == [("42", None)]


@pytest.mark.parametrize(
    ("purpose", "key"),
    [
        ("Оплата по договору 157/1-2026 за связь", "157/1-2026"),
        ("Оплата по договору № 2/1-2024 от 24.04.2023", "2/1-2024"),
        ("дог.157/1-2026", "157/1-2026"),
        ("по дог-ру 157/1-2026", "157/1-2026"),
        ("по договору оказания услуг связи № 157/1-2026", "157/1-2026"),
        ("договор 157 / 1 - 2026", "157/1-2026"),
        ("контракт 157/1-2026.", "157/1-2026"),
        ("Л/с 100042", "100042"),
        ("по лицевому счету 100042", "100042"),
        ("абонент 100042", "100042"),
        ("договор ДГ 42", "ДГ42"),
        ("contract AB-42", number_key("АВ-42")),
    ],
)
def test_contracts_are_named_in_every_way(purpose: str, key: str) -> None:
    assert named(purpose, Named.CONTRACT)[0][0] == key


@pytest.mark.parametrize(
    ("number", "is_telling"),
    [
        ("157/1-2026", True),
        ("ИНВ-2026/00042", True),
        ("AB1234", True),
        ("42", False),
        ("100042", False),
        ("A-42", False),
        ("2200.00", False),
        ("12200-50", False),
        ("11/2026", False),
        ("2026-11", False),
        ("2025/2026", False),
    ],
)
def test_only_numbers_of_a_form_of_their_own_tell_what_they_are(number: str, is_telling: bool) -> None:
    assert next(one.is_telling for one in mentions(f"за {number}")) is is_telling


def test_a_number_is_never_cut_at_its_slash() -> None:
    keys = {one.key for one in mentions("договор 157 / 1-2026А")}

    assert not keys & {"157", "1-2026A"}


def test_letters_of_one_look_are_the_same() -> None:
    assert fold("Счёт АВЕКМНОРСТХУ") == fold("cчeт ABEKMHOPCTXY")
    assert number_key("№ ДГ – 42 / 7") == number_key("дг-42/7")


def test_noughts_go_where_they_lead() -> None:
    assert [short_key(key) for key in ("0042", "A-0042/07", "100", "0")] == ["42", "A-42/7", "100", "0"]
    assert [tail(number) for number in ("ИНВ-2026/00042", "42/И", "ИНВ")] == ["42", "42", ""]
    assert tails(["счет 0042, 5"]) == {"42", "5"}
