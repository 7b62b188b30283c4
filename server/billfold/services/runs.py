"""Runs: plan and start the generation of many documents; `generating.py` carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from billfold.database import occurrences
from billfold.database import runs as rows
from billfold.database.connection import writing
from billfold.database.printing import retry_printing
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, InvalidInput
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import RunState
from billfold.domain.periods import Period, check_billable, check_issue_date
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.drafts import Assignment
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Which documents to make. Empty tuples narrow nothing; `issue_date` None is the day of issuing."""

    type: str
    period: Period
    enterprise_ids: tuple[UUID, ...] = ()
    client_ids: tuple[UUID, ...] = ()
    contract_ids: tuple[UUID, ...] = ()
    issue_date: date | None = None

    @property
    def scope(self) -> dict[str, list[str]]:
        """The narrowing, as it is kept with the run."""
        return {
            "enterprises": [str(id_) for id_ in self.enterprise_ids],
            "clients": [str(id_) for id_ in self.client_ids],
            "contracts": [str(id_) for id_ in self.contract_ids],
        }


async def start(parts: Parts, viewer: Viewer, request: RunRequest, *, idempotency_key: str | None = None) -> UUID:
    """Start a run; gives its id, or that of the same run while it is going or paused. Workers do the rest."""
    viewer.require(Scope.DOCUMENTS_ISSUE)
    check_request(parts, request)
    arguments = {
        "type": request.type,
        "period": str(request.period),
        "scope": request.scope,
        "issue_date": request.issue_date,
    }

    async def act(remember: Remember) -> str:
        run_id = new_id()
        async with writing() as connection:
            going = await rows.same_running_run(connection, request.type, request.period, request.scope)
            if going is not None:
                await remember(connection, str(going))
                return str(going)
            await write_run(connection, run_id, request, viewer)
            await expect(connection, run_id, request)
            await remember(connection, str(run_id))
        return str(run_id)

    run_id = await once(viewer, Request("startRun", idempotency_key, arguments), act)
    await parts.bell.ring("compose_run", [[run_id]])
    return UUID(run_id)


def check_request(parts: Parts, request: RunRequest) -> None:
    """Refuse a run that cannot be made. Raises UnknownDocumentType, InvalidInput or LimitExceeded."""
    if PeriodKind.PERIOD not in parts.plugins.document_type(request.type).period_kinds:
        raise InvalidInput(
            f"Document type {request.type!r} is not made for a period, so no run can make it.", field="type"
        )
    check_billable(request.period)
    if request.issue_date is not None:
        check_issue_date(request.issue_date)


async def write_run(
    connection: asyncpg.Connection,
    run_id: UUID,
    request: RunRequest,
    viewer: Viewer,
    *,
    plan: Mapping[str, object] | None = None,
) -> None:
    """Write a run that goes, or with what its dry run told, a plan."""
    await rows.insert_run(
        connection,
        run_id,
        type=request.type,
        period=request.period,
        scope=request.scope,
        issue_date=request.issue_date,
        state=RunState.RUNNING if plan is None else RunState.PLANNED,
        plan=plan,
        started_by=viewer.name,
    )


async def expect(connection: asyncpg.Connection, run_id: UUID, request: RunRequest) -> None:
    """Expect the documents of a run, in the caller's transaction. Raises IllegalState when no contract fits it."""
    contract_ids = await occurrences.contracts_in_scope(connection, request.scope, request.period)
    if not contract_ids:
        raise IllegalState("No contract fits the run: widen its enterprises, clients or contracts.")
    issued = await occurrences.issued_contracts(connection, contract_ids, request.type, request.period)
    open_ids = [id_ for id_ in contract_ids if id_ not in issued]
    await retry_printing(connection, contract_ids, request.type, request.period)
    await occurrences.expect_documents(connection, run_id, open_ids, request.type, request.period)
    await rows.note_already_issued(connection, run_id, len(issued))


def request_of(run: rows.Run) -> RunRequest:
    """Give what a kept run was asked for."""
    return RunRequest(
        type=run.type,
        period=run.period,
        enterprise_ids=tuple(UUID(id_) for id_ in run.scope["enterprises"]),
        client_ids=tuple(UUID(id_) for id_ in run.scope["clients"]),
        contract_ids=tuple(UUID(id_) for id_ in run.scope["contracts"]),
        issue_date=run.issue_date,
    )


def assignment_of(
    request: RunRequest, contract_id: UUID, *, occurrence_id: UUID | None = None, run_id: UUID | None = None
) -> Assignment:
    """Give what is to be made of one contract of a run."""
    return Assignment(
        contract_id=contract_id,
        type=request.type,
        period=request.period,
        issue_date=request.issue_date,
        occurrence_id=occurrence_id,
        run_id=run_id,
    )
