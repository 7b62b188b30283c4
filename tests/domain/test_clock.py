"""The clock, and the ids that follow its time."""

from datetime import UTC, datetime, timedelta

from billfold.domain.clock import FixedClock, SystemClock
from billfold.domain.ids import new_id

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_the_fixed_clock_stands_still() -> None:
    clock = FixedClock(NOON)

    assert [clock.now(), clock.now()] == [NOON, NOON]


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_ids_come_in_the_order_in_which_they_are_made() -> None:
    ids = [new_id() for _ in range(1_000)]

    assert ids == sorted(set(ids))


def test_an_id_is_a_uuid_of_version_7() -> None:
    assert new_id().version == 7
