"""The host: asks the plugins one question at a time, and takes no wrong answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pluggy

from billfold.domain.document import Document
from billfold.domain.errors import InvalidInput, UnknownDocumentType
from billfold.domain.numbering import NumberedThing, format_number, series_key
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility, strictest
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import AttachmentFacts, Content, DocumentFacts, Nothing
from billfold.plugin_api.files import Attachment, ExportedFile, ExportFormat, Refused, Table
from billfold.plugin_host.asking import HOOK_SECONDS, Asker, check_answer
from billfold.plugin_host.contents import checked_content, checked_name, checked_nothing, checked_template
from billfold.plugin_host.deadlines import Aside
from billfold.plugin_host.files import checked_attachments, checked_export, checked_row
from billfold.plugin_host.formats import find_formats
from billfold.plugin_host.owners import find_owners
from billfold.plugin_host.plugin import Plugin, hooks_of

# How many rows of a table are asked for at once.
_ROWS = 200


class PluginHost:
    """Asks the plugins. A plugin that raises, hangs or answers wrongly fails the one document, as PluginFailed.

    `export_formats` gives the plugin and the format of each key. `hook_seconds` is the deadline of each question.
    `faults` tells, by plugin, why some were set aside at start.
    """

    def __init__(
        self,
        manager: pluggy.PluginManager,
        plugins: Mapping[str, Plugin],
        *,
        hook_seconds: float = HOOK_SECONDS,
        faults: Mapping[str, str],
    ) -> None:
        self._manager = manager
        self.plugins = plugins
        self.faults = faults
        self._askers = {name: Asker(name, seconds=hook_seconds) for name in plugins}
        self._callers: dict[tuple[str, str], pluggy.HookCaller] = {}
        self._hooks = {name: hooks_of(manager, plugin) for name, plugin in plugins.items()}
        self._owners = find_owners(manager, plugins)
        owners = {plugin.name for plugin, _ in self._owners.values()}
        self._voters = [
            plugin
            for name, plugin in plugins.items()
            if name not in owners and "document_visibility" in self._hooks[name]
        ]
        self.document_types: Mapping[str, DocumentType] = {key: owned[1] for key, owned in self._owners.items()}
        self.export_formats: Mapping[str, tuple[Plugin, ExportFormat]] = find_formats(manager, plugins)

    @property
    def template_dirs(self) -> list[Path]:
        """The template directories that plugins bring, in the order of their names."""
        return [plugin.templates for _, plugin in sorted(self.plugins.items()) if plugin.templates]

    def document_type(self, key: str) -> DocumentType:
        """Give the type. Raises UnknownDocumentType, which lists the types that are there, and what was set aside."""
        if key not in self._owners:
            known = ", ".join(sorted(self._owners)) or "none"
            aside = "".join(f" Set aside at start: {fault}" for fault in self.faults.values())
            raise UnknownDocumentType(f"Document type {key!r} is unknown: installed are {known}.{aside}", field="type")
        return self._owners[key][1]

    def owner(self, key: str) -> Plugin:
        """Give the plugin that owns a type."""
        self.document_type(key)
        return self._owners[key][0]

    def attaches(self, key: str) -> bool:
        """Tell whether the type's plugin is here and may have further files for its documents."""
        return key in self._owners and "document_attachments" in self._hooks[self._owners[key][0].name]

    def content(self, facts: DocumentFacts) -> Content | Nothing:
        """Ask the owner what the document says; its lines are checked, and its details against the type's model."""
        hook, owner, declared = "document_content", self.owner(facts.type), self.document_type(facts.type)

        def checked(answer: Content | Nothing) -> Content | Nothing:
            if isinstance(answer, Nothing):
                return checked_nothing(owner.name, answer)
            return checked_content(owner.name, declared, answer, facts.currency)

        answer = self._ask_owner(facts.type, hook, Content | Nothing, facts=facts)
        # A details model has code of the plugin's own.
        result: Content | Nothing = self._askers[owner.name].ask(hook, lambda: checked(answer))
        return result

    def template(self, document: Document) -> str:
        """Ask the owner for the name of the template."""
        name = self._ask_owner(document.type, "document_template", str, document=document)
        return checked_template(self.owner(document.type).name, name)

    def series(self, document: Document, rule: DocumentRule, thing: NumberedThing) -> str:
        """Ask the owner for the series; without an answer the rule's scope and reset decide."""
        hook = "document_number_series"
        if hook not in self._hooks[self.owner(document.type).name]:
            return series_key(rule.numbering, thing)
        answer = self._ask_owner(document.type, hook, str | None, document=document, rule=rule)
        return checked_name(self.owner(document.type).name, hook, answer) or series_key(rule.numbering, thing)

    def number(self, document: Document, rule: DocumentRule, thing: NumberedThing, counter: int) -> str:
        """Ask the owner for the number; without an answer the rule's mask decides."""
        hook = "document_number"
        if hook not in self._hooks[self.owner(document.type).name]:
            return format_number(rule.numbering, thing, counter)
        answer = self._ask_owner(document.type, hook, str | None, document=document, rule=rule, counter=counter)
        return checked_name(self.owner(document.type).name, hook, answer) or format_number(
            rule.numbering, thing, counter
        )

    def visibility(self, document: Document, rule: DocumentRule) -> Visibility:
        """Let the owner and the plugins that own no type vote; the strictest wins, no vote is NOBODY."""
        hook, owner = "document_visibility", self.owner(document.type)
        # Each is asked alone, so that a faulty vote is told by the name of its own plugin.
        ballots = (
            (voter.name, self._ask(voter, hook, document=document, rule=rule)) for voter in (owner, *self._voters)
        )
        return strictest([check_answer(name, hook, Visibility, vote) for name, votes in ballots for vote in votes])

    def attachments(self, document: Document, facts: AttachmentFacts) -> tuple[Attachment, ...]:
        """Ask the owner for the further files of an issued document.

        The rows of their tables are made while they are taken, once, and raise PluginFailed then; so does a row that is
        not as wide as its table.
        """
        hook, owner, aside = "document_attachments", self.owner(document.type), Aside()
        usage = facts.usage
        given = replace(facts, usage=lambda: aside.items(usage()))
        answer = self._ask(owner, hook, aside, document=document, facts=given)
        return checked_attachments(owner.name, answer, self._rows(owner, hook, aside))

    def export(self, format: str, documents: Iterable[Document]) -> Iterator[ExportedFile | Refused]:
        """Ask for the files of an export, which are made while they are taken; `documents` are read once.

        Raises InvalidInput, which lists the formats, for one that is unknown, and PluginFailed while files are taken.
        """
        hook, aside = "export_documents", Aside()
        if format not in self.export_formats:
            known = ", ".join(sorted(self.export_formats)) or "none"
            raise InvalidInput(f"Export format {format!r} is unknown: installed are {known}.", field="format")
        plugin = self.export_formats[format][0]
        rows = self._rows(plugin, hook, aside)

        def files() -> Iterator[ExportedFile | Refused]:
            answer = self._ask(plugin, hook, aside, format=format, documents=aside.items(documents))
            check_answer(plugin.name, hook, Iterable, answer)
            for item in self._askers[plugin.name].take(hook, answer, aside=aside):
                yield checked_export(plugin.name, item, rows)

        return files()

    def _rows(self, plugin: Plugin, hook: str, aside: Aside) -> Callable[[Table], Iterator[Sequence[Any]]]:
        asker = self._askers[plugin.name]

        def rows(table: Table) -> Iterator[Sequence[Any]]:
            return (
                checked_row(plugin.name, table, row) for row in asker.take(hook, table.rows, aside=aside, size=_ROWS)
            )

        return rows

    def _ask_owner(self, key: str, hook: str, expected: Any, **arguments: object) -> Any:
        owner = self.owner(key)
        return check_answer(owner.name, hook, expected, self._ask(owner, hook, **arguments))

    def _ask(self, plugin: Plugin, hook: str, aside: Aside | None = None, /, **arguments: object) -> Any:
        caller = self._caller(plugin, hook)
        return self._askers[plugin.name].ask(hook, lambda: caller(**arguments), aside)

    def _caller(self, plugin: Plugin, hook: str) -> pluggy.HookCaller:
        """Give what asks one plugin alone; it is made once, for a run asks it for each document."""
        if (caller := self._callers.get((plugin.name, hook))) is None:
            others = [one.module for one in self.plugins.values() if one != plugin]
            caller = self._callers[plugin.name, hook] = self._manager.subset_hook_caller(hook, others)
        return caller
