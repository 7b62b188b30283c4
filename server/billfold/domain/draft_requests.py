"""Draft requests: what a draft was asked for, kept with it so that it can be drawn up again."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.domain.corrections import LineCorrection
from billfold.domain.periods import Period


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What was asked for: a document for a period, for an amount, of a day, or the correction of an original.

    `contract_id` None is the contract of the original, `issue_date` None the day that the type declares.
    """

    type: str
    contract_id: UUID | None = None
    period: Period | None = None
    amount: Decimal | None = None
    description: str = ""
    issue_date: date | None = None
    original_id: UUID | None = None
    corrections: tuple[LineCorrection, ...] = ()
