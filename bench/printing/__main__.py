"""`python -m bench.printing`: documents a CPU second of the same invoice by each contestant, and their memory."""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pypdf import PdfReader

from bench.measures import machine_line, middle, spread
from bench.printing.invoices import make_invoice, texts
from bench.printing.printers import PRINTERS
from bench.tables import figure, print_aim, print_table

CONTESTANTS = {
    "billfold": "Billfold, its printer in one process",
    "press": "Billfold, its press of two children",
    "tutorial": "WeasyPrint as in its tutorial",
    "typst": "Typst",
    "reportlab": "ReportLab",
}
# Aims of Billfold's printer, times the tutorial's way.
AIMS = {10: 1.7, 100: 1.5, 1_000: 1.4}


@dataclass(frozen=True, slots=True)
class Round:
    """What one contestant did in one round."""

    documents: int
    cpu: float
    wall: float
    peak: float

    @property
    def rate(self) -> float:
        """Documents a CPU second."""
        return self.documents / self.cpu


class Contestant:
    """A contestant's process for one size of documents, so that its peak memory is of that size."""

    def __init__(self, name: str) -> None:
        arguments = ["bench.printing.press_worker"] if name == "press" else ["bench.printing.worker", name]
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **question: object) -> dict[str, Any]:
        """Ask and wait for the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


def main() -> None:
    """Check that all print the same, then race."""
    options = _options()
    print(f"Printing: {machine_line()}")
    print(
        "An invoice on A4 with a logo, parties, a table with a repeated head, VAT, the amount in words, a payment QR, "
        "Cyrillic in PT Sans and page X of Y; every document another; contestants interleaved, medians of "
        f"{options.rounds} rounds of at least {options.seconds:g} CPU seconds each, each in a warm process of its own."
    )
    for size in options.sizes:
        rounds = _race(options, size)
        _report(size, rounds)


def _race(options: argparse.Namespace, size: int) -> dict[str, list[Round]]:
    rounds: dict[str, list[Round]] = defaultdict(list)
    started = {name: Contestant(name) for name in options.contestants}
    try:
        for name, contestant in started.items():
            if name != "press":
                _check(name, contestant, size)
            contestant.ask(lines=size, first=10_000, seconds=0.5)
        for turn in range(options.rounds):
            for name, contestant in started.items():
                answer = contestant.ask(lines=size, first=20_000 + turn * 1_000, seconds=options.seconds)
                rounds[name].append(Round(**answer))
    finally:
        for contestant in started.values():
            contestant.close()
    return rounds


def _check(name: str, contestant: Contestant, size: int) -> None:
    """See that the contestant's PDF says all that the invoice says."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "invoice.pdf"
        contestant.ask(lines=size, first=7, file=str(path))
        reader = PdfReader(path)
        printed = _squeezed(" ".join(page.extract_text() for page in reader.pages))
    said = texts(make_invoice(size, 7))
    wanted = [*said.bank.values(), said.words, said.purpose, *(text for line in said.lines for text in line)]
    wanted += [amount for _, amount in said.totals] + [f"{said.page}{len(reader.pages)}{said.of}{len(reader.pages)}"]
    missing = [text for text in wanted if _squeezed(text) not in printed]
    assert not missing, f"{name} does not print {missing[:3]}"
    heads = printed.count(_squeezed(said.columns[1]))
    print(f"  {name}: {size} lines on {len(reader.pages)} pages with {heads} heads", file=sys.stderr)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _report(size: int, rounds: dict[str, list[Round]]) -> None:
    ratios = {name: _ratios(each, rounds.get("tutorial", [])) for name, each in rounds.items()}
    rows = [
        [
            CONTESTANTS[name],
            figure(middle([one.rate for one in each])),
            f"{middle(ratios[name]):.2f}",
            spread(ratios[name]),
            figure(middle([one.documents / one.wall for one in each])),
            f"{max(one.peak for one in each):.0f}",
        ]
        for name, each in rounds.items()
    ]
    header = ("way", "documents / CPU s", "times the tutorial", "spread", "documents / s", "peak MB")
    print_table(f"{size:,} lines", header, rows)
    if ratios.get("billfold") and size in AIMS:
        print_aim(AIMS[size], "times the tutorial's way", middle(ratios["billfold"]))


def _ratios(own: list[Round], base: list[Round]) -> list[float]:
    """Compare round by round: what else the machine does at the time slows both."""
    return [one.rate / other.rate for one, other in zip(own, base, strict=False)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.printing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds a contestant and round")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1_000], help="lines of an invoice")
    parser.add_argument("--contestants", nargs="+", choices=[*PRINTERS, "press"], default=list(CONTESTANTS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
