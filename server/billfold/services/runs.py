"""Runs: plan and start the generation of many documents; `generating.py` carries them out."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database import occurrences
from billfold.database import runs as rows
from billfold.database.connection import writing
from billfold.database.contracts import Billing
from billfold.database.printing import retry_printing
from billfold.database.runs import RunTerms
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import RunState
from billfold.domain.periods import Period
from billfold.services.drafts import Assignment
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts
from billfold.services.run_terms import check_currencies, check_terms


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Which documents to make: for a `period`, or for an `amount`, tax included, in the currency of each contract.

    Empty tuples narrow nothing; what narrows must all hold. `issue_date` None is the day of issuing.
    """

    type: str
    period: Period | None = None
    enterprise_ids: tuple[UUID, ...] = ()
    client_ids: tuple[UUID, ...] = ()
    contract_ids: tuple[UUID, ...] = ()
    issue_date: date | None = None
    amount: Decimal | None = None
    description: str = ""
    brand_ids: tuple[UUID, ...] = ()
    currencies: tuple[str, ...] = ()
    billing: tuple[Billing, ...] = ()
    service_ids: tuple[UUID, ...] = ()

    @property
    def scope(self) -> dict[str, list[str]]:
        """The narrowing, as it is kept with the run."""
        later = {
            "brands": [str(id_) for id_ in self.brand_ids],
            "currencies": list(self.currencies),
            "billing": [one.value for one in self.billing],
            "services": [str(id_) for id_ in self.service_ids],
        }
        # Runs that came before these could be given are to be known again.
        return {
            "enterprises": [str(id_) for id_ in self.enterprise_ids],
            "clients": [str(id_) for id_ in self.client_ids],
            "contracts": [str(id_) for id_ in self.contract_ids],
            **{name: kept for name, kept in later.items() if kept},
        }

    @property
    def terms(self) -> RunTerms:
        """The request, as it is kept with the run."""
        return RunTerms(
            type=self.type,
            scope=self.scope,
            period=self.period,
            amount=self.amount,
            description=self.description,
            issue_date=self.issue_date,
        )


@dataclass(frozen=True, slots=True)
class InScope:
    """The contracts of a run, oldest first: those whose document is to be made, and those that have theirs."""

    open_ids: tuple[UUID, ...]
    issued_ids: frozenset[UUID] = frozenset()


async def start(parts: Parts, viewer: Viewer, request: RunRequest, *, idempotency_key: str | None = None) -> UUID:
    """Start a run; gives its id, or that of the same run while it is going or paused. Workers do the rest."""
    viewer.require(Scope.DOCUMENTS_ISSUE)
    check_request(parts, request)

    async def act(remember: Remember) -> str:
        run_id = new_id()
        async with writing() as connection:
            going = await rows.same_running_run(connection, request.terms)
            if going is not None:
                await remember(connection, str(going))
                return str(going)
            await write_run(connection, run_id, request, viewer)
            await expect(connection, run_id, request, now=parts.clock.now())
            await remember(connection, str(run_id))
        return str(run_id)

    run_id = await once(viewer, Request("startRun", idempotency_key, _arguments(request)), act)
    await parts.bell.ring("compose_run", [[run_id]])
    return UUID(run_id)


def _arguments(request: RunRequest) -> dict[str, object]:
    asked = {"type": request.type, "scope": request.scope, "issue_date": request.issue_date}
    if request.amount is None:
        return {**asked, "period": str(request.period)}
    return {**asked, "amount": request.amount, "description": request.description}


def check_request(parts: Parts, request: RunRequest) -> None:
    """Refuse a run that cannot be made. Raises UnknownDocumentType, InvalidInput or LimitExceeded."""
    check_terms(parts, request.terms)


async def contracts_of(connection: asyncpg.Connection, request: RunRequest, *, now: datetime) -> InScope:
    """Find the contracts of a run; for an amount all of them are open.

    Raises InvalidInput for an amount that means contracts of several currencies without naming these, or that none of
    their currencies can bear.
    """
    currencies = await occurrences.contracts_in_scope(connection, request.terms, now)
    ids = tuple(currencies)
    if request.amount is not None:
        check_currencies(request.terms, request.amount, sorted(set(currencies.values())))
    if request.period is None:
        return InScope(ids)
    issued = await occurrences.issued_contracts(connection, ids, request.type, request.period)
    return InScope(tuple(id_ for id_ in ids if id_ not in issued), frozenset(issued))


async def write_run(
    connection: asyncpg.Connection,
    run_id: UUID,
    request: RunRequest,
    viewer: Viewer,
    *,
    state: RunState = RunState.RUNNING,
) -> None:
    """Write a run that goes, or one that is being planned."""
    await rows.insert_run(connection, run_id, request.terms, state=state, started_by=viewer.name)


async def expect(connection: asyncpg.Connection, run_id: UUID, request: RunRequest, *, now: datetime) -> None:
    """Expect the documents of a run, in the caller's transaction.

    Raises IllegalState when no contract fits it, and what `contracts_of` does.
    """
    found = await contracts_of(connection, request, now=now)
    if not found.open_ids and not found.issued_ids:
        raise IllegalState("No contract fits the run: widen what it is narrowed to.")
    if request.period is None:
        await occurrences.expect_for_amount(connection, run_id, found.open_ids, request.type)
        return
    await retry_printing(connection, [*found.open_ids, *found.issued_ids], request.type, request.period)
    await occurrences.expect_documents(connection, run_id, found.open_ids, request.type, request.period)
    await rows.note_already_issued(connection, run_id, len(found.issued_ids))


def request_of(run: RunTerms) -> RunRequest:
    """Give what a kept run was asked for."""
    return RunRequest(
        type=run.type,
        period=run.period,
        amount=run.amount,
        description=run.description,
        enterprise_ids=_ids(run, "enterprises"),
        client_ids=_ids(run, "clients"),
        contract_ids=_ids(run, "contracts"),
        brand_ids=_ids(run, "brands"),
        currencies=tuple(run.scope.get("currencies", ())),
        billing=tuple(Billing(one) for one in run.scope.get("billing", ())),
        service_ids=_ids(run, "services"),
        issue_date=run.issue_date,
    )


def _ids(run: RunTerms, name: str) -> tuple[UUID, ...]:
    return tuple(UUID(id_) for id_ in run.scope.get(name, ()))


def assignment_of(
    request: RunRequest, contract_id: UUID, *, occurrence_id: UUID | None = None, run_id: UUID | None = None
) -> Assignment:
    """Give what is to be made of one contract of a run."""
    return Assignment(
        contract_id=contract_id,
        type=request.type,
        period=request.period,
        amount=request.amount,
        description=request.description,
        issue_date=request.issue_date,
        occurrence_id=occurrence_id,
        run_id=run_id,
    )
