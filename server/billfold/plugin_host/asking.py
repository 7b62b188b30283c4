"""Asking: guarded calls to one plugin. What it raises, and a call that hangs, becomes PluginFailed with its name."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from time import monotonic
from typing import Any

from billfold.domain.errors import CallerError, PluginFailed
from billfold.plugin_host.deadlines import Aside, DeadlinePassed, limited
from billfold.plugin_host.keeping_apart import KEPT_APART

# What a hook may take; it is asked in the middle of a run, and in issuing while others wait for their numbers.
HOOK_SECONDS = 2.0
HANGS_BEFORE_REST = 3
# Rows of one table, or files of one export; ten million records of usage are more than anybody opens.
MOST_ITEMS = 10_000_000
REST_SECONDS = 60.0
_TEXT_LIMIT = 500
_TEXT_SECONDS = 0.2

_MENDS = {
    SystemExit: "a hook must not leave the process; give Nothing, or raise an error of its own",
    RecursionError: "mend what calls itself without an end",
    MemoryError: "make less at once",
}


class Asker:
    """Asks one plugin. After three hangs in a row the plugin rests for a minute, in which each question fails at once.

    `seconds` is the deadline of a hook.
    """

    def __init__(self, plugin: str, *, seconds: float = HOOK_SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._plugin = plugin
        self._seconds = seconds
        self._clock = clock
        self._hangs = 0
        self._rests_until: float | None = None

    def ask(self, hook: str, call: Callable[[], Any], aside: Aside | None = None) -> Any:
        """Call a hook, or look at what it gave, which may be its code as well.

        Raises PluginFailed for whatever the plugin raises; what is not the plugin's comes through as it is: a failure
        of `aside`, an interrupt, the end of the process.
        """
        self._check_rest()
        try:
            with KEPT_APART:
                answer = limited(call, self._seconds, aside)
        except DeadlinePassed as error:
            self._note_hang()
            raise self._failed(
                hook, f"did not answer within {self._seconds:g} s: take out what waits, or what loops for long."
            ) from error
        except PluginFailed:
            self._hangs = 0
            raise
        except BaseException as error:  # A partner's code may raise anything; it fails its own document only.
            if isinstance(error, KeyboardInterrupt) or (aside and error is aside.failure) or _is_ours(error):
                raise
            self._hangs = 0
            raise self._failed(hook, _reason(error)) from error
        self._hangs = 0
        return answer

    def take(self, hook: str, items: Iterable[Any], *, aside: Aside | None = None, size: int = 1) -> Iterator[Any]:
        """Give what the plugin makes while it is asked for, `size` items at a question.

        Raises PluginFailed where there is no end of them, which would fill the disk.
        """
        iterator, taken = self.ask(hook, lambda: iter(items), aside), 0
        while batch := self.ask(hook, lambda: list(islice(iterator, size)), aside):
            taken += len(batch)
            if taken > MOST_ITEMS:
                raise self._failed(hook, f"gave more than {MOST_ITEMS} rows or files: mend what has no end.")
            yield from batch

    def _failed(self, hook: str, reason: str) -> PluginFailed:
        return PluginFailed(f"Plugin {self._plugin}: {hook} {reason}")

    def _note_hang(self) -> None:
        self._hangs += 1
        if self._hangs >= HANGS_BEFORE_REST:
            self._rests_until = self._clock() + REST_SECONDS

    def _check_rest(self) -> None:
        if self._rests_until is not None and self._clock() < self._rests_until:
            raise PluginFailed(
                f"Plugin {self._plugin} is not asked for a minute: its hooks hung {self._hangs} times in a row. "
                "Mend them, or take the plugin away, and start anew."
            )
        self._rests_until = None


def guarded(plugin: str, hook: str, call: Callable[[], Any]) -> Any:
    """Call a hook of a plugin once, as an Asker does."""
    return Asker(plugin).ask(hook, call)


def check_answer(plugin: str, hook: str, expected: Any, answer: Any) -> Any:
    """Give the answer back. Raises PluginFailed when it is of another type than the hook asks for."""
    if not isinstance(answer, expected):
        wanted = getattr(expected, "__name__", None) or str(expected)
        raise PluginFailed(f"Plugin {plugin}: {hook} gave {type(answer).__name__}, and not {wanted}.")
    return answer


def _is_ours(error: BaseException) -> bool:
    """Say whether a SystemExit comes from the handler of a signal, which may interrupt a plugin as anything else."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")) if trace else ""
    return isinstance(error, SystemExit) and module.startswith("billfold.")


def _reason(error: BaseException) -> str:
    if isinstance(error, CallerError):
        return f"failed: {error.message}"
    told = f"raised {type(error).__name__}: {_text(error)}"
    mend = next((mend for kind, mend in _MENDS.items() if isinstance(error, kind)), None)
    return f"{told.rstrip(': ')}: {mend}" if mend else told


def _text(error: BaseException) -> str:
    try:
        return limited(lambda: str(error)[:_TEXT_LIMIT], _TEXT_SECONDS)
    except (Exception, DeadlinePassed):  # An error of the plugin's own making may not be able to tell itself.
        return "it cannot say why"
