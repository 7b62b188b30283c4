"""Asking: only the owner answers for its type, and visibility is voted on."""

from dataclasses import replace

import pytest

from billfold.domain.errors import UnknownDocumentType
from billfold.domain.visibility import Visibility
from billfold.plugin_api.facts import Nothing
from billfold.plugin_host import load_plugins
from tests.plugin_host.plugin_texts import ACT, HEAD, RULE, THING, WritePlugin, act, facts, voter


def test_an_unknown_type_is_told_with_the_known_ones(write: WritePlugin) -> None:
    write("acts", act())
    host = load_plugins([write("upd", act(key="upd"))])

    with pytest.raises(UnknownDocumentType) as caught:
        host.document_type("invoice")

    assert caught.value.message == "Document type 'invoice' is unknown: installed are act, upd."


def test_only_the_owner_is_asked(write: WritePlugin) -> None:
    write("acts", act())
    write("strangers", act(key="upd", document_template="@hookimpl\ndef document_template():\n    return 'upd.html'\n"))
    host = load_plugins([write("nosy", HEAD + "@hookimpl(tryfirst=True)\ndef document_template():\n    return 'no'\n")])

    assert host.template(ACT) == "act/act.html"
    assert host.template(replace(ACT, type="upd")) == "upd.html"


def test_the_content_is_the_owners(write: WritePlugin) -> None:
    host = load_plugins([write("acts", act())])

    assert host.content(facts()) == Nothing("nothing_to_bill")


def test_without_an_answer_the_rule_numbers(write: WritePlugin) -> None:
    host = load_plugins([write("acts", act())])

    assert host.series(ACT, RULE, THING) == "act:2026"
    assert host.number(ACT, RULE, THING, 7) == "A-2026-7"


def test_an_owner_may_number_by_itself(write: WritePlugin) -> None:
    code = act(
        document_number_series="@hookimpl\ndef document_number_series(document):\n    return 'by ' + document.currency",
        document_number="@hookimpl\ndef document_number(counter):\n    return f'no. {counter}'",
    )
    host = load_plugins([write("acts", code)])

    assert host.series(ACT, RULE, THING) == "by RUB"
    assert host.number(ACT, RULE, THING, 7) == "no. 7"


@pytest.mark.parametrize(
    ("owner", "others", "seen_by"),
    [
        ("Visibility.CLIENT", [], Visibility.CLIENT),
        ("Visibility.CLIENT", ["Visibility.STAFF"], Visibility.STAFF),
        ("Visibility.STAFF", ["Visibility.CLIENT"], Visibility.STAFF),
        ("Visibility.CLIENT", ["Visibility.STAFF", "Visibility.NOBODY"], Visibility.NOBODY),
        ("Visibility.CLIENT", ["None", "None"], Visibility.CLIENT),
        ("None", ["Visibility.CLIENT"], Visibility.CLIENT),
        ("None", ["None"], Visibility.NOBODY),
        ("None", [], Visibility.NOBODY),
    ],
)
def test_the_strictest_of_the_votes_wins(
    write: WritePlugin, owner: str, others: list[str], seen_by: Visibility
) -> None:
    directory = write("acts", act(document_visibility=f"@hookimpl\ndef document_visibility():\n    return {owner}"))
    for index, vote in enumerate(others):
        write(f"voter-{index}", voter(f"return {vote}"))

    assert load_plugins([directory]).visibility(ACT, RULE) is seen_by


def test_the_owner_of_another_type_has_no_vote(write: WritePlugin) -> None:
    write("acts", act())
    nobody = "@hookimpl\ndef document_visibility():\n    return Visibility.NOBODY"
    host = load_plugins([write("upd", act(key="upd", document_visibility=nobody))])

    assert host.visibility(ACT, RULE) is Visibility.CLIENT
