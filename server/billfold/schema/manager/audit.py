"""The audit log on the managers' face. Its rows come ready."""

import strawberry
from strawberry import ID, field
from strawberry.scalars import JSON

from billfold.schema.scalars import InstantText


@strawberry.type(description="One change of the books: who made it, and what was told of it.")
class AuditEvent:
    at: InstantText = field(description="When it was made.")
    actor: str = field(description="Who made it: the e-mail of a member of staff, or a part of the system.")
    operation: str = field(description="The operation, as it is called in the API.")
    subject: ID = field(description="The global id of what was changed.")
    details: JSON = field(description="What was told of the change.")
