"""Drafts: what is asked for of one contract, and what comes of composing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database.parties import BilledContract
from billfold.domain.charging import Charge, ServiceReference
from billfold.domain.document import CorrectedLine, Document
from billfold.domain.edits import Edits
from billfold.domain.errors import AlreadyIssued, CallerError, NothingToBill
from billfold.domain.numbering import NumberedThing
from billfold.domain.periods import Period
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility
from billfold.services.charging import Charged


@dataclass(frozen=True, slots=True)
class Correction:
    """The correction of an issued document: what changes in its lines, as its `earlier` corrections (ids) left them."""

    original_id: UUID
    original: Document
    earlier: tuple[str, ...]
    corrected: tuple[CorrectedLine, ...]
    services: Mapping[str, ServiceReference]


@dataclass(frozen=True, slots=True)
class Replacement:
    """The issued document that a revision is to replace, and why.

    The revision takes its number and place in its series. `revision` is the one to come, made on `revised_on`.
    """

    document_id: UUID
    reason: str
    actor: str
    number: str
    series_id: UUID
    counter: int | None
    revision: int
    revised_on: date


@dataclass(frozen=True, slots=True)
class Difference:
    """What a correction charges, on the day of its document; not yet written."""

    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be made of one contract.

    A document by `period`, one for an `amount`, tax included, a `correction`, or without any of them one of a day.
    `issue_date` None is the day that the type declares. `is_by_hand` tells a document that is asked for alone, and
    `is_scheduled` one whose date a schedule says. `number` is one given by hand; empty takes the next of the series.
    `document_id` is the id that the document is to have, where somebody knows it already. `edits` are what somebody
    changed of its lines; `replaces` is the document that it is the revision of. `foreseen` is the digest of what was
    shown of it before: unless it comes to the same, it is not issued.
    """

    contract_id: UUID
    type: str
    period: Period | None = None
    amount: Decimal | None = None
    description: str = ""
    issue_date: date | None = None
    correction: Correction | None = None
    is_by_hand: bool = False
    occurrence_id: UUID | None = None
    run_id: UUID | None = None
    number: str = ""
    is_scheduled: bool = False
    document_id: UUID | None = None
    edits: Edits | None = None
    replaces: Replacement | None = None
    foreseen: str = ""


def already_issued(type: str, period: Period, document_id: UUID | None) -> AlreadyIssued:
    """Give the error of a contract that has its document for a period."""
    return AlreadyIssued(f"This contract has its {type} for {period} already: document_{document_id}.")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number that was drawn ahead of the issuing transaction, and its place in its series."""

    series_id: UUID
    counter: int
    number: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is ready to be issued. `charged` are its charges, of a charged period or still to be written.

    `drawn` is its number where its rule lets numbers be drawn ahead.

    `rivals` are the types that look at one another's documents, and `rivalry` counts those that it was composed beside.
    """

    assignment: Assignment
    contract: BilledContract
    document: Document
    rule: DocumentRule
    template: str
    visibility: Visibility
    charged: Charged | Difference | None
    rivals: tuple[str, ...] = ()
    rivalry: int = 0
    drawn: Drawn | None = None

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
class Issued:
    """A document that stands: its id, its number, and the place in its series, which one given by hand has not."""

    draft: Draft
    document: Document
    series_id: UUID
    counter: int | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """No document is due, and why. Charges that come to nothing are written all the same: `charged` of `contract`."""

    assignment: Assignment
    reason: str
    contract: BilledContract
    charged: Charged | None = None
    message: str = ""

    @property
    def problem(self) -> NothingToBill:
        """What whoever asked by hand is told: the plugin's own sentence, or one with its reason."""
        asked = self.assignment
        if asked.edits and not asked.edits.is_empty and not asked.replaces:
            return NothingToBill(self.message or f"The edits leave nothing to bill: {self.reason}.", field="lines")
        reason = self.message or f"Nothing is due for this contract and period: {self.reason}."
        return NothingToBill(reason, field="corrections" if asked.correction else "period")


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
Made = Issued | Skipped | Failed
