"""Numbering: masks, series, and the refusal of whatever would repeat (domain.md 1.3)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from billfold.domain.errors import NumberingConflict
from billfold.domain.numbering import (
    NumberedThing,
    NumberingRule,
    Reset,
    Scope,
    check_rule,
    format_number,
    preview,
    reset_day,
    series_key,
)

INVOICE = NumberedThing(type="invoice", on=date(2026, 3, 7), enterprise="sever", contract="100042", branch="msk")
DATED = {
    Reset.NEVER: "",
    Reset.YEAR: "{YYYY}/",
    Reset.QUARTER: "{YYYY}/{Q}/",
    Reset.MONTH: "{YYYY}/{MM}/",
    Reset.DAY: "{YYYY}/{MM}/{DD}/",
}
OWNED = {Scope.ENTERPRISE: "", Scope.TYPE: "", Scope.CONTRACT: "{CONTRACT}-"}


def sufficient_rule(reset: Reset, scope: Scope) -> NumberingRule:
    """Make a rule whose mask shows all that its reset and scope ask for, and nothing else."""
    return NumberingRule(mask=f"{OWNED[scope]}{DATED[reset]}{{N}}", reset=reset, scope=scope)


@pytest.mark.parametrize(
    ("mask", "number"),
    [
        ("{N}", "42"),
        ("{N:05}", "00042"),
        ("{N:5}", "00042"),
        ("{N:01}", "42"),
        ("№ {N}/А", "№ 42/А"),
        ("{YYYY}-{N}", "2026-42"),
        ("{YY}{MM}{DD}/{N:03}", "260307/042"),
        ("{Q}-{YYYY}-{N}", "1-2026-42"),
        ("{CONTRACT}/{N}", "100042/42"),
        ("{ENTERPRISE}-{BRANCH}-{TYPE}-{N}", "sever-msk-invoice-42"),
        ("{YYYY}/{YYYY}/{N}", "2026/2026/42"),
    ],
)
def test_a_mask_is_filled(mask: str, number: str) -> None:
    assert format_number(NumberingRule(mask=mask), INVOICE, 42) == number


def test_the_prefix_goes_where_the_mask_says() -> None:
    rule = NumberingRule(mask="{PREFIX}{N}", prefix="Billy-act-")

    assert [format_number(rule, INVOICE, counter) for counter in (1, 2)] == ["Billy-act-1", "Billy-act-2"]


def test_a_prefix_is_never_read_as_a_mask() -> None:
    rule = NumberingRule(mask="{PREFIX}{N}", prefix="{YYYY}-")

    assert format_number(rule, INVOICE, 42) == "{YYYY}-42"


def test_a_counter_that_outgrows_its_width_is_written_out() -> None:
    assert format_number(NumberingRule(mask="{N:03}"), INVOICE, 12_345) == "12345"


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), "1"),
        (date(2026, 3, 31), "1"),
        (date(2026, 4, 1), "2"),
        (date(2026, 9, 30), "3"),
        (date(2026, 10, 1), "4"),
        (date(2026, 12, 31), "4"),
    ],
)
def test_a_quarter_has_three_months(day: date, quarter: str) -> None:
    assert format_number(NumberingRule(mask="{Q}/{N}"), replace(INVOICE, on=day), 1) == f"{quarter}/1"


@pytest.mark.parametrize("reset", list(Reset))
@pytest.mark.parametrize("scope", list(Scope))
def test_a_mask_that_shows_its_reset_and_scope_is_accepted(reset: Reset, scope: Scope) -> None:
    check_rule(sufficient_rule(reset, scope))


@pytest.mark.parametrize(
    ("reset", "missing"),
    [
        (Reset.YEAR, "{YYYY}"),
        (Reset.QUARTER, "{YYYY} and {Q}"),
        (Reset.MONTH, "{YYYY} and {MM}"),
        (Reset.DAY, "{YYYY} and {MM} and {DD}"),
    ],
)
@pytest.mark.parametrize(("scope", "owner"), [(Scope.ENTERPRISE, ""), (Scope.TYPE, ""), (Scope.CONTRACT, "{CONTRACT}")])
def test_a_mask_without_them_is_refused_with_what_to_add(reset: Reset, missing: str, scope: Scope, owner: str) -> None:
    with pytest.raises(NumberingConflict) as caught:
        check_rule(NumberingRule(mask="{N}", reset=reset, scope=scope))

    wanted = f"{missing} and {owner}" if owner else missing
    assert caught.value.field == "numbering"
    assert caught.value.message == (
        f"Numbering mask '{{N}}' repeats its numbers: with reset {reset.value} and scope {scope.value} add {wanted}."
    )


@pytest.mark.parametrize(
    ("mask", "reset"),
    [
        ("{MM}/{N}", Reset.YEAR),
        ("{Q}/{N}", Reset.QUARTER),
        ("{YYYY}/{N}", Reset.QUARTER),
        ("{YYYY}/{Q}/{N}", Reset.MONTH),
        ("{YYYY}/{DD}/{N}", Reset.MONTH),
        ("{YYYY}/{MM}/{N}", Reset.DAY),
        ("{MM}/{DD}/{N}", Reset.DAY),
    ],
)
def test_a_mask_that_shows_less_than_its_reset_is_refused(mask: str, reset: Reset) -> None:
    with pytest.raises(NumberingConflict, match="repeats its numbers"):
        check_rule(NumberingRule(mask=mask, reset=reset))


@pytest.mark.parametrize(
    ("mask", "reset"),
    [("{YY}/{N}", Reset.YEAR), ("{YY}/{MM}/{N}", Reset.QUARTER), ("{YY}{MM}{DD}-{N}", Reset.MONTH)],
)
def test_a_finer_date_than_the_reset_asks_for_is_accepted(mask: str, reset: Reset) -> None:
    check_rule(NumberingRule(mask=mask, reset=reset))


@pytest.mark.parametrize("mask", ["", "СЧЁТ", "{YYYY}", "{N}{N}", "{N}-{N:05}"])
def test_a_mask_holds_its_counter_once(mask: str) -> None:
    with pytest.raises(NumberingConflict) as caught:
        check_rule(NumberingRule(mask=mask))

    assert caught.value.message == f"Numbering mask {mask!r} must hold {{N}} once."


@pytest.mark.parametrize("mask", ["{N}{CLIENT}", "{N}{}", "{N}{n}", "{N}}", "{{N}", "{N:x}", "{N:123}", "{N}{YYYY:}"])
def test_an_unknown_token_is_refused_with_the_known_ones(mask: str) -> None:
    with pytest.raises(NumberingConflict) as caught:
        check_rule(NumberingRule(mask=mask))

    assert caught.value.message == (
        f"Numbering mask {mask!r} has an unknown token: "
        "use BRANCH, CONTRACT, DD, ENTERPRISE, MM, N, PREFIX, Q, TYPE, YY, YYYY."
    )


@pytest.mark.parametrize(
    "mask", ["{CONTRACT}{N}", "{N}{CONTRACT}", "{CONTRACT}7{N}", "{CONTRACT}{MM}{N}", "{BRANCH}{N}"]
)
def test_a_counter_that_runs_into_another_text_is_refused(mask: str) -> None:
    with pytest.raises(NumberingConflict) as caught:
        check_rule(NumberingRule(mask=mask))

    token = "{BRANCH}" if "BRANCH" in mask else "{CONTRACT}"
    assert caught.value.message == (
        f"Numbering mask {mask!r} repeats its numbers: put a mark that is no digit between {token} and {{N}}."
    )


def test_a_counter_between_two_texts_is_refused() -> None:
    with pytest.raises(NumberingConflict, match=r"write \{N\} before or after both \{CONTRACT\} and \{BRANCH\}"):
        check_rule(NumberingRule(mask="{CONTRACT}-{N}-{BRANCH}"))


@pytest.mark.parametrize("start", [0, -1])
def test_counting_starts_at_one_or_above(start: int) -> None:
    with pytest.raises(NumberingConflict) as caught:
        check_rule(NumberingRule(start=start))

    assert caught.value.message == f"Numbering start {start} is below 1."


@pytest.mark.parametrize(
    ("reset", "window"),
    [
        (Reset.NEVER, ""),
        (Reset.YEAR, "2026"),
        (Reset.QUARTER, "2026-Q1"),
        (Reset.MONTH, "2026-03"),
        (Reset.DAY, "2026-03-07"),
    ],
)
@pytest.mark.parametrize(
    ("scope", "owner"), [(Scope.ENTERPRISE, "*"), (Scope.TYPE, "invoice"), (Scope.CONTRACT, "invoice/100042")]
)
def test_a_series_is_named_for_its_owner_and_its_window(reset: Reset, window: str, scope: Scope, owner: str) -> None:
    rule = NumberingRule(reset=reset, scope=scope)

    assert series_key(rule, INVOICE) == f"{owner}:{window}"


@pytest.mark.parametrize(
    ("before", "after", "renewed"),
    [
        (date(2026, 12, 31), date(2027, 1, 1), {Reset.YEAR, Reset.QUARTER, Reset.MONTH, Reset.DAY}),
        (date(2026, 3, 31), date(2026, 4, 1), {Reset.QUARTER, Reset.MONTH, Reset.DAY}),
        (date(2026, 4, 30), date(2026, 5, 1), {Reset.MONTH, Reset.DAY}),
        (date(2028, 2, 28), date(2028, 2, 29), {Reset.DAY}),
        (date(2026, 3, 7), date(2027, 3, 7), {Reset.YEAR, Reset.QUARTER, Reset.MONTH, Reset.DAY}),
    ],
)
@pytest.mark.parametrize("reset", list(Reset))
def test_a_counter_starts_anew_at_its_own_border_only(
    before: date, after: date, renewed: set[Reset], reset: Reset
) -> None:
    rule = NumberingRule(reset=reset)

    keys = {series_key(rule, replace(INVOICE, on=day)) for day in (before, after)}

    assert len(keys) == (2 if reset in renewed else 1)


@pytest.mark.parametrize(
    ("change", "shared"),
    [
        ({"type": "act"}, {Scope.ENTERPRISE}),
        ({"contract": "100043"}, {Scope.ENTERPRISE, Scope.TYPE}),
        ({"branch": "spb"}, {Scope.ENTERPRISE, Scope.TYPE, Scope.CONTRACT}),
    ],
)
@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_decides_who_shares_a_counter(change: Mapping[str, str], shared: set[Scope], scope: Scope) -> None:
    rule = NumberingRule(scope=scope)

    keys = {series_key(rule, INVOICE), series_key(rule, replace(INVOICE, **change))}

    assert len(keys) == (1 if scope in shared else 2)


def test_a_preview_gives_the_next_five() -> None:
    rule = NumberingRule(mask="{PREFIX}{N:03}", prefix="С-")

    assert preview(rule, INVOICE, 98) == ("С-098", "С-099", "С-100", "С-101", "С-102")


def test_a_preview_shows_the_first_number_after_the_reset() -> None:
    rule = NumberingRule(mask="{YYYY}/{MM}-{N}", reset=Reset.MONTH, start=10)

    following = preview(rule, replace(INVOICE, on=date(2026, 12, 31)), 42)

    assert following == ("2026/12-42", "2026/12-43", "2026/12-44", "2026/12-45", "2026/12-46", "2027/01-10")


@pytest.mark.parametrize(
    ("reset", "day", "renewed_on"),
    [
        (Reset.NEVER, date(2026, 3, 7), None),
        (Reset.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
        (Reset.YEAR, date(2026, 12, 31), date(2027, 1, 1)),
        (Reset.QUARTER, date(2026, 3, 31), date(2026, 4, 1)),
        (Reset.QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
        (Reset.MONTH, date(2026, 11, 30), date(2026, 12, 1)),
        (Reset.MONTH, date(2026, 12, 1), date(2027, 1, 1)),
        (Reset.DAY, date(2028, 2, 28), date(2028, 2, 29)),
    ],
)
def test_a_reset_falls_on_the_first_day_of_the_next_window(reset: Reset, day: date, renewed_on: date | None) -> None:
    assert reset_day(reset, day) == renewed_on
