"""The catalogue tells every variable of a template, in two languages, with a sample."""

from pydantic import BaseModel, Field

from billfold.plugin_api import DocumentType
from billfold.plugin_api.catalogue import Variable, variables


class Row(BaseModel):
    share: int = Field(description="Its part in percent.", json_schema_extra={"ru": "Доля в процентах."})
    note: str | None = None


class Details(BaseModel):
    rows: list[Row]
    basis: str = ""


DECLARED = DocumentType(key="act", titles={"en": "Act", "ru": "Акт"}, is_payable=False, details=Details)
LISTED = {one.name: one for one in variables(DECLARED)}


def test_a_field_of_a_party_is_told_with_its_sample() -> None:
    assert LISTED["document.seller.inn"] == Variable(
        "document.seller.inn", "text", "7700000016", {"en": "The tax number.", "ru": "ИНН."}
    )


def test_fields_of_lists_are_told() -> None:
    assert (LISTED["document.lines"].type, LISTED["document.lines[].net"].type) == ("list", "money")
    assert LISTED["document.lines[].net"].sample == "10000.00"
    assert LISTED["document.totals.taxes[].rate"].is_optional
    assert "document.corrected[].before.gross" in LISTED


def test_types_are_words() -> None:
    assert LISTED["document.issue_date"].type == "date"
    assert LISTED["document.period"].type == "period"
    assert LISTED["document.seller.kind"] == Variable(
        "document.seller.kind", "word", "company", LISTED["document.seller.kind"].descriptions
    )
    assert LISTED["document.is_payable"].sample == "no"


def test_details_are_told_by_their_model() -> None:
    assert LISTED["document.details.rows[].share"].descriptions == {
        "en": "Its part in percent.",
        "ru": "Доля в процентах.",
    }
    assert LISTED["document.details.rows[].note"] == Variable(
        "document.details.rows[].note", "text", "", {}, is_optional=True
    )


def test_the_templates_own_variables_are_told() -> None:
    assert {"heading", "mark", "edition", "locale", "currency"} <= LISTED.keys()


def test_every_variable_of_the_house_is_described_in_both_languages() -> None:
    bare = DocumentType(key="act", titles={"en": "Act", "ru": "Акт"}, is_payable=False)

    assert [one.name for one in variables(bare) if one.descriptions.keys() != {"en", "ru"}] == []
