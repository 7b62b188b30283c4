"""Plugin: what was found, wherever it came from."""

from dataclasses import dataclass, field
from pathlib import Path

import pluggy


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin as it was found; `templates` is its directory of templates, if it has one."""

    name: str
    version: str
    source: str
    module: object = field(compare=False)
    templates: Path | None = None


def hooks_of(manager: pluggy.PluginManager, plugin: Plugin) -> set[str]:
    """Give the names of the hooks that a registered plugin implements."""
    return {caller.name for caller in manager.get_hookcallers(plugin.module) or ()}
