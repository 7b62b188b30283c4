"""The two faces' catalogs: every type and list that each may read, and nothing else."""

from billfold.database.reading import books, contracts, documents, portal, runs
from billfold.database.reading.plans import Catalog

MANAGER = Catalog(
    shapes={shape.type_name: shape for part in (books, contracts, documents, runs) for shape in part.SHAPES},
    listings={**books.LISTINGS, **contracts.LISTINGS, **documents.LISTINGS, **runs.LISTINGS},
)

PORTAL = Catalog(shapes={shape.type_name: shape for shape in portal.SHAPES}, listings=portal.LISTINGS)
