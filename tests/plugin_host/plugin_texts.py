"""Plugins as text, and what a host is asked about: shared by the tests of the plugin host."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from billfold.domain.errors import OperatorError, PluginFailed
from billfold.domain.numbering import NumberedThing, NumberingRule, Reset
from billfold.domain.rules import DocumentRule
from billfold.plugin_api.facts import DocumentFacts
from billfold.plugin_host import PluginHost, load_plugins
from tests.factories import OCTOBER, make_brand, make_buyer, make_document, make_seller

RULE = DocumentRule(numbering=NumberingRule(mask="A-{YYYY}-{N}", reset=Reset.YEAR))
ACT = make_document(type="act")
THING = NumberedThing(type="act", on=date(2026, 11, 1), enterprise="sever")
WritePlugin = Callable[..., Path]

HEAD = """
from billfold.plugin_api import *

"""
TYPE = """
@hookimpl
def document_type():
    return DocumentType(key="{key}", titles={{"en": "Act", "ru": "Акт"}}, is_payable=False{more})

"""
HOOKS = {
    "document_content": """
@hookimpl
def document_content(facts):
    return Nothing("nothing_to_bill")
""",
    "document_template": """
@hookimpl
def document_template():
    return "act/act.html"
""",
    "document_visibility": """
@hookimpl
def document_visibility():
    return Visibility.CLIENT
""",
}


def act(key: str = "act", more: str = "", **replaced: str) -> str:
    """Write a plugin that owns a type; a hook given as a keyword replaces its code, an empty one leaves it out."""
    hooks = {**HOOKS, **{name: dedent(code) for name, code in replaced.items()}}
    return HEAD + TYPE.format(key=key, more=more) + "\n".join(hooks.values())


def voter(body: str) -> str:
    """Write a plugin that owns no type and votes."""
    return f"{HEAD}@hookimpl\ndef document_visibility(document, rule):\n    {body}\n"


def facts() -> DocumentFacts:
    contract = make_document().contract
    assert contract is not None
    return DocumentFacts(
        type="act",
        locale="ru",
        currency="RUB",
        issue_date=date(2026, 11, 1),
        due_date=None,
        seller=make_seller(),
        buyer=make_buyer(),
        brand=make_brand(),
        contract=contract,
        charges=(),
        period=OCTOBER,
    )


def refusal(*directories: Path) -> str:
    with pytest.raises(OperatorError) as caught:
        load_plugins(directories)
    return caught.value.message


def failure(ask: Callable[[PluginHost], object], directory: Path) -> str:
    host = load_plugins([directory])
    with pytest.raises(PluginFailed) as caught:
        ask(host)
    return caught.value.message
