"""The closed sets of the domain, as GraphQL enums."""

import strawberry

from billfold.database.contracts import Billing
from billfold.database.enterprises import SignerRole
from billfold.database.numbers import NumberEventKind
from billfold.database.services import ServiceKind
from billfold.domain.access import Role, Scope
from billfold.domain.charging import ChargeKind
from billfold.domain.document import DocumentStatus, PartyKind, PaymentStatus, TaxRegime
from billfold.domain.lifecycle import (
    DeliveryState,
    FileKind,
    OccurrenceState,
    PlannedOutcome,
    RunSource,
    RunState,
    Step,
)
from billfold.domain.matching import MatchRule
from billfold.domain.numbering import NumberMode, Reset
from billfold.domain.numbering import Scope as NumberingScope
from billfold.domain.payments import AllocationKind, LineState, PaymentKind, PaymentMethod
from billfold.domain.plans import PlanWarning
from billfold.domain.rating import PriceModel
from billfold.domain.rules import Backdating, DeliveryPolicy
from billfold.domain.schedules import DayShift, SchedulePeriod
from billfold.domain.subscriptions import Proration
from billfold.domain.tax import TaxCategory, TaxRounding

for _enum, _description in (
    (Billing, "When a contract pays: PREPAID before the service, POSTPAID after it."),
    (ServiceKind, "How a service is sold: as a SUBSCRIPTION, by USAGE, or ONE_OFF."),
    (Role, "What a member of staff is; it bounds the scopes of their tokens."),
    (
        PriceModel,
        "How tiers apply to a month's quantity. FLAT: one price. VOLUME: all of it at the price of the tier that it"
        " reaches. GRADUATED: each part at the price of its own tier.",
    ),
    (Scope, "What a token may do; a client's token holds the PORTAL scopes only."),
    (
        ChargeKind,
        "Where a charge comes from: a SUBSCRIPTION, USAGE, ONE_OFF by hand, an AMOUNT asked for, a CORRECTION of an"
        " issued document or by a line that was added to a draft, or the ADJUSTMENT of a draft's line.",
    ),
    (DocumentStatus, "Where a document stands; only an issued one counts, a void one keeps its number."),
    (PartyKind, "What a party is in law; it decides which requisites it has."),
    (PaymentStatus, "How far a document is paid."),
    (
        LineState,
        "What became of a line of a bank statement: MATCHED settled a document, CREDITED went to a contract, UNMATCHED"
        " waits for a person, DISMISSED was put aside.",
    ),
    (
        MatchRule,
        "How the contract of a payment was found: by the number of an INVOICE and the payer's INN, by that INN and the"
        " exact open AMOUNT, by the number of a CONTRACT, by the PAYER's INN alone, or by HAND.",
    ),
    (PaymentKind, "Which way money went: a PAYMENT came in, a REFUND went back."),
    (PaymentMethod, "How money came: through a BANK, by CARD, in CASH, or in some OTHER way."),
    (
        AllocationKind,
        "Why money settles a document: it was REFERENCED, it was the oldest due (AUTOMATIC), or a person said so"
        " (MANUAL).",
    ),
    (TaxCategory, "How the law taxes a service: at the STANDARD or the REDUCED rate, at ZERO, or EXEMPT from VAT."),
    (
        Proration,
        "How a month in part is charged: BY_DAY, as a FULL_MONTH with the period of its first day, or NONE of it.",
    ),
    (SignerRole, "As what a person signs: as DIRECTOR, or as chief ACCOUNTANT."),
    (
        TaxRegime,
        "How the seller is taxed: with VAT, or on the simplified system USN_EXEMPT from it, or there at 5 or 7 %.",
    ),
    (TaxRounding, "Where tax is rounded: on each LINE (Russian forms), or once for each RATE (EN 16931)."),
    (DeliveryPolicy, "To whom new documents are mailed: the CLIENT, its accounting CONTACTS, or NOBODY."),
    (
        NumberEventKind,
        "Why a number is not on a live document: its document is VOID, it was used in a former system (IMPORTED), it"
        " was RESERVED, or it was SKIPPED by its series.",
    ),
    (NumberMode, "Whether numbers may leave gaps: GAPLESS ones do not, UNIQUE ones may."),
    (
        Backdating,
        "Which dates before today a new document may bear: any (ALLOWED), none before the latest of its series"
        " (CHRONOLOGICAL), or none at all (REFUSED).",
    ),
    (
        DayShift,
        "Where a document's date goes that falls on a day off: it stays (NONE), or goes to the NEXT or the PREVIOUS"
        " working day.",
    ),
    (
        SchedulePeriod,
        "Which days a document made by schedule is for: the PREVIOUS_MONTH, the CURRENT_MONTH or days SINCE_LAST_CUT.",
    ),
    (DeliveryState, "What became of a delivery. UNKNOWN: the mail may have gone out, the server never said."),
    (FileKind, "What a file of a document is."),
    (
        OccurrenceState,
        "What became of an expected document: it is due (PENDING), done (ISSUED), skipped (SKIPPED)"
        " or failed (FAILED).",
    ),
    (
        RunState,
        "Where a run stands: a plan that nobody has started (PLANNED), RUNNING, PAUSED until it is resumed, CANCELLED"
        " before it was through, or DONE.",
    ),
    (RunSource, "Who asked for a run: somebody by HAND, or a SCHEDULE."),
    (
        PlannedOutcome,
        "What a plan foresees for a contract: to ISSUE a document, to SKIP it for a reason, to FAIL, or that its"
        " document is ALREADY_ISSUED.",
    ),
    (
        PlanWarning,
        "What of a plan is worth a look. MISSING: there was a document for the period before, and there would be none"
        " now. GONE: there was one, and the contract does not fit the plan any more, being closed perhaps. NEW: there"
        " was none before. UP_30, DOWN_30: the sum is over 30 % more or less than before. LATE_USAGE: usage of a period"
        " before is charged too. NO_RECIPIENT: the document would be mailed, but the client has no e-mail.",
    ),
    (Step, "What an issued document still waits for."),
):
    strawberry.enum(_enum, description=_description)

# Their bare names would say too little, or are taken.
strawberry.enum(
    Reset,
    name="NumberReset",
    description="When a counter starts anew: NEVER, or with each YEAR, QUARTER, MONTH or DAY.",
)
strawberry.enum(
    NumberingScope,
    name="NumberScope",
    description="Which documents share a counter: all of the ENTERPRISE, those of the TYPE, or those of the CONTRACT.",
)
