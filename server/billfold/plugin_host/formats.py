"""Formats: which plugin exports documents in which format, and what is refused at start."""

from collections.abc import Mapping

import pluggy

from billfold.domain.errors import OperatorError, PluginFailed
from billfold.plugin_api.files import ExportFormat
from billfold.plugin_host.asking import guarded
from billfold.plugin_host.files import format_fault
from billfold.plugin_host.plugin import Plugin, hooks_of

_DECLARES, _WRITES = "export_formats", "export_documents"


def find_formats(
    manager: pluggy.PluginManager, plugins: Mapping[str, Plugin]
) -> dict[str, tuple[Plugin, ExportFormat]]:
    """Give the plugin and the format of each key. Raises OperatorError, naming the plugin and the mend."""
    found: dict[str, tuple[Plugin, ExportFormat]] = {}
    for plugin in plugins.values():
        _check_pair(manager, plugin)
        for declared in _declared_formats(manager, plugins, plugin):
            if declared.key in found:
                raise OperatorError(
                    f"Export format {declared.key!r} is declared by plugins {found[declared.key][0].name} and "
                    f"{plugin.name}: remove one."
                )
            found[declared.key] = (plugin, declared)
    return found


def _check_pair(manager: pluggy.PluginManager, plugin: Plugin) -> None:
    hooks = hooks_of(manager, plugin)
    for there, lacking in ((_DECLARES, _WRITES), (_WRITES, _DECLARES)):
        if there in hooks and lacking not in hooks:
            raise OperatorError(f"Plugin {plugin.name} has {there} but lacks {lacking}: add it as a @hookimpl.")


def _declared_formats(
    manager: pluggy.PluginManager, plugins: Mapping[str, Plugin], plugin: Plugin
) -> list[ExportFormat]:
    strangers = [other.module for other in plugins.values() if other.name != plugin.name]
    try:
        answers = guarded(plugin.name, _DECLARES, manager.subset_hook_caller(_DECLARES, strangers))
        declared = [one for answer in answers for one in _formats(plugin, answer)]
        faults = guarded(plugin.name, _DECLARES, lambda: [format_fault(one) for one in declared])
    except PluginFailed as error:
        raise OperatorError(f"Plugin {plugin.name} cannot start: {error.message}") from error
    if fault := next((fault for fault in faults if fault), None):
        raise OperatorError(f"Plugin {plugin.name} {fault}.")
    return declared


def _formats(plugin: Plugin, answer: object) -> list[ExportFormat]:
    if not isinstance(answer, list | tuple) or not all(isinstance(one, ExportFormat) for one in answer):
        raise PluginFailed(f"Plugin {plugin.name}: {_DECLARES} gave something else than a tuple of ExportFormat.")
    return list(answer)
