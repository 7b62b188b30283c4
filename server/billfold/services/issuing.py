"""Issuing: one short transaction that charges, numbers, freezes and writes a chunk of drafts."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.database import occurrences
from billfold.database.connection import writing
from billfold.database.facts import ChargedPeriod
from billfold.database.sealing import write_documents
from billfold.domain.document import Document
from billfold.domain.errors import NumberingConflict
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import OccurrenceState, Step
from billfold.domain.periods import Period
from billfold.domain.snapshot import digest, to_json
from billfold.services.charging import Computed, write_charges, write_differences
from billfold.services.drafts import Composed, Difference, Draft, Failed, Issued, Skipped, Stale
from billfold.services.drawing_ahead import draw_ahead, give_up
from billfold.services.due import still_due, still_ruled
from billfold.services.idempotency import Remember
from billfold.services.numbering import RefusedNumbers, number
from billfold.services.parts import Parts
from billfold.services.replacing import Result, StillStanding, hand_over, void_replaced
from billfold.services.settling import settle_contracts
from billfold.services.steps import PRINTS_A_JOB, chunked


async def issue(
    parts: Parts,
    type: str,
    composed: Sequence[Composed],
    *,
    remember: Remember | None = None,
    is_last_try: bool = True,
) -> list[Result]:
    """Issue the drafts among `composed`, which share one type and period, and settle their occurrences.

    One transaction: locks the contracts, charges their period, draws one block of numbers a series last, freezes the
    snapshots, writes everything by COPY, and lets money that the contracts hold pay. A draft whose occurrence was
    settled meanwhile, or whose period overlaps a charged one, comes back as Failed with AlreadyIssued; one whose
    contract, subscriptions, usage or rule changed since it was composed comes back as Stale, or on the last try as
    Failed with Conflict; one that its rule or series refuses comes back as Failed, and the others go on. May be
    repeated: what is issued is never issued again. A revision is issued, and what it replaces void, both or neither;
    whatever keeps it from being replaced is raised. `remember` keeps each document's id under the caller's key, in the
    same transaction. Raises NumberingConflict, and writes nothing, when a number is taken meanwhile.
    """
    composed = await draw_ahead(parts, type, composed)
    issued: list[Issued] = []
    try:
        while True:
            try:
                results = await _issue(parts, type, composed, remember=remember, is_last_try=is_last_try)
                break
            except RefusedNumbers as refusal:
                # What was charged for the refused is rolled back with all the rest, which is issued again at once.
                composed = refusal.among(composed)
            except StillStanding as kept:
                results = kept.results
                break
        issued = [one for one in results if isinstance(one, Issued)]
    except asyncpg.UniqueViolationError as error:
        if error.table_name != "documents":
            raise
        raise NumberingConflict(_taken(parts.plugins.owner(type).name, type, error), field="numbering") from error
    finally:
        await give_up(composed, issued)
    await parts.bell.ring("print_documents", chunked([one.document.id for one in issued], PRINTS_A_JOB))
    return results


async def _issue(
    parts: Parts,
    type: str,
    composed: Sequence[Composed],
    *,
    remember: Remember | None,
    is_last_try: bool,
) -> list[Result]:
    now, rule = parts.clock.now(), parts.plugins.document_type(type).rule
    async with writing() as connection:
        replaced = await void_replaced(parts, connection, composed)
        standing, others = await still_due(connection, composed, now=now, is_last_try=is_last_try)
        due, misruled = await still_ruled(connection, standing, rule, now=now, is_last_try=is_last_try)
        periods = await _charge(connection, due, now) | await _charge_differences(connection, due)
        drafts = [one for one in due if isinstance(one, Draft)]
        # All that can be written before is: from their numbers on, nobody else draws from the same series.
        await occurrences.settle_occurrences(connection, _outcomes([*others, *misruled, *due]), now)
        if remember is not None:
            for one in drafts:
                await remember(connection, one.document.id)
        issued = await number(parts, connection, type, drafts)
        await _write(parts, connection, issued, periods, now)
        results: list[Result] = [*others, *misruled, *(one for one in due if isinstance(one, Skipped)), *issued]
        await hand_over(connection, results, replaced, now)
        payable = {one.draft.contract.id for one in issued if one.document.is_payable}
        await settle_contracts(connection, payable, actor="billfold", now=now)
    return results


def _taken(plugin: str, type: str, error: asyncpg.UniqueViolationError) -> str:
    """Say which number is taken; PostgreSQL tells it as `Key (enterprise_id, type, number)=(..., ..., 7) already`."""
    detail = str(error.detail or error)
    found = re.search(r", number, revision\)=\([^,]*, [^,]*, (.*), \d+\) already|^number (.*) is given away", detail)
    which = f"Number {(found[1] or found[2])!r}" if found else f"A number ({detail})"
    return f"{which} of {type!r} is taken already: change the numbering rule, or what plugin {plugin} writes."


async def _charge(connection: asyncpg.Connection, due: Sequence[Draft | Skipped], now: datetime) -> dict[UUID, UUID]:
    """Write what is charged anew; gives the charged period of each contract that has one."""
    period = next((one.assignment.period for one in due if one.charged and one.assignment.period), None)
    if period is None:
        return {}
    there = {one.contract.id: one.charged.id for one in due if isinstance(one.charged, ChargedPeriod)}
    computed = {one.contract.id: one.charged for one in due if isinstance(one.charged, Computed)}
    return there | await write_charges(connection, computed, period, now)


async def _charge_differences(connection: asyncpg.Connection, due: Sequence[Draft | Skipped]) -> dict[UUID, UUID]:
    """Write what corrections charge; gives the charged period of each by its contract."""
    return {
        one.contract.id: await write_differences(
            connection, one.contract.id, one.charged.charges, one.document.issue_date
        )
        for one in due
        if isinstance(one, Draft) and isinstance(one.charged, Difference)
    }


async def _write(
    parts: Parts,
    connection: asyncpg.Connection,
    issued: Sequence[Issued],
    periods: Mapping[UUID, UUID],
    now: datetime,
) -> None:
    rows = [
        _document_row(parts, one, now)
        | {"charge_period_id": periods.get(one.draft.contract.id) if one.draft.charged else None}
        for one in issued
    ]
    await write_documents(connection, rows, [row for one in issued for row in _line_rows(one.document)])


def _document_row(parts: Parts, one: Issued, now: datetime) -> dict[str, object]:
    draft, document = one.draft, one.document
    snapshot = to_json(document)
    plugin = parts.plugins.owner(document.type)
    return {
        "id": UUID(document.id),
        "type": document.type,
        "enterprise_id": draft.contract.enterprise_id,
        "client_id": draft.contract.client_id,
        "contract_id": draft.contract.id,
        "run_id": draft.assignment.run_id,
        "occurrence_id": draft.assignment.occurrence_id,
        "original_id": draft.assignment.correction.original_id if draft.assignment.correction else None,
        "series_id": one.series_id,
        "counter": one.counter,
        "number": document.number,
        "status": document.status.value,
        "replaces_id": draft.assignment.replaces.document_id if draft.assignment.replaces else None,
        "revision": document.revision,
        "revised_on": document.revised_on,
        "issue_date": document.issue_date,
        "due_date": document.due_date,
        **_period_columns(document.period),
        "currency": document.currency,
        "locale": document.locale,
        "is_payable": document.is_payable,
        "net": document.totals.net,
        "tax": document.totals.tax,
        "gross": document.totals.gross,
        "template": draft.template,
        "plugin": f"{plugin.name} {plugin.version}",
        "snapshot": snapshot,
        "snapshot_sha256": digest(snapshot),
        "visible_vote": draft.visibility.value,
        "issued_at": now,
        "step": Step.PRINT.value,
        "step_at": now,
    }


def _line_rows(document: Document) -> list[dict[str, object]]:
    return [
        {
            "id": new_id(),
            "document_id": UUID(document.id),
            "position": line.position,
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "tax_rate": line.tax_rate,
            "net": line.net,
            "tax": line.tax,
            "gross": line.gross,
            **_period_columns(line.period),
        }
        for line in document.lines
    ]


def _period_columns(period: Period | None) -> dict[str, object]:
    return {"period_from": period.start if period else None, "period_until": period.until if period else None}


def _outcomes(results: Sequence[Draft | Skipped | Failed | Stale]) -> list[tuple[UUID, str, str]]:
    outcomes: list[tuple[UUID, str, str]] = []
    for one in results:
        occurrence_id = one.assignment.occurrence_id
        if occurrence_id is None or isinstance(one, Stale):
            continue
        if isinstance(one, Draft):
            outcomes.append((occurrence_id, OccurrenceState.ISSUED.value, ""))
        elif isinstance(one, Skipped):
            outcomes.append((occurrence_id, OccurrenceState.SKIPPED.value, one.reason))
        else:
            outcomes.append((occurrence_id, OccurrenceState.FAILED.value, one.error.message))
    return outcomes
