"""Numbering: whatever rule is accepted, no two documents of one type and enterprise get one number."""

from dataclasses import replace
from datetime import date

from hypothesis import assume, example, given
from hypothesis import strategies as st

from billfold.domain.errors import NumberingConflict
from billfold.domain.numbering import (
    NumberedThing,
    NumberingRule,
    Reset,
    Scope,
    check_rule,
    format_number,
    series_key,
)

INVOICE = NumberedThing(type="invoice", on=date(2026, 3, 7), enterprise="sever")
TEXTS = st.sampled_from(["", "1", "11", "2", "12", "1-1", "A", "A1", "1:2026", "{N}"])
PIECES = st.sampled_from(
    [
        "{YYYY}",
        "{YY}",
        "{MM}",
        "{DD}",
        "{Q}",
        "{CONTRACT}",
        "{ENTERPRISE}",
        "{PREFIX}",
        "{TYPE}",
        "-",
        "/",
        "1",
        "Ё",
        "",
    ]
)
MASKS = st.tuples(st.lists(PIECES, max_size=4), st.sampled_from(["{N}", "{N:03}"]), st.lists(PIECES, max_size=4)).map(
    lambda parts: "".join([*parts[0], parts[1], *parts[2]])
)
RULES = st.builds(NumberingRule, mask=MASKS, prefix=TEXTS, reset=st.sampled_from(Reset), scope=st.sampled_from(Scope))
DATES = st.dates(date(2025, 11, 1), date(2027, 2, 1))
DRAWN = st.lists(
    st.tuples(DATES, TEXTS, st.integers(1, 9) | st.integers(10, 2_000)), min_size=2, max_size=30, unique=True
)


@given(RULES, DRAWN)
@example(
    NumberingRule(mask="{CONTRACT}{N}", scope=Scope.CONTRACT),
    [(date(2026, 1, 1), "1", 11), (date(2026, 1, 1), "11", 1)],
)
@example(NumberingRule(mask="{CONTRACT}{N}"), [(date(2026, 1, 1), "1", 11), (date(2026, 1, 1), "11", 1)])
def test_an_accepted_rule_never_repeats_a_number(rule: NumberingRule, drawn: list[tuple[date, str, int]]) -> None:
    try:
        check_rule(rule)
    except NumberingConflict:
        assume(False)

    numbers: dict[tuple[str, int], str] = {}
    for on, contract, counter in drawn:
        thing = replace(INVOICE, on=on, contract=contract)
        numbers.setdefault((series_key(rule, thing), counter), format_number(rule, thing, counter))

    assert len(set(numbers.values())) == len(numbers)


@given(RULES, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 10**9))
def test_a_number_holds_its_counter(rule: NumberingRule, on: date, counter: int) -> None:
    assert str(counter) in format_number(rule, replace(INVOICE, on=on), counter)
