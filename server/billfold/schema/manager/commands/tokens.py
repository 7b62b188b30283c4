"""Commands on tokens: make and revoke."""

from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.domain.access import Scope
from billfold.schema.context import Info
from billfold.schema.manager.inputs import INPUT, key_of, keys_of, some
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import InstantText
from billfold.services import tokens


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


@strawberry.type(description="A new token; the secret is shown once.")
class IssuedToken:
    id: ID = field(description="The token's id, by which it is revoked.")
    token: str = field(description="The secret: the bearer token itself.")
    expires_at: InstantText = field(description="Until when it holds.")


@strawberry.type(description="A token that was revoked.")
class RevokedToken:
    id: ID = field(description="The token's id.")


TokenResult = Annotated[
    IssuedToken | Problem, strawberry.union("TokenResult", description="The token, or why there is none.")
]
RevokeResult = Annotated[
    RevokedToken | Problem, strawberry.union("RevokeResult", description="The token, or why it was not revoked.")
]


@strawberry.type
class TokenCommands:
    """The commands on tokens."""

    @resolver("Make a token for a client's cabinet.")
    async def create_client_token(self, info: Info, input: Annotated[CreateClientTokenInput, INPUT]) -> TokenResult:
        issued = await tokens.create_client_token(
            info.context.parts,
            info.context.viewer,
            client_id=key_of("client", input.client, "client"),
            contract_ids=keys_of("contract", input.contracts, "contracts"),
            types=some(input.types, "types"),
            scopes=some(input.scopes, "scopes"),
            expires_in_days=input.expires_in_days,
        )
        return IssuedToken(
            id=ID(f"token_{issued.id}"),
            token=issued.secret,
            expires_at=InstantText(f"{issued.expires_at:%Y-%m-%dT%H:%M:%S.%fZ}"),
        )

    @resolver("Make a token invalid at once.")
    async def revoke_token(self, info: Info, input: Annotated[RevokeTokenInput, INPUT]) -> RevokeResult:
        context = info.context
        if tokens.is_secret(input.token):
            token_id = await tokens.revoke_secret(context.parts, context.viewer, input.token)
        else:
            token_id = await tokens.revoke(context.parts, context.viewer, key_of("token", input.token, "token"))
        return RevokedToken(id=ID(f"token_{token_id}"))
