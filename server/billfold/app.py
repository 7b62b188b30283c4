"""The web process: Starlette with both GraphQL faces, the files and the health pages."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute

from billfold.bootstrap import open_parts, servers, set_up_logs
from billfold.schema.faces import manager_face, portal_face
from billfold.schema.http.endpoint import Gate, GraphQLEndpoint
from billfold.schema.http.sockets import SocketEndpoint
from billfold.services.parts import Parts
from billfold.settings import Settings
from billfold.web.bearer import refusal, viewer_of, viewer_of_socket
from billfold.web.routes import pages


def create_app(settings: Settings | None = None) -> Starlette:
    """Make the application. Starts the embedded servers where they are wanted, so call it outside the event loop."""
    chosen = settings or Settings()
    set_up_logs(chosen.log_level)
    held = ExitStack()
    where = held.enter_context(servers(chosen))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with held:
            async with open_parts(chosen, where, is_ringing=True) as parts:
                app.router.routes.extend(routes(parts, is_graphiql=chosen.graphiql))
                yield

    return Starlette(lifespan=lifespan)


def routes(parts: Parts, *, is_graphiql: bool = False) -> list[BaseRoute]:
    """Give every route; `is_graphiql` shows a query page to browsers at both GraphQL paths."""
    gate = Gate(identify=viewer_of, refuse=refusal)
    managers = manager_face(parts)
    return [
        *pages(parts),
        Route("/graphql", GraphQLEndpoint(parts, managers, gate, is_graphiql=is_graphiql)),
        WebSocketRoute("/graphql", SocketEndpoint(parts, managers, viewer_of_socket)),
        Route("/portal/graphql", GraphQLEndpoint(parts, portal_face(parts), gate, is_graphiql=is_graphiql)),
    ]
