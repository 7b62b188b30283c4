"""The managers' schema, put together."""

# The enums are declared before the types that use them.
import billfold.schema.enums  # noqa: F401
from billfold.database.reading.faces import MANAGER
from billfold.schema.face import FaceSchema
from billfold.schema.limits import Limits
from billfold.schema.manager.books import Contact
from billfold.schema.manager.events import Events
from billfold.schema.manager.mutation import Mutation
from billfold.schema.manager.query import Query

MANAGER_COST = 20_000
# Bank statements come as base64: so much holds one of 6 million bytes.
MANAGER_BODY = 8_388_608


def manager_schema() -> FaceSchema:
    """Make the managers' schema."""
    return FaceSchema(
        Query,
        Mutation,
        Events,
        catalog=MANAGER,
        limits=Limits(cost=MANAGER_COST, body_bytes=MANAGER_BODY),
        types=(Contact,),
    )
