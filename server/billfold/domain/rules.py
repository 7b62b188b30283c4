"""DocumentRule: the operator's settings for one document type of one enterprise."""

from dataclasses import dataclass, field
from enum import StrEnum

from billfold.domain.numbering import NumberingRule


class DeliveryPolicy(StrEnum):
    """To whom a new document is mailed."""

    CLIENT = "client"
    CONTACTS = "contacts"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """What the operator decides; a plugin declares the default.

    `payment_terms_days` None takes the contract's terms. `template` empty takes the plugin's. `prints_facsimile` puts
    the pictures of the seller's signatures and stamp onto the paper.
    """

    numbering: NumberingRule = field(default_factory=NumberingRule)
    is_visible: bool = True
    is_automatic: bool = False
    delivery: DeliveryPolicy = DeliveryPolicy.CLIENT
    template: str = ""
    payment_terms_days: int | None = None
    prints_facsimile: bool = False
