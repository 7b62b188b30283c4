"""Fields: values are read by their columns, and refused by the names of the API."""

import pytest

from billfold.domain.errors import InvalidInput
from billfold.services.fields import api_name, flag, read_fields
from billfold.services.imports.cells import country, short_text


def test_values_are_read_without_the_spaces_around_them_and_null_is_empty() -> None:
    readers = {"name": short_text(), "phone": short_text(), "send_stats": flag}

    values = read_fields({"name": " Волна ", "phone": None, "send_stats": False}, readers)

    assert values == {"name": "Волна", "phone": "", "send_stats": False}


def test_a_refusal_names_the_field_as_the_api_writes_it() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_fields({"legal_name": "a\x00b"}, {"legal_name": short_text()})

    assert refusal.value.field == "legalName"
    assert refusal.value.message == "legalName: 'a\\x00b' holds the control character '\\x00': remove it."


def test_what_is_needed_must_be_given() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_fields({}, {"brand_id": short_text()}, needed=("brand_id",))

    assert (refusal.value.field, refusal.value.message) == ("brand", "brand is missing: give it.")


@pytest.mark.parametrize("code", ["", "ru", "XX", "EU", "ZZ", "RUS", "643"])
def test_a_country_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="write it as RU"):
        country(code)


def test_columns_have_names_in_the_api() -> None:
    assert [api_name(name) for name in ("inn", "corr_account", "enterprise_id")] == [
        "inn",
        "corrAccount",
        "enterprise",
    ]
