"""The tables that cog writes into these pages from the code: `make docs` writes them, a test holds them up to date."""

import dataclasses
import inspect
import re
import typing
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, SecretStr

from billfold import plugin_api
from billfold.cli.application import application
from billfold.database.invariants import CURRENCIES, INVARIANTS
from billfold.database.reading.listings import MAX_PAGE
from billfold.domain import errors
from billfold.domain.access import PORTAL_SCOPES, ROLE_SCOPES, Scope
from billfold.plugin_api import DocumentType, catalogue
from billfold.plugin_host import load_plugins
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
    Scope.DOCUMENTS_SEND: "Mail documents, and hide one from its client.",
    Scope.DOCUMENTS_EXPORT: "Export documents for other systems; takes `documents:read` too.",
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


def variables() -> str:
    """Give every variable that templates of any type may use."""
    bare = DocumentType(key="act", titles={"en": "Act", "ru": "Акт"}, is_payable=True)
    rows = ((f"`{one.name}`", _kind_of(one), one.sample, one.descriptions["en"]) for one in catalogue.variables(bare))
    return table(("variable", "type", "sample", "what it is"), rows)


def _kind_of(variable: catalogue.Variable) -> str:
    return f"{variable.type}, or none" if variable.is_optional else variable.type


def further_values() -> str:
    """Give every dataclass and enum of the plugin API that the page does not tell by hand, with its fields."""
    page = re.sub(
        r"\[\[\[cog\ncog\.outl\(tables\.further_values.*?\[\[\[end\]\]\]", "", _plugins_page(), flags=re.DOTALL
    )
    exported = {name: getattr(plugin_api, name) for name in sorted(plugin_api.__all__)}
    kinds = {name: one for name, one in exported.items() if isinstance(one, type)}
    return "\n\n".join(_value(name, kind) for name, kind in kinds.items() if f"\n### {name}\n" not in page)


def _plugins_page() -> str:
    return (ROOT / "docs/plugins.md").read_text(encoding="utf-8")


def _value(name: str, kind: type) -> str:
    told = f"### {name}\n\n{inspect.cleandoc(kind.__doc__ or '')}"
    if issubclass(kind, Enum):
        return f"{told}\n\n{', '.join(f'`{one.name}`' for one in kind)}."
    if issubclass(kind, BaseModel):
        named = ((f"`{name}`", f"`{_annotation(field.annotation)}`") for name, field in kind.model_fields.items())
        return f"{told}\n\n{table(('field', 'type'), named)}"
    if not dataclasses.is_dataclass(kind):
        return told
    rows = ((f"`{field.name}`", f"`{_annotation(field.type)}`", _default(field)) for field in dataclasses.fields(kind))
    return f"{told}\n\n{table(('field', 'type', 'default'), rows)}{_reckoned(kind)}"


def _reckoned(kind: type) -> str:
    """Give what a value reckons from its fields, a sentence each."""
    own = {name: one.__doc__ for name, one in vars(kind).items() if isinstance(one, property)}
    return "".join(f"\n\n`{name}` is {_inside(doc or '')}" for name, doc in own.items())


def _inside(sentence: str) -> str:
    """Give the first line of a docstring as it stands inside a sentence."""
    first = sentence.splitlines()[0]
    return first[:1].lower() + first[1:]


def _annotation(annotation: Any) -> str:
    told = str(annotation) if not isinstance(annotation, type) or typing.get_args(annotation) else annotation.__name__
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", told)


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        return f"`{field.default_factory()!r}`"
    return "" if field.default is dataclasses.MISSING else f"`{field.default!r}`"


def functions() -> str:
    """Give every function of the plugin API with its arguments and its sentence."""
    exported = ((name, getattr(plugin_api, name)) for name in sorted(plugin_api.__all__))
    rows = (_function(name, one) for name, one in exported if inspect.isfunction(one))
    return table(("function", "does"), rows)


def _function(name: str, function: Any) -> tuple[str, str]:
    arguments = ", ".join(
        str(one).split(":")[0].split("=")[0] for one in inspect.signature(function).parameters.values()
    )
    sentence = " ".join(inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0].split())
    return f"`{name}({arguments})`", sentence


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


def document_types() -> str:
    """Give the document types that come with Billfold: what each is asked for, and what it does by itself."""
    host = load_plugins([ROOT / "plugins"])
    kinds = {"period": "period", "amount": "amount", "instant": "day", "correction": "correction"}
    rows = [
        (
            f"`{key}`",
            f"{declared.titles['en']} ({declared.titles['ru']})",
            ", ".join(word for kind, word in kinds.items() if kind in declared.period_kinds),
            "yes" if declared.is_payable else "no",
            "last day of the period" if declared.issue_day == "period_end" else "today",
            "yes" if declared.rule.is_automatic else "no",
            declared.rule.delivery.value,
        )
        for key, declared in sorted(host.document_types.items())
    ]
    return table(("type", "title", "made for", "to be paid", "dated", "automatic", "mailed to"), rows)
