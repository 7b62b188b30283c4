"""Owners: which plugin owns which document type, and what is refused at start."""

import re
from collections.abc import Mapping

import pluggy
from pydantic import BaseModel

from billfold.domain.errors import NumberingConflict, OperatorError, PluginFailed
from billfold.domain.numbering import NumberMode, Reset, Scope, check_rule
from billfold.domain.rules import DeliveryPolicy
from billfold.plugin_api.document_type import Budget, DocumentType, PeriodKind
from billfold.plugin_host.asking import check_answer, guarded
from billfold.plugin_host.plugin import Plugin

NEEDED_HOOKS = ("document_content", "document_template", "document_visibility")
NEEDED_LOCALES = ("en", "ru")
_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def find_owners(manager: pluggy.PluginManager, plugins: Mapping[str, Plugin]) -> dict[str, tuple[Plugin, DocumentType]]:
    """Give the owner and the type of each key. Raises OperatorError, naming the plugin and the mend."""
    owners: dict[str, tuple[Plugin, DocumentType]] = {}
    for plugin in plugins.values():
        if "document_type" not in _hooks_of(manager, plugin):
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
    return owners


def _hooks_of(manager: pluggy.PluginManager, plugin: Plugin) -> set[str]:
    return {caller.name for caller in manager.get_hookcallers(plugin.module) or ()}


def _declared_type(manager: pluggy.PluginManager, plugins: Mapping[str, Plugin], plugin: Plugin) -> DocumentType:
    strangers = [other.module for other in plugins.values() if other.name != plugin.name]
    try:
        answers = guarded(plugin.name, "document_type", manager.subset_hook_caller("document_type", strangers))
        declared: DocumentType = check_answer(plugin.name, "document_type", DocumentType, next(iter(answers), None))
        _check_words(plugin, declared)
        check_rule(declared.rule.numbering)
    except (PluginFailed, NumberingConflict) as error:
        raise OperatorError(f"Plugin {plugin.name} cannot start: {error.message}") from error
    lacking = ", ".join(hook for hook in NEEDED_HOOKS if hook not in _hooks_of(manager, plugin))
    if lacking:
        raise OperatorError(f"Plugin {plugin.name} owns {declared.key!r} but lacks {lacking}: add it as a @hookimpl.")
    return declared


def _check_words(plugin: Plugin, declared: DocumentType) -> None:
    for name, value, expected in _typed(declared):
        if not isinstance(value, expected):
            raise OperatorError(f"Plugin {plugin.name} declares {name} as {value!r}: give a {expected.__name__}.")
    if declared.details is not None and not (
        isinstance(declared.details, type) and issubclass(declared.details, BaseModel)
    ):
        raise OperatorError(f"Plugin {plugin.name} declares details that are no pydantic model: derive from BaseModel.")
    if not _KEY.fullmatch(declared.key):
        raise OperatorError(
            f"Plugin {plugin.name} declares the key {declared.key!r}: use lower-case words joined by hyphens."
        )
    missing = ", ".join(locale for locale in NEEDED_LOCALES if not declared.titles.get(locale))
    if missing:
        raise OperatorError(f"Plugin {plugin.name} declares {declared.key!r} without a title in {missing}: add it.")


def _typed(declared: DocumentType) -> list[tuple[str, object, type]]:
    """Give what a declaration must be made of: Python checks none of it by itself."""
    rule, numbering = declared.rule, declared.rule.numbering
    return [
        ("numbering.reset", numbering.reset, Reset),
        ("numbering.scope", numbering.scope, Scope),
        ("numbering.mode", numbering.mode, NumberMode),
        ("rule.delivery", rule.delivery, DeliveryPolicy),
        ("budget", declared.budget, Budget),
        *(("period_kinds", kind, PeriodKind) for kind in declared.period_kinds),
    ]
