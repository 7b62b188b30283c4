"""Matching: the ladder by which money on a bank statement finds its contract, and never guesses (domain.md 5.2).

The steps: an invoice's number and the payer's INN; the payer's INN and exactly what one document leaves open; a
contract's number; the payer's INN with one contract. All within one enterprise and one currency.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from billfold.domain.document_index import DocumentIndex, PaidDocument
from billfold.domain.money import ZERO
from billfold.domain.purposes import Mention, Named, fold, mentions, number_key, short_key


class MatchRule(StrEnum):
    """The step of the ladder that found a contract; HAND is a person."""

    INVOICE = "invoice"
    AMOUNT = "amount"
    CONTRACT = "contract"
    PAYER = "payer"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class PaidContract:
    """A contract that money may be for; `inns` are all that its client ever had.

    `debt` is what is open of its opening debt; it is closed from `closed_on` on, and runs out after `valid_to`.
    """

    id: UUID
    number: str
    enterprise_id: UUID
    currency: str
    inns: frozenset[str] = frozenset()
    debt: Decimal = ZERO
    closed_on: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """What a statement says of one payment in."""

    enterprise_id: UUID
    enterprise_inn: str
    currency: str
    amount: Decimal
    received_on: date
    payer_inn: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: the contract, the open documents that are meant, and by which step; none leaves it to a person.

    `comment` says why nothing was found, where that can be said.
    """

    rule: MatchRule | None = None
    contract_id: UUID | None = None
    document_ids: tuple[UUID, ...] = ()
    comment: str = ""


NOBODY = Match(
    comment="Neither the payer's INN nor the purpose leads to one contract: say whose money it is, or put it aside."
)
# More contracts than these are not told by number.
_LISTED = 10
_THIRD_PARTY = re.compile(rf"(?<!\w){fold('ЗА')}\s+(?:{fold('ТРЕТЬЕ|ТРЕТЬИХ|3-Е|3Е|3-Х|3Х')})\s+{fold('ЛИЦ')}")
_INN = re.compile(rf"(?<!\w){fold('ИНН')}\W{{0,3}}([0-9]{{12}}|[0-9]{{10}})(?![0-9])")


class Ladder:
    """The books that money is matched with. What a match pays is open no more for the next.

    Contracts of all enterprises concerned; documents of at least all clients who pay.
    """

    def __init__(self, contracts: Iterable[PaidContract], documents: Iterable[PaidDocument]) -> None:
        self._contracts = {contract.id: contract for contract in contracts}
        self._documents = DocumentIndex(documents)
        self._debts = {contract.id: contract.debt for contract in self._contracts.values()}
        self._numbers = _by_number(self._contracts.values())
        self._payers = _by_payer(self._contracts.values())

    def match(self, money: Money) -> Match:
        """Find what money is for."""
        found = mentions(money.purpose)
        named = self._named(money, found)
        own = [] if _is_for_another(money) else self._of_payer(money)
        # A contract that the payer names says which of their documents can be meant.
        meant = [contract.id for contract in own if not named or contract.id in named]
        return (
            self._by_invoice(meant, found)
            or self._by_amount(meant, money.amount)
            or self._by_contract(named)
            or self._by_payer(own, money.received_on)
        )

    def take(self, match: Match, amount: Decimal) -> None:
        """Reckon with money that was registered as matched: what it pays is open no more."""
        if match.contract_id is not None:
            debt = self._debts[match.contract_id]
            left = self._documents.pay(match.contract_id, amount, first=match.document_ids, debt=debt)
            self._debts[match.contract_id] = left

    def _of_payer(self, money: Money) -> Sequence[PaidContract]:
        return self._payers.get((money.enterprise_id, money.currency, money.payer_inn), ()) if money.payer_inn else ()

    def _by_invoice(self, own: Sequence[UUID], found: Sequence[Mention]) -> Match | None:
        told = [mention for mention in found if mention.named is Named.INVOICE or mention.is_telling]
        meant = self._documents.meant(own, told)
        # One payment is of one contract.
        if len({document.contract_id for document in meant}) != 1:
            return None
        open_ = tuple(document.id for document in meant if self._documents.is_open(document))
        return Match(MatchRule.INVOICE, meant[0].contract_id, open_)

    def _by_amount(self, own: Sequence[UUID], amount: Decimal) -> Match | None:
        exact = self._documents.exactly(own, amount)
        return Match(MatchRule.AMOUNT, exact[0].contract_id, (exact[0].id,)) if len(exact) == 1 else None

    def _by_contract(self, named: Sequence[UUID]) -> Match | None:
        if len(named) > 1:
            return Match(comment=f"The purpose names several contracts: {self._listed(named)}.")
        return Match(MatchRule.CONTRACT, named[0]) if named else None

    def _by_payer(self, own: Sequence[PaidContract], day: date) -> Match:
        open_ = [one for one in own if one.closed_on is None or one.closed_on > day]
        running = [one for one in open_ if one.valid_to is None or one.valid_to >= day]
        candidates = [one.id for one in running or open_]
        if len(candidates) > 1:
            return Match(comment=f"The payer has several contracts: {self._listed(candidates)}.")
        return Match(MatchRule.PAYER, candidates[0]) if candidates else NOBODY

    def _listed(self, contract_ids: Sequence[UUID]) -> str:
        numbers = sorted(self._contracts[id_].number for id_ in contract_ids)
        return ", ".join(numbers[:_LISTED]) + (", ..." if len(numbers) > _LISTED else "")

    def _named(self, money: Money, found: Sequence[Mention]) -> list[UUID]:
        """Give the contracts whose numbers stand in the purpose, the longest number first; none inside another."""
        numbers = self._numbers.get((money.enterprise_id, money.currency), {})
        told = [one for one in found if one.named is Named.CONTRACT or (one.named is Named.NOTHING and one.is_telling)]
        taken: list[tuple[int, int]] = []
        named: dict[UUID, None] = {}
        for mention in sorted(told, key=lambda one: (one.start - one.end, one.start)):
            # A number with other noughts before it is meant only where no number is exactly so.
            ids = numbers.get(mention.key) or numbers.get(_short(mention.key))
            if ids and not any(start < mention.end and mention.start < end for start, end in taken):
                taken.append((mention.start, mention.end))
                named.update(dict.fromkeys(ids))
        return list(named)


def _by_number(contracts: Iterable[PaidContract]) -> dict[tuple[UUID, str], dict[str, list[UUID]]]:
    index: dict[tuple[UUID, str], dict[str, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for contract in contracts:
        numbers, key = index[contract.enterprise_id, contract.currency], number_key(contract.number)
        numbers[key].append(contract.id)
        numbers[_short(key)].append(contract.id)
    return index


def _by_payer(contracts: Iterable[PaidContract]) -> dict[tuple[UUID, str, str], list[PaidContract]]:
    index: dict[tuple[UUID, str, str], list[PaidContract]] = defaultdict(list)
    for contract in contracts:
        for inn in contract.inns:
            index[contract.enterprise_id, contract.currency, inn].append(contract)
    return index


def _short(key: str) -> str:
    # Marked, so that it is never taken for a number as it is written.
    return f"~{short_key(key)}"


def _is_for_another(money: Money) -> bool:
    text = fold(money.purpose)
    others = set(_INN.findall(text)) - {money.payer_inn, money.enterprise_inn}
    return bool(others) or _THIRD_PARTY.search(text) is not None
