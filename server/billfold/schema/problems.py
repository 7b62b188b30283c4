"""Problems: what a caller can mend becomes a Problem, access errors stay errors, everything else is masked and logged.

The one place where failures of the house become answers.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import strawberry
import structlog
from graphql import GraphQLError
from strawberry import field

from billfold.database.outages import is_outage
from billfold.domain.errors import AccessError, CallerError, PassingError, ProblemCode

_log = structlog.get_logger(__name__)

strawberry.enum(ProblemCode, description="What kind of problem it is; callers may act on it.")


@strawberry.type(description="Why a change was not made, and what the caller can mend.")
class Problem:
    code: ProblemCode = field(description="What kind of problem it is.")
    message: str = field(description="One sentence for people: the thing and its mend.")
    field: str | None = field(description="The field of the input that is to blame, where one is.")


class ProblemHandler(strawberry.ExceptionHandler[CallerError, Problem]):
    """Turns what the caller can mend into a Problem, on every field whose type has it."""

    def handle(self, exception: CallerError, *, field: Any, info: Any) -> Problem:
        return Problem(code=exception.code, message=exception.message, field=exception.field)


def told(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """Give the errors as callers may see them."""
    return [_told(error) for error in errors]


def _told(error: GraphQLError) -> GraphQLError:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None:
        return error
    if isinstance(cause, AccessError):
        return _with(error, cause.message, {"code": cause.code})
    if isinstance(cause, CallerError):
        return _with(error, cause.message, {"code": cause.code.value, "field": cause.field})
    if isinstance(cause, PassingError):
        return _with(error, cause.message, {"code": "SERVICE_BUSY"})
    if is_outage(cause):
        _log.warning("database away", path=error.path, error=type(cause).__name__)
        return _with(error, "The database is away for a moment: ask again.", {"code": "SERVICE_BUSY"})
    reference = uuid4().hex
    _log.error("graphql_failed", reference=reference, path=error.path, exc_info=cause)
    return _with(error, f"Unexpected error, logged as {reference}.", {"code": "INTERNAL", "reference": reference})


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)
