"""Resolving usage: what the ids, numbers and codes of a call's records stand for, and which records are new."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from billfold.database.usage import KeptUsage, UsedContract, used_contracts, used_service_ids
from billfold.domain.errors import CallerError, Conflict, InvalidInput, NotFound
from billfold.domain.metering import MeasuredUsage, ReportedUsage, correction, measured


@dataclass(frozen=True, slots=True)
class Directory:
    """The contracts and services that the records of a call name."""

    contracts: Mapping[UUID, UsedContract]
    numbers: Mapping[str, Sequence[UUID]]
    service_ids: frozenset[UUID]
    service_codes: Mapping[str, UUID]

    def contract(self, report: ReportedUsage) -> UUID | None:
        """Give the contract of a record, None where it names none. Raises NotFound, or InvalidInput for several."""
        if report.contract_number is None:
            if report.contract_id is not None and report.contract_id not in self.contracts:
                raise NotFound("There is no such contract.", field="contract")
            return report.contract_id
        found = self.numbers.get(report.contract_number, ())
        if not found:
            raise NotFound(f"There is no contract {report.contract_number[:80]!r}.", field="contractNumber")
        if len(found) > 1:
            raise InvalidInput(
                f"Several enterprises have a contract {report.contract_number!r}: give the enterprise's code.",
                field="contractNumber",
            )
        return found[0]

    def service(self, report: ReportedUsage) -> UUID | None:
        """Give the service of a record, None where it names none. Raises NotFound."""
        if report.service_code is None:
            if report.service_id is not None and report.service_id not in self.service_ids:
                raise NotFound("There is no such service.", field="service")
            return report.service_id
        if report.service_code not in self.service_codes:
            raise NotFound(f"There is no service {report.service_code[:80]!r}.", field="serviceCode")
        return self.service_codes[report.service_code]


@contextmanager
def about(at: int, report: ReportedUsage) -> Iterator[None]:
    """Name the record in what is raised: its place in the field, its external id in the message."""
    try:
        yield
    except CallerError as error:
        message = f"Record {report.external_id[:80]!r}: {error.message}"
        raise type(error)(message, field=f"records.{at}.{error.field}") from error


async def read_directory(
    connection: asyncpg.Connection, records: Sequence[ReportedUsage], enterprise: str | None
) -> Directory:
    """Read what the records name, in two statements, and hold the contracts against whoever charges them.

    `enterprise` is the code of the one whose contracts the numbers are of; None means any.
    """
    contracts = await used_contracts(
        connection,
        {one.contract_id for one in records if one.contract_id is not None},
        {one.contract_number for one in records if one.contract_number is not None},
    )
    numbers: dict[str, list[UUID]] = defaultdict(list)
    for contract in contracts:
        if enterprise is None or contract.enterprise == enterprise:
            numbers[contract.number].append(contract.id)
    service_ids, codes = await used_service_ids(
        connection,
        {one.service_id for one in records if one.service_id is not None},
        {one.service_code for one in records if one.service_code is not None},
    )
    return Directory({one.id: one for one in contracts}, numbers, frozenset(service_ids), codes)


def originals_of(records: Sequence[ReportedUsage]) -> set[str]:
    """Give the external ids that the records correct."""
    return {one.corrects for one in records if one.corrects is not None}


def resolve(
    records: Sequence[ReportedUsage], directory: Directory, kept: Mapping[str, KeptUsage]
) -> dict[int, MeasuredUsage]:
    """Give the records that are new, by their places; those that came before must say the same.

    Raises, naming the record: NotFound, InvalidInput, or Conflict for one that says something else than before.
    """
    known = {external_id: one.usage for external_id, one in kept.items()}
    remaining = {external_id: one.remaining for external_id, one in kept.items()}
    new: dict[int, MeasuredUsage] = {}
    # Corrections come last, so that they find originals of the same call.
    for at, report in sorted(enumerate(records), key=lambda place: place[1].corrects is not None):
        with about(at, report):
            one = _measured(report, directory, known)
            if report.external_id in known:
                check_same(one, known[report.external_id])
                continue
            _check_open(one, directory.contracts.get(one.contract_id))
            _take_back(one, remaining)
            known[one.external_id], remaining[one.external_id] = one, one.quantity
            new[at] = one
    return new


def _measured(report: ReportedUsage, directory: Directory, known: Mapping[str, MeasuredUsage]) -> MeasuredUsage:
    contract_id, service_id = directory.contract(report), directory.service(report)
    if report.corrects is not None:
        if report.corrects not in known:
            raise NotFound(f"This source has recorded no {report.corrects[:80]!r}.", field="corrects")
        return correction(report, known[report.corrects], contract_id, service_id)
    return measured(report, contract_id, service_id)


def check_same(one: MeasuredUsage, before: MeasuredUsage) -> None:
    """Raise Conflict unless a record says the same as the one that came before it."""
    if one != before:
        raise Conflict("It was recorded before with something else: give it an id of its own.", field="externalId")


def _check_open(one: MeasuredUsage, contract: UsedContract | None) -> None:
    """Take what happened before its contract was closed, however late it comes."""
    if contract is None or contract.closed_on is None:
        return
    day = one.occurred_at.astimezone(ZoneInfo(contract.timezone)).date()
    if day >= contract.closed_on:
        raise InvalidInput(
            f"Contract {contract.number} was closed on {contract.closed_on}: this happened on {day}.",
            field="occurredAt",
        )


def _take_back(one: MeasuredUsage, remaining: dict[str, Decimal]) -> None:
    if one.corrects is None:
        return
    left = remaining[one.corrects]
    if left + one.quantity < 0:
        raise InvalidInput(f"Only {left} is left of {one.corrects!r}: take back at most that.", field="quantity")
    remaining[one.corrects] = left + one.quantity
