"""The routes of what is not GraphQL: the home page, the files and the health pages."""

from starlette.routing import Route

from billfold.services.parts import Parts
from billfold.web.files import FileEndpoint
from billfold.web.health import livez, readyz
from billfold.web.home import home


def pages(parts: Parts) -> list[Route]:
    """Give the routes."""
    return [
        Route("/", home, methods=["GET"]),
        Route("/files/{id}", FileEndpoint(parts).serve, methods=["GET"]),
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]
