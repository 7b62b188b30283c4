"""Deadlines: a call that takes too long is broken off, in the main thread by an alarm, in any other from beside it."""

import ctypes
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

# How long after the first time a call that goes on is told again: it may have caught what broke it off.
_AGAIN_SECONDS = 0.1


class DeadlinePassed(BaseException):
    """The call took too long. No Exception, so that a plugin's `except Exception` does not keep it."""


class Aside:
    """What the host does in the middle of a plugin's answer: it takes none of the plugin's time.

    `failure` is what the host's own part raised, if anything; it is not the plugin's either.
    """

    def __init__(self) -> None:
        self.failure: BaseException | None = None
        self.seconds = 0.0
        self.is_running = False

    def items(self, source: Iterable[T]) -> Iterator[T]:
        """Hand the items of the host to a plugin, one by one."""
        iterator = iter(source)
        while True:
            began, self.is_running = monotonic(), True
            try:
                item = next(iterator)
            except StopIteration:
                return
            except Exception as error:
                self.failure = error
                raise
            finally:
                self.seconds += monotonic() - began
                self.is_running = False
            yield item


class _Limit:
    """The time that one call has left."""

    def __init__(self, seconds: float, aside: Aside | None) -> None:
        self._aside = aside or Aside()
        self._ends_at = monotonic() + seconds - self._aside.seconds
        self.is_over = False

    def left(self) -> float:
        """Give the seconds that are left; some are, as long as the host is at work itself."""
        if self._aside.is_running:
            return _AGAIN_SECONDS
        return self._ends_at + self._aside.seconds - monotonic()


def limited(call: Callable[[], T], seconds: float, aside: Aside | None = None) -> T:
    """Give what the call gives. Raises DeadlinePassed in it when it takes longer.

    In the main thread whatever waits is broken off as well. In any other the call is broken off between two steps of
    Python: a single wait goes on until its end. A running timer and its handler are put back afterwards.
    """
    limit = _Limit(seconds, aside)
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        return _with_alarm(call, limit)
    return _watched(call, limit)


def _with_alarm(call: Callable[[], T], limit: _Limit) -> T:
    def ring(_number: int, _frame: FrameType | None) -> None:
        if limit.is_over:
            return
        if (left := limit.left()) > 0:
            signal.setitimer(signal.ITIMER_REAL, left, _AGAIN_SECONDS)
            return
        raise DeadlinePassed

    began, handler = monotonic(), signal.signal(signal.SIGALRM, ring)
    others = signal.setitimer(signal.ITIMER_REAL, max(limit.left(), _AGAIN_SECONDS), _AGAIN_SECONDS)
    try:
        return call()
    finally:
        limit.is_over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        _restart(others, monotonic() - began)


def _restart(timer: tuple[float, float], passed: float) -> None:
    """Let somebody else's timer run on for what it had left; one that would have rung meanwhile rings at once."""
    left, interval = timer
    if left:
        signal.setitimer(signal.ITIMER_REAL, max(left - passed, 0.001), interval)


def _watched(call: Callable[[], T], limit: _Limit) -> T:
    thread, lock, is_done = threading.get_ident(), threading.Lock(), threading.Event()

    def watch() -> None:
        while not is_done.wait(max(limit.left(), _AGAIN_SECONDS)):
            with lock:
                if not limit.is_over and limit.left() <= 0:
                    _raise_in(thread, DeadlinePassed)

    threading.Thread(target=watch, name="plugin-deadline", daemon=True).start()
    try:
        return call()
    finally:
        _end_watch(thread, limit, lock, is_done)


def _end_watch(thread: int, limit: _Limit, lock: threading.Lock, is_done: threading.Event) -> None:
    """End the watch for good, also where it breaks in once more; after that nothing is on its way to the thread."""
    while not is_done.is_set():
        try:
            with lock:
                limit.is_over = True
            _raise_in(thread, None)
            is_done.set()
        except DeadlinePassed:
            continue


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise an error in another thread at its next step; None takes back one that has not been raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)
