"""Purposes: the numbers that stand in what a payer wrote, and as what they are named there.

Letters are folded so that ё and е, upper and lower case, and Cyrillic and Latin letters of one look are the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

_LOOKALIKES = str.maketrans("АВЕЁКМНОРСТУХІ", "ABEEKMHOPCTYXI")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"º": " ", "°": " ", "\u00a0": " "})


def fold(text: str) -> str:
    """Give a text in the letters that numbers and words are compared in."""
    return text.translate(_DASHES).upper().translate(_LOOKALIKES)


def number_key(number: str) -> str:
    """Give a number in the form in which it is compared; spaces around marks and between unlike letters go."""
    return _joined(fold(number).strip(" №#"))


def short_key(key: str) -> str:
    """Give a key without the leading noughts of its parts: A-0042 becomes A-42."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", key)


def tail(number: str) -> str:
    """Give the last digits of a number without leading noughts, or nothing."""
    found = re.findall(r"[0-9]+", number)
    return found[-1].lstrip("0") if found else ""


def tails(purposes: Iterable[str]) -> set[str]:
    """Give the digits in purposes that may be the tails of numbers, without leading noughts."""
    return {digits.lstrip("0") for purpose in purposes for digits in re.findall(r"[0-9]+", purpose)}


class Named(StrEnum):
    """As what a number stands in a purpose."""

    INVOICE = "invoice"
    CONTRACT = "contract"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a purpose, by its key, from place to place; `dated_on` is the date that follows it."""

    key: str
    named: Named
    start: int
    end: int
    dated_on: date | None = None

    @property
    def is_telling(self) -> bool:
        """Whether the number says by its form alone that it is one: not a sum, a month or a short count."""
        letters = re.sub(r"[^0-9A-ZА-Я]", "", self.key)
        has_mark = letters != self.key or not letters.isdigit()
        return len(letters) >= 5 and has_mark and not _PLAIN.fullmatch(self.key)


# Sums, months and years, which stand in purposes beside the numbers.
_PLAIN = re.compile(r"[0-9]+[.,-][0-9]{2}|(?:0?[1-9]|1[0-2])[./-][0-9]{4}|[0-9]{4}[./-](?:0?[1-9]|1[0-2]|[0-9]{4})")
_INVOICES = frozenset(
    fold(
        "СЧЕТ СЧЕТА СЧЕТУ СЧЕТЕ СЧЕТОМ СЧЕТАМ СЧЕТОВ СЧЕТАХ СЧ ИНВОЙС ИНВОЙСУ ИНВОЙСА ИНВОЙСАМ"
        " INVOICE INVOICES INV BILL"
    ).split()
)
_CONTRACTS = frozenset(
    fold(
        "ДОГОВОР ДОГОВОРА ДОГОВОРУ ДОГОВОРЕ ДОГОВОРОМ ДОГОВОРАМ ДОГОВОРОВ ДОГ ДОГОВ КОНТРАКТ КОНТРАКТУ КОНТРАКТА"
        " CONTRACT AGREEMENT ЛС"
    ).split()
)
# An account of ours at a bank, or a tax invoice, which has numbers of its own.
_OTHER_ACCOUNTS = re.compile(fold(r"(?:РАСЧЕТН|БАНК|ТЕКУЩ).*|Р/С(?:Ч|ЧЕТ)?|Р"))
_PERSONAL_ACCOUNTS = re.compile(fold(r"ЛИЦЕВ.*|ЛИЦ|АБОНЕНТ.*"))
_PERSONAL = frozenset({fold("Л/С"), fold("Л/СЧ"), fold("Л/СЧЕТ")})
_TAX_INVOICE = re.compile(fold(r"(?:СЧЕТ|СЧ)[А-Я]*[-/](?:ФАКТ.*|Ф)|С/Ф|СФ"))
_NUMBER_SIGN = frozenset({"№", "#", "N", "NO", "NR", fold("НОМЕР"), fold("НОМЕРА"), fold("НОМЕРУ"), fold("НОМЕРАМ")})
_FILLERS = frozenset(fold(word) for word in ("НА", "ОПЛАТУ", "И", "ОТ", "AND", "Г", "ГОДА", "DATED", "ОФЕРТА"))
# Words before a number that are no letters of it.
_SMALL_WORDS = frozenset(fold("В ВО ДО ЗА ИЗ К НА НДС О ОБ ОТ ПО ПРИ РУБ С СО СУММА У").split())
_OF = fold("ОТ")
_ANDS = frozenset({fold("И"), "AND"})
_TOKEN = re.compile(r"[№#]|[0-9A-ZА-Я]+(?:[-/._\\]+[0-9A-ZА-Я]+)*")
_WORDS = "|".join(sorted({*_INVOICES, *_CONTRACTS, "N", "NO", "NR"}, key=len, reverse=True))
# "СЧ.42" and "СЧЕТ42" are a word and a number.
_STUCK = re.compile(rf"(?<![0-9A-ZА-Я])({_WORDS})(?:\.(?=[0-9A-ZА-Я№#])|(?=[0-9]))")
_DATE = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})Г?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# What stands between the numbers of one list.
_LISTED = re.compile(r"[^,;&]*[,;&][^,;&]*")
# A number may have parts apart: so many at most, and letters before it that are no longer than this.
_LONGEST = 4
_LONGEST_PREFIX = 5


@dataclass(slots=True)
class _Walk:
    """Where a walk over a purpose stands: as what the next number is named, and whether only after a number sign."""

    named: Named = Named.NOTHING
    is_loose: bool = False
    is_after_number: bool = False

    def name(self, named: Named) -> None:
        self.named, self.is_loose, self.is_after_number = named, False, False


def mentions(purpose: str) -> tuple[Mention, ...]:
    """Give the numbers in a purpose, in their order, the longer readings of a place before the shorter."""
    text = _STUCK.sub(r"\1 ", fold(purpose))
    tokens = list(_TOKEN.finditer(text))
    named = _names(text, tokens)
    dates = [_date(token[0]) for token in tokens]
    return tuple(
        Mention(key, named[at], tokens[at].start(), tokens[last].end(), _date_after(tokens, dates, last))
        for at in range(len(tokens))
        if dates[at] is None or named[at] is not Named.NOTHING
        for last, key in _readings(text, tokens, at)
    )


def _names(text: str, tokens: list[re.Match[str]]) -> list[Named]:
    walk, named = _Walk(), []
    for at, token in enumerate(tokens):
        before = tokens[at - 1][0] if at else ""
        gap = text[tokens[at - 1].end() : token.start()] if at else ""
        after = tokens[at + 1][0] if at + 1 < len(tokens) else ""
        named.append(_step(walk, token[0], before, gap, after))
    return named


def _step(walk: _Walk, word: str, before: str, gap: str, after: str) -> Named:
    own = _named_by(word, before, after)
    if own is not None:
        walk.name(own)
        return Named.NOTHING
    if word in _NUMBER_SIGN:
        walk.is_loose = walk.is_after_number = False
        return Named.NOTHING
    if any(character.isdigit() for character in word):
        return _number(walk, word, before, gap)
    return _word(walk, word)


def _word(walk: _Walk, word: str) -> Named:
    if word in _FILLERS:
        walk.is_after_number = walk.is_after_number and word not in _ANDS
        return Named.NOTHING
    # A number may begin with letters apart: the first word after the name may be they.
    named = Named.NOTHING if walk.is_loose or walk.is_after_number else walk.named
    if walk.is_after_number:
        walk.name(Named.NOTHING)
    walk.is_loose = True
    return named


def _number(walk: _Walk, word: str, before: str, gap: str) -> Named:
    # Where a number is due, what looks like a date is one: "по договору 2/1/2024", but not "по договору от 2.1.2024".
    if _date(word) is not None and (walk.is_after_number or walk.is_loose or before == _OF):
        return Named.NOTHING
    if walk.is_loose or (walk.is_after_number and not _LISTED.fullmatch(gap)):
        walk.name(Named.NOTHING)
    walk.is_after_number = True
    return walk.named


def _named_by(word: str, before: str, after: str) -> Named | None:
    """Give as what a word names the numbers after it; None for a word that names none."""
    head = re.split(r"[-/]", word, maxsplit=1)[0]
    if word in _PERSONAL or _PERSONAL_ACCOUNTS.fullmatch(word):
        return Named.CONTRACT
    if _TAX_INVOICE.fullmatch(word):
        return Named.NOTHING
    if any(character.isdigit() for character in word):
        return None
    if head in _INVOICES:
        if _PERSONAL_ACCOUNTS.fullmatch(before):
            return Named.CONTRACT
        is_other = _OTHER_ACCOUNTS.fullmatch(before) or after.startswith(fold("ФАКТУР"))
        return Named.NOTHING if is_other else Named.INVOICE
    return Named.CONTRACT if head in _CONTRACTS else None


def _readings(text: str, tokens: list[re.Match[str]], at: int) -> Iterator[tuple[int, str]]:
    """Give (last token, key) of each number that may begin at a token, the longest first."""
    gaps = [text[left.end() : right.start()].strip(" ") for left, right in pairwise(tokens[at : at + _LONGEST])]
    last = at
    for gap in gaps:
        if not _is_one_number(tokens[last][0], gap, tokens[last + 1][0]):
            break
        last += 1
    if _is_cut(text, tokens, at - 1):
        return
    for end in range(last, at - 1, -1):
        key = _joined(text[tokens[at].start() : tokens[end].end()])
        if any(character.isdigit() for character in key) and not _is_cut(text, tokens, end):
            yield end, key


def _is_one_number(left: str, gap: str, right: str) -> bool:
    """Say whether what stands on both sides of a gap may be one number: "ДГ 42", "157 / 1", "157 - 2026"."""
    if not right[0].isdigit() or left in _NUMBER_SIGN or left in _FILLERS or left in _SMALL_WORDS:
        return False
    return gap in ("-", "/") or (not gap and left.isalpha() and len(left) <= _LONGEST_PREFIX)


def _is_cut(text: str, tokens: list[re.Match[str]], left: int) -> bool:
    """Say whether a number would be cut in two between a token and the next: a slash never stands between two."""
    if not 0 <= left < len(tokens) - 1:
        return False
    sides = tokens[left][0][-1] + tokens[left + 1][0][0]
    return sides.isdigit() and text[tokens[left].end() : tokens[left + 1].start()].strip(" ") == "/"


def _joined(text: str) -> str:
    text = re.sub(r" *([-/]) *", r"\1", re.sub(r"\s+", " ", text))
    return re.sub(r"(?<=[0-9]) (?=[^0-9])|(?<=[^0-9]) ", "", text)


def _date_after(tokens: list[re.Match[str]], dates: list[date | None], last: int) -> date | None:
    for at in range(last + 1, min(last + 3, len(tokens))):
        if dates[at] is not None:
            return dates[at]
        if tokens[at][0] not in _FILLERS:
            break
    return None


def _date(word: str) -> date | None:
    if match := _DATE.fullmatch(word):
        day, month, year = (int(match[group]) for group in (1, 3, 4))
    elif match := _ISO_DATE.fullmatch(word):
        year, month, day = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
