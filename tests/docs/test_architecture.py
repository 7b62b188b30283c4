"""The house rules that a linter does not hold; each failure names the file and the line."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import billfold

REPOSITORY = Path(__file__).parents[2]
HOUSE = Path(billfold.__file__).parent
PLUGINS = sorted((REPOSITORY / "plugins").rglob("*.py"))
MODULES = sorted(path for path in HOUSE.rglob("*.py") if "migrations" not in path.parts)
# These speak of the server itself, and of no row: one makes the database, the other asks for the version.
OF_THE_SERVER = {HOUSE / "adapters" / "embedded" / "postgres.py", HOUSE / "cli" / "doctor.py"}
NO_DATABASE = [path for path in MODULES if path.relative_to(HOUSE).parts[0] != "database" and path not in OF_THE_SERVER]
EXACT = [path for path in MODULES if path.relative_to(HOUSE).parts[0] in {"domain", "services", "database"}]

SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|TRUNCATE\s|WITH\s+\w+\s+AS\s|(CREATE|ALTER|DROP)\s+"
    r"(TABLE|DATABASE|INDEX|ROLE|USER|EXTENSION)\s)"
)
QUERIES = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "execute_query", "execute_script"}
NOW = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.AST | None = None, what: str = "") -> str:
    """Write where something stands, as `server/billfold/app.py:12 what`."""
    line = getattr(node, "lineno", 1)
    return f"{path.relative_to(REPOSITORY)}:{line} {what}".rstrip()


def found(paths: list[Path], look: Callable[[ast.AST], str | None]) -> list[str]:
    """Give the places of all nodes in which `look` finds something to tell."""
    return [
        place(path, node, what) for path in paths for node in ast.walk(tree(path)) if (what := look(node)) is not None
    ]


def none(places: list[str]) -> None:
    assert not places, "\n" + "\n".join(places)


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_named_by_its_caller(node: Function) -> bool:
    """Say whether a function is a command or a GraphQL field: its arguments are options, which come by name."""
    is_field = any(re.match(r"resolver|strawberry", ast.unparse(one)) for one in node.decorator_list)
    return is_field or "typer." in ast.unparse(node.args)


def is_described(node: Function | ast.ClassDef) -> bool:
    """Say whether there is a docstring or, for what GraphQL shows, a description."""
    return bool(ast.get_docstring(node)) or any("description=" in ast.unparse(one) for one in node.decorator_list)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return [f"{module}.{alias.name}" for alias in node.names] if module == "billfold" else [module]
    return []


# --- Plugins ---


def test_there_are_plugins_to_look_at() -> None:
    assert REPOSITORY / "plugins" / "invoice" / "plugin.py" in PLUGINS


def test_plugins_import_nothing_of_the_house_but_its_plugin_api() -> None:
    def look(node: ast.AST) -> str | None:
        names = [name for name in imported(node) if re.match(r"billfold\b(?!\.plugin_api$)", name)]
        return f"imports {names[0]}" if names else None

    none(found(PLUGINS, look))


def test_plugins_import_nothing_by_a_computed_name() -> None:
    def look(node: ast.AST) -> str | None:
        is_dynamic = isinstance(node, ast.Call) and ast.unparse(node.func) in {
            "__import__",
            "import_module",
            "importlib.import_module",
            "exec",
            "eval",
        }
        return "imports by a computed name" if is_dynamic else None

    none(found(PLUGINS, look))


# --- SQL, time, money ---


def test_sql_is_written_in_the_database_only() -> None:
    def look(node: ast.AST) -> str | None:
        is_sql = isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
        return "is SQL: move it to database/" if is_sql else None

    none(found(NO_DATABASE, look))


def test_queries_are_sent_by_the_database_only() -> None:
    def look(node: ast.AST) -> str | None:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            return None
        is_literal = isinstance(node.args[0], ast.Constant | ast.JoinedStr)
        return f"{node.func.attr}: move it to database/" if is_literal and node.func.attr in QUERIES else None

    none(found(NO_DATABASE, look))


def test_only_the_clock_says_what_time_it_is() -> None:
    def look(node: ast.AST) -> str | None:
        is_now = isinstance(node, ast.Call) and ast.unparse(node.func) in NOW
        return "asks the machine for the time: take a Clock" if is_now else None

    none(found([path for path in EXACT if path.name != "clock.py"], look))


def test_no_amount_is_ever_a_float() -> None:
    def look(node: ast.AST) -> str | None:
        is_float = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
        return "makes a float: take a Decimal" if is_float else None

    none(found(EXACT, look))


# --- Sizes ---


def test_nine_functions_in_ten_have_35_lines_at_most() -> None:
    every = [(path, node) for path in MODULES for node in functions(path)]

    long = [place(path, node, f"{node.name}: {length(node)} lines") for path, node in every if length(node) > 35]

    assert len(long) <= len(every) / 10, "\n".join(long)


def test_no_function_is_longer_than_60_lines() -> None:
    def look(node: ast.AST) -> str | None:
        return f"{node.name}: {length(node)} lines" if isinstance(node, Function) and length(node) > 60 else None

    none(found(MODULES, look))


def test_modules_have_250_lines_at_most() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    none([place(path, what=f"{lines} lines") for path, lines in lengths.items() if lines > 250])


def test_functions_take_five_positional_arguments_at_most() -> None:
    def look(node: ast.AST) -> str | None:
        if not isinstance(node, Function) or is_named_by_its_caller(node):
            return None
        names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        count = len([name for name in names if name not in {"self", "cls"}])
        return f"{node.name}: {count} positional arguments" if count > 5 else None

    none(found(MODULES, look))


# --- Docstrings ---


@pytest.mark.parametrize("kind", [Function, ast.ClassDef], ids=["function", "class"])
def test_what_is_public_says_what_it_is(kind: type[ast.AST]) -> None:
    bare = [
        place(path, node, f"{node.name} has no docstring")
        for path in MODULES
        for node in tree(path).body
        if isinstance(node, Function | ast.ClassDef) and isinstance(node, kind)
        if not node.name.startswith("_") and not is_described(node)
    ]

    none(bare)


def test_every_module_opens_with_what_it_holds() -> None:
    bare = [path for path in MODULES if tree(path).body and not ast.get_docstring(tree(path))]

    none([place(path, what="has no docstring") for path in bare])
