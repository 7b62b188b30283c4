"""DocumentRule: the operator's settings for one document type of one enterprise."""

from dataclasses import dataclass, field
from enum import StrEnum

from billfold.domain.numbering import NumberingRule
from billfold.domain.schedules import Schedule


class DeliveryPolicy(StrEnum):
    """To whom a new document is mailed."""

    CLIENT = "client"
    CONTACTS = "contacts"
    NOBODY = "nobody"


class Backdating(StrEnum):
    """Which dates before today a new document may bear: any, none before the latest of its series, or none at all."""

    ALLOWED = "allowed"
    CHRONOLOGICAL = "chronological"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """What the operator decides; a plugin declares the default.

    `backdating` limits dates of the past, `days_ahead` how far in the future a document may be dated. `is_automatic`
    makes documents at the times of `schedule`.

    `payment_terms_days` None takes the contract's terms. `template` empty takes the plugin's. `prints_facsimile` puts
    the pictures of the seller's signatures and stamp onto the paper.
    """

    numbering: NumberingRule = field(default_factory=NumberingRule)
    is_visible: bool = True
    is_automatic: bool = False
    schedule: Schedule = field(default_factory=Schedule)
    backdating: Backdating = Backdating.ALLOWED
    days_ahead: int = 31
    delivery: DeliveryPolicy = DeliveryPolicy.CLIENT
    template: str = ""
    payment_terms_days: int | None = None
    prints_facsimile: bool = False
