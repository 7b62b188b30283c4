"""Amounts in words: the table of domain.md 4.4, other currencies, other languages."""

from decimal import Decimal

import pytest

from billfold.domain.words import amount_in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "Ноль рублей 00 копеек"),
        ("1", "Один рубль 00 копеек"),
        ("21.50", "Двадцать один рубль 50 копеек"),
        ("2001.01", "Две тысячи один рубль 01 копейка"),
        ("12200.00", "Двенадцать тысяч двести рублей 00 копеек"),
        (
            "1234567.89",
            "Один миллион двести тридцать четыре тысячи пятьсот шестьдесят семь рублей 89 копеек",
        ),
        ("3.02", "Три рубля 02 копейки"),
        ("111.12", "Сто одиннадцать рублей 12 копеек"),
        ("-5.21", "Минус пять рублей 21 копейка"),
    ],
)
def test_roubles_are_spelt_in_russian(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), "RUB", "ru") == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("21", "JPY", "Двадцать одна иена"),
        ("12.505", "KWD", "Двенадцать кувейтских динаров 505 филсов"),
        ("1.007", "KWD", "Один кувейтский динар 007 филсов"),
        ("2.20", "GEL", "Два лари 20 тетри"),
        ("101.03", "AMD", "Сто один драм 03 лумы"),
        ("5", "KGS", "Пять сомов 00 тыйынов"),
        ("2", "UAH", "Две гривны 00 копеек"),
        ("2001002", "JPY", "Два миллиона одна тысяча две иены"),
        ("1000000", "UAH", "Один миллион гривен 00 копеек"),
        ("0", "JPY", "Ноль иен"),
        ("22.01", "USD", "Двадцать два доллара США 01 цент"),
    ],
)
def test_currencies_that_num2words_lacks_or_misspells(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency, "ru") == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("12200", "RUB", "Twelve thousand two hundred roubles 00 kopecks"),
        ("1.01", "RUB", "One rouble 01 kopeck"),
        ("1000", "JPY", "One thousand yen"),
        ("-2.50", "USD", "Minus two US dollars 50 cents"),
    ],
)
def test_amounts_are_spelt_in_english(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency, "en") == words


def test_a_region_does_not_change_the_language() -> None:
    assert amount_in_words(Decimal(2), "RUB", "ru-RU") == "Два рубля 00 копеек"


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "words"),
    [
        ("5.5", "CHF", "ru", "Пять швейцарских франков 50/100"),
        ("22", "SEK", "ru", "Двадцать две шведские кроны 00/100"),
        ("21.05", "PGK", "ru", "Двадцать одна кина Папуа – Новой Гвинеи 05/100"),
        ("3.007", "BHD", "ru", "Три бахрейнских динара 007/1000"),
        ("7", "XAF", "ru", "Семь франков КФА ВЕАС"),
        ("1.5", "CHF", "en", "One Swiss franc 50/100"),
        ("2", "KRW", "en", "Two South Korean won"),
    ],
)
def test_other_currencies_are_named_and_their_minor_units_counted(
    amount: str, currency: str, locale: str, words: str
) -> None:
    assert amount_in_words(Decimal(amount), currency, locale) == words


def test_a_unit_without_words_keeps_its_code() -> None:
    assert amount_in_words(Decimal("5.5"), "CHE", "ru") == "Пять CHE 50/100"


def test_a_unit_without_words_and_minor_unit_keeps_its_code() -> None:
    assert amount_in_words(Decimal(7), "UYI", "ru") == "Семь UYI"


def test_a_language_without_currency_words_spells_the_number() -> None:
    assert amount_in_words(Decimal("12200.05"), "EUR", "de") == "Zwölftausendzweihundert EUR 05/100"


def test_a_language_that_is_not_known_is_spelt_in_english() -> None:
    assert amount_in_words(Decimal(12), "GEL", "ka") == "Twelve GEL 00/100"
