"""The tables that cog writes into these pages from the code: `make docs` writes them, a test holds them up to date."""

import re
import typing
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr

from billfold.cli.application import application
from billfold.database.invariants import CURRENCIES, INVARIANTS
from billfold.database.reading.listings import MAX_PAGE
from billfold.domain import errors
from billfold.domain.access import PORTAL_SCOPES, ROLE_SCOPES, Scope
from billfold.rendering.filters import JINJA_FILTERS
from billfold.schema.limits import Limits
from billfold.schema.manager.schema import MANAGER_BODY, MANAGER_COST
from billfold.schema.portal.schema import PORTAL_COST
from billfold.services.imports.columns import Sheet
from billfold.services.imports.sheets import sheets
from billfold.settings import Settings

ROOT = Path(__file__).parents[1]

SCOPES = {
    Scope.BOOKS_READ: "Read brands, enterprises, clients, contracts, services, subscriptions, usage, prices, charges,"
    " payments, bank statements, reports and the log of changes.",
    Scope.BOOKS_WRITE: "Change them: enter, mend and end them, import bank statements, close the books.",
    Scope.DOCUMENTS_READ: "Read documents, runs and deliveries, and download files.",
    Scope.DOCUMENTS_ISSUE: "Plan and start runs, issue single documents.",
    Scope.DOCUMENTS_VOID: "Void documents.",
    Scope.DOCUMENTS_SEND: "Mail documents.",
    Scope.TOKENS_WRITE: "Make and revoke clients' tokens, and one's own.",
    Scope.STAFF_WRITE: "Add people, and make tokens for them.",
    Scope.PORTAL_READ: "Read one's own documents, at the clients' face.",
    Scope.PORTAL_DOWNLOAD: "Download their files.",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a Markdown table; pipes in cells are escaped."""
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)


def settings() -> str:
    """Give every environment variable with its type, default and sentence."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        rows.append((f"`BILLFOLD_{name.upper()}`", _type(field.annotation), default, str(field.description)))
    return table(("variable", "type", "default", "what it sets"), rows)


def _type(annotation: Any) -> str:
    kinds = [kind for kind in typing.get_args(annotation) or (annotation,) if kind is not type(None)]
    names = {SecretStr: "secret", Path: "path", str: "text", int: "number", bool: "true or false"}
    return " or ".join(names[kind] for kind in kinds)


def commands() -> str:
    """Give every command of the command line, with its arguments and options."""
    parts = []
    for name, command in _commands(typer.main.get_command(application), "billfold"):
        rows = [_parameter(parameter) for parameter in command.params if parameter.name != "help"]
        listed = "\n\n" + table(("argument or option", "default", "meaning"), rows) if rows else ""
        parts.append(f"### `{name}`\n\n{command.help}{listed}")
    return "\n\n".join(parts)


def _commands(command: Any, name: str) -> Iterable[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word, one in inner.items():
        yield from _commands(one, f"{name} {word}")


def _parameter(parameter: Any) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}`", "needed" if parameter.required else "", str(parameter.help)
    default = "needed" if parameter.required else ""
    if not parameter.required and not parameter.is_flag and parameter.default not in (None, "", ()):
        default = f"`{parameter.default}`"
    return f"`{parameter.opts[-1]}`", default, str(parameter.help)


def scopes() -> str:
    """Give every scope, what it opens, and who may hold it."""
    rows = []
    for scope in Scope:
        holders = [role.value for role, held in ROLE_SCOPES.items() if scope in held]
        holders += ["client"] if scope in PORTAL_SCOPES else []
        rows.append((f"`{scope.value}`", SCOPES[scope], ", ".join(holders)))
    return table(("scope", "opens", "held by"), rows)


def problems() -> str:
    """Give every problem code with its meaning, from the errors themselves."""
    kinds = {kind.code: kind for kind in errors.CallerError.__subclasses__()}
    return table(("code", "meaning"), ((f"`{code.value}`", str(kinds[code].__doc__)) for code in errors.ProblemCode))


def jinja_filters() -> str:
    """Give the filters of Jinja that templates may use."""
    return ", ".join(f"`{name}`" for name in sorted(JINJA_FILTERS)) + "."


def books() -> str:
    """Give every file of an import with its columns; optional ones in brackets."""
    return table(("file", "columns"), (_sheet(sheet) for sheet in sheets(Path())))


def _sheet(sheet: Sheet) -> tuple[str, str]:
    pattern = sheet.file.replace("[0-9]{4}-(0[1-9]|1[0-2])", "YYYY-MM")
    columns = [f"`{one.name}`" if not one.is_optional else f"[`{one.name}`]" for one in sheet.columns]
    translated = [f"[`{sheet.translated}_LOCALE`]"] if sheet.translated else []
    return f"`{pattern}.csv`", ", ".join([*columns, *translated])


def invariants() -> str:
    """Give what `billfold check` proves."""
    return "\n".join(f"- {one.sentence}" for one in (*INVARIANTS, CURRENCIES))


def excerpt(path: str, name: str) -> str:
    """Give the Python between `# -- start NAME --` and `# -- end NAME --` of a file, as a block of code."""
    source = (ROOT / path).read_text(encoding="utf-8")
    match = re.search(rf"# -- start {name} --\n(.*?)\n*# -- end {name} --", source, re.DOTALL)
    if match is None:
        raise LookupError(f"{path} has no part {name}.")
    return f"```python\n{match[1]}\n```"


def decisions() -> str:
    """Give the list of decisions, by number."""
    rows = []
    for page in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        number, _, name = title.partition(". ")
        rows.append((number, f"[{name}](decisions/{page.name})"))
    return table(("no.", "decision"), rows)


def limits() -> str:
    """Give what one operation may hold."""
    most = Limits(cost=MANAGER_COST)
    rows = {
        "levels": most.depth,
        "aliases": most.aliases,
        "fields of the operation itself": most.root_fields,
        "directives": most.directives,
        "tokens": most.tokens,
        "characters": most.query_characters,
        "rows of one page": MAX_PAGE,
        "objects that the answer may hold, reckoned from page sizes, at `/graphql`": MANAGER_COST,
        "the same at `/portal/graphql`": PORTAL_COST,
        "bytes of a request's body, at `/graphql`": MANAGER_BODY,
        "bytes of a request's body, at `/portal/graphql`": most.body_bytes,
    }
    return table(("what", "at most"), ((what, f"{count:,}") for what, count in rows.items()))
