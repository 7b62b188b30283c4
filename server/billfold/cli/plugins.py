"""`billfold plugin`: what is installed."""

import typer
from rich.table import Table

from billfold.bootstrap import check_templates, find_plugins, template_dirs
from billfold.cli.session import AsJson, console, print_json
from billfold.settings import Settings

plugin = typer.Typer(help="Plugins and their document types.", no_args_is_help=True)


@plugin.callback()
def _plugin() -> None:
    """Plugins and their document types."""


@plugin.command("list")
def list_plugins(as_json: AsJson = False) -> None:
    """List the plugins with the document type that each owns, after checking them all."""
    host = find_plugins(Settings())
    check_templates(host, template_dirs(Settings(), host))
    owned = {host.owner(key).name: key for key in host.document_types}
    rows = [
        {"name": name, "version": one.version, "type": owned.get(name, ""), "source": one.source}
        for name, one in sorted(host.plugins.items())
    ]
    if as_json:
        print_json({"plugins": rows})
        return
    table = Table("Plugin", "Version", "Document type", "From")
    for row in rows:
        table.add_row(*row.values())
    console.print(table)
