"""Amounts in words, as Russian and English documents write them: «Двенадцать тысяч двести рублей 00 копеек».

The numbers are spelt by num2words. The names of the currencies that are billed most are a table of our own, because
num2words has half of them, each in another half of the languages, and some misspelt; the names of all others are those
of CLDR, which knows no minor units.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_name
from num2words import num2words

from billfold.domain.money import exponent, round_amount


@dataclass(frozen=True, slots=True)
class CurrencyWords:
    """How a language counts a currency: forms for one, a few, many; a language with two forms repeats the last.

    `gender` is that of the major unit, as num2words wants it. `minor` is empty where there is no minor unit.
    """

    major: tuple[str, str, str]
    minor: tuple[str, str, str] | None
    gender: str = "m"


def _two(one: str, many: str) -> tuple[str, str, str]:
    return (one, many, many)


def _same(word: str) -> tuple[str, str, str]:
    return (word, word, word)


_KOPECKS = ("копейка", "копейки", "копеек")
_CENTS = ("цент", "цента", "центов")
_CENTS_EN = _two("cent", "cents")
_RUSSIAN: dict[str, CurrencyWords] = {
    "RUB": CurrencyWords(("рубль", "рубля", "рублей"), _KOPECKS),
    "USD": CurrencyWords(("доллар США", "доллара США", "долларов США"), _CENTS),
    "EUR": CurrencyWords(_same("евро"), _CENTS),
    "GBP": CurrencyWords(("фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"), ("пенс", "пенса", "пенсов")),
    "CNY": CurrencyWords(("юань", "юаня", "юаней"), ("фэнь", "фэня", "фэней")),
    "TRY": CurrencyWords(("турецкая лира", "турецкие лиры", "турецких лир"), ("куруш", "куруша", "курушей"), "f"),
    "AED": CurrencyWords(("дирхам ОАЭ", "дирхама ОАЭ", "дирхамов ОАЭ"), ("филс", "филса", "филсов")),
    "BYN": CurrencyWords(("белорусский рубль", "белорусских рубля", "белорусских рублей"), _KOPECKS),
    "KZT": CurrencyWords(_same("тенге"), ("тиын", "тиына", "тиынов")),
    "UZS": CurrencyWords(("сум", "сума", "сумов"), ("тийин", "тийина", "тийинов")),
    "KGS": CurrencyWords(("сом", "сома", "сомов"), ("тыйын", "тыйына", "тыйынов")),
    "TJS": CurrencyWords(("сомони", "сомони", "сомони"), ("дирам", "дирама", "дирамов")),
    "AMD": CurrencyWords(("драм", "драма", "драмов"), ("лума", "лумы", "лум")),
    "GEL": CurrencyWords(_same("лари"), _same("тетри")),
    "AZN": CurrencyWords(("манат", "маната", "манатов"), ("гяпик", "гяпика", "гяпиков")),
    "MDL": CurrencyWords(("молдавский лей", "молдавских лея", "молдавских леев"), ("бан", "бана", "банов")),
    "UAH": CurrencyWords(("гривна", "гривны", "гривен"), _KOPECKS, "f"),
    "PLN": CurrencyWords(("злотый", "злотых", "злотых"), ("грош", "гроша", "грошей")),
    "JPY": CurrencyWords(("иена", "иены", "иен"), None, "f"),
    "KWD": CurrencyWords(("кувейтский динар", "кувейтских динара", "кувейтских динаров"), ("филс", "филса", "филсов")),
}
_ENGLISH: dict[str, CurrencyWords] = {
    "RUB": CurrencyWords(_two("rouble", "roubles"), _two("kopeck", "kopecks")),
    "USD": CurrencyWords(_two("US dollar", "US dollars"), _CENTS_EN),
    "EUR": CurrencyWords(_two("euro", "euros"), _CENTS_EN),
    "GBP": CurrencyWords(_two("pound sterling", "pounds sterling"), _two("penny", "pence")),
    "CNY": CurrencyWords(_same("yuan"), _same("fen")),
    "TRY": CurrencyWords(_two("Turkish lira", "Turkish liras"), _same("kuruş")),
    "AED": CurrencyWords(_two("UAE dirham", "UAE dirhams"), _same("fils")),
    "BYN": CurrencyWords(_two("Belarusian rouble", "Belarusian roubles"), _two("kopeck", "kopecks")),
    "KZT": CurrencyWords(_same("tenge"), _same("tiyn")),
    "UZS": CurrencyWords(_same("sum"), _same("tiyin")),
    "KGS": CurrencyWords(_same("som"), _same("tyiyn")),
    "TJS": CurrencyWords(_same("somoni"), _two("diram", "dirams")),
    "AMD": CurrencyWords(_two("dram", "drams"), _same("luma")),
    "GEL": CurrencyWords(_same("lari"), _same("tetri")),
    "AZN": CurrencyWords(_two("manat", "manats"), _same("qapik")),
    "MDL": CurrencyWords(_two("Moldovan leu", "Moldovan lei"), _two("ban", "bani")),
    "UAH": CurrencyWords(_two("hryvnia", "hryvnias"), _two("kopeck", "kopecks")),
    "PLN": CurrencyWords(_two("zloty", "zlotys"), _two("grosz", "groszy")),
    "JPY": CurrencyWords(_same("yen"), None),
    "KWD": CurrencyWords(_two("Kuwaiti dinar", "Kuwaiti dinars"), _same("fils")),
}
_TABLES = {"ru": _RUSSIAN, "en": _ENGLISH}


def amount_in_words(amount: Decimal, currency: str, locale: str) -> str:
    """Spell an amount: the major unit in words from a capital letter, the minor one in digits with its full word.

    The minor unit has as many digits as the currency has, and none in a currency without one; where it has no name it
    is a fraction: «Двенадцать швейцарских франков 50/100». A currency that the language has no words for keeps its ISO
    code: «Двенадцать CHE 50/100»; a language that num2words lacks is English.
    """
    digits = exponent(currency)
    scaled = int(round_amount(abs(amount), currency).scaleb(digits))
    major, minor = divmod(scaled, 10**digits)
    words = _words(currency, _language(locale))
    spelt = _spell(major, locale, words.gender if words else "m")
    if amount < 0:
        spelt = f"{'минус' if _language(locale) == 'ru' else 'minus'} {spelt}"
    spelt = spelt[:1].upper() + spelt[1:]
    spelt = f"{spelt} {_form(words.major, major, locale) if words else currency}"
    if not digits:
        return spelt
    if words is None or words.minor is None:
        return f"{spelt} {minor:0{digits}}/{10**digits}"
    return f"{spelt} {minor:0{digits}} {_form(words.minor, minor, locale)}"


@cache
def _words(currency: str, language: str) -> CurrencyWords | None:
    """Give the words of our own table, or those of CLDR, if the language has any."""
    if language not in _TABLES:
        return None
    own = _TABLES[language].get(currency)
    if own is not None:
        return own
    one, few, many = (get_currency_name(currency, count=number, locale=language) for number in (1, 2, 5))
    # What nobody pays in, such as an indexed unit, has one title in Russian, from a capital letter, and no cases.
    if one == currency or (language == "ru" and one[0].isupper()):
        return None
    is_feminine = language == "ru" and one.split()[0].endswith(("а", "я"))
    return CurrencyWords((one, few, many), None, "f" if is_feminine else "m")


def _language(locale: str) -> str:
    return locale.replace("_", "-").split("-")[0].lower()


def _spell(number: int, locale: str, gender: str) -> str:
    language = _language(locale)
    try:
        if language == "ru":
            return _spell_russian(number, gender)
        return str(num2words(number, lang=language)).replace(",", "")
    except NotImplementedError:
        return _spell(number, "en", gender)


def _spell_russian(number: int, gender: str) -> str:
    """Spell a number of the gender: only its last three digits have it, a million is «один» of anything."""
    rest = number % 1000
    parts = [(number - rest, "m"), (rest, gender)] if number > rest else [(number, gender)]
    return " ".join(str(num2words(part, lang="ru", gender=kind)) for part, kind in parts if part or not number)


def _form(forms: tuple[str, str, str], number: int, locale: str) -> str:
    """Choose the form that a number asks for; Russian counts 1, 21 / 2-4, 22-24 / the rest, 11-14 among them."""
    if _language(locale) != "ru":
        return forms[0] if number == 1 else forms[2]
    if number % 10 == 1 and number % 100 != 11:
        return forms[0]
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return forms[1]
    return forms[2]
