"""Visibility: the strictest vote wins."""

import pytest

from billfold.domain.visibility import Visibility, strictest


@pytest.mark.parametrize(
    ("votes", "winner"),
    [
        ([Visibility.CLIENT], Visibility.CLIENT),
        ([Visibility.CLIENT, Visibility.STAFF], Visibility.STAFF),
        ([Visibility.STAFF, Visibility.CLIENT], Visibility.STAFF),
        ([Visibility.CLIENT, Visibility.NOBODY, Visibility.STAFF], Visibility.NOBODY),
        ([Visibility.CLIENT, Visibility.CLIENT], Visibility.CLIENT),
    ],
)
def test_the_strictest_vote_wins(votes: list[Visibility], winner: Visibility) -> None:
    assert strictest(votes) is winner


def test_without_a_vote_nobody_sees_it() -> None:
    assert strictest([]) is Visibility.NOBODY
