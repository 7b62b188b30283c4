"""Billfold's press as a contestant: the same questions as `worker.py`, answered by a press of two children.

The CPU time is that of the children and of the process that feeds them.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from itertools import count
from typing import Any

import psutil

from bench.measures import MEGABYTE, tree_seconds
from bench.printing.invoices import make_invoice
from bench.printing.printers import BUDGET, TEMPLATE
from billfold.bootstrap import shipped
from billfold.domain import snapshot
from billfold.rendering.press import Press, PrintOrder

_WORKERS = 2


async def main() -> None:
    """Answer every question, one line each."""
    async with Press([shipped() / "document_templates"], workers=_WORKERS) as press:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await _measured(press, json.loads(line))), flush=True)


async def _measured(press: Press, question: Mapping[str, Any]) -> dict[str, float]:
    this = psutil.Process()
    numbers = count(question["first"])
    before = tree_seconds(this), time.perf_counter()
    spent = 0.0

    async def keep_printing() -> int:
        nonlocal spent
        documents = 0
        while spent < question["seconds"]:
            order = PrintOrder(snapshot.to_json(make_invoice(question["lines"], next(numbers))), TEMPLATE, BUDGET)
            await press.print(order)
            documents += 1
            spent = tree_seconds(this) - before[0]
        return documents

    documents = sum(await asyncio.gather(*(keep_printing() for _ in range(_WORKERS))))
    wall = time.perf_counter() - before[1]
    return {"documents": documents, "cpu": tree_seconds(this) - before[0], "wall": wall, "peak": _resident(this)}


def _resident(process: psutil.Process) -> float:
    """Give the memory of the children together."""
    return sum(child.memory_info().rss for child in process.children(recursive=True)) / MEGABYTE


if __name__ == "__main__":
    asyncio.run(main())
