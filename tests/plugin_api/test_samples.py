"""Samples: facts of everything that a type may need, the same each time, whose sums add up."""

from decimal import Decimal

import pytest

from billfold.domain.snapshot import from_json, to_json
from billfold.plugin_api import (
    Content,
    DocumentType,
    Need,
    PeriodKind,
    charge_lines,
    document_of,
    sample_attachment_facts,
    sample_document,
    sample_facts,
)

EVERYTHING = DocumentType(
    key="act",
    titles={"en": "Act", "ru": "Акт"},
    is_payable=True,
    period_kinds=frozenset(PeriodKind),
    needs=frozenset(Need),
    corrects=frozenset({"invoice"}),
)


def test_a_sample_document_has_one_line_and_no_number() -> None:
    document = sample_document(EVERYTHING, "ru")

    assert (document.title, document.number, document.totals.gross) == ("Акт", "", Decimal("12200.00"))
    assert from_json(to_json(document)) == document


def test_facts_have_all_that_is_needed_as_often_as_asked() -> None:
    facts = sample_facts(EVERYTHING, lines=7)

    assert len(facts.charges) == len(facts.subscriptions) == len(facts.usage) == 7
    assert facts.account is not None
    assert len(facts.account.entries) == 7
    assert (len(facts.documents), len(facts.advances)) == (2, 1)
    assert all(charge.net + charge.tax == charge.gross for charge in facts.charges)


def test_facts_have_nothing_that_is_not_needed() -> None:
    facts = sample_facts(DocumentType("act", {"en": "Act", "ru": "Акт"}, False, needs=frozenset()))

    assert (facts.charges, facts.documents, facts.subscriptions, facts.usage, facts.account) == ((), (), (), (), None)


@pytest.mark.parametrize("kind", list(PeriodKind))
def test_each_thing_that_can_be_asked_for_is_alone(kind: PeriodKind) -> None:
    facts = sample_facts(EVERYTHING, kind=kind)

    there = [facts.period is not None, facts.amount is not None, facts.original is not None]
    assert sum(there) == (0 if kind is PeriodKind.INSTANT else 1)


def test_the_differences_of_a_correction_are_those_of_its_lines() -> None:
    facts = sample_facts(EVERYTHING, lines=3, kind=PeriodKind.CORRECTION)

    differences = [pair.after.gross - pair.before.gross for pair in facts.corrected]
    assert differences == [charge.gross for charge in facts.charges] == [Decimal("-12200.00")] * 3
    assert facts.original is not None
    assert (facts.original.number, facts.original.type) == ("41", "invoice")


def test_a_correction_refers_to_its_original() -> None:
    facts = sample_facts(EVERYTHING, kind=PeriodKind.CORRECTION)

    document = document_of(EVERYTHING, facts, Content(lines=charge_lines(facts)))

    assert document.original is not None
    assert (document.original.number, document.original.gross) == ("41", Decimal("24400.00"))


def test_the_same_facts_come_each_time() -> None:
    assert sample_facts(EVERYTHING, "ru", lines=9) == sample_facts(EVERYTHING, "ru", lines=9)


def test_usage_is_read_anew_each_time() -> None:
    facts = sample_attachment_facts(5)

    assert [len(list(facts.usage())), len(list(facts.usage())), facts.usage_count] == [5, 5, 5]
