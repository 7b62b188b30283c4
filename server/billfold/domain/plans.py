"""Plans: what one foresees for a contract, how that compares with the period before, and what is worth a look."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from billfold.domain.bounds import Made
from billfold.domain.lifecycle import PlannedOutcome
from billfold.domain.money import ZERO
from billfold.domain.periods import Period

# Sums within so many percent of those before are as usual.
USUAL_PERCENT = 30
# The days before a period that is no whole month may be so many more or fewer: the halves of a month differ.
_MOST_DAYS_APART = 3
# Why a contract is left to another run, which is to make the same document.
IN_ANOTHER_RUN = "in_another_run"


class PlanWarning(StrEnum):
    """What of a plan is worth a look before it is started."""

    MISSING = "MISSING"
    GONE = "GONE"
    NEW = "NEW"
    UP_30 = "UP_30"
    DOWN_30 = "DOWN_30"
    LATE_USAGE = "LATE_USAGE"
    NO_RECIPIENT = "NO_RECIPIENT"


class PlanChange(StrEnum):
    """What of a contract is no more as its plan was worked out."""

    ADDED = "ADDED"
    LEFT = "LEFT"
    ISSUED = "ISSUED"
    VOIDED = "VOIDED"
    TAKEN = "TAKEN"
    PARKED = "PARKED"
    TERMS = "TERMS"
    USAGE = "USAGE"


_SENTENCES = {
    PlanChange.ADDED: "fits the plan only now",
    PlanChange.LEFT: "fits the plan no more",
    PlanChange.ISSUED: "has its document already",
    PlanChange.VOIDED: "has its document no more",
    PlanChange.TAKEN: "is left to another run that makes the same",
    PlanChange.PARKED: "was parked or unparked",
    PlanChange.TERMS: "has other subscriptions or charges",
    PlanChange.USAGE: "has other usage",
}


def told_changes(contracts: Iterable[tuple[str, PlanChange]], count: int) -> str:
    """Say what has changed of `count` contracts, of which these are the first, and what to do."""
    told = [f"contract {number} {_SENTENCES[change]}" for number, change in contracts]
    more = count - len(told)
    return f"It is no more as the plan showed: {'; '.join(told)}{f'; {more} more' if more else ''}. Plan again."


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What a plan foresees for one contract, and what it was worked out from.

    `net`, `gross` and `lines` are of the document that would be issued, `digest` that of what it says;
    `previous_gross` is of the document for the period before, None where there is none.
    """

    contract_id: UUID
    currency: str
    outcome: PlannedOutcome
    reason: str = ""
    net: Decimal | None = None
    gross: Decimal | None = None
    lines: int = 0
    previous_gross: Decimal | None = None
    warnings: tuple[PlanWarning, ...] = ()
    digest: str = ""
    revision: int = 0
    usage_count: int = 0

    @property
    def is_elsewhere(self) -> bool:
        """Whether the document is there already, or another run is to make it."""
        return self.outcome is PlannedOutcome.ALREADY_ISSUED or self.reason == IN_ANOTHER_RUN


def comparing_warnings(gross: Decimal | None, previous: Decimal | None) -> tuple[PlanWarning, ...]:
    """Give what a document of `gross`, None for none, is worth a look for beside the one before, None for none.

    A difference of exactly 30 % is none; of nothing, any sum is more.
    """
    if previous is None:
        return () if gross is None else (PlanWarning.NEW,)
    if gross is None:
        return (PlanWarning.MISSING,)
    if abs(gross - previous) * 100 <= abs(previous) * USUAL_PERCENT:
        return ()
    return (PlanWarning.UP_30 if gross > previous else PlanWarning.DOWN_30,)


def change_percent(gross: Decimal, previous: Decimal) -> Decimal | None:
    """Give by how many percent a sum differs from the one before, to one decimal; None where that was nothing."""
    if not previous:
        return None
    return ((gross - previous) * 100 / abs(previous)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def starts_before(period: Period) -> Period:
    """Give the days on which a period of the same kind, that ends where this one starts, may begin.

    Before so many whole months the same number of them; before other days about as many.
    """
    months = _whole_months(period)
    if months:
        first = period.start.year * 12 + period.start.month - 1 - months
        start = date(first // 12, first % 12 + 1, 1)
        return Period(start, start + timedelta(days=1))
    apart = timedelta(days=min(period.days // 4, _MOST_DAYS_APART))
    start = period.start - timedelta(days=period.days)
    return Period(start - apart, start + apart + timedelta(days=1))


def _whole_months(period: Period) -> int:
    if period.start.day != 1 or period.until.day != 1:
        return 0
    return (period.until.year - period.start.year) * 12 + period.until.month - period.start.month


class Tally:
    """What the items of a plan come to: counts and sums, however many items there are."""

    def __init__(self) -> None:
        self._outcomes: Counter[PlannedOutcome] = Counter()
        self._reasons: dict[PlannedOutcome, Counter[str]] = {one: Counter() for one in PlannedOutcome}
        self._warnings: Counter[PlanWarning] = Counter()
        self._sums: dict[str, tuple[Decimal, Decimal]] = {}
        self._before: dict[str, tuple[int, Decimal]] = {}

    def add(self, items: Iterable[PlanItem]) -> None:
        """Add items."""
        for item in items:
            self._outcomes[item.outcome] += 1
            self._reasons[item.outcome][item.reason] += 1
            self._warnings.update(item.warnings)
            if item.net is not None and item.gross is not None:
                net, gross = self._sums.get(item.currency, (ZERO, ZERO))
                self._sums[item.currency] = (net + item.net, gross + item.gross)
            if item.previous_gross is not None and not item.is_elsewhere:
                self._add_before(item.currency, 1, item.previous_gross)

    def add_gone(self, currency: str, count: int, gross: Decimal) -> None:
        """Add contracts that had documents for the period before, and are not among the items."""
        self._warnings[PlanWarning.GONE] += count
        self._add_before(currency, count, gross)

    def _add_before(self, currency: str, count: int, gross: Decimal) -> None:
        documents, sum_ = self._before.get(currency, (0, ZERO))
        self._before[currency] = (documents + count, sum_ + gross)

    @property
    def to_be_made(self) -> Made:
        """What would be issued, as bounds take it."""
        gross = {currency: gross for currency, (_, gross) in self._sums.items()}
        return Made(documents=self._outcomes[PlannedOutcome.ISSUE], gross=gross)

    def told(self, *, bounds: str) -> Mapping[str, object]:
        """Give what is kept of it with the plan, as JSON takes it; `bounds` says why it is out of bounds, or nothing.

        The documents before leave out those of contracts whose own is there already or another run's.
        """
        return {
            "documents": self._outcomes[PlannedOutcome.ISSUE],
            "already_issued": self._outcomes[PlannedOutcome.ALREADY_ISSUED],
            "totals": [
                {"currency": currency, "net": f"{net:f}", "tax": f"{gross - net:f}", "gross": f"{gross:f}"}
                for currency, (net, gross) in sorted(self._sums.items())
            ],
            "skipped": counted(self._reasons[PlannedOutcome.SKIP]),
            "failed": counted(self._reasons[PlannedOutcome.FAIL]),
            "previous": [
                {"currency": currency, "documents": documents, "gross": f"{gross:f}", "change": change}
                for currency, (documents, gross) in sorted(self._before.items())
                for change in (self._change(currency, gross),)
            ],
            "warnings": [
                {"code": code.value, "count": self._warnings[code]} for code in PlanWarning if self._warnings[code]
            ],
            "bounds": bounds,
        }

    def _change(self, currency: str, before: Decimal) -> str | None:
        _, gross = self._sums.get(currency, (ZERO, ZERO))
        change = change_percent(gross, before)
        return None if change is None else f"{change:f}"


def counted(reasons: Counter[str]) -> list[dict[str, object]]:
    """Give the counts of reasons, in the order of the reasons."""
    return [{"reason": reason, "count": count} for reason, count in sorted(reasons.items())]
