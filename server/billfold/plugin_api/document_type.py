"""DocumentType: what a plugin declares about the type of document that it owns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel

from billfold.domain.rules import DocumentRule


class PeriodKind(StrEnum):
    """What a document of the type can be asked for.

    A period of days; an amount of money; the state of the contract on a day; or the correction of another document.
    """

    PERIOD = "period"
    AMOUNT = "amount"
    INSTANT = "instant"
    CORRECTION = "correction"


class Need(StrEnum):
    """Which facts a type is made of beyond the parties; what it does not need is not read, and left empty.

    A document by period of a type that needs CHARGES charges its period; any other charges nothing.
    """

    CHARGES = "charges"
    ACCOUNT = "account"
    ADVANCES = "advances"
    DOCUMENTS = "documents"
    SUBSCRIPTIONS = "subscriptions"
    USAGE = "usage"


class IssueDay(StrEnum):
    """Which date a document bears where nobody names one: today, or the last day of its period."""

    TODAY = "today"
    PERIOD_END = "period_end"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one document may take: lines on paper, pages, seconds and megabytes of printing."""

    lines: int = 2_000
    pages: int = 200
    seconds: int = 60
    megabytes: int = 1_024


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type of document.

    `key` is lower-case words joined by hyphens, unique among all plugins. `titles` by locale, `en` and `ru` at least.
    `file_names` by locale: the name of the PDF without its suffix, with `{number}` and `{date}`. `rule` is the
    default that an operator may override. `budget` beyond which the document fails with a clear reason. `corrects` are
    the keys of the types that a document of this one may correct. `follows` are the types whose documents for the same
    contract and period are made first where both wait. `is_revised_once_received` lets a document be replaced by a
    revision although its client has it.
    """

    key: str
    titles: Mapping[str, str]
    is_payable: bool
    period_kinds: frozenset[PeriodKind] = frozenset({PeriodKind.PERIOD})
    needs: frozenset[Need] = frozenset({Need.CHARGES})
    issue_day: IssueDay = IssueDay.TODAY
    corrects: frozenset[str] = frozenset()
    follows: frozenset[str] = frozenset()
    is_revised_once_received: bool = False
    details: type[BaseModel] | None = None
    rule: DocumentRule = field(default_factory=DocumentRule)
    budget: Budget = field(default_factory=Budget)
    file_names: Mapping[str, str] = field(default_factory=dict)

    def title(self, locale: str) -> str:
        """Give the title in the locale, or in English."""
        return self.titles.get(locale) or self.titles["en"]
