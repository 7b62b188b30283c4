"""Validating: what is wrong with the parties keeps their document from being issued."""

from billfold.database.parties import BilledContract
from billfold.domain.errors import InvalidInput
from billfold.domain.requisites import faults


def check_parties(contract: BilledContract) -> None:
    """Raise InvalidInput, naming the party and the mend, when its requisites do not let a document be issued.

    The seller must have all that its kind needs; what a buyer gives must be right, but it may give less.
    """
    seller, buyer = contract.seller, contract.buyer
    if found := [fault.message for fault in faults(seller)]:
        raise InvalidInput(f"Enterprise {seller.code} cannot bill yet. {' '.join(found)}", field="enterprise")
    if found := [fault.message for fault in faults(buyer) if not fault.is_missing]:
        raise InvalidInput(f"Client {buyer.code} cannot be billed yet. {' '.join(found)}", field="client")
