"""A contestant in a process of its own: prints when it is told to, and says what that took.

Started as `python -m bench.printing.worker NAME`. Reads lines of JSON: {"lines", "first", "seconds"} prints invoices
until so much CPU time is spent, at least one; {"lines", "first", "file"} prints one into a file.
"""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.measures import own_seconds, peak_megabytes
from bench.printing.invoices import make_invoice
from bench.printing.printers import PRINTERS, InvoicePrinter

# Documents are made before the clock runs.
_PREPARED = 8


def main() -> None:
    """Answer every question, one line each."""
    print_invoice = PRINTERS[sys.argv[1]]()
    for line in sys.stdin:
        question = json.loads(line)
        answer = _into_file(print_invoice, question) if "file" in question else _measured(print_invoice, question)
        print(json.dumps(answer), flush=True)


def _into_file(print_invoice: InvoicePrinter, question: Mapping[str, Any]) -> dict[str, float]:
    pdf = print_invoice(make_invoice(question["lines"], question["first"]))
    Path(question["file"]).write_bytes(pdf)
    return {"bytes": len(pdf)}


def _measured(print_invoice: InvoicePrinter, question: Mapping[str, Any]) -> dict[str, float]:
    documents, number = 0, question["first"]
    cpu = wall = 0.0
    while cpu < question["seconds"]:
        prepared = [make_invoice(question["lines"], number + ahead) for ahead in range(_PREPARED)]
        number += _PREPARED
        for document in prepared:
            before = own_seconds(), time.perf_counter()
            print_invoice(document)
            cpu, wall = cpu + own_seconds() - before[0], wall + time.perf_counter() - before[1]
            documents += 1
            if cpu >= question["seconds"]:
                break
    return {"documents": documents, "cpu": cpu, "wall": wall, "peak": peak_megabytes()}


if __name__ == "__main__":
    main()
