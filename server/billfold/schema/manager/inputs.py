"""The inputs of the managers' commands."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import strawberry
from strawberry import ID, field

from billfold.database.reading.conditions import raw_id
from billfold.domain.access import Scope
from billfold.domain.errors import InvalidInput, NotFound
from billfold.schema.values import PeriodInput

T = TypeVar("T")

_KEY = "A key of the caller's: the same key carries the command out once. The header Idempotency-Key does the same."
_TYPE = "The document type, by key."


@strawberry.input(description="Which document to issue: for a period, or for an amount.")
class IssueDocumentInput:
    type: str = field(description=_TYPE)
    contract: ID = field(description="The contract.")
    period: PeriodInput | None = field(default=None, description="The days to bill.")
    amount: Decimal | None = field(default=None, description="The amount to bill, tax included, instead of a period.")
    issue_date: date | None = field(default=None, description="The date on the paper; today when left out.")
    description: str = field(default="", description="What the amount is for, as it is printed.")
    idempotency_key: str | None = field(default=None, description=_KEY)


@strawberry.input(description="Which documents a plan is for; a list left out narrows nothing.")
class PlanRunInput:
    type: str = field(description=_TYPE)
    period: PeriodInput = field(description="The days to bill.")
    enterprises: list[ID] | None = field(default=None, description="Only these enterprises.")
    clients: list[ID] | None = field(default=None, description="Only these clients.")
    contracts: list[ID] | None = field(default=None, description="Only these contracts.")
    issue_date: date | None = field(default=None, description="The date on the papers; today when left out.")


@strawberry.input(description="Which run to start: a plan, or the same fields as a plan's.")
class StartRunInput:
    plan: ID | None = field(default=None, description="The plan to carry out.")
    type: str | None = field(default=None, description=_TYPE)
    period: PeriodInput | None = field(default=None, description="The days to bill.")
    enterprises: list[ID] | None = field(default=None, description="Only these enterprises.")
    clients: list[ID] | None = field(default=None, description="Only these clients.")
    contracts: list[ID] | None = field(default=None, description="Only these contracts.")
    issue_date: date | None = field(default=None, description="The date on the papers; today when left out.")
    idempotency_key: str | None = field(default=None, description=_KEY)


@strawberry.input(description="Which document to void, and why.")
class VoidDocumentInput:
    document: ID = field(description="The document.")
    reason: str = field(description="Why it is voided; it is kept with the number.")


@strawberry.input(description="Which documents to send, and to whom.")
class SendDocumentInput:
    documents: list[ID] = field(description="The documents, at most 100.")
    recipients: list[str] | None = field(default=None, description="The addresses; each client's own when left out.")
    idempotency_key: str | None = field(default=None, description=_KEY)


@strawberry.input(description="For whom a token of the clients' face is made, and what it may reach.")
class CreateClientTokenInput:
    client: ID = field(description="The client.")
    contracts: list[ID] | None = field(default=None, description="Only these contracts; all when left out.")
    types: list[str] | None = field(default=None, description="Only these document types; all when left out.")
    scopes: list[Scope] | None = field(default=None, description="Only these scopes; both PORTAL ones when left out.")
    expires_in_days: int = field(default=90, description="How long it holds: 1 to 365 days.")


@strawberry.input(description="Which token to revoke.")
class RevokeTokenInput:
    token: ID = field(description="The token's id, or the token itself: `bf_...`.")


def key_of(noun: str, id_: str, name: str) -> UUID:
    """Read a global id. Raises NotFound, naming the field, for one that is malformed or of another noun."""
    found = raw_id(noun, id_)
    if found is None:
        raise NotFound(f"No {noun} has the id {id_[:80]!r}.", field=name)
    return found


def keys_of(noun: str, ids: Sequence[str] | None, name: str) -> tuple[UUID, ...]:
    """Read a list of global ids; none is empty. Raises NotFound as `key_of` does, InvalidInput as `some` does."""
    return tuple(key_of(noun, id_, name) for id_ in some(ids, name))


def some(values: Sequence[T] | None, name: str) -> Sequence[T]:
    """Give the values of a narrowing; left out, it narrows nothing.

    Raises InvalidInput for an empty list: nobody who selects nothing means everything.
    """
    if values is not None and not values:
        raise InvalidInput(f"The list {name} is empty: name some, or leave it out to mean all.", field=name)
    return values or ()
