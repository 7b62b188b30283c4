"""Verdicts: whether all documents are there, their numbers follow each other, and the books hold."""

from collections.abc import Sequence

import asyncpg

from billfold.database.invariants import CURRENCIES, INVARIANTS, offenders

# The numbers are those of the built-in rules: 1, 2, 3 and so on in each series.
_NUMBERS = """
SELECT count(*) AS documents, count(DISTINCT (d.series_id, d.counter)) AS counters,
       (SELECT coalesce(sum(next_counter - 1), 0) FROM number_series) AS drawn,
       count(*) FILTER (WHERE d.number <> d.counter::text) AS renamed
FROM documents d
"""


async def faults(connection: asyncpg.Connection, *, documents: int) -> list[str]:
    """Say what is wrong: documents that lack or are too many, gaps and doubles of numbers, and broken invariants."""
    row = await connection.fetchrow(_NUMBERS, timeout=600)
    found = []
    if row["documents"] != documents:
        found.append(f"{row['documents']} documents, and not {documents}")
    if not row["documents"] == row["counters"] == row["drawn"]:
        found.append(
            f"{row['documents']} documents of {row['counters']} numbers, {row['drawn']} drawn: gaps or doubles"
        )
    if row["renamed"]:
        found.append(f"{row['renamed']} documents do not bear their counter as number")
    for invariant in (*INVARIANTS, CURRENCIES):
        told = await offenders(connection, invariant)
        found += [f"{invariant.name}: {len(told)}, such as {told[0]}"] if told else []
    return found


def print_verdict(found: Sequence[str], *, documents: int) -> None:
    """Print it in one line, or a line a fault."""
    if not found:
        print(f"\n{documents:,} documents, numbers without gaps and doubles, every invariant holds.")
    for fault in found:
        print(f"\nWrong: {fault}.")
