"""The press: prints documents in warm worker processes that can be killed, so that no template can hang the house."""

import asyncio
import importlib
import signal
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from billfold.domain.errors import OperatorError, PassingError, TemplateFailed
from billfold.rendering.assets import font_configuration
from billfold.rendering.orders import Printed, PrintOrder, ask
from billfold.rendering.press_process import MISSING_PANGO, ChildDied, PressProcess
from billfold.rendering.sandbox import failed
from billfold.rendering.wire import Frame

__all__ = ["Press", "PrintOrder", "Printed", "check_pango"]

# A child that holds more than this between documents gives it back by being started anew.
_LARGEST_RESIDENT_MEGABYTES = 600
# A template that takes more than its budget on so many documents in a row is not tried on the rest of them.
_HANGS_BEFORE_REST = 2


@dataclass(slots=True)
class _Slot:
    """A place for one child; None until it is needed."""

    child: PressProcess | None = None


class Press:
    """Fills and prints documents in `workers` child processes.

    A child starts when it is first needed, stays warm, and is replaced after `recycle_after` prints or when it has
    grown large. Start the press inside the event loop that uses it.
    """

    def __init__(self, template_dirs: Sequence[Path], *, workers: int, recycle_after: int = 200) -> None:
        self._template_dirs = [directory.resolve() for directory in template_dirs]
        self._recycle_after = recycle_after
        self._slots = [_Slot() for _ in range(workers)]
        # Last in, first out: few orders keep few children warm.
        self._idle: asyncio.LifoQueue[_Slot] = asyncio.LifoQueue()
        self._work: set[asyncio.Task[Frame]] = set()
        self._folder: TemporaryDirectory[str] | None = None

    async def start(self) -> None:
        """Make the private font configuration; children start with the first order."""
        self._folder = TemporaryDirectory(prefix="billfold-press-")
        folder = Path(self._folder.name)
        (folder / "fonts.conf").write_text(font_configuration(self._template_dirs, folder / "fontcache"))
        for slot in self._slots:
            self._idle.put_nowait(slot)

    async def close(self) -> None:
        """Kill the children; orders under way fail with PassingError. May be repeated."""
        folder, self._folder = self._folder, None
        if folder is None:
            return
        for slot in self._slots:
            if slot.child is not None:
                await slot.child.kill()
        await asyncio.gather(*self._work, return_exceptions=True)
        folder.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def has_template(self, name: str) -> bool:
        """Tell whether one of the template directories holds a template of this name."""
        return any((directory / name).is_file() for directory in self._template_dirs)

    async def print(self, order: PrintOrder) -> Printed:
        """Print the order.

        Raises TemplateFailed (the template is wrong, or needs more than its budget), OperatorError (Pango is missing)
        or PassingError (the press was closed meanwhile). May be repeated: the same order gives the same bytes.
        """
        answer = await self._order("print", order)
        return Printed(answer.body, answer.header["pages"], answer.header["sha256"])

    async def html(self, order: PrintOrder) -> str:
        """Fill the template as one HTML page for a browser; print nothing. Raises as `print` does."""
        answer = await self._order("html", order)
        return answer.body.decode()

    async def trial(self, orders: Sequence[PrintOrder]) -> list[TemplateFailed | None]:
        """Fill the templates of many orders, in one trip to a child; give each order's failure, or None."""
        if not orders:
            return []
        try:
            answer = await self._ask("trial", orders)
        except TemplateFailed as error:
            if len(orders) == 1:
                return [error]
            # One of them hangs or kills its child: one by one, it fails alone.
            return await self._one_by_one(orders)
        return [TemplateFailed(reason) if reason else None for reason in answer.header["reasons"]]

    async def _one_by_one(self, orders: Sequence[PrintOrder]) -> list[TemplateFailed | None]:
        """Try each order alone; a template that hangs on one after another does not keep the press from others."""
        verdicts: list[TemplateFailed | None] = []
        hung: dict[str, int] = defaultdict(int)
        for order in orders:
            if hung[order.template] >= _HANGS_BEFORE_REST:
                reason = "it took too much on the documents before this one, and was not tried again"
                verdicts.append(failed(order.template, reason))
                continue
            try:
                reason = (await self._ask("trial", [order])).header["reasons"][0]
                verdicts.append(TemplateFailed(reason) if reason else None)
                hung[order.template] = 0
            except TemplateFailed as error:
                verdicts.append(error)
                hung[order.template] += 1
        return verdicts

    async def _order(self, verb: str, order: PrintOrder) -> Frame:
        answer = await self._ask(verb, [order])
        if answer.header["status"] == "failed":
            raise TemplateFailed(answer.header["reason"])
        return answer

    async def _ask(self, verb: str, orders: Sequence[PrintOrder]) -> Frame:
        if self._folder is None:
            raise PassingError("The press is not running: try again when it has started.")
        slot = await self._idle.get()
        task = asyncio.create_task(self._serve(slot, verb, orders))
        self._work.add(task)
        task.add_done_callback(self._forget)
        # A caller who gives up must not leave half a frame on the wire: the child finishes, its answer is dropped.
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[Frame]) -> None:
        self._work.discard(task)
        if not task.cancelled():
            task.exception()  # Looked at, so that asyncio does not report it when the caller has given up.

    async def _serve(self, slot: _Slot, verb: str, orders: Sequence[PrintOrder]) -> Frame:
        try:
            try:
                return await self._attempt(slot, verb, orders)
            except ChildDied:
                # Killed from outside, perhaps: once more, in a new child.
                return await self._attempt(slot, verb, orders)
        except ChildDied as death:
            raise _died(orders[0], death) from death
        finally:
            self._idle.put_nowait(slot)

    async def _attempt(self, slot: _Slot, verb: str, orders: Sequence[PrintOrder]) -> Frame:
        child = await self._child(slot)
        seconds = max(order.budget.seconds for order in orders)
        try:
            answer = await child.ask(ask(verb, orders), seconds)
        except TimeoutError:
            await self._dismiss(slot)
            raise failed(orders[0].template, f"it takes longer than its type's limit of {seconds} seconds") from None
        except BaseException:
            await self._dismiss(slot)
            raise
        # Trials leave next to nothing behind: a hundred of them cost less than a new child.
        child.printed += verb != "trial"
        if self._is_worn(child, answer):
            await self._dismiss(slot)
        return answer

    async def _child(self, slot: _Slot) -> PressProcess:
        if self._folder is not None and (slot.child is None or not slot.child.is_alive):
            slot.child = await PressProcess.start(self._template_dirs, Path(self._folder.name))
        if self._folder is None or slot.child is None:
            await self._dismiss(slot)
            raise PassingError("The press was closed while it printed: the order may be repeated.")
        return slot.child

    async def _dismiss(self, slot: _Slot) -> None:
        child, slot.child = slot.child, None
        if child is not None:
            await child.kill()

    def _is_worn(self, child: PressProcess, answer: Frame) -> bool:
        resident: int = answer.header.get("resident", 0)
        return child.printed >= self._recycle_after or resident > _LARGEST_RESIDENT_MEGABYTES


def _died(order: PrintOrder, death: ChildDied) -> TemplateFailed | PassingError:
    if death.status == -signal.SIGXCPU:
        return failed(order.template, f"it takes longer than its type's limit of {order.budget.seconds} seconds")
    if death.status == -signal.SIGKILL:
        # Somebody kills processes here, such as a system short of memory: it may pass.
        return PassingError(f"The process that printed {order.template} was killed twice: give it more memory.")
    return failed(
        order.template,
        f"it killed its printing process twice (status {death.status}; its type's limit is "
        f"{order.budget.megabytes} megabytes)",
    )


def check_pango() -> None:
    """Load WeasyPrint here and now. Raises OperatorError, with the packages to install, where Pango is missing."""
    try:
        importlib.import_module("weasyprint")
    except OSError as error:
        raise OperatorError(MISSING_PANGO.format(reason=str(error).splitlines()[0])) from error
