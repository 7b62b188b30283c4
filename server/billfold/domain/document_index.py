"""The documents that payers may mean, found by their numbers as purposes tell them; never one of two that are alike."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.domain.money import ZERO
from billfold.domain.purposes import Mention, number_key, short_key, tail


@dataclass(frozen=True, slots=True)
class PaidDocument:
    """An issued document that is to be paid; `open` is what is left of it, `is_marked` tells of paid by hand."""

    id: UUID
    contract_id: UUID
    number: str
    issued_on: date
    open: Decimal
    due_on: date | None = None
    is_marked: bool = False


@dataclass(slots=True)
class _Shelf:
    """The documents of one contract."""

    documents: list[PaidDocument] = field(default_factory=list)
    by_key: dict[str, list[PaidDocument]] = field(default_factory=lambda: defaultdict(list))
    by_short: dict[str, list[PaidDocument]] = field(default_factory=lambda: defaultdict(list))
    by_tail: dict[tuple[str, date], list[PaidDocument]] = field(default_factory=lambda: defaultdict(list))

    def add(self, document: PaidDocument) -> None:
        key = number_key(document.number)
        self.documents.append(document)
        self.by_key[key].append(document)
        self.by_short[short_key(key)].append(document)
        self.by_tail[tail(document.number), document.issued_on].append(document)


class DocumentIndex:
    """Documents by contract and number, and what is open of them as money comes in."""

    def __init__(self, documents: Iterable[PaidDocument]) -> None:
        self._shelves: dict[UUID, _Shelf] = defaultdict(_Shelf)
        self._open: dict[UUID, Decimal] = {}
        for document in documents:
            self._shelves[document.contract_id].add(document)
            self._open[document.id] = document.open

    def is_open(self, document: PaidDocument) -> bool:
        """Say whether anything is left to pay of a document."""
        return self._open[document.id] > 0

    def exactly(self, contract_ids: Iterable[UUID], amount: Decimal) -> list[PaidDocument]:
        """Give the documents of contracts that leave exactly so much open."""
        found = [one for shelf in self._of(contract_ids) for one in shelf.documents if self._open[one.id] == amount]
        # What a person said is paid is meant only where nothing else can be.
        return [one for one in found if not one.is_marked] or found

    def pay(self, contract_id: UUID, amount: Decimal, *, first: Sequence[UUID] = (), debt: Decimal = ZERO) -> Decimal:
        """Let money of a contract pay: the documents told first, then a debt, then the oldest due.

        Gives what is left of the debt.
        """
        for id_ in first:
            amount -= self._pay_one(id_, amount)
        debt_paid = min(debt, amount)
        amount -= debt_paid
        documents = next(self._of([contract_id]), _Shelf()).documents
        for document in sorted(documents, key=lambda one: (one.is_marked, one.due_on or date.max, one.number)):
            amount -= self._pay_one(document.id, amount)
        return debt - debt_paid

    def meant(self, contract_ids: Sequence[UUID], told: Iterable[Mention]) -> list[PaidDocument]:
        """Give the documents of contracts that the mentions mean, in their order.

        Of two readings of one place the first counts. A number that several documents have means none of them, unless
        its date or that it is the only one open tells which.
        """
        shelves = list(self._of(contract_ids))
        meant: dict[UUID, PaidDocument] = {}
        until = 0
        for mention in told if shelves else ():
            found = self._meant(shelves, mention) if mention.start >= until else None
            if found is not None:
                meant[found.id] = found
                until = mention.end
        return list(meant.values())

    def _meant(self, shelves: Sequence[_Shelf], mention: Mention) -> PaidDocument | None:
        found = [one for shelf in shelves for one in shelf.by_key.get(mention.key, ())]
        found = found or [one for shelf in shelves for one in shelf.by_short.get(short_key(mention.key), ())]
        if not found and mention.dated_on is not None and mention.key.isdigit():
            # The counter alone, of a number with more around it, means a document only together with its very date.
            bare = mention.key.lstrip("0"), mention.dated_on
            found = [one for shelf in shelves for one in shelf.by_tail.get(bare, ())]
        found = _dated(found, mention.dated_on)
        if len(found) > 1:
            found = [one for one in found if self.is_open(one)]
        return found[0] if len(found) == 1 else None

    def _pay_one(self, id_: UUID, amount: Decimal) -> Decimal:
        paid = min(self._open[id_], amount)
        self._open[id_] -= paid
        return paid

    def _of(self, contract_ids: Iterable[UUID]) -> Iterator[_Shelf]:
        return (self._shelves[id_] for id_ in contract_ids if id_ in self._shelves)


def _dated(found: list[PaidDocument], day: date | None) -> list[PaidDocument]:
    """Keep what a date allows: the documents of the very day, or a lone one of that year, whose day is a slip."""
    if day is None:
        return found
    exact = [one for one in found if one.issued_on == day]
    return exact or [one for one in found if len(found) == 1 and one.issued_on.year == day.year]
