"""Sealing: the write of issued documents with their lines, while everybody else waits for the next number."""

from collections.abc import Mapping, Sequence

import asyncpg
import orjson

from billfold.database.connection import copy_rows

# More lines than these go in faster by COPY.
_LINES_IN_ONE_TRIP = 50


async def write_documents(
    connection: asyncpg.Connection,
    documents: Sequence[Mapping[str, object]],
    lines: Sequence[Mapping[str, object]],
) -> None:
    """Write documents and their lines: many by COPY, a single one in one trip, for its series is locked meanwhile."""
    if len(documents) == 1 and 0 < len(lines) <= _LINES_IN_ONE_TRIP:
        statement = _statement(tuple(documents[0]), tuple(lines[0]))
        await connection.execute(statement, *documents[0].values(), orjson.dumps(list(lines), default=str).decode())
        return
    await copy_rows(connection, "documents", documents)
    await copy_rows(connection, "document_lines", lines)


def _statement(columns: tuple[str, ...], of_lines: tuple[str, ...]) -> str:
    """Give the statement of both tables; the names are ours. Numbers are text in JSON, and so keep their digits."""
    marks = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    named = ", ".join(of_lines)
    return (
        f"WITH sealed AS (INSERT INTO documents ({', '.join(columns)}) VALUES ({marks})) "
        f"INSERT INTO document_lines ({named}) "
        f"SELECT {named} FROM jsonb_populate_recordset(NULL::document_lines, ${len(columns) + 1}::jsonb)"
    )
