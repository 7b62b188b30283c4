"""A child of the press: a warm process that prints what it reads from its wire until the wire is closed.

Started as `python -m billfold.rendering.press_child DIRECTORY...`; its standard input and output are the wire.
"""

import gc
import logging
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import psutil

from billfold.domain.errors import BillfoldError
from billfold.plugin_api.document_type import Budget
from billfold.rendering.orders import PrintOrder, asked
from billfold.rendering.sandbox import failed
from billfold.rendering.wire import Frame, read_frame

if TYPE_CHECKING:
    from billfold.rendering.printer import Printer

_OPEN_FILES = 256
_FILE_BYTES = 64_000_000
_MEGABYTE = 1_048_576
# With the collector off, so many new objects are let stand before it runs, between two documents.
_GARBAGE_OBJECTS = 200_000


def main() -> None:
    """Answer frame after frame; end when the parent closes the wire or dies."""
    # A parent that dies while it is answered is no fault to report.
    with suppress(BrokenPipeError):
        _answer_all(_take_standard_output())


def _answer_all(wire: BinaryIO) -> None:
    try:
        printer = _printer()
    except OSError as error:
        _send(wire, Frame({"status": "unfit", "reason": str(error).splitlines()[0]}))
        return
    _settle_down()
    _send(wire, Frame({"status": "ready"}))
    while (question := read_frame(sys.stdin.buffer)) is not None:
        _send(wire, _answer(printer, question))
        if gc.get_count()[0] > _GARBAGE_OBJECTS:
            gc.collect()


def _take_standard_output() -> BinaryIO:
    """Keep the wire to ourselves: whatever a library prints goes to the standard error."""
    wire = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return wire


def _printer() -> "Printer":
    # Not at the top: without Pango this import raises OSError, and the parent is to hear of it.
    from billfold.rendering.printer import Printer

    return Printer([Path(directory) for directory in sys.argv[1:]])


def _settle_down() -> None:
    """Bound the files, silence the library, and put what is loaded out of the garbage collector's sight."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    # Its warnings quote the document; what matters comes back as a TemplateFailed.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    gc.collect()
    gc.freeze()
    gc.disable()


def _send(wire: BinaryIO, frame: Frame) -> None:
    wire.write(frame.encode())
    wire.flush()


def _answer(printer: "Printer", question: Frame) -> Frame:
    verb, orders = asked(question)
    _limit_use(orders)
    if verb == "print":
        return _guarded(_print, printer, orders[0])
    if verb == "html":
        return _guarded(_html, printer, orders[0])
    answers = [_guarded(_try_out, printer, order) for order in orders]
    reasons = [answer.header.get("reason") for answer in answers]
    return Frame({"status": "done", "reasons": reasons, "resident": _resident()})


def _print(printer: "Printer", order: PrintOrder) -> Frame:
    pdf, pages = printer.print(order)
    return Frame({"status": "done", "pages": pages, "sha256": sha256(pdf).hexdigest(), "resident": _resident()}, pdf)


def _resident() -> int:
    return psutil.Process().memory_info().rss // _MEGABYTE


def _html(printer: "Printer", order: PrintOrder) -> Frame:
    return Frame({"status": "done"}, printer.html(order).encode())


def _try_out(printer: "Printer", order: PrintOrder) -> Frame:
    printer.try_out(order)
    return Frame({"status": "done"})


def _guarded(work: Callable[["Printer", PrintOrder], Frame], printer: "Printer", order: PrintOrder) -> Frame:
    try:
        return work(printer, order)
    except BillfoldError as error:
        return Frame({"status": "failed", "reason": error.message})
    except MemoryError:
        return _failed(order, f"it needs more than its type's limit of {order.budget.megabytes} megabytes")
    except Exception as error:  # One of the loops at the top: what a template breaks fails its own document alone.
        return _failed(order, f"{type(error).__name__}: {str(error)[:200]}")


def _failed(order: PrintOrder, reason: str) -> Frame:
    return Frame({"status": "failed", "reason": failed(order.template, reason).message})


def _limit_use(orders: list[PrintOrder]) -> None:
    """Bound memory and CPU time from here on by the largest budget of the orders.

    The parent's deadline is what ends a document; the CPU limit is for a parent that is dead or stalled.
    """
    budget = max((order.budget for order in orders), key=lambda budget: budget.megabytes, default=Budget())
    seconds = max((order.budget.seconds for order in orders), default=budget.seconds)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _soften(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + seconds + 2)
    if sys.platform == "linux":
        # Other systems count shared libraries and reserved ranges in ways that make the limit meaningless.
        _soften(resource.RLIMIT_AS, psutil.Process().memory_info().vms + budget.megabytes * _MEGABYTE)


def _soften(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


if __name__ == "__main__":
    main()
