"""Deadlines: a call that takes too long is broken off in any thread, and somebody else's timer runs on."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from types import FrameType

import pytest

from billfold.plugin_host.deadlines import Aside, DeadlinePassed, limited


def spin() -> None:
    while True:
        pass


def in_a_thread(call: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@contextmanager
def alarms(seconds: float) -> Iterator[Event]:
    """Run somebody else's timer, as pytest-timeout does; the event tells that it rang."""
    rang = Event()

    def ring(_number: int, _frame: FrameType | None) -> None:
        rang.set()

    handler, timer = signal.signal(signal.SIGALRM, ring), signal.setitimer(signal.ITIMER_REAL, seconds)
    yield rang
    signal.setitimer(signal.ITIMER_REAL, *timer)
    signal.signal(signal.SIGALRM, handler)


def test_a_quick_call_gives_what_it_gives() -> None:
    assert limited(lambda: 7, 1) == 7
    assert in_a_thread(lambda: limited(lambda: 7, 1)) == 7


@pytest.mark.parametrize("call", [spin, lambda: time.sleep(60)])
def test_what_loops_or_waits_is_broken_off(call: Callable[[], None]) -> None:
    with pytest.raises(DeadlinePassed):
        limited(call, 0.1)


def test_what_loops_in_another_thread_is_broken_off() -> None:
    with pytest.raises(DeadlinePassed):
        in_a_thread(lambda: limited(spin, 0.1))


@pytest.mark.parametrize("where", [lambda call: call(), in_a_thread])
def test_a_call_that_catches_everything_once_is_told_again(where: Callable[[Callable[[], object]], object]) -> None:
    def catches_once() -> None:
        try:
            spin()
        except BaseException:
            spin()

    with pytest.raises(DeadlinePassed):
        where(lambda: limited(catches_once, 0.1))


def test_after_a_call_in_a_thread_nothing_comes_late() -> None:
    def call() -> int:
        for _ in range(5):
            with pytest.raises(DeadlinePassed):
                limited(spin, 0.001)
        return sum(1 for _ in range(1_000_000))

    assert in_a_thread(call) == 1_000_000


def test_somebody_elses_timer_rings_by_its_own_handler() -> None:
    with alarms(0.3) as rang:
        limited(lambda: time.sleep(0.1), 5)
        is_early = rang.is_set()
        left = signal.getitimer(signal.ITIMER_REAL)[0]

        rang.wait(5)

    assert not is_early
    assert 0 < left <= 0.2
    assert rang.is_set()


def test_a_timer_that_would_have_rung_meanwhile_rings_at_once() -> None:
    with alarms(0.05) as rang:
        limited(lambda: time.sleep(0.2), 5)

        assert rang.wait(1)


def test_no_timer_is_left_behind() -> None:
    with alarms(0):
        handler = signal.getsignal(signal.SIGALRM)
        with pytest.raises(DeadlinePassed):
            limited(spin, 0.05)

        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        assert signal.getsignal(signal.SIGALRM) is handler


@pytest.mark.parametrize("where", [lambda call: call(), in_a_thread])
def test_the_hosts_part_takes_no_time_of_the_call(where: Callable[[Callable[[], object]], object]) -> None:
    def slow() -> Iterator[int]:
        for number in range(3):
            time.sleep(0.15)
            yield number

    aside = Aside()

    assert where(lambda: limited(lambda: list(aside.items(slow())), 0.2, aside)) == [0, 1, 2]


def test_the_hosts_part_does_not_hide_a_loop() -> None:
    aside = Aside()

    def call() -> None:
        list(aside.items([1, 2]))
        spin()

    with pytest.raises(DeadlinePassed):
        limited(call, 0.1, aside)
