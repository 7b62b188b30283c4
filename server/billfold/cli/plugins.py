"""`billfold plugin`: what is installed, a new plugin, and the trial of one."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from billfold.bootstrap import check_templates, find_plugins, template_dirs
from billfold.cli.session import AsJson, console, print_json
from billfold.conformance import Outcome, Report
from billfold.conformance import check as check_conformance
from billfold.conformance.skeletons import write_plugin
from billfold.domain.errors import OperatorError
from billfold.settings import Settings

plugin = typer.Typer(help="Plugins and their document types.", no_args_is_help=True)
_COLORS = {Outcome.PASSED: "green", Outcome.NOTED: "green", Outcome.SKIPPED: "dim", Outcome.FAILED: "red"}


@plugin.callback()
def _plugin() -> None:
    """Plugins and their document types."""


@plugin.command("list")
def list_plugins(as_json: AsJson = False) -> None:
    """List the plugins with the document type and the export formats of each, after checking them all."""
    host = find_plugins(Settings())
    check_templates(host, template_dirs(Settings(), host))
    owned = {host.owner(key).name: key for key in host.document_types}
    formats = {
        name: [key for key, (one, _) in host.export_formats.items() if one.name == name] for name in host.plugins
    }
    rows = [
        {
            "name": name,
            "version": one.version,
            "type": owned.get(name, ""),
            "formats": ", ".join(sorted(formats[name])),
            "source": one.source,
        }
        for name, one in sorted(host.plugins.items())
    ]
    if as_json:
        print_json({"plugins": rows})
        return
    table = Table("Plugin", "Version", "Document type", "Export formats", "From")
    for row in rows:
        table.add_row(*map(escape, row.values()))
    console.print(table)


@plugin.command("new")
def new(
    name: Annotated[str, typer.Argument(help="The key of its document type: lower-case words joined by hyphens.")],
    directory: Annotated[Path, typer.Option("--dir", help="Where to write its folder.")] = Path(),
) -> None:
    """Write a new plugin, with its template, labels in English and Russian, and a test."""
    if name in (host := find_plugins(Settings())).document_types:
        raise OperatorError(
            f"Document type {name!r} is there already, by plugin {host.owner(name).name}: name it anew."
        )
    folder = write_plugin(name, directory)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        console.print(f"{escape(str(file))}", highlight=False, soft_wrap=True)


@plugin.command("check")
def check(
    plugin: Annotated[str, typer.Argument(help="Its folder, or the name of an installed one.")],
    is_quick: Annotated[
        bool, typer.Option("--quick", help="Leave out a thousand lines on paper, and a second process.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Try a plugin on made-up facts of every kind; exit 1 and a list of what it does wrong."""
    settings = Settings()
    report = check_conformance(
        plugin,
        plugin_dirs=[Path(one).expanduser() for one in settings.plugin_dirs.split(":") if one],
        template_dirs=[settings.templates_dir.expanduser().absolute()] if settings.templates_dir else [],
        is_quick=is_quick,
    )
    if as_json:
        print_json(_as_json(report))
    else:
        _print(report)
    if not report.is_passed:
        failed = ", ".join(result.check for result in report.results if result.outcome is Outcome.FAILED)
        raise OperatorError(f"Plugin {report.plugin} fails: {failed}. Mend what is told above.")


def _print(report: Report) -> None:
    table = Table("Check", "Outcome", "Seconds", "Told")
    for result in report.results:
        color = _COLORS[result.outcome]
        told = "\n".join(map(escape, result.told))
        table.add_row(result.check, f"[{color}]{result.outcome.value}[/]", f"{result.seconds:.1f}", told)
    console.print(table)


def _as_json(report: Report) -> dict[str, object]:
    return {
        "plugin": report.plugin,
        "version": report.version,
        "source": report.source,
        "type": report.type,
        "formats": list(report.formats),
        "passed": report.is_passed,
        "checks": [
            {"check": one.check, "outcome": one.outcome.value, "told": list(one.told), "seconds": one.seconds}
            for one in report.results
        ],
    }
