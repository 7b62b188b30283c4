"""The routes of the web process."""

from starlette.routing import Route

from billfold.domain.access import Viewer
from billfold.domain.errors import Forbidden
from billfold.schema.document_types import document_types, finder
from billfold.schema.manager.schema import manager_schema
from billfold.schema.portal.query import portal_finder, portal_types
from billfold.schema.portal.schema import portal_schema
from billfold.services.parts import Parts
from billfold.web.files import FileEndpoint
from billfold.web.graphql import Face, GraphQLEndpoint
from billfold.web.health import livez, readyz
from billfold.web.home import home


def routes(parts: Parts, *, is_graphiql: bool = False) -> list[Route]:
    """Give every route; `is_graphiql` shows a query page to browsers at both GraphQL paths."""
    manager = GraphQLEndpoint(parts, manager_face(parts), is_graphiql=is_graphiql)
    portal = GraphQLEndpoint(parts, portal_face(parts), is_graphiql=is_graphiql)
    return [
        Route("/", home, methods=["GET"]),
        Route("/graphql", manager),
        Route("/portal/graphql", portal),
        Route("/files/{id}", FileEndpoint(parts).serve, methods=["GET"]),
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]


def manager_face(parts: Parts) -> Face:
    """Make the face for staff."""
    known = document_types(parts.plugins.document_types)
    return Face(manager_schema(), known, finder(known), _admit_staff)


def portal_face(parts: Parts) -> Face:
    """Make the face for clients."""
    known = portal_types(parts.plugins.document_types)
    return Face(portal_schema(), known, portal_finder(known), _admit_clients)


def _admit_staff(viewer: Viewer) -> None:
    if viewer.is_client:
        raise Forbidden("This token is of a client: use /portal/graphql.")


def _admit_clients(viewer: Viewer) -> None:
    if not viewer.is_client:
        raise Forbidden("This token is of staff: use /graphql.")
