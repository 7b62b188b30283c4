"""`billfold demo`: a sample operator from books to mails, then served."""

import time
from pathlib import Path
from typing import Annotated

import typer

import billfold
from billfold.bootstrap import data_dir
from billfold.cli.books import print_run, run_result
from billfold.cli.serving import run_web
from billfold.cli.session import AsJson, console, print_json, with_parts
from billfold.database.clients import client_id
from billfold.database.connection import reading
from billfold.domain.access import OPERATOR, Role
from billfold.domain.periods import month
from billfold.services import tokens
from billfold.services.operator_books import import_operator_books
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from billfold.settings import Settings

PERIOD = "2026-10"
MANAGER = "manager@demo.example"
CLIENT = "bukhta-roz"

_MANAGER_QUERY = "{ documents(first: 3) { totalCount nodes { number client { name } totals { gross { amount } } } } }"
_CLIENT_QUERY = "{ me { name } documents(first: 3) { nodes { number totals { gross { amount } } files { url } } } }"


def demo(
    once: Annotated[bool, typer.Option("--once", help="Print the table and exit, do not serve.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a sample operator, bill a month, print, mail into a folder; then serve it."""
    settings = Settings()
    started = time.monotonic()
    result = with_parts(_make)
    result["seconds"] = round(time.monotonic() - started, 1)
    result["files_in"] = str(data_dir(settings) / "files")
    result["mails_in"] = str(data_dir(settings) / "mail")
    if as_json:
        print_json(result)
    else:
        _print_result(result)
    if not once:
        _print_queries(settings, result)
        run_web(is_graphiql=True)


async def _make(parts: Parts) -> dict[str, object]:
    sample = Path(billfold.__file__).parent / "sample"
    await import_operator_books(parts, OPERATOR, sample)
    result = await run_result(parts, RunRequest(type="invoice", period=month(PERIOD)))
    await tokens.add_staff(parts, OPERATOR, email=MANAGER, role=Role.MANAGER)
    manager = await tokens.create_staff_token(parts, OPERATOR, email=MANAGER)
    async with reading() as connection:
        of_client = await client_id(connection, CLIENT)
    client = await tokens.create_client_token(parts, OPERATOR, client_id=of_client)
    return {**result, "manager_token": manager.secret, "client_token": client.secret}


def _print_result(result: dict[str, object]) -> None:
    print_run(result, title=f"Invoices of {PERIOD}")
    console.print(f"PDFs are in {result['files_in']}", soft_wrap=True, highlight=False)
    console.print(f"Mails are in {result['mails_in']}", soft_wrap=True, highlight=False)


def _print_queries(settings: Settings, result: dict[str, object]) -> None:
    base = f"http://{settings.host}:{settings.port}"
    for who, path, token, query in (
        ("A manager", "/graphql", result["manager_token"], _MANAGER_QUERY),
        ("A client", "/portal/graphql", result["client_token"], _CLIENT_QUERY),
    ):
        typer.echo(f"\n{who} asks {base}{path} with the token {token}\n")
        typer.echo(
            f"curl -s {base}{path} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' "
            f"""-d '{{"query": "{query}"}}'"""
        )
    typer.echo(f"\nServing at {base} until Ctrl-C; a browser gets a query page at {base}/graphql.\n")
