"""Checks of numbers and votes: each number is written once, and what the plugin votes is told."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from billfold.conformance import cases
from billfold.conformance.interviews import Interview, Noted, thing_of
from billfold.domain.document import Document, DocumentStatus
from billfold.domain.rules import DocumentRule
from billfold.domain.visibility import Visibility

_FEW = (*range(1, 13), *range(98, 113), *range(998, 1_001))
_MANY = range(1, 1_001)


def check_numbers(interview: Interview) -> Iterator[str]:
    """No number is written twice, over counters from 1 to 1,000, series, contracts and years."""
    documents = list(cases.years(interview.sample().document))
    written: dict[str, tuple[str, int]] = {}
    for index, document in enumerate(documents):
        for number, place in _numbers(interview, document, _MANY if index == 0 else _FEW):
            if written.setdefault(number, place) != place:
                yield (
                    f"{number!r} is written for counter {place[1]} of series {place[0]!r} and for counter "
                    f"{written[number][1]} of {written[number][0]!r}: put into the number what tells them apart"
                )
                return


def check_visibility(interview: Interview) -> Iterator[str]:
    """Somebody may see the documents, in one status or another; the table of votes is told."""
    declared, draft = interview.declared, interview.sample()
    votes: dict[str, Visibility] = {}
    for is_visible in (True, False):
        rule = replace(declared.rule, is_visible=is_visible)
        for status in DocumentStatus:
            document = replace(draft.document, status=status, number="" if status is DocumentStatus.DRAFT else "1")
            word = "shown" if is_visible else "hidden"
            votes[f"{status.value} {word} by rule"] = _vote(interview, document, rule)
    table = ", ".join(f"{case}: {vote.name}" for case, vote in votes.items())
    if set(votes.values()) == {Visibility.NOBODY}:
        yield f"nobody may ever see a document: vote STAFF or CLIENT ({table})"
        return
    raise Noted(table)


def _vote(interview: Interview, document: Document, rule: DocumentRule) -> Visibility:
    host = interview.subject.host
    return interview.ask("document_visibility", lambda: host.visibility(document, rule))


def _numbers(
    interview: Interview, document: Document, counters: Iterable[int]
) -> Iterator[tuple[str, tuple[str, int]]]:
    host = interview.subject.host
    rule, thing = host.document_type(document.type).rule, thing_of(document)
    series = host.series(document, rule, thing)
    for counter in counters:
        yield host.number(document, rule, thing, counter), (series, counter)
