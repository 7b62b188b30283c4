"""The application: its commands in one list, and how a failure is told."""

import signal
import sys
from types import FrameType

import typer
from pydantic import ValidationError
from rich.console import Console

from billfold.cli import access, books, demo, doctor, plugins, serving
from billfold.domain.errors import BillfoldError

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
application.add_typer(access.staff, name="staff")
application.add_typer(access.token, name="token")
application.add_typer(plugins.plugin, name="plugin")
application.command("doctor")(doctor.doctor)


def main() -> None:
    """Run a command: exit 0 on success, 1 on a failure told in one sentence, 2 on wrong usage."""
    errors = Console(stderr=True)
    for stop in (signal.SIGTERM, signal.SIGHUP):
        # An ordinary exit, so that whoever is last stops the embedded servers.
        signal.signal(stop, _leave)
    try:
        application()
    except BillfoldError as error:
        errors.print(f"[bold red]billfold:[/] {error.message}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"BILLFOLD_{'_'.join(str(part) for part in first['loc']).upper()}"
        errors.print(f"[bold red]billfold:[/] {name}: {first['msg']}.", highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
