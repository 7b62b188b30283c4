"""Charges on the managers' face. Their rows come ready."""

import strawberry
from strawberry import field

from billfold.domain.charging import ChargeKind
from billfold.schema.manager.books import Service
from billfold.schema.manager.contracts import Contract
from billfold.schema.manager.documents import Document
from billfold.schema.nodes import Node
from billfold.schema.scalars import DecimalText, InstantText
from billfold.schema.values import Money, Period


@strawberry.type(description="Money owed for a service over a period.")
class Charge(Node):
    kind: ChargeKind = field(description="Where it comes from.")
    period: Period = field(description="The days that it is for.")
    quantity: DecimalText = field(description="How much is charged.")
    unit_price: Money = field(description="The entered price of one unit.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    tax_rate: DecimalText | None = field(description='The rate in percent; null is "without VAT", which is not 0 %.')
    net: Money = field(description="The sum without tax.")
    tax: Money = field(description="The tax.")
    gross: Money = field(description="The sum with tax.")
    destination: str = field(description="Where the usage went, or empty.")
    active_days: int = field(description="On how many days of the month a subscription was active; 0 for usage.")
    month_days: int = field(description="How many days the month has; 0 for usage.")
    description: str = field(description="What a one-off charge is for, as it is printed; empty is the service's name.")
    is_late: bool = field(description="Whether it is for usage of days that were charged or closed before it came.")
    is_live: bool = field(description="Whether it stands: its charged period does or, where it waits, itself does.")
    is_waiting: bool = field(description="Whether it is a one-off charge that waits for the next document.")
    charged_at: InstantText = field(description="When it was computed or, where it waits, entered.")
    created_at: InstantText = field(description="When it was written.")
    created_by: str = field(description="Who entered a one-off charge; empty for computed ones.")
    cancelled_at: InstantText | None = field(description="When a one-off charge was cancelled.")
    cancelled_by: str = field(description="Who cancelled it, or empty.")
    cancel_reason: str = field(description="Why it was cancelled, or empty.")
    contract: Contract = field(description="The contract.")
    service: Service = field(description="The service.")
    document: Document | None = field(
        description="The issued document that has it, the first where there are several; null while there is none."
    )
