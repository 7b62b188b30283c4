"""The closed sets of the domain, as GraphQL enums."""

import strawberry

from billfold.database.contracts import Billing
from billfold.database.services import ServiceKind
from billfold.domain.access import Role, Scope
from billfold.domain.charging import ChargeKind
from billfold.domain.document import DocumentStatus, PartyKind, PaymentStatus, TaxRegime
from billfold.domain.lifecycle import DeliveryState, FileKind, RunState, Step

for _enum, _description in (
    (Billing, "When a contract pays: PREPAID before the service, POSTPAID after it."),
    (ServiceKind, "How a service is sold: as a SUBSCRIPTION, by USAGE, or ONE_OFF."),
    (Role, "What a member of staff is; it bounds the scopes of their tokens."),
    (Scope, "What a token may do; a client's token holds the PORTAL scopes only."),
    (ChargeKind, "Where a charge comes from: a SUBSCRIPTION, USAGE, or an AMOUNT asked for by hand."),
    (DocumentStatus, "Where a document stands; only an issued one counts, a void one keeps its number."),
    (PartyKind, "What a party is in law; it decides which requisites it has."),
    (PaymentStatus, "How far a document is paid."),
    (TaxRegime, "How the seller is taxed: with VAT, or USN_EXEMPT from it."),
    (DeliveryState, "What became of a delivery. UNKNOWN: the mail may have gone out, the server never said."),
    (FileKind, "What a file of a document is."),
    (RunState, "Where a run stands; a plan is a run that nobody has started."),
    (Step, "What an issued document still waits for."),
):
    strawberry.enum(_enum, description=_description)
