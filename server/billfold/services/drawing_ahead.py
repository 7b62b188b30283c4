"""Drawing ahead: the numbers of series that may have gaps, drawn before the issuing transaction begins."""

import dataclasses
from collections.abc import Sequence

from billfold.database.connection import writing
from billfold.database.numbers import SkippedNumber, record_skipped
from billfold.domain.numbering import NumberMode
from billfold.services.drafts import Composed, Draft, Drawn, Issued
from billfold.services.numbering import RefusedNumbers, number
from billfold.services.parts import Parts


async def draw_ahead(parts: Parts, type: str, composed: Sequence[Composed]) -> list[Composed]:
    """Draw numbers for the drafts whose rule allows gaps, so that nobody waits for them until they are issued.

    A draft that its series refuses comes back as Failed. To be called outside any transaction.
    """
    composed = list(composed)
    while drafts := [one for one in composed if isinstance(one, Draft) and _may_leave_gaps(one)]:
        try:
            async with writing() as connection:
                numbered = await number(parts, connection, type, drafts)
        except RefusedNumbers as refusal:
            composed = refusal.among(composed)
            continue
        drawn = {
            one.document.id: Drawn(one.series_id, one.counter, one.document.number)
            for one in numbered
            if one.counter is not None
        }
        return [
            dataclasses.replace(one, drawn=drawn.get(one.document.id)) if isinstance(one, Draft) else one
            for one in composed
        ]
    return composed


async def give_up(composed: Sequence[Composed], issued: Sequence[Issued]) -> None:
    """Write down the numbers that were drawn ahead and that no document bears."""
    borne = {one.document.id for one in issued}
    lost = [
        SkippedNumber(
            enterprise_id=one.contract.enterprise_id,
            type=one.document.type,
            series_id=one.drawn.series_id,
            counter=one.drawn.counter,
            number=one.drawn.number,
            reason="drawn for a document that was not issued",
            dated_on=one.document.issue_date,
        )
        for one in composed
        if isinstance(one, Draft) and one.drawn and one.document.id not in borne
    ]
    if lost:
        async with writing() as connection:
            await record_skipped(connection, lost)


def _may_leave_gaps(draft: Draft) -> bool:
    is_numbered = bool(draft.assignment.number) or draft.assignment.replaces is not None
    return draft.rule.numbering.mode is NumberMode.UNIQUE and not is_numbered and not draft.contract.is_parked
