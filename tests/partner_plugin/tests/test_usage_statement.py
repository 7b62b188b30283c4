"""The usage statement: what it says, what it attaches and exports, and that it does all that a plugin must."""

from dataclasses import replace
from pathlib import Path

import billfold_usage_statement as statements

from billfold.plugin_api import Content, Nothing, Refused, document_of, sample_attachment_facts, sample_facts

TYPE = statements.document_type()
FACTS = sample_facts(TYPE, "en", lines=4)


def test_it_conforms(billfold_conformance):
    report = billfold_conformance(Path(statements.__file__).parent, is_quick=True)

    assert report.is_passed, report.failures
    assert (report.type, report.formats) == ("usage-statement", ("usage-ledger",))


def test_a_row_a_measured_charge():
    content = statements.document_content(FACTS)

    assert isinstance(content, Content)
    assert [(row["destination"], row["share"]) for row in content.details["rows"]] == [("Казань", 5), ("Tbilisi", 95)]


def test_nothing_measured_is_nothing():
    assert statements.document_content(replace(FACTS, charges=FACTS.charges[:1])) == Nothing("no_usage")


def test_every_use_is_attached():
    document = replace(document_of(TYPE, FACTS, statements.document_content(FACTS)), number="2026-10/007")

    (attached,) = statements.document_attachments(document, sample_attachment_facts(3))

    assert attached.name == "Usage 2026-10-007.csv"
    assert len(list(attached.content.rows)) == 3


def test_the_ledger_is_kept_in_roubles():
    document = document_of(TYPE, FACTS, statements.document_content(FACTS))
    foreign = replace(document, currency="USD")

    refused, ledger = statements.export_documents(iter([document, foreign]))

    assert refused == Refused(foreign, "The ledger is kept in RUB: choose statements of contracts in RUB.")
    assert [row[1] for row in ledger.content.rows] == ["ООО «Покупатель»"]
