"""The filters that lists of the managers' face may be asked for; the fields given must all hold."""

from datetime import date
from decimal import Decimal

import strawberry
from strawberry import ID, field

from billfold.database.numbers import NumberEventKind
from billfold.domain.charging import ChargeKind
from billfold.domain.document import DocumentStatus, PaymentStatus
from billfold.domain.lifecycle import DeliveryState, OccurrenceState, PlannedOutcome, RunSource, RunState
from billfold.domain.payments import LineState, PaymentKind, PaymentMethod
from billfold.domain.plans import PlanWarning
from billfold.schema.values import DateRange, PeriodInput

_CLIENTS = "Of one of these clients."
_CONTRACTS = "Of one of these contracts."
_ENTERPRISES = "Of one of these enterprises."
_SERVICES = "For one of these services."
_TYPES = "Of one of these document types, by key."
_PERIOD = "Whose period shares a day with this one."


@strawberry.input(description="Which clients are wanted.")
class ClientFilter:
    search: str | None = field(
        default=None,
        description="Text in the name, the INN, the e-mail or the code, in a contract's number or a contact's e-mail, "
        "whatever the case.",
    )
    code: list[str] | None = field(default=None, description="With one of these codes.")
    inn: str | None = field(default=None, description="With this INN.")
    email: str | None = field(default=None, description="With this e-mail, whatever the case.")
    enterprise: list[ID] | None = field(default=None, description="Billed by default by one of these enterprises.")


@strawberry.input(description="Which contracts are wanted.")
class ContractFilter:
    number: str | None = field(default=None, description="With this number, whatever the case.")
    search: str | None = field(default=None, description="Text in the number.")
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    enterprise: list[ID] | None = field(default=None, description=_ENTERPRISES)
    currency: list[str] | None = field(default=None, description="In one of these currencies.")
    signed_on: DateRange | None = field(default=None, description="Signed in these days.")
    is_closed: bool | None = field(default=None, description="Whether they are closed.")
    is_parked: bool | None = field(default=None, description="Whether they are parked.")


@strawberry.input(description="Which subscriptions are wanted.")
class SubscriptionFilter:
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    service: list[ID] | None = field(default=None, description=_SERVICES)
    active: DateRange | None = field(default=None, description="Active on a day of these.")


@strawberry.input(description="Which usage is wanted.")
class UsageFilter:
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    service: list[ID] | None = field(default=None, description=_SERVICES)
    source: list[str] | None = field(default=None, description="From one of these sources.")
    external_id: str | None = field(default=None, description="With this id of its source.")
    occurred_at: DateRange | None = field(default=None, description="Measured in these days, in UTC.")


@strawberry.input(description="Which prices are wanted.")
class PriceFilter:
    service: list[ID] | None = field(default=None, description=_SERVICES)
    contract: list[ID] | None = field(default=None, description="The contract's own, of one of these contracts.")
    is_own: bool | None = field(default=None, description="Whether they are a contract's own.")
    currency: list[str] | None = field(default=None, description="In one of these currencies.")
    destination: str | None = field(default=None, description="For this destination; empty asks for those for any.")
    valid_on: date | None = field(default=None, description="In force on this day.")


@strawberry.input(description="Which charges are wanted.")
class ChargeFilter:
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    service: list[ID] | None = field(default=None, description=_SERVICES)
    kind: list[ChargeKind] | None = field(default=None, description="Of one of these kinds.")
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    is_live: bool | None = field(default=None, description="Whether they stand, on a charged period or waiting.")
    is_waiting: bool | None = field(default=None, description="Whether they wait for the next document.")


@strawberry.input(description="Which payments are wanted.")
class PaymentFilter:
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    enterprise: list[ID] | None = field(default=None, description=_ENTERPRISES)
    received_on: DateRange | None = field(default=None, description="Received, or given back, in these days.")
    method: list[PaymentMethod] | None = field(default=None, description="That came in one of these ways.")
    kind: list[PaymentKind] | None = field(default=None, description="Of one of these kinds.")
    source: list[str] | None = field(default=None, description="From one of these sources.")
    external_id: str | None = field(default=None, description="With this id of its source.")
    document: list[ID] | None = field(default=None, description="That settle one of these documents now.")
    is_cancelled: bool | None = field(default=None, description="Whether they are cancelled.")
    has_free_money: bool | None = field(default=None, description="Whether some of the money is free.")
    search: str | None = field(default=None, description="Text in the reference, or the payer's name or INN.")


@strawberry.input(description="Which lines of bank statements are wanted.")
class StatementLineFilter:
    state: list[LineState] | None = field(default=None, description="In one of these states.")
    enterprise: list[ID] | None = field(default=None, description="To an account of one of these enterprises.")
    statement: list[ID] | None = field(default=None, description="Told first by one of these statements.")
    received_on: DateRange | None = field(default=None, description="Come in these days.")
    search: str | None = field(
        default=None, description="Text in the purpose, the payer's name, INN or account, or the number."
    )


@strawberry.input(description="Which documents are wanted.")
class DocumentFilter:
    type: list[str] | None = field(default=None, description=_TYPES)
    status: list[DocumentStatus] | None = field(default=None, description="In one of these states.")
    payment_status: list[PaymentStatus] | None = field(default=None, description="Paid so far.")
    is_overdue: bool | None = field(default=None, description="Whether they are overdue.")
    enterprise: list[ID] | None = field(default=None, description=_ENTERPRISES)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    issue_date: DateRange | None = field(default=None, description="Issued in these days.")
    due_date: DateRange | None = field(default=None, description="Due in these days.")
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    number: str | None = field(default=None, description="With this number, whatever the case.")
    run: ID | None = field(default=None, description="Made by this run.")
    export: ID | None = field(default=None, description="Held by this export.")
    needs_export_again: bool | None = field(
        default=None, description="Whether they were voided or corrected since they were exported."
    )
    search: str | None = field(default=None, description="Text in the number, or the client's name, code or INN.")


@strawberry.input(description="Which drafts are wanted.")
class DraftFilter:
    type: list[str] | None = field(default=None, description=_TYPES)
    enterprise: list[ID] | None = field(default=None, description=_ENTERPRISES)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    original: list[ID] | None = field(default=None, description="That correct one of these documents.")
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    created_by: list[str] | None = field(default=None, description="Made by one of these.")
    changed_at: DateRange | None = field(default=None, description="Changed last in these days, in UTC.")


@strawberry.input(description="Which runs are wanted.")
class RunFilter:
    type: list[str] | None = field(default=None, description=_TYPES)
    state: list[RunState] | None = field(default=None, description="In one of these states.")
    source: list[RunSource] | None = field(default=None, description="Asked for in one of these ways.")
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    created_at: DateRange | None = field(default=None, description="Asked for in these days, in UTC.")


@strawberry.input(description="Which contracts of a plan are wanted.")
class PlanItemFilter:
    outcome: list[PlannedOutcome] | None = field(default=None, description="With one of these outcomes.")
    warning: list[PlanWarning] | None = field(default=None, description="Worth a look for one of these things.")
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    contract: list[ID] | None = field(default=None, description="One of these contracts.")
    currency: list[str] | None = field(default=None, description="In one of these currencies.")
    min_gross: Decimal | None = field(default=None, description="Whose document comes to this, with tax, or more.")
    max_gross: Decimal | None = field(default=None, description="Whose document comes to this, with tax, or less.")


@strawberry.input(description="Which expected documents are wanted.")
class OccurrenceFilter:
    run: list[ID] | None = field(default=None, description="Of one of these runs.")
    type: list[str] | None = field(default=None, description=_TYPES)
    enterprise: list[ID] | None = field(default=None, description=_ENTERPRISES)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    state: list[OccurrenceState] | None = field(default=None, description="In one of these states.")
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    due_on: DateRange | None = field(
        default=None, description="That a schedule wanted made in these days, in the zone of the enterprise."
    )
    due_at: DateRange | None = field(default=None, description="That a schedule wanted made in these days, in UTC.")
    issue_date: DateRange | None = field(default=None, description="That a schedule dated to one of these days.")


@strawberry.input(description="Which exports are wanted.")
class ExportFilter:
    format: list[str] | None = field(default=None, description="In one of these formats, by key.")
    created_at: DateRange | None = field(default=None, description="Made in these days, in UTC.")


@strawberry.input(description="Which deliveries are wanted.")
class DeliveryFilter:
    document: list[ID] | None = field(default=None, description="Of one of these documents.")
    state: list[DeliveryState] | None = field(default=None, description="In one of these states.")
    recipient: str | None = field(default=None, description="Text in the recipient's address.")
    created_at: DateRange | None = field(default=None, description="Asked for in these days, in UTC.")


@strawberry.input(description="Which events of numbers are wanted.")
class NumberEventFilter:
    enterprise: list[ID] | None = field(default=None, description=_ENTERPRISES)
    type: list[str] | None = field(default=None, description=_TYPES)
    kind: list[NumberEventKind] | None = field(default=None, description="Of one of these kinds.")
    number: str | None = field(default=None, description="Of this number, whatever the case.")
    happened_on: DateRange | None = field(default=None, description="That happened in these days, in UTC.")


@strawberry.input(description="Which changes of the books are wanted.")
class AuditEventFilter:
    subject: ID | None = field(default=None, description="Of the thing with this global id.")
    operation: list[str] | None = field(default=None, description="By one of these operations of the API.")
    at: DateRange | None = field(default=None, description="Made in these days, in UTC.")
