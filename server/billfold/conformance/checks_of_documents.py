"""Checks of documents: what a plugin says and prints, over every case."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from time import perf_counter

from billfold.conformance import cases
from billfold.conformance.interviews import Draft, Interview
from billfold.domain.document import DocumentStatus
from billfold.domain.errors import CallerError

_CLOCKS = ("now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime")
_CHANCE = ("random", "secrets", "uuid1", "uuid4", "urandom", "getenv", "environ")


def check_locales(interview: Interview) -> Iterator[str]:
    """Everything that the type can be asked for is made, in English, in Russian and without labels."""
    yield from _made(interview, cases.locales(interview.declared))


def check_lines(interview: Interview) -> Iterator[str]:
    """No line, one, a hundred and a thousand lines are said and fill the template."""
    declared = interview.declared
    yield from _made(interview, cases.lines(declared, declared.budget.lines))


def check_totals(interview: Interview) -> Iterator[str]:
    """Sums of nothing and below zero, without tax and in other currencies make a document, or Nothing."""
    yield from _made(interview, cases.totals(interview.declared))


def check_parties(interview: Interview) -> Iterator[str]:
    """Every kind of party is printed."""
    yield from _made(interview, cases.parties(interview.declared))


def check_requisites(interview: Interview) -> Iterator[str]:
    """Requisites that nobody entered break nothing."""
    yield from _made(interview, cases.bare(interview.declared))


def check_names(interview: Interview) -> Iterator[str]:
    """Long and hostile names stay text."""
    for name, facts in cases.names(interview.declared):
        yield from _made(interview, [(name, facts)])
        draft = interview.draft(facts)
        if isinstance(draft, Draft):
            html = interview.html(draft)
            found = [mark for mark in cases.HOSTILE_MARKS if mark in html]
            if found:
                yield f"{name}: the page holds {found[0]!r}: leave escaping on, take no `safe`"


def check_paper(interview: Interview) -> Iterator[str]:
    """Printing gives the same bytes twice, within the pages and seconds of the budget."""
    declared = interview.declared
    for locale in ("ru", "en"):
        draft = interview.sample(locale)
        issued = interview.issued(draft)
        sealed = Draft(issued, draft.template)
        void = Draft(replace(issued, status=DocumentStatus.VOID), draft.template)
        yield from _told(interview.trial([(f"{locale}, void", void)]))
        first, again = interview.print(sealed), interview.print(sealed)
        if first.sha256 != again.sha256:
            yield f"{locale}: the same document is printed in two ways: take what changes out of the template"
    for count in (100, 1_000):
        if count <= declared.budget.lines:
            yield from _in_budget(interview, count)


def check_purity(interview: Interview) -> Iterator[str]:
    """Hooks touch no file, network or process, and ask for no time and no chance."""
    for deed, hook in interview.deeds.items():
        yield f"{hook} does {deed}: a hook is given all that it needs"
    for file in interview.subject.sources:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (asked := _asks_for(node)) is not None:
                yield f"{file.name}, line {getattr(node, 'lineno', 1)} asks for {asked}: take it from the facts"


def check_determinism(interview: Interview) -> Iterator[str]:
    """The same question has the same answer."""
    for hook in sorted(interview.wavering):
        yield f"{hook} answers one question in two ways: take out clocks, chance, and what it remembers"


def check_speed(interview: Interview) -> Iterator[str]:
    """No hook takes half of its deadline."""
    for hook, seconds in interview.slowest.items():
        if seconds > 1:
            yield f"{hook} took {seconds:.2f} s, and may take 2: do less"


def _made(interview: Interview, listed: Iterable[cases.Case]) -> Iterator[str]:
    """Make the document of each case and fill its template; a fault is told with the name of the case."""
    drafts: list[tuple[str, Draft]] = []
    faults: list[tuple[str, str]] = []
    for name, facts in listed:
        try:
            draft = interview.draft(facts)
        except CallerError as error:
            faults.append((name, error.message))
        else:
            drafts += [(name, draft)] if isinstance(draft, Draft) else []
    yield from _told(faults + interview.trial(drafts))


def _told(faults: list[tuple[str, str]]) -> Iterator[str]:
    """Tell each fault once, with the first case that has it."""
    names: dict[str, list[str]] = {}
    for name, fault in faults:
        names.setdefault(fault, []).append(name)
    for fault, cases_of_it in names.items():
        more = f" (and {len(cases_of_it) - 1} more)" if len(cases_of_it) > 1 else ""
        yield f"{cases_of_it[0]}{more}: {fault}"


def _in_budget(interview: Interview, count: int) -> Iterator[str]:
    declared, draft = interview.declared, interview.sample(lines=count)
    if interview.is_quick and count > 100:
        return
    began = perf_counter()
    try:
        interview.print(draft)
    except CallerError as error:
        yield f"{count} lines: {error.message}"
    if (seconds := perf_counter() - began) > declared.budget.seconds / 2:
        yield f"{count} lines: printing took {seconds:.1f} s of {declared.budget.seconds}: simplify the template"


def _asks_for(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Attribute | ast.Name):
        return None
    name = ast.unparse(node)
    last = name.split(".")[-1]
    is_clock = last in _CLOCKS and name.split(".")[0] in {"datetime", "date", "time", "dt"} and "." in name
    return name if is_clock or (last in _CHANCE and not isinstance(getattr(node, "ctx", None), ast.Store)) else None
