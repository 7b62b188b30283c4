"""Tables: figures in columns, as plain text that goes into a README as it is."""

from collections.abc import Sequence


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table; the first column is aligned left, the others right."""
    widths = [max(len(row[at]) for row in (header, *rows)) for at in range(len(header))]
    print(f"\n{title}\n")
    print(_line(header, widths))
    print("|" + "|".join("-" * (width + 1) + ("-" if at == 0 else ":") for at, width in enumerate(widths)) + "|")
    for row in rows:
        print(_line(row, widths))


def print_aim(aim: float, of: str, reached: float) -> None:
    """Say whether a part or a multiple was reached."""
    print(f"\nAim {aim:.2f} {of}: {reached:.2f}, {'met' if reached >= aim else 'missed'}.")


def figure(number: float) -> str:
    """Write a figure with three digits that matter, or without decimals from 100 on."""
    if number < 0.005:
        return "0"
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "| " + " | ".join(padded) + " |"
