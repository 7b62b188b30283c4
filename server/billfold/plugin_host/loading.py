"""Loading: all plugins found, registered and checked, which makes the host."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pluggy

from billfold.domain.errors import OperatorError
from billfold.plugin_api import hookspecs
from billfold.plugin_host.asking import HOOK_SECONDS
from billfold.plugin_host.finding import find_plugins
from billfold.plugin_host.host import PluginHost
from billfold.plugin_host.plugin import Plugin


def load_plugins(directories: Sequence[Path], *, hook_seconds: float = HOOK_SECONDS) -> PluginHost:
    """Find the plugins in the directories and at the entry points, check them all, and give the host.

    Raises OperatorError, naming the plugin and the mend, for a plugin that cannot be loaded, an unknown hook, a type
    without its hooks, two plugins for one key, a numbering default that repeats, or a type without its titles.
    """
    return make_host(find_plugins(directories), hook_seconds=hook_seconds)


def make_host(found: Iterable[Plugin], *, hook_seconds: float = HOOK_SECONDS) -> PluginHost:
    """Register plugins, check them all, and give the host. Raises OperatorError as `load_plugins` does."""
    manager = pluggy.PluginManager("billfold")
    manager.add_hookspecs(hookspecs)
    plugins: dict[str, Plugin] = {}
    for plugin in found:
        if plugin.name in plugins:
            raise OperatorError(
                f"Plugin {plugin.name} is there twice, from {plugins[plugin.name].source} and {plugin.source}: "
                "remove one."
            )
        _register(manager, plugin)
        plugins[plugin.name] = plugin
    return PluginHost(manager, plugins, hook_seconds=hook_seconds)


def _register(manager: pluggy.PluginManager, plugin: Plugin) -> None:
    try:
        manager.register(plugin.module, name=plugin.name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:  # ValueError: one module under two names.
        raise OperatorError(
            f"Plugin {plugin.name} ({plugin.source}) does not fit the hooks: {error}. Compare it with docs/plugins.md."
        ) from error
