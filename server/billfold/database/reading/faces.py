"""The two faces' catalogs: every type and list that each may read, and nothing else."""

from billfold.database.reading import (
    audit,
    balances,
    books,
    calendars,
    charges,
    contracts,
    documents,
    drafts,
    exports,
    numbers,
    occurrences,
    payments,
    plan_items,
    portal,
    prices,
    requisites,
    runs,
    statements,
    subscriptions,
    usage,
)
from billfold.database.reading.plans import Catalog

_MANAGER_PARTS = (
    audit,
    books,
    calendars,
    requisites,
    contracts,
    subscriptions,
    usage,
    prices,
    charges,
    balances,
    documents,
    drafts,
    exports,
    payments,
    runs,
    plan_items,
    numbers,
    occurrences,
    statements,
)

MANAGER = Catalog(
    shapes={shape.type_name: shape for part in _MANAGER_PARTS for shape in part.SHAPES},
    listings={name: listing for part in _MANAGER_PARTS for name, listing in part.LISTINGS.items()},
)

PORTAL = Catalog(shapes={shape.type_name: shape for shape in portal.SHAPES}, listings=portal.LISTINGS)
