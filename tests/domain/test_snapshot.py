"""The snapshot: canonical bytes that read back as the same document."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from billfold.domain.document import (
    BankDetails,
    BrandTheme,
    ContractReference,
    Document,
    DocumentLine,
    Party,
    Signer,
    TaxLine,
    Totals,
)
from billfold.domain.periods import Period
from billfold.domain.snapshot import content_digest, digest, from_json, sums_digest, to_json
from tests.factories import make_document, make_line

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
DECIMALS = st.decimals(min_value=Decimal(-(10**14)), max_value=Decimal(10**14), places=11)
PERIODS = st.tuples(DAYS, DAYS).filter(lambda days: days[0] < days[1]).map(lambda days: Period(*days))
LINES = st.builds(
    DocumentLine,
    position=st.integers(1, 2_000),
    description=TEXTS,
    quantity=DECIMALS,
    unit=TEXTS,
    unit_code=TEXTS,
    unit_price=DECIMALS,
    tax_rate=st.none() | DECIMALS,
    net=DECIMALS,
    tax=DECIMALS,
    gross=DECIMALS,
    period=st.none() | PERIODS,
    service=TEXTS,
)
SIGNERS = st.none() | st.builds(Signer, position=TEXTS, name=TEXTS)
PARTIES = st.builds(
    Party,
    code=TEXTS,
    name=TEXTS,
    address=TEXTS,
    credential=TEXTS,
    bank=st.none() | st.builds(BankDetails, name=TEXTS, bic=TEXTS, account=TEXTS),
    director=SIGNERS,
    accountant=SIGNERS,
)
TOTALS = st.builds(
    Totals,
    net=DECIMALS,
    tax=DECIMALS,
    gross=DECIMALS,
    taxes=st.lists(st.builds(TaxLine, rate=st.none() | DECIMALS, net=DECIMALS, tax=DECIMALS), max_size=3).map(tuple),
)
DETAILS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)
DOCUMENTS = st.builds(
    Document,
    id=TEXTS,
    type=TEXTS,
    title=TEXTS,
    locale=st.sampled_from(["ru", "en", "ka"]),
    currency=st.sampled_from(["RUB", "JPY", "KWD"]),
    issue_date=DAYS,
    seller=PARTIES,
    buyer=PARTIES,
    brand=st.builds(BrandTheme, code=TEXTS, name=TEXTS),
    lines=st.lists(LINES, max_size=3).map(tuple),
    totals=TOTALS,
    number=TEXTS,
    due_date=st.none() | DAYS,
    period=st.none() | PERIODS,
    contract=st.none() | st.builds(ContractReference, number=TEXTS, signed_on=DAYS, currency=st.just("RUB")),
    payment_purpose=TEXTS,
    details=DETAILS,
)


@given(DOCUMENTS)
def test_a_document_reads_back_as_it_was(document: Document) -> None:
    assert from_json(to_json(document)) == document


@given(DOCUMENTS)
def test_a_snapshot_read_and_written_again_has_the_same_bytes(document: Document) -> None:
    sealed = to_json(document)

    assert to_json(from_json(sealed)) == sealed


@given(DOCUMENTS)
def test_keys_are_sorted_and_nothing_is_spaced(document: Document) -> None:
    sealed = to_json(document)

    assert orjson.dumps(orjson.loads(sealed), option=orjson.OPT_SORT_KEYS) == sealed


@pytest.mark.parametrize(
    "details",
    [{"b": 1, "a": {"d": 2, "c": 3}}, {"a": {"c": 3, "d": 2}, "b": 1}],
)
def test_the_order_of_details_makes_no_difference(details: Mapping[str, Any]) -> None:
    sealed = to_json(make_document(details=details))

    assert b'"details":{"a":{"c":3,"d":2},"b":1}' in sealed


def test_a_decimal_is_a_string_with_the_digits_it_was_given() -> None:
    line = replace(make_line(), unit_price=Decimal("0.00450"), quantity=Decimal("4210"))

    sealed = orjson.loads(to_json(make_document(lines=(line,))))

    assert (sealed["lines"][0]["unit_price"], sealed["lines"][0]["quantity"]) == ("0.00450", "4210")


def test_dates_and_states_are_written_as_people_know_them() -> None:
    sealed = orjson.loads(to_json(make_document()))

    assert sealed["issue_date"] == "2026-11-01"
    assert sealed["period"] == {"start": "2026-10-01", "until": "2026-11-01"}
    assert sealed["status"] == "ISSUED"


def test_letters_of_any_alphabet_stay_letters() -> None:
    sealed = to_json(make_document(title="Счёт № 42 / ანგარიში"))

    assert "Счёт № 42 / ანგარიში".encode() in sealed


def test_without_vat_stays_apart_from_zero_percent() -> None:
    lines = (make_line(1, rate=None), make_line(2, rate=Decimal(0)))

    read = from_json(to_json(make_document(lines=lines)))

    assert [line.tax_rate for line in read.lines] == [None, Decimal(0)]


@pytest.mark.parametrize("snapshot", [b"", b"{}", b"[]", b"not json", to_json(make_document())[:-1]])
def test_what_is_no_snapshot_is_refused(snapshot: bytes) -> None:
    with pytest.raises(ValidationError):
        from_json(snapshot)


def test_any_change_changes_the_digest() -> None:
    document = make_document()

    changed = replace(document, payment_purpose=document.payment_purpose + " ")

    assert digest(to_json(document)) != digest(to_json(changed))


def test_the_digest_is_sha_256_in_lower_case_hex() -> None:
    assert digest(b"billfold") == "e81a914be4ac38936265f4e38bc5faf4bedb849f9cc4515445e9321becdc9a2b"


def test_what_a_document_says_is_the_same_on_another_day_of_issue() -> None:
    def advance(day: date, of: date) -> Document:
        line = make_line(1, period=Period(of, of + timedelta(days=1)))
        return make_document(lines=(line,), period=None, issue_date=day)

    first = content_digest(advance(date(2026, 11, 1), date(2026, 11, 1)))

    assert content_digest(advance(date(2026, 11, 2), date(2026, 11, 2))) == first
    assert content_digest(advance(date(2026, 11, 2), date(2026, 11, 1))) != first


def test_what_a_document_says_is_the_same_wherever_its_parties_get_their_mail() -> None:
    document = make_document()
    moved = replace(document, buyer=replace(document.buyer, email="new@client.example"))
    renamed = replace(document, buyer=replace(document.buyer, name="Another"))

    assert content_digest(moved) == content_digest(document)
    assert content_digest(renamed) != content_digest(document)


def test_what_a_document_comes_to_is_the_same_in_other_words_and_not_at_another_price() -> None:
    document = make_document(lines=(make_line(1),))
    line = document.lines[0]
    renamed = replace(document, lines=(replace(line, description="Otherwise"),), buyer=document.seller)
    repriced = replace(document, lines=(replace(line, unit_price=line.unit_price + 1),))

    assert sums_digest(renamed) == sums_digest(document)
    assert sums_digest(repriced) != sums_digest(document)
