"""The session of one command: settings, servers and parts around a coroutine, and its result in print."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, TypeVar

import orjson
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from billfold.bootstrap import open_parts, servers, set_up_logs
from billfold.services.parts import Parts
from billfold.settings import Settings

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
console = Console()


def with_parts(work: Callable[[Parts], Awaitable[T]], *, is_ringing: bool = False) -> T:
    """Open servers and parts from the environment's settings, do the work, close everything; gives its result."""
    settings = Settings()
    set_up_logs(settings.log_level)

    with servers(settings) as where:

        async def session() -> T:
            async with open_parts(settings, where, is_ringing=is_ringing) as parts:
                return await work(parts)

        return uvloop.run(session())


def progress_bar() -> Progress:
    """Give a progress display for long work; it shows only on a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def print_json(result: Mapping[str, object]) -> None:
    """Print a result as JSON: decimals and ids as strings."""
    sys.stdout.write(orjson.dumps(result, default=str, option=orjson.OPT_INDENT_2).decode() + "\n")
