"""Access: who calls, with which scopes, and what of the rows they may see."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from billfold.domain.errors import Forbidden


class Scope(StrEnum):
    """What a token may do. The `portal:` scopes are the only ones that a client's token may hold."""

    BOOKS_READ = "books:read"
    BOOKS_WRITE = "books:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_ISSUE = "documents:issue"
    DOCUMENTS_VOID = "documents:void"
    DOCUMENTS_SEND = "documents:send"
    DOCUMENTS_EXPORT = "documents:export"
    TOKENS_WRITE = "tokens:write"
    STAFF_WRITE = "staff:write"
    PORTAL_READ = "portal:read"
    PORTAL_DOWNLOAD = "portal:download"


class Role(StrEnum):
    """What a member of staff is; it bounds the scopes of their tokens."""

    ADMIN = "admin"
    MANAGER = "manager"
    VIEWER = "viewer"


PORTAL_SCOPES = frozenset({Scope.PORTAL_READ, Scope.PORTAL_DOWNLOAD})
_READING = frozenset({Scope.BOOKS_READ, Scope.DOCUMENTS_READ})
_MANAGING = _READING | {
    Scope.BOOKS_WRITE,
    Scope.DOCUMENTS_ISSUE,
    Scope.DOCUMENTS_VOID,
    Scope.DOCUMENTS_SEND,
    Scope.DOCUMENTS_EXPORT,
    Scope.TOKENS_WRITE,
}

ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.VIEWER: _READING,
    Role.MANAGER: _MANAGING,
    Role.ADMIN: _MANAGING | {Scope.STAFF_WRITE},
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of one request: `client_id` is set for clients; empty `contract_ids` and `types` narrow nothing."""

    name: str
    scopes: frozenset[Scope]
    token_id: UUID | None = None
    staff_id: UUID | None = None
    client_id: UUID | None = None
    contract_ids: tuple[UUID, ...] = ()
    types: tuple[str, ...] = ()
    role: Role | None = None

    @property
    def is_client(self) -> bool:
        """Whether a client calls, and not staff."""
        return self.client_id is not None

    def require(self, scope: Scope) -> None:
        """Raise Forbidden unless the token holds the scope."""
        if scope not in self.scopes:
            raise Forbidden(f"This token lacks the scope {scope.value}: ask for a token that has it.")


# The operator at the machine itself, through the command line.
OPERATOR = Viewer(name="operator", scopes=ROLE_SCOPES[Role.ADMIN], role=Role.ADMIN)
