"""Loading: all plugins found, registered and checked, which makes the host."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pluggy

from billfold.domain.errors import OperatorError
from billfold.plugin_api import hookspecs
from billfold.plugin_host.asking import HOOK_SECONDS
from billfold.plugin_host.finding import candidates, find_plugins
from billfold.plugin_host.host import PluginHost
from billfold.plugin_host.plugin import Plugin


def load_plugins(directories: Sequence[Path], *, hook_seconds: float = HOOK_SECONDS) -> PluginHost:
    """Find the plugins in the directories and at the entry points, check them all, and give the host.

    Raises OperatorError, naming the plugin and the mend, for a plugin that cannot be loaded, an unknown hook, a type
    without its hooks, two plugins for one key, a numbering default that repeats, or a type without its titles.
    """
    return make_host(find_plugins(directories), hook_seconds=hook_seconds)


def load_sound_plugins(built_in: Path, directories: Sequence[Path], check: Callable[[PluginHost], None]) -> PluginHost:
    """Load the built-in plugins, and of all others those that do beside them; the host tells why the rest do not.

    `check` looks at a host once more, and raises OperatorError. Raises OperatorError for a built-in plugin, or a
    directory that is not there: nothing can go on without them.
    """
    sound = [load() for name, load in candidates([built_in]) if name.startswith(str(built_in))]
    check(make_host(sound))
    waiting = [one for one in candidates(directories)]
    faults: dict[str, str] = {}
    while waiting:
        faults = {name: fault for name, load in waiting if (fault := _tried(sound, load, check)) is not None}
        # Whoever needs a plugin that came later has it now.
        if len(faults) == len(waiting):
            break
        waiting = [(name, load) for name, load in waiting if name in faults]
    return make_host(sound, faults=faults)


def _tried(sound: list[Plugin], load: Callable[[], Plugin], check: Callable[[PluginHost], None]) -> str | None:
    """Add a plugin to the sound ones, or tell why it is not one of them."""
    try:
        plugin = load()
        check(make_host([*sound, plugin]))
    except OperatorError as error:
        return error.message
    sound.append(plugin)
    return None


def make_host(
    found: Iterable[Plugin], *, hook_seconds: float = HOOK_SECONDS, faults: Mapping[str, str] | None = None
) -> PluginHost:
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
    return PluginHost(manager, plugins, hook_seconds=hook_seconds, faults=faults or {})


def _register(manager: pluggy.PluginManager, plugin: Plugin) -> None:
    try:
        manager.register(plugin.module, name=plugin.name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:  # ValueError: one module under two names.
        raise OperatorError(
            f"Plugin {plugin.name} ({plugin.source}) does not fit the hooks: {error}. Compare it with docs/plugins.md."
        ) from error
