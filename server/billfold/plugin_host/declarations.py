"""Declarations: what a plugin declares of its type, looked at field by field; Python checks none of it by itself."""

import string
from collections.abc import Callable, Mapping
from dataclasses import fields

from pydantic import BaseModel

from billfold.domain.numbering import NumberMode, Reset, Scope
from billfold.domain.rules import Backdating, DeliveryPolicy
from billfold.domain.schedules import Schedule
from billfold.plugin_api.document_type import Budget, DocumentType, IssueDay, Need, PeriodKind
from billfold.plugin_host.contents import NAME_LIMIT, TITLE_LIMIT, text_fault
from billfold.plugin_host.files import KEY, NEEDED_LOCALES

_IN_FILE_NAMES = {"number", "date", "title"}


def declaration_fault(declared: DocumentType) -> str | None:
    """Say what is wrong with a declaration, and the mend, if anything is; the plugin's name goes before it."""
    looks: tuple[Callable[[DocumentType], str | None], ...] = (
        _of_types,
        _of_details,
        _of_words,
        _of_kinds,
        _of_budget,
    )
    return next((fault for look in looks if (fault := look(declared)) is not None), None)


def _of_types(declared: DocumentType) -> str | None:
    for name, value, expected in _typed(declared):
        if not isinstance(value, expected):
            article = "an" if expected.__name__[0] in "AEIOi" else "a"
            return f"declares {name} as {value!r}: give {article} {expected.__name__}"
    return None


def _typed(declared: DocumentType) -> list[tuple[str, object, type]]:
    rule, numbering = declared.rule, declared.rule.numbering
    return [
        ("key", declared.key, str),
        ("titles", declared.titles, Mapping),
        ("file_names", declared.file_names, Mapping),
        ("is_payable", declared.is_payable, bool),
        ("numbering.mask", numbering.mask, str),
        ("numbering.prefix", numbering.prefix, str),
        ("numbering.start", numbering.start, int),
        ("numbering.reset", numbering.reset, Reset),
        ("numbering.scope", numbering.scope, Scope),
        ("numbering.mode", numbering.mode, NumberMode),
        ("rule.is_visible", rule.is_visible, bool),
        ("rule.is_automatic", rule.is_automatic, bool),
        ("rule.prints_facsimile", rule.prints_facsimile, bool),
        ("rule.delivery", rule.delivery, DeliveryPolicy),
        ("rule.template", rule.template, str),
        ("issue_day", declared.issue_day, IssueDay),
        ("budget", declared.budget, Budget),
        ("period_kinds", declared.period_kinds, frozenset),
        ("needs", declared.needs, frozenset),
        ("corrects", declared.corrects, frozenset),
        ("follows", declared.follows, frozenset),
        ("rule.schedule", rule.schedule, Schedule),
        ("rule.backdating", rule.backdating, Backdating),
        ("is_revised_once_received", declared.is_revised_once_received, bool),
        *(("period_kinds", kind, PeriodKind) for kind in declared.period_kinds),
        *(("needs", need, Need) for need in declared.needs),
        *(("corrects", key, str) for key in declared.corrects),
        *(("follows", key, str) for key in declared.follows),
    ]


def _of_details(declared: DocumentType) -> str | None:
    model: object = declared.details
    if model is None:
        return None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return "declares details that are no pydantic model: derive from BaseModel"
    # The query documentTypes shows it.
    model.model_json_schema()
    return None


def _of_words(declared: DocumentType) -> str | None:
    if not KEY.fullmatch(declared.key) or len(declared.key) > NAME_LIMIT:
        return f"declares the key {declared.key!r}: use lower-case words joined by hyphens"
    missing = ", ".join(locale for locale in NEEDED_LOCALES if not declared.titles.get(locale))
    if missing:
        return f"declares {declared.key!r} without a title in {missing}: add it"
    for locale, title in declared.titles.items():
        if (fault := text_fault(title, TITLE_LIMIT)) is not None:
            return f"declares {declared.key!r} with a title in {locale} that {fault}"
    for name in declared.file_names.values():
        if not _is_file_name(name):
            return f"declares the file name {name!r}: use no other braces than {{number}}, {{date}} and {{title}}"
    return None


def _is_file_name(name: object) -> bool:
    if text_fault(name, TITLE_LIMIT) is not None or not isinstance(name, str):
        return False
    try:
        return {field for _, field, _, _ in string.Formatter().parse(name) if field is not None} <= _IN_FILE_NAMES
    except ValueError:
        return False


def _of_kinds(declared: DocumentType) -> str | None:
    kinds = declared.period_kinds
    if not kinds:
        return f"declares {declared.key!r} without period_kinds: name what it can be asked for, such as PERIOD"
    if (PeriodKind.CORRECTION in kinds) != bool(declared.corrects):
        return f"declares {declared.key!r} with one of CORRECTION and corrects: give both, or neither"
    for key in sorted(declared.corrects):
        if not KEY.fullmatch(key):
            return f"declares that {declared.key!r} corrects {key!r}: name keys of document types"
    if declared.issue_day is IssueDay.PERIOD_END and PeriodKind.PERIOD not in kinds:
        return f"declares {declared.key!r} with issue_day PERIOD_END but not for a PERIOD: add the kind, or take TODAY"
    return None


def _of_budget(declared: DocumentType) -> str | None:
    for field in fields(Budget):
        most = getattr(declared.budget, field.name)
        if not isinstance(most, int) or isinstance(most, bool) or most < 1:
            return f"declares a budget of {most!r} {field.name}: give a whole number from 1"
    terms = declared.rule.payment_terms_days
    if terms is not None and (not isinstance(terms, int) or not 0 <= terms <= 3_650):
        return f"declares {terms!r} payment_terms_days: give 0 to 3650, or None for the contract's"
    return None
