"""Usage on the managers' face. Its rows come ready."""

import strawberry
from strawberry import field

from billfold.schema.manager.books import Service
from billfold.schema.manager.contracts import Contract
from billfold.schema.nodes import Node
from billfold.schema.scalars import DecimalText, InstantText
from billfold.schema.values import Money


@strawberry.type(description="One measured use; it is counted once by its source and external id.")
class UsageRecord(Node):
    source: str = field(description="Who measured it.")
    external_id: str = field(description="The id that the source gave it.")
    occurred_at: InstantText = field(description="When it happened.")
    quantity: DecimalText = field(description="How much was used.")
    unit_price: Money | None = field(description="The price of one unit; null where the prices rate it.")
    tax_included: bool = field(description="Whether the unit price holds the tax.")
    destination: str = field(description="Where it went, or empty.")
    party: str = field(description="The other side of it, or empty.")
    recorded_at: InstantText = field(description="When it was taken in.")
    is_late: bool = field(description="Whether its day was charged or closed before it came.")
    corrects: "UsageRecord | None" = field(description="The record that this one takes back; null for an original.")
    contract: Contract = field(description="The contract.")
    service: Service = field(description="The service.")
