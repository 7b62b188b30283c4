"""Declarations: what a plugin says of its type is refused at start where it cannot be meant."""

import pytest

from billfold.plugin_host import load_plugins
from tests.plugin_host.plugin_texts import WritePlugin, act, refusal


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (", needs={Need.CHARGES}", "declares needs as {<Need.CHARGES: 'charges'>}: give a frozenset."),
        (", needs=frozenset({'charges'})", "declares needs as 'charges': give a Need."),
        (", period_kinds=frozenset({'period'})", "declares period_kinds as 'period': give a PeriodKind."),
        (", period_kinds=frozenset()", "declares 'act' without period_kinds: name what it can be asked for, such as P"),
        (
            ", period_kinds=frozenset({PeriodKind.CORRECTION})",
            "declares 'act' with one of CORRECTION and corrects: give both, or neither.",
        ),
        (", corrects=frozenset({'invoice'})", "declares 'act' with one of CORRECTION and corrects: give both, or n"),
        (
            ", period_kinds=frozenset({PeriodKind.CORRECTION}), corrects=frozenset({'An act'})",
            "declares that 'act' corrects 'An act': name keys of document types.",
        ),
        (
            ", period_kinds=frozenset({PeriodKind.CORRECTION}), corrects=frozenset({'bill'})",
            "declares 'act', which corrects bill: no plugin declares such a type; mend the name, or install it.",
        ),
        (
            ", period_kinds=frozenset({PeriodKind.AMOUNT}), issue_day=IssueDay.PERIOD_END",
            "declares 'act' with issue_day PERIOD_END but not for a PERIOD: add the kind, or take TODAY.",
        ),
        (", issue_day='today'", "declares issue_day as 'today': give an IssueDay."),
        (", budget=Budget(lines=0)", "declares a budget of 0 lines: give a whole number from 1."),
        (", budget=Budget(seconds=1.5)", "declares a budget of 1.5 seconds: give a whole number from 1."),
        (", rule=DocumentRule(payment_terms_days=-1)", "declares -1 payment_terms_days: give 0 to 3650, or None for t"),
        (", rule=DocumentRule(delivery='client')", "declares rule.delivery as 'client': give a DeliveryPolicy."),
        (", file_names={'en': 'Act {no}'}", "declares the file name 'Act {no}': use no other braces than {number}, {d"),
        (", file_names={'en': 'Act {'}", "declares the file name 'Act {': use no other braces than {number}, {date} a"),
        (", details=dict", "declares details that are no pydantic model: derive from BaseModel."),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(write: WritePlugin, more: str, reason: str) -> None:
    message = refusal(write("acts", act(more=more)))

    assert message.startswith(f"Plugin acts {reason}")


def test_a_declaration_that_cannot_be_read_is_refused(write: WritePlugin) -> None:
    message = refusal(write("acts", act(more=", rule=None")))

    assert message.startswith("Plugin acts cannot start: Plugin acts: document_type raised AttributeError: ")


def test_a_correction_of_a_type_that_is_there_starts(write: WritePlugin) -> None:
    write("bills", act(key="bill"))
    kinds = ", period_kinds=frozenset({PeriodKind.CORRECTION}), corrects=frozenset({'bill', 'not-here'})"

    host = load_plugins([write("acts", act(more=kinds))])

    assert host.document_type("act").corrects == {"bill", "not-here"}


def test_a_module_that_leaves_the_process_is_refused(write: WritePlugin) -> None:
    directory = write("acts", "raise SystemExit('out')")

    assert refusal(directory) == f"Plugin {directory / 'acts'} cannot be loaded: SystemExit: out"
