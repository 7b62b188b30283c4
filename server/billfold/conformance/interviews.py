"""Interviews: questions to the plugin under trial, each put twice, watched and timed, and its paper in the press."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from billfold.bootstrap import shipped
from billfold.conformance import cases
from billfold.conformance.subjects import Subject
from billfold.conformance.watching import Watch, libraries
from billfold.domain.document import Document, DocumentStatus
from billfold.domain.errors import PluginFailed
from billfold.domain.numbering import NumberedThing
from billfold.domain.snapshot import from_json, to_json
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import DocumentFacts, Nothing
from billfold.plugin_api.samples import document_of
from billfold.rendering.orders import Printed, PrintOrder
from billfold.rendering.press import Press

T = TypeVar("T")


class Skipped(Exception):
    """The check does not concern the plugin; the message says why."""


class Noted(Exception):
    """What the check found is well and could be better; the message says how."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as the plugin makes it, before its number, and its template."""

    document: Document
    template: str


@dataclass(slots=True)
class Interview:
    """Asks one plugin.

    `deeds` are what its hooks did to the machine, `slowest` the seconds of their slowest answers, and `wavering` those
    that gave two answers to one question. `answers` is the hash of all that each hook answered.
    """

    subject: Subject
    watch: Watch
    press: Press
    runner: asyncio.Runner
    is_quick: bool = False
    deeds: dict[str, str] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)
    wavering: set[str] = field(default_factory=set)
    answers: dict[str, "hashlib._Hash"] = field(default_factory=dict)

    def ask(self, hook: str, question: Callable[[], T]) -> T:
        """Put a question twice, and note where the answers differ. Raises PluginFailed for a fault."""
        folders = [*libraries(), shipped(), *(file.parent for file in self.subject.sources)]
        first, first_seconds = self._ask(hook, question, folders)
        again, seconds = self._ask(hook, question, [])
        if first != again:
            self.wavering.add(hook)
        self.answers.setdefault(hook, hashlib.sha256()).update(repr(again).encode("utf-8", "replace"))
        # The quicker one: what a machine does beside may delay either.
        self.slowest[hook] = max(self.slowest.get(hook, 0.0), min(first_seconds, seconds))
        return again

    def draft(self, facts: DocumentFacts) -> Draft | Nothing:
        """Make a document of facts, as composing does. Raises PluginFailed."""
        host, declared = self.subject.host, self.subject.host.document_type(facts.type)
        content = self.ask("document_content", lambda: host.content(facts))
        if isinstance(content, Nothing):
            return content
        document = document_of(declared, facts, content)
        if from_json(to_json(document)) != document:
            raise PluginFailed("document_content gave what is not the same when it is read back: give plain values")
        rule, thing = declared.rule, thing_of(document)
        self.ask("document_visibility", lambda: host.visibility(document, rule))
        self.ask("document_number_series", lambda: host.series(document, rule, thing))
        self.ask("document_number", lambda: host.number(document, rule, thing, rule.numbering.start))
        return Draft(document, self.ask("document_template", lambda: host.template(document)))

    def sample(self, locale: str = "ru", *, lines: int = 3) -> Draft:
        """Make a usual document of the plugin's type. Raises Skipped where the plugin owns none, or says Nothing."""
        for facts in cases.sample(self.declared, locale, lines=lines):
            draft = self.draft(facts)
            if isinstance(draft, Draft):
                return draft
        raise Skipped("says Nothing of all samples")

    @property
    def declared(self) -> DocumentType:
        """The type that the plugin owns. Raises Skipped for a plugin without one."""
        declared = self.subject.declared
        if declared is None:
            raise Skipped("owns no document type")
        return declared

    def issued(self, draft: Draft, number: str = "") -> Document:
        """Give the document of a draft as it is sealed, with its first number unless another is told."""
        host, document = self.subject.host, draft.document
        rule = host.document_type(document.type).rule
        number = number or host.number(document, rule, thing_of(document), rule.numbering.start)
        return replace(document, number=number, status=DocumentStatus.ISSUED)

    def trial(self, drafts: Iterable[tuple[str, Draft]]) -> list[tuple[str, str]]:
        """Fill the templates of named drafts; give name and sentence of each that fails."""
        listed = list(drafts)
        verdicts = self.runner.run(self.press.trial([self.order(draft) for _, draft in listed]))
        return [(name, verdict.message) for (name, _), verdict in zip(listed, verdicts, strict=True) if verdict]

    def html(self, draft: Draft) -> str:
        """Fill the template of a draft. Raises TemplateFailed."""
        return self.runner.run(self.press.html(self.order(draft)))

    def print(self, draft: Draft) -> Printed:
        """Print a draft within its budget. Raises TemplateFailed."""
        return self.runner.run(self.press.print(self.order(draft)))

    def order(self, draft: Draft) -> PrintOrder:
        """Give the order to print a draft."""
        budget = self.subject.host.document_type(draft.document.type).budget
        return PrintOrder(to_json(draft.document), draft.template, budget)

    def _ask(self, hook: str, question: Callable[[], T], readable: Sequence[Path]) -> tuple[T, float]:
        began = perf_counter()
        with self.watch.listening(readable) as heard:
            answer = question()
        seconds = perf_counter() - began
        for deed in heard:
            self.deeds.setdefault(deed, hook)
        return answer, seconds


def thing_of(document: Document) -> NumberedThing:
    """Give what masks know of a document."""
    contract = document.contract.number if document.contract else ""
    return NumberedThing(type=document.type, on=document.issue_date, enterprise="primer", contract=contract)
