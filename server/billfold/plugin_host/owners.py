"""Owners: which plugin owns which document type, and what is refused at start."""

from collections.abc import Mapping

import pluggy

from billfold.domain.errors import NumberingConflict, OperatorError, PluginFailed
from billfold.domain.numbering import check_rule
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_host.asking import check_answer, guarded
from billfold.plugin_host.declarations import declaration_fault
from billfold.plugin_host.plugin import Plugin, hooks_of

NEEDED_HOOKS = ("document_content", "document_template", "document_visibility")


def find_owners(manager: pluggy.PluginManager, plugins: Mapping[str, Plugin]) -> dict[str, tuple[Plugin, DocumentType]]:
    """Give the owner and the type of each key. Raises OperatorError, naming the plugin and the mend."""
    owners: dict[str, tuple[Plugin, DocumentType]] = {}
    for plugin in plugins.values():
        if "document_type" not in hooks_of(manager, plugin):
            if hasattr(plugin.module, "document_type"):
                raise OperatorError(f"Plugin {plugin.name} cannot start: mark its document_type with @hookimpl.")
            continue
        declared = _declared_type(manager, plugins, plugin)
        if declared.key in owners:
            raise OperatorError(
                f"Document type {declared.key!r} is declared by plugins {owners[declared.key][0].name} and "
                f"{plugin.name}: remove one."
            )
        owners[declared.key] = (plugin, declared)
    _check_corrected(owners)
    return owners


def _declared_type(manager: pluggy.PluginManager, plugins: Mapping[str, Plugin], plugin: Plugin) -> DocumentType:
    strangers = [other.module for other in plugins.values() if other.name != plugin.name]
    try:
        answers = guarded(plugin.name, "document_type", manager.subset_hook_caller("document_type", strangers))
        declared: DocumentType = check_answer(plugin.name, "document_type", DocumentType, next(iter(answers), None))
        # A details model and its schema are code of the plugin's own.
        if (fault := guarded(plugin.name, "document_type", lambda: declaration_fault(declared))) is not None:
            raise OperatorError(f"Plugin {plugin.name} {fault}.")
        check_rule(declared.rule.numbering)
    except (PluginFailed, NumberingConflict) as error:
        raise OperatorError(f"Plugin {plugin.name} cannot start: {error.message}") from error
    lacking = ", ".join(hook for hook in NEEDED_HOOKS if hook not in hooks_of(manager, plugin))
    if lacking:
        raise OperatorError(f"Plugin {plugin.name} owns {declared.key!r} but lacks {lacking}: add it as a @hookimpl.")
    return declared


def _check_corrected(owners: Mapping[str, tuple[Plugin, DocumentType]]) -> None:
    """Refuse a correction of nothing; of several types that it names, some may not be installed here."""
    for plugin, declared in owners.values():
        if declared.corrects and not declared.corrects & owners.keys():
            named = ", ".join(sorted(declared.corrects))
            raise OperatorError(
                f"Plugin {plugin.name} declares {declared.key!r}, which corrects {named}: no plugin declares such a "
                "type; mend the name, or install it."
            )
