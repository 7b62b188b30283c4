"""The application: its commands in one list, and how a failure is told."""

import signal
import sys
from types import FrameType

import typer
from rich.console import Console
from rich.markup import escape

from billfold.cli import (
    access,
    books,
    check,
    closing_books,
    demo,
    doctor,
    exports,
    numbers,
    plugins,
    runs,
    serving,
    statements,
)
from billfold.cli.failures import TOLD, sentence

application = typer.Typer(
    help="Makes, numbers, prints, sends and shows billing documents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
application.command("demo")(demo.demo)
application.command("serve")(serving.serve)
application.command("worker")(serving.worker)
application.command("migrate")(serving.migrate)
application.command("import")(books.import_directory)
application.command("run")(books.run)
application.add_typer(runs.runs, name="runs")
application.command("close")(closing_books.close)
application.command("statement")(statements.statement)
application.command("export")(exports.export)
application.command("numbers")(numbers.numbers)
application.add_typer(access.staff, name="staff")
application.add_typer(access.token, name="token")
application.add_typer(plugins.plugin, name="plugin")
application.command("check")(check.check)
application.command("doctor")(doctor.doctor)


def main() -> None:
    """Run a command: exit 0 on success, 1 on a failure told in one sentence, 2 on wrong usage."""
    errors = Console(stderr=True)
    for stop in (signal.SIGTERM, signal.SIGHUP):
        # An ordinary exit, so that whoever is last stops the embedded servers.
        signal.signal(stop, _leave)
    try:
        application()
    except TOLD as error:
        errors.print("[bold red]billfold:[/]", escape(sentence(error)), highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
