"""`billfold staff` and `billfold token`: who may call."""

from typing import Annotated
from uuid import UUID

import typer

from billfold.cli.session import AsJson, console, print_json, with_parts
from billfold.database.clients import client_id
from billfold.database.connection import reading
from billfold.database.contracts import contract_ids
from billfold.domain.access import OPERATOR, Role, Scope
from billfold.domain.errors import InvalidInput
from billfold.services import tokens
from billfold.services.parts import Parts
from billfold.services.tokens import IssuedToken

staff = typer.Typer(help="The operator's people.", no_args_is_help=True)
token = typer.Typer(help="Bearer tokens.", no_args_is_help=True)


@staff.callback()
def _staff() -> None:
    """The operator's people."""


@staff.command("add")
def add_staff(
    email: Annotated[str, typer.Argument(help="The e-mail address.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    as_json: AsJson = False,
) -> None:
    """Add a member of staff; adding one again changes the role."""
    staff_id = with_parts(lambda parts: tokens.add_staff(parts, OPERATOR, email=email, role=role))
    if as_json:
        print_json({"id": staff_id, "email": email, "role": role.value})
    else:
        console.print(f"{email} is {role.value}.")


@token.callback()
def _token() -> None:
    """Bearer tokens."""


@token.command("create")
def create_token(
    client: Annotated[str | None, typer.Option(help="For this client's code.")] = None,
    staff_email: Annotated[str | None, typer.Option("--staff", help="For this member of staff's e-mail.")] = None,
    type: Annotated[list[str] | None, typer.Option(help="Only documents of this type; may be repeated.")] = None,
    contract: Annotated[list[str] | None, typer.Option(help="Only this contract's number; may be repeated.")] = None,
    scope: Annotated[list[Scope] | None, typer.Option(help="Only this scope; may be repeated.")] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How long it holds.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Create a token for a client or a member of staff; prints it once."""
    if (client is None) == (staff_email is None):
        raise InvalidInput("Give either --client or --staff.")

    async def work(parts: Parts) -> IssuedToken:
        if staff_email is not None:
            return await tokens.create_staff_token(
                parts, OPERATOR, email=staff_email, scopes=scope or (), expires_in_days=days
            )
        async with reading() as connection:
            of_client = await client_id(connection, client or "")
            of_contracts = await contract_ids(connection, contract or [])
        return await tokens.create_client_token(
            parts,
            OPERATOR,
            client_id=of_client,
            contract_ids=of_contracts,
            types=type or (),
            scopes=scope or (),
            expires_in_days=days,
        )

    issued = with_parts(work)
    if as_json:
        print_json({"id": issued.id, "token": issued.secret, "expires_at": issued.expires_at})
    else:
        typer.echo(issued.secret)


@token.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="The token's id, or the token itself.")], as_json: AsJson = False
) -> None:
    """Make a token invalid at once; may be repeated."""

    async def work(parts: Parts) -> UUID:
        if tokens.is_secret(token):
            return await tokens.revoke_secret(parts, OPERATOR, token)
        return await tokens.revoke(parts, OPERATOR, _token_id(token))

    revoked = with_parts(work)
    if as_json:
        print_json({"id": revoked})
    else:
        console.print(f"Token {revoked} is revoked.")


def _token_id(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("token_"))
    except ValueError as error:
        raise InvalidInput("Give a token's id, or the token itself with all its 53 characters.") from error
