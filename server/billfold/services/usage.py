"""Usage: take in what sources measured, each record once, whatever is sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from billfold.database import usage as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import Conflict, InvalidInput, PassingError
from billfold.domain.ids import new_id
from billfold.domain.metering import MeasuredUsage, ReportedUsage, check_reported, check_source
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.usage_resolving import about, check_same, originals_of, read_directory, resolve

RECORDS_A_CALL = 1_000
# Another call may record an original of this one at the same moment, or a long month be charged; the next attempt
# finds it there.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class RecordedUsage:
    """What became of the records of a call; `late` of the recorded ones lie in days that are charged or closed."""

    recorded: int
    duplicates: int
    late: int


@dataclass(frozen=True, slots=True)
class _Call:
    source: str
    records: Sequence[ReportedUsage]
    enterprise: str | None
    actor: str
    now: datetime


class _Overtaken(Exception):
    """An original of this call was recorded by another one meanwhile."""


async def record(
    parts: Parts,
    viewer: Viewer,
    *,
    source: str,
    records: Sequence[ReportedUsage],
    enterprise: str | None = None,
    idempotency_key: str | None = None,
) -> RecordedUsage:
    """Record 1 to 1,000 uses of one source, all or none; `enterprise` is the code that contract numbers are of.

    May be repeated: a record that is there already counts as a duplicate. Holds the contracts against whoever charges
    them. The field of an error names the record, as in `records.17.quantity`. Raises InvalidInput; NotFound for an
    unknown contract, service or original; Conflict for an external id that came before with something else.
    """
    viewer.require(Scope.BOOKS_WRITE)
    check_source(source)
    if not 1 <= len(records) <= RECORDS_A_CALL:
        raise InvalidInput(f"The call has {len(records)} records: send 1 to {RECORDS_A_CALL}.", field="records")
    for at, report in enumerate(records):
        with about(at, report):
            check_reported(report)
    call = _Call(source, records, enterprise, viewer.name, parts.clock.now())
    arguments = {"source": source, "records": records, "enterprise": enterprise}
    counts = await once(
        viewer, Request("recordUsage", idempotency_key, arguments), lambda remember: _attempt(call, remember)
    )
    return RecordedUsage(*(int(count) for count in counts.split()))


async def _attempt(call: _Call, remember: Remember) -> str:
    """Record the call in one transaction, again where another call came between; gives the counts as text."""
    for _ in range(_ATTEMPTS):
        try:
            async with writing() as connection:
                counts = await _record(connection, call)
                text = f"{counts.recorded} {counts.duplicates} {counts.late}"
                await remember(connection, text)
                return text
        except (_Overtaken, PassingError):
            continue
    raise Conflict("This usage is being charged, or recorded by others: send it again later.", field="records")


async def _record(connection: asyncpg.Connection, call: _Call) -> RecordedUsage:
    directory = await read_directory(connection, call.records, call.enterprise)
    originals = originals_of(call.records)
    if originals:
        await rows.lock_usage(connection, call.source, originals)
    asked = {*originals, *(report.external_id for report in call.records)}
    kept = await rows.kept_usage(connection, call.source, asked)
    new = resolve(call.records, directory, kept)
    made = await _insert(connection, call, new, kept) if new else {}
    late = await rows.late_count(connection, made.values()) if made else 0
    counts = RecordedUsage(len(made), len(call.records) - len(made), late)
    if made:
        await record_event(
            connection,
            "recordUsage",
            ("usage", new_id()),
            actor=call.actor,
            now=call.now,
            details={"source": call.source, "recorded": counts.recorded, "late": counts.late},
        )
    return counts


async def _insert(
    connection: asyncpg.Connection,
    call: _Call,
    new: dict[int, MeasuredUsage],
    kept: dict[str, rows.KeptUsage],
) -> dict[str, int]:
    """Insert what is new; what a parallel call recorded first must be the same."""
    originals = {external_id: one.id for external_id, one in kept.items()}
    try:
        made = await rows.insert_usage(connection, call.source, list(new.values()), originals=originals, now=call.now)
    except asyncpg.IntegrityConstraintViolationError as error:
        # The law of corrections: the original went in by another call, or was corrected by an import.
        raise _Overtaken from error
    missing = {at: one for at, one in new.items() if one.external_id not in made}
    if missing:
        there = await rows.kept_usage(connection, call.source, [one.external_id for one in missing.values()])
        for at, one in missing.items():
            with about(at, call.records[at]):
                check_same(one, there[one.external_id].usage)
    return made
