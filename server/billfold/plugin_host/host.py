"""The host: asks the plugins one question at a time, and takes no wrong answer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pluggy

from billfold.domain.document import Document
from billfold.domain.errors import OperatorError, UnknownDocumentType
from billfold.domain.numbering import NumberedThing, format_number, series_key
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility, strictest
from billfold.plugin_api import hookspecs
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import Content, DocumentFacts, Nothing
from billfold.plugin_host.asking import check_answer, checked_content, guarded
from billfold.plugin_host.finding import find_plugins
from billfold.plugin_host.owners import find_owners
from billfold.plugin_host.plugin import Plugin


class PluginHost:
    """Asks the plugins. A plugin that raises or answers wrongly fails the one document, as PluginFailed."""

    def __init__(self, manager: pluggy.PluginManager, plugins: Mapping[str, Plugin]) -> None:
        self._manager = manager
        self.plugins = plugins
        self._owners = find_owners(manager, plugins)
        self.document_types: Mapping[str, DocumentType] = {key: owned[1] for key, owned in self._owners.items()}

    @property
    def template_dirs(self) -> list[Path]:
        """The template directories that plugins bring, in the order of their names."""
        return [plugin.templates for _, plugin in sorted(self.plugins.items()) if plugin.templates]

    def document_type(self, key: str) -> DocumentType:
        """Give the type. Raises UnknownDocumentType, which lists the types that are there."""
        if key not in self._owners:
            known = ", ".join(sorted(self._owners)) or "none"
            raise UnknownDocumentType(f"Document type {key!r} is unknown: installed are {known}.", field="type")
        return self._owners[key][1]

    def owner(self, key: str) -> Plugin:
        """Give the plugin that owns a type."""
        self.document_type(key)
        return self._owners[key][0]

    def content(self, facts: DocumentFacts) -> Content | Nothing:
        """Ask the owner what the document says; its lines are checked, and its details against the type's model."""
        answer = self._ask_owner(facts.type, "document_content", Content | Nothing, facts=facts)
        if isinstance(answer, Nothing):
            return answer
        return checked_content(self.owner(facts.type).name, self.document_type(facts.type), answer, facts.currency)

    def template(self, document: Document) -> str:
        """Ask the owner for the name of the template."""
        return str(self._ask_owner(document.type, "document_template", str, document=document))

    def series(self, document: Document, rule: DocumentRule, thing: NumberedThing) -> str:
        """Ask the owner for the series; without an answer the rule's scope and reset decide."""
        answer = self._ask_owner(document.type, "document_number_series", str | None, document=document, rule=rule)
        return answer or series_key(rule.numbering, thing)

    def number(self, document: Document, rule: DocumentRule, thing: NumberedThing, counter: int) -> str:
        """Ask the owner for the number; without an answer the rule's mask decides."""
        answer = self._ask_owner(
            document.type, "document_number", str | None, document=document, rule=rule, counter=counter
        )
        return answer or format_number(rule.numbering, thing, counter)

    def visibility(self, document: Document, rule: DocumentRule) -> Visibility:
        """Let the owner and the plugins that own no type vote; the strictest wins, no vote is NOBODY."""
        hook, owner = "document_visibility", self.owner(document.type)
        owners = {plugin.name for plugin, _ in self._owners.values()}
        voters = [owner, *(plugin for plugin in self.plugins.values() if plugin.name not in owners)]
        # Each is asked alone, so that a faulty vote is told by the name of its own plugin.
        ballots = ((voter.name, self._ask(voter, hook, document=document, rule=rule)) for voter in voters)
        return strictest([check_answer(name, hook, Visibility, vote) for name, votes in ballots for vote in votes])

    def _ask_owner(self, key: str, hook: str, expected: Any, **arguments: object) -> Any:
        owner = self.owner(key)
        return check_answer(owner.name, hook, expected, self._ask(owner, hook, **arguments))

    def _ask(self, plugin: Plugin, hook: str, **arguments: object) -> Any:
        caller = self._manager.subset_hook_caller(hook, [one.module for one in self.plugins.values() if one != plugin])
        return guarded(plugin.name, hook, lambda: caller(**arguments))


def load_plugins(directories: Sequence[Path]) -> PluginHost:
    """Find the plugins in the directories and at the entry points, check them all, and give the host.

    Raises OperatorError, naming the plugin and the mend, for a plugin that cannot be loaded, an unknown hook, a type
    without its hooks, two plugins for one key, a numbering default that repeats, or a type without its titles.
    """
    manager = pluggy.PluginManager("billfold")
    manager.add_hookspecs(hookspecs)
    plugins: dict[str, Plugin] = {}
    for plugin in find_plugins(directories):
        if plugin.name in plugins:
            raise OperatorError(
                f"Plugin {plugin.name} is there twice, from {plugins[plugin.name].source} and {plugin.source}: "
                "remove one."
            )
        _register(manager, plugin)
        plugins[plugin.name] = plugin
    return PluginHost(manager, plugins)


def _register(manager: pluggy.PluginManager, plugin: Plugin) -> None:
    try:
        manager.register(plugin.module, name=plugin.name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:  # ValueError: one module under two names.
        raise OperatorError(
            f"Plugin {plugin.name} ({plugin.source}) does not fit the hooks: {error}. Compare it with docs/plugins.md."
        ) from error
