"""Bounds: when a run has issued so much more than the runs before it that somebody is to look.

Numbers after Kill Bill's safety bounds: what is three times the usual is more often a fault than a good month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

# A run stops above so many times the median of the last runs.
TIMES_MEDIAN = 3
LAST_RUNS = 6
# Of fewer runs, or of runs that issue fewer documents than this, the median says nothing.
FEWEST_RUNS = 3
FEWEST_DOCUMENTS = 10
# So often the usual number of documents is looked at while it is issued.
LOOKS_A_MEDIAN = 4
# So many workers together may issue no more between two looks than one of them alone.
MOST_WORKERS = 16


@dataclass(frozen=True, slots=True)
class Made:
    """What a run has issued: how many documents, and their sums with tax by currency."""

    documents: int
    gross: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The medians of the runs before; a currency that few of them had has none."""

    runs: int
    documents: int
    gross: Mapping[str, Decimal]

    def passed_by(self, made: Made, *, told: str = "are issued") -> str:
        """Say with both figures what passes three times the median, and as `told`; empty when nothing does."""
        what = f"at the median of the last {self.runs} runs"
        if made.documents > TIMES_MEDIAN * self.documents:
            return f"{made.documents} documents {told}, more than {TIMES_MEDIAN} times the {self.documents} {what}."
        for currency, usual in sorted(self.gross.items()):
            gross = made.gross.get(currency, Decimal(0))
            if gross > TIMES_MEDIAN * usual:
                return f"{gross:f} {currency} {told}, more than {TIMES_MEDIAN} times the {usual:f} {currency} {what}."
        return ""

    def room(self, made: Made) -> int:
        """Give how many documents may be issued before the next look: few enough that sums are seen early.

        The one that passes the bound is among them.
        """
        return max(min(self._left(made), max(self.documents // LOOKS_A_MEDIAN, FEWEST_DOCUMENTS)), 0)

    def unseen(self, made: Made) -> int:
        """Give how many documents one of up to 16 workers may issue before it looks itself."""
        return max(min(self._left(made), self.documents // LOOKS_A_MEDIAN) // MOST_WORKERS, 0)

    def _left(self, made: Made) -> int:
        return TIMES_MEDIAN * self.documents - made.documents + 1


def bounds_of(earlier: Sequence[Made]) -> Bounds | None:
    """Give the bounds that earlier runs set; None when they are too few, or issued too little, to tell anything."""
    if len(earlier) < FEWEST_RUNS:
        return None
    usual = int(median(one.documents for one in earlier))
    if usual < FEWEST_DOCUMENTS:
        return None
    currencies = {currency for one in earlier for currency in one.gross}
    sums = {currency: [one.gross[currency] for one in earlier if currency in one.gross] for currency in currencies}
    return Bounds(
        runs=len(earlier),
        documents=usual,
        gross={currency: median(own) for currency, own in sums.items() if len(own) >= FEWEST_RUNS},
    )
