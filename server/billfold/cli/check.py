"""`billfold check`: the invariants of the books and documents."""

from dataclasses import asdict

from rich.markup import escape

from billfold.cli.session import AsJson, console, print_json, progress_bar, with_parts
from billfold.database.invariants import TOLD
from billfold.domain.access import OPERATOR
from billfold.domain.errors import OperatorError
from billfold.services.checking import Verdict
from billfold.services.checking import check as check_books


def check(as_json: AsJson = False) -> None:
    """Check the invariants of the books and documents; exit 1 and a list when one is broken."""
    with progress_bar() as bar:
        task = bar.add_task("Checking", total=None)
        verdicts = with_parts(
            lambda _: check_books(OPERATOR, progress=lambda name: bar.update(task, description=f"Checking {name}"))
        )
    if as_json:
        print_json({"holds": not any(one.broken for one in verdicts), "invariants": [asdict(one) for one in verdicts]})
    else:
        for verdict in verdicts:
            _print(verdict)
    if broken := [one.name for one in verdicts if one.broken]:
        raise OperatorError(f"Broken: {', '.join(broken)}. Restore the books, or mend what is told above.")


def _print(verdict: Verdict) -> None:
    mark = "[red]broken[/]" if verdict.broken else "[green]holds[/]"
    console.print(f"{mark}  {escape(verdict.sentence)}", highlight=False, soft_wrap=True)
    for text in verdict.broken[:TOLD]:
        console.print(f"        {escape(text)}", highlight=False, soft_wrap=True)
    if len(verdict.broken) > TOLD:
        console.print(f"        and {len(verdict.broken) - TOLD} more", highlight=False)
