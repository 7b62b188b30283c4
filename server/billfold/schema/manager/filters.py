"""The filters that lists of the managers' face may be asked for; the fields given must all hold."""

import strawberry
from strawberry import ID, field

from billfold.domain.charging import ChargeKind
from billfold.domain.document import DocumentStatus, PaymentStatus
from billfold.domain.lifecycle import DeliveryState, RunState
from billfold.schema.values import DateRange, PeriodInput

_CLIENTS = "Of one of these clients."
_CONTRACTS = "Of one of these contracts."
_ENTERPRISES = "Of one of these enterprises."
_SERVICES = "For one of these services."
_TYPES = "Of one of these document types, by key."
_PERIOD = "Whose period shares a day with this one."


@strawberry.input(description="Which clients are wanted.")
class ClientFilter:
    search: str | None = field(default=None, description="Text in the name, the INN, the e-mail or the code.")
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


@strawberry.input(description="Which charges are wanted.")
class ChargeFilter:
    contract: list[ID] | None = field(default=None, description=_CONTRACTS)
    client: list[ID] | None = field(default=None, description=_CLIENTS)
    service: list[ID] | None = field(default=None, description=_SERVICES)
    kind: list[ChargeKind] | None = field(default=None, description="Of one of these kinds.")
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    is_live: bool | None = field(default=None, description="Whether a document that stands was made of it.")


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
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    number: str | None = field(default=None, description="With this number, whatever the case.")
    run: ID | None = field(default=None, description="Made by this run.")
    search: str | None = field(default=None, description="Text in the number, or the client's name, code or INN.")


@strawberry.input(description="Which runs are wanted.")
class RunFilter:
    type: list[str] | None = field(default=None, description=_TYPES)
    state: list[RunState] | None = field(default=None, description="In one of these states.")
    period: PeriodInput | None = field(default=None, description=_PERIOD)
    created_at: DateRange | None = field(default=None, description="Asked for in these days, in UTC.")


@strawberry.input(description="Which deliveries are wanted.")
class DeliveryFilter:
    document: list[ID] | None = field(default=None, description="Of one of these documents.")
    state: list[DeliveryState] | None = field(default=None, description="In one of these states.")
    recipient: str | None = field(default=None, description="Text in the recipient's address.")
    created_at: DateRange | None = field(default=None, description="Asked for in these days, in UTC.")
