"""The clients' schema, put together."""

# The enums are declared before the types that use them.
import billfold.schema.enums  # noqa: F401
from billfold.database.reading.faces import PORTAL
from billfold.schema.face import FaceSchema
from billfold.schema.limits import Limits
from billfold.schema.portal.query import Query

PORTAL_COST = 5_000


def portal_schema() -> FaceSchema:
    """Make the clients' schema, once a process; it gives no hints about names that it does not show."""
    return FaceSchema(Query, catalog=PORTAL, limits=Limits(cost=PORTAL_COST), hides_suggestions=True)
