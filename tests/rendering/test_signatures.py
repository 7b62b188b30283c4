"""Signatures on paper: who signs, and where pictures of signatures and stamps are shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from billfold.domain.document import Document, Party, PartyKind, Signer
from billfold.rendering.sheets import Sheets
from tests.factories import LOGO, make_buyer, make_document, make_seller, make_sole_seller

Fill = Callable[..., str]

BOTH = '{% extends "base.html" %}{% block content %}{% include "parts/both-signatures.html" %}{% endblock %}'
BOTH_BARE = BOTH.replace("{% include", "{% set facsimile = false %}{% include")


@pytest.fixture
def fill(write_template: Callable[[str], Path], templates: Path) -> Fill:
    """Fill the source as a template of the operator's; gives its HTML with single spaces."""

    def fill(source: str, **overrides: object) -> str:
        document: Document = make_document(**overrides)  # type: ignore[arg-type]  # Test values.
        html = Sheets([write_template(source), templates]).fill("own.html", document).html
        return " ".join(html.split())

    return fill


def signing_seller() -> Party:
    return make_seller(
        director=Signer("Генеральный директор", "Андреева А. В.", "Устав", LOGO),
        accountant=Signer("Главный бухгалтер", "Морозова Е. С.", "", LOGO),
        stamp=LOGO,
    )


def test_both_parties_have_their_places(fill: Fill) -> None:
    html = fill(BOTH, seller=signing_seller())

    assert "<b>Исполнитель:</b><br>ООО «Пример Связь»" in html
    assert "<b>Заказчик:</b><br>ООО «Юпитер Логистик»" in html
    assert "Генеральный директор" in html
    assert "на основании: Устав" in html
    assert html.count("М.П.") == 2


def test_a_buyer_that_nobody_signs_for_gets_blank_lines(fill: Fill) -> None:
    html = fill(BOTH)

    assert html.count('<td class="position line"></td>') == 1
    assert html.count('<td class="line c"></td>') == 1


def test_a_buyer_signs_by_its_director(fill: Fill) -> None:
    buyer = make_buyer(director=Signer("Директор", "Орлова И. П.", "доверенность № 5"))

    html = fill(BOTH, buyer=buyer)

    assert '<td class="line c">Орлова И. П.</td>' in html
    assert "на основании: доверенность № 5" in html


def test_a_person_signs_without_position_and_stamp(fill: Fill) -> None:
    html = fill(BOTH, buyer=make_buyer(PartyKind.PERSON))

    assert '<td class="position"></td>' in html
    assert '<td class="line c">Андреева Полина</td>' in html
    assert html.count("М.П.") == 1
    assert html.count("должность") == 1


def test_a_sole_proprietor_signs_as_such(fill: Fill) -> None:
    html = fill(BOTH, seller=make_sole_seller())

    assert '<td class="position line">Предприниматель</td>' in html
    assert '<td class="line c">Орлов С. П.</td>' in html


def test_signatures_of_both_are_english_in_english(fill: Fill) -> None:
    html = fill(BOTH, locale="en", buyer=make_buyer(PartyKind.FOREIGN))

    assert "<b>Supplier:</b>" in html
    assert "<b>Customer:</b>" in html
    assert html.count("Stamp") == 2


def test_facsimiles_are_shown_where_they_are_set(fill: Fill) -> None:
    html = fill(BOTH, seller=signing_seller())

    assert html.count('<img class="facsimile"') == 1
    assert html.count('<img class="stamp"') == 1


def test_a_template_may_refuse_facsimiles(fill: Fill) -> None:
    html = fill(BOTH_BARE, seller=signing_seller())

    assert "facsimile" not in html
    assert "М.П." in html
    assert 'class="stamp"' not in html


def test_an_invoice_shows_the_facsimiles_of_both_signers(fill: Fill) -> None:
    html = fill('{% extends "invoice/invoice.html" %}', seller=signing_seller())

    assert html.count('<img class="facsimile"') == 2
    assert html.count('<img class="stamp"') == 1


def test_an_invoice_without_facsimiles_shows_lines(fill: Fill) -> None:
    html = fill('{% extends "invoice/invoice.html" %}')

    assert html.count('<td class="line"></td>') == 2
    assert "facsimile" not in html
    assert 'class="stamp"' not in html


INVOICE = '{% extends "invoice/invoice.html" %}'


def test_a_person_signs_an_invoice_alone(fill: Fill) -> None:
    seller = make_seller(kind=PartyKind.PERSON, name="Иванов Иван Иванович", director=None, accountant=None)

    html = fill(INVOICE, seller=seller)

    assert '<td class="position"></td><td class="line"></td><td class="signer">Иванов Иван Иванович</td>' in html
    assert "Руководитель" not in html
    assert "Бухгалтер" not in html


def test_a_foreign_seller_has_an_accountant_only_where_one_is_named(fill: Fill) -> None:
    seller = make_seller(kind=PartyKind.FOREIGN, director=Signer("Director", "J. Smith"), accountant=None)
    with_accountant = make_seller(kind=PartyKind.FOREIGN, accountant=Signer("", "A. Jones"))

    assert "Accountant" not in fill(INVOICE, locale="en", seller=seller)
    assert '<td class="position">Accountant</td>' in fill(INVOICE, locale="en", seller=with_accountant)
