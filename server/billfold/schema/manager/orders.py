"""The orders that lists of the managers' face may be asked for."""

from enum import Enum

import strawberry

from billfold.schema.connections import Direction

_WAY = "Which way the list runs."
_FIELD = "By what the list is sorted."


@strawberry.enum(description="By what clients may be sorted.")
class ClientOrderField(Enum):
    """By what clients may be sorted."""

    CODE = "CODE"
    NAME = "NAME"


@strawberry.input(description="The order of clients; by code when left out.")
class ClientOrder:
    field: ClientOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_WAY)


@strawberry.enum(description="By what contracts may be sorted.")
class ContractOrderField(Enum):
    """By what contracts may be sorted."""

    NUMBER = "NUMBER"
    SIGNED_ON = "SIGNED_ON"


@strawberry.input(description="The order of contracts; by number when left out.")
class ContractOrder:
    field: ContractOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_WAY)


@strawberry.enum(description="By what subscriptions may be sorted.")
class SubscriptionOrderField(Enum):
    """By what subscriptions may be sorted."""

    STARTED_ON = "STARTED_ON"
    PRICE = "PRICE"


@strawberry.input(description="The order of subscriptions; the newest first when left out.")
class SubscriptionOrder:
    field: SubscriptionOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what usage may be sorted.")
class UsageOrderField(Enum):
    """By what usage may be sorted."""

    OCCURRED_AT = "OCCURRED_AT"


@strawberry.input(description="The order of usage; the newest first when left out.")
class UsageOrder:
    field: UsageOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what prices may be sorted.")
class PriceOrderField(Enum):
    """By what prices may be sorted."""

    VALID_FROM = "VALID_FROM"


@strawberry.input(description="The order of prices; the newest first when left out.")
class PriceOrder:
    field: PriceOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what charges may be sorted.")
class ChargeOrderField(Enum):
    """By what charges may be sorted."""

    PERIOD = "PERIOD"
    GROSS = "GROSS"


@strawberry.input(description="The order of charges; the newest period first when left out.")
class ChargeOrder:
    field: ChargeOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what payments may be sorted.")
class PaymentOrderField(Enum):
    """By what payments may be sorted."""

    RECEIVED_ON = "RECEIVED_ON"
    AMOUNT = "AMOUNT"


@strawberry.input(description="The order of payments; the newest first when left out.")
class PaymentOrder:
    field: PaymentOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what lines of bank statements may be sorted.")
class StatementLineOrderField(Enum):
    """By what lines of bank statements may be sorted."""

    RECEIVED_ON = "RECEIVED_ON"
    AMOUNT = "AMOUNT"


@strawberry.input(description="The order of lines of bank statements; the newest first when left out.")
class StatementLineOrder:
    field: StatementLineOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what documents may be sorted.")
class DocumentOrderField(Enum):
    """By what documents may be sorted."""

    ISSUE_DATE = "ISSUE_DATE"
    ISSUED_AT = "ISSUED_AT"
    DUE_DATE = "DUE_DATE"
    NUMBER = "NUMBER"
    GROSS = "GROSS"


@strawberry.input(description="The order of documents; the newest first when left out.")
class DocumentOrder:
    field: DocumentOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what drafts may be sorted.")
class DraftOrderField(Enum):
    """By what drafts may be sorted."""

    CHANGED_AT = "CHANGED_AT"
    CREATED_AT = "CREATED_AT"
    GROSS = "GROSS"


@strawberry.input(description="The order of drafts; those that changed last come first when left out.")
class DraftOrder:
    field: DraftOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what runs may be sorted.")
class RunOrderField(Enum):
    """By what runs may be sorted."""

    CREATED_AT = "CREATED_AT"


@strawberry.input(description="The order of runs; the newest first when left out.")
class RunOrder:
    field: RunOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(
    description="By what contracts of a plan may be sorted: the oldest CONTRACT first, by GROSS, or by CHANGE, which is"
    " by how much their document differs from that for the period before."
)
class PlanItemOrderField(Enum):
    """By what contracts of a plan may be sorted."""

    CONTRACT = "CONTRACT"
    GROSS = "GROSS"
    CHANGE = "CHANGE"


@strawberry.input(description="The order of contracts of a plan; the oldest first when left out.")
class PlanItemOrder:
    field: PlanItemOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.ASC, description=_WAY)


@strawberry.enum(description="By what expected documents may be sorted; DUE_AT leaves out those of no schedule.")
class OccurrenceOrderField(Enum):
    """By what expected documents may be sorted."""

    CHANGED_AT = "CHANGED_AT"
    DUE_AT = "DUE_AT"


@strawberry.input(description="The order of expected documents; those that changed last come first when left out.")
class OccurrenceOrder:
    field: OccurrenceOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what deliveries may be sorted.")
class DeliveryOrderField(Enum):
    """By what deliveries may be sorted."""

    CREATED_AT = "CREATED_AT"


@strawberry.input(description="The order of deliveries; the newest first when left out.")
class DeliveryOrder:
    field: DeliveryOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)


@strawberry.enum(description="By what events of numbers may be sorted.")
class NumberEventOrderField(Enum):
    """By what events of numbers may be sorted."""

    HAPPENED_AT = "HAPPENED_AT"


@strawberry.input(description="The order of events of numbers; the newest first when left out.")
class NumberEventOrder:
    field: NumberEventOrderField = strawberry.field(description=_FIELD)
    direction: Direction = strawberry.field(default=Direction.DESC, description=_WAY)
