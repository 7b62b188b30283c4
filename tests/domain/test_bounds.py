"""Bounds: what earlier runs say a run may issue before somebody is asked."""

from decimal import Decimal

import pytest

from billfold.domain.bounds import Bounds, Made, bounds_of


def made(documents: int, **gross: str) -> Made:
    return Made(documents, {currency: Decimal(amount) for currency, amount in gross.items()})


def test_the_medians_of_the_runs_before_are_the_bounds() -> None:
    earlier = [made(100, RUB="1000.00"), made(90, RUB="5000.00"), made(4000, RUB="1100.00", EUR="7.00")]

    assert bounds_of(earlier) == Bounds(runs=3, documents=100, gross={"RUB": Decimal("1100.00")})


@pytest.mark.parametrize("earlier", [[], [made(100)] * 2, [made(9)] * 6])
def test_few_runs_or_few_documents_set_no_bounds(earlier: list[Made]) -> None:
    assert bounds_of(earlier) is None


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (made(30, RUB="3000.00", EUR="1000000.00"), ""),
        (
            made(31, RUB="5.00"),
            "31 documents are issued, more than 3 times the 10 at the median of the last 6 runs.",
        ),
        (
            made(3, RUB="3000.01"),
            "3000.01 RUB are issued, more than 3 times the 1000.00 RUB at the median of the last 6 runs.",
        ),
    ],
)
def test_what_passes_three_times_the_median_is_told_with_both_figures(now: Made, reason: str) -> None:
    bounds = Bounds(runs=6, documents=10, gross={"RUB": Decimal("1000.00")})

    assert bounds.passed_by(now) == reason


@pytest.mark.parametrize(
    ("usual", "issued", "room"), [(10, 0, 10), (10, 25, 6), (10, 30, 1), (10, 31, 0), (800, 0, 200)]
)
def test_a_run_is_looked_at_before_it_has_gone_far(usual: int, issued: int, room: int) -> None:
    assert Bounds(runs=6, documents=usual, gross={}).room(made(issued)) == room


@pytest.mark.parametrize(
    ("usual", "issued", "unseen"),
    [(64_000, 0, 1_000), (64_000, 191_999, 0), (64_000, 184_001, 500), (64_000, 192_001, 0), (63, 0, 0)],
)
def test_sixteen_workers_together_look_as_often_as_one_alone(usual: int, issued: int, unseen: int) -> None:
    assert Bounds(runs=6, documents=usual, gross={}).unseen(made(issued)) == unseen
