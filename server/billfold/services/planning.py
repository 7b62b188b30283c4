"""Planning: what a run would make of a chunk of contracts, worked out without a write."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.plan_items import Standing, standings
from billfold.database.used import usage_counts
from billfold.domain.charging import ChargeKind
from billfold.domain.errors import Conflict
from billfold.domain.lifecycle import PlannedOutcome
from billfold.domain.plans import IN_ANOTHER_RUN, PlanItem, PlanWarning, comparing_warnings
from billfold.domain.rules import DeliveryPolicy
from billfold.domain.snapshot import sums_digest
from billfold.domain.visibility import Visibility
from billfold.plugin_api.document_type import Need
from billfold.services.charging import Computed
from billfold.services.composing import compose
from billfold.services.drafts import Assignment, Composed, Draft, Failed
from billfold.services.faults import FAULTS_OF_ONE, told_fault
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest, assignment_of


async def foresee(parts: Parts, request: RunRequest, contract_ids: Sequence[UUID]) -> list[PlanItem]:
    """Compose what a run would make of contracts, and compare it with what they had before; the order is kept.

    A contract that nothing can be told of, for whatever fault, fails alone.
    """
    async with reading() as connection:
        # Before anything is composed: what changes in between is noticed when the plan is started.
        known = await standings(connection, contract_ids, request.type, request.period)
    open_ids = [id_ for id_ in contract_ids if known[id_].is_open]
    composed = await _composed(parts, request.type, [assignment_of(request, id_) for id_ in open_ids])
    by_contract = {one.assignment.contract_id: one for one in composed}
    counts = await _usage_counts(parts, request, composed)
    return [_item(known[id_], by_contract.get(id_), counts.get(id_, 0)) for id_ in contract_ids]


def is_charged_for(parts: Parts, request: RunRequest) -> bool:
    """Say whether the documents of a request charge their period, and so follow subscriptions, charges and usage."""
    return request.period is not None and Need.CHARGES in parts.plugins.document_type(request.type).needs


async def _composed(parts: Parts, type: str, assignments: Sequence[Assignment]) -> list[Composed]:
    if not assignments:
        return []
    try:
        return await compose(parts, type, assignments, with_trial=False)
    except FAULTS_OF_ONE as error:
        if len(assignments) == 1:
            return [Failed(assignments[0], Conflict(told_fault(parts, type, error)))]
    return [one for assignment in assignments for one in await _composed(parts, type, [assignment])]


async def _usage_counts(parts: Parts, request: RunRequest, composed: Iterable[Composed]) -> Mapping[UUID, int]:
    """Give how much usage is behind what was composed; of what came to nothing, how much there is now."""
    charged = {
        one.assignment.contract_id: one.charged.usage_count
        for one in composed
        if not isinstance(one, Failed) and isinstance(one.charged, Computed)
    }
    others = [one.assignment.contract_id for one in composed if not isinstance(one, Draft)]
    if request.period is None or not others or not is_charged_for(parts, request):
        return charged
    async with reading() as connection:
        return {**await usage_counts(connection, others, request.period), **charged}


def _item(standing: Standing, composed: Composed | None, usage_count: int) -> PlanItem:
    if composed is None:
        is_issued = standing.is_issued
        return PlanItem(
            contract_id=standing.id,
            currency=standing.currency,
            outcome=PlannedOutcome.ALREADY_ISSUED if is_issued else PlannedOutcome.SKIP,
            reason="" if is_issued else IN_ANOTHER_RUN,
            previous_gross=standing.previous_gross,
            revision=standing.revision,
        )
    if isinstance(composed, Draft):
        return _issue(standing, composed, usage_count)
    is_failed = isinstance(composed, Failed)
    return PlanItem(
        contract_id=standing.id,
        currency=standing.currency,
        outcome=PlannedOutcome.FAIL if is_failed else PlannedOutcome.SKIP,
        reason=composed.error.message if isinstance(composed, Failed) else composed.reason,
        previous_gross=standing.previous_gross,
        warnings=_comparing(standing, None),
        revision=standing.revision,
        usage_count=usage_count,
    )


def _issue(standing: Standing, draft: Draft, usage_count: int) -> PlanItem:
    document = draft.document
    return PlanItem(
        contract_id=standing.id,
        currency=document.currency,
        outcome=PlannedOutcome.ISSUE,
        net=document.totals.net,
        gross=document.totals.gross,
        lines=len(document.lines),
        previous_gross=standing.previous_gross,
        warnings=(*_comparing(standing, document.totals.gross), *_warnings(standing, draft)),
        digest=sums_digest(document),
        revision=standing.revision,
        usage_count=usage_count,
    )


def _comparing(standing: Standing, gross: Decimal | None) -> tuple[PlanWarning, ...]:
    return comparing_warnings(gross, standing.previous_gross) if standing.is_compared else ()


def _warnings(standing: Standing, draft: Draft) -> Iterable[PlanWarning]:
    charges = draft.charged.charges if draft.charged else ()
    # What is carried over from a period below zero is late too, but no usage.
    if any(charge.is_late and charge.kind is ChargeKind.USAGE for charge in charges):
        yield PlanWarning.LATE_USAGE
    if not _is_reached(standing, draft):
        yield PlanWarning.NO_RECIPIENT


def _is_reached(standing: Standing, draft: Draft) -> bool:
    """Say whether a document is mailed to somebody, or is meant for nobody."""
    is_for_client = draft.visibility is Visibility.CLIENT and draft.rule.is_visible and standing.wants_mail
    if not is_for_client or draft.rule.delivery is DeliveryPolicy.NOBODY:
        return True
    return standing.has_email or (draft.rule.delivery is DeliveryPolicy.CONTACTS and standing.has_contact)
