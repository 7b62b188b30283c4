"""Numbers: those that come next, shown before anything is issued."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import asyncpg

from billfold.database.connection import reading
from billfold.database.number_register import taken_numbers
from billfold.database.numbers import next_counter
from billfold.database.rules import rules_of
from billfold.database.single_rows import find_row
from billfold.domain.access import Scope, Viewer
from billfold.domain.document import Document
from billfold.domain.errors import NotFound
from billfold.domain.numbering import PREVIEWED, NumberedThing, NumberMode, Reset, check_rule
from billfold.domain.numbering import Scope as SeriesScope
from billfold.domain.numbering import preview as preview_rule
from billfold.domain.periods import local_date
from billfold.domain.rules import DocumentRule
from billfold.plugin_api.samples import sample_document
from billfold.services.fields import Readers, flag, read_fields
from billfold.services.imports.cells import short_text
from billfold.services.parts import Parts
from billfold.services.typed_fields import day, known, whole

# So far a preview looks for numbers that are not taken, so many at a time.
_LOOKED_THROUGH = 5_000
_AT_ONCE = 100
# Counters that are left out are counted in 32 bits.
_LARGEST_START = 2**31 - 1

# What may be said of the numbers of a rule, by column; `restart`, which is none, begins the present series anew.
NUMBERING_READERS: Readers = {
    "mask": short_text(limit=200, is_needed=True),
    "prefix": short_text(limit=50),
    "reset": known(Reset),
    "scope": known(SeriesScope),
    "start": whole(1, _LARGEST_START),
    "mode": known(NumberMode),
    "restart": flag,
}


@dataclass(frozen=True, slots=True)
class NumbersOf:
    """Whose numbers are meant: a type's of an enterprise, on a day, today when None.

    `contract_id` tells whose, where contracts have numbers of their own.
    """

    enterprise_id: UUID
    type: str
    on: date | None = None
    contract_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A series, found by what a document of it would be: `example` is invented but for what numbers are made of."""

    rule: DocumentRule
    thing: NumberedThing
    example: Document

    def key(self, parts: Parts) -> str:
        """Give its key within the enterprise."""
        return parts.plugins.series(self.example, self.rule, self.thing)

    def number(self, parts: Parts, counter: int) -> str:
        """Give the text of a number of it."""
        return parts.plugins.number(self.example, self.rule, self.thing, counter)

    def is_of_contract(self, parts: Parts) -> bool:
        """Tell whether the series, or what its numbers say, is another for another contract."""
        other = _with_contract(self, f"{self.thing.contract}'")
        counter = self.rule.numbering.start
        return (self.key(parts), self.number(parts, counter)) != (other.key(parts), other.number(parts, counter))


def _with_contract(series: Series, number: str) -> Series:
    reference = series.example.contract
    contract = replace(reference, number=number) if reference else None
    return replace(
        series, thing=replace(series.thing, contract=number), example=replace(series.example, contract=contract)
    )


async def preview(
    parts: Parts, viewer: Viewer, numbers: NumbersOf, *, proposal: Mapping[str, object] | None = None
) -> tuple[str, ...]:
    """Give the next five numbers and, where the rule resets, the first one after the reset; draws none.

    `proposal` are fields of a rule that is thought of, by column, over the present one. Numbers that are taken are
    passed over. Raises UnknownDocumentType, NotFound for the enterprise or the contract, NumberingConflict for a rule
    whose numbers would repeat.
    """
    viewer.require(Scope.DOCUMENTS_READ)
    values = read_fields(proposal or {}, NUMBERING_READERS)
    restarts = bool(values.pop("restart", False))
    async with reading() as connection:
        series = await find_series(parts, connection, numbers, changes=values)
        numbering = series.rule.numbering
        check_rule(numbering)
        first = numbering.start
        if not restarts:
            first = await next_counter(connection, numbers.enterprise_id, series.key(parts), numbering.start)
        following = await _free_numbers(parts, connection, numbers, series, first)
    # What comes after the five is the first of the next window.
    return (*following, *preview_rule(numbering, series.thing, first)[PREVIEWED:])


async def find_series(
    parts: Parts, connection: asyncpg.Connection, numbers: NumbersOf, *, changes: Mapping[str, object] | None = None
) -> Series:
    """Find the series that a document would be numbered in, by the present rule with `changes` of its numbering.

    Raises UnknownDocumentType, NotFound for the enterprise or the contract, InvalidInput for a day that cannot be.
    """
    declared = parts.plugins.document_type(numbers.type)
    enterprise = await find_row(connection, "enterprises", {"id": numbers.enterprise_id}, ("code", "timezone"))
    if enterprise is None:
        raise NotFound("No enterprise has this id.", field="enterprise")
    if numbers.on is not None:
        read_fields({"on": numbers.on}, {"on": day})
    rules = await rules_of(connection, [numbers.enterprise_id], numbers.type, declared.rule)
    rule = rules[numbers.enterprise_id]
    example = sample_document(declared)
    thing = NumberedThing(
        type=numbers.type,
        on=numbers.on or local_date(parts.clock.now(), enterprise["timezone"]),
        enterprise=enterprise["code"],
    )
    changed = replace(rule.numbering, **(changes or {}))  # type: ignore[arg-type]  # They were read before.
    series = Series(replace(rule, numbering=changed), thing, replace(example, issue_date=thing.on))
    sample = example.contract.number if example.contract else ""
    return _with_contract(series, await _contract_number(connection, numbers) or sample)


async def _contract_number(connection: asyncpg.Connection, numbers: NumbersOf) -> str:
    """Give the number of the contract, or empty where none is told."""
    if numbers.contract_id is None:
        return ""
    key = {"id": numbers.contract_id, "enterprise_id": numbers.enterprise_id}
    found = await find_row(connection, "contracts", key, ("number",))
    if found is None:
        raise NotFound("The enterprise has no contract with this id.", field="contract")
    return str(found["number"])


async def _free_numbers(
    parts: Parts, connection: asyncpg.Connection, numbers: NumbersOf, series: Series, first: int
) -> list[str]:
    free: list[str] = []
    for begin in range(first, first + _LOOKED_THROUGH, _AT_ONCE):
        texts = [series.number(parts, counter) for counter in range(begin, begin + _AT_ONCE)]
        taken = await taken_numbers(connection, numbers.enterprise_id, numbers.type, texts)
        free += [text for text in texts if text not in taken]
        if len(free) >= PREVIEWED:
            break
    return free[:PREVIEWED]
