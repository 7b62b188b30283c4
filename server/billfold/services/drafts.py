"""Drafts: what is asked for of one contract, and what comes of composing it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database.parties import BilledContract
from billfold.domain.document import Document
from billfold.domain.errors import CallerError
from billfold.domain.numbering import NumberedThing
from billfold.domain.periods import Period
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility
from billfold.services.charging import Charged


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be made of one contract: a document by `period`, or one for an `amount`, tax included.

    `issue_date` None is today in the enterprise's zone.
    """

    contract_id: UUID
    type: str
    period: Period | None = None
    amount: Decimal | None = None
    description: str = ""
    issue_date: date | None = None
    occurrence_id: UUID | None = None
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is ready to be issued. `charged` are its charges, of a charged period or still to be written."""

    assignment: Assignment
    contract: BilledContract
    document: Document
    rule: DocumentRule
    template: str
    visibility: Visibility
    charged: Charged | None

    @property
    def numbered(self) -> NumberedThing:
        """What its number may be made of."""
        return NumberedThing(
            type=self.document.type,
            on=self.document.issue_date,
            enterprise=self.contract.enterprise_code,
            contract=self.contract.reference.number,
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """No document is due, and why. Charges that come to nothing are written all the same: `charged` of `contract`."""

    assignment: Assignment
    reason: str
    contract: BilledContract
    charged: Charged | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A document is due, but could not be made."""

    assignment: Assignment
    error: CallerError


@dataclass(frozen=True, slots=True)
class Stale:
    """What the document was composed of has changed meanwhile: it is to be composed anew."""

    assignment: Assignment


Composed = Draft | Skipped | Failed
