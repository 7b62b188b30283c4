"""The write of documents with their lines: one in one trip, which keeps what it is given."""

from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg

from billfold.database.sealing import write_documents
from billfold.domain.ids import new_id
from tests.factories_rows import add_document

_OTHER = """
SELECT type, enterprise_id, client_id, contract_id, series_id, status, issue_date, currency, locale, is_payable, net,
       tax, gross, template, plugin, snapshot, snapshot_sha256, visible_vote, step
FROM documents WHERE id = $1
"""


async def test_one_document_keeps_the_digits_and_days_of_its_lines(connection: asyncpg.Connection) -> None:
    other = await connection.fetchrow(_OTHER, await add_document(connection))
    document = {"id": new_id(), "counter": 2, "number": "2", "run_id": None, **other}
    free = {"tax_rate": None, "net": Decimal("0.00"), "tax": Decimal("0.00"), "gross": Decimal("0.00")}
    lines = [_line(document["id"], 1), _line(document["id"], 2, **free)]

    await write_documents(connection, [document], lines)

    written = await connection.fetch(
        "SELECT * FROM document_lines WHERE document_id = $1 ORDER BY position", document["id"]
    )
    assert [{name: row[name] for name in lines[0]} for row in written] == lines
    assert [str(row["unit_price"]) for row in written] == ["0.0045000000", "0.0045000000"]


def _line(document_id: Any, position: int, **columns: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "document_id": document_id,
        "position": position,
        "description": '«SMS» \\ "МТС", №1',
        "quantity": Decimal("1.50"),
        "unit": "шт",
        "unit_price": Decimal("0.0045000000"),
        "tax_rate": Decimal(22),
        "net": Decimal("1803.28"),
        "tax": Decimal("396.72"),
        "gross": Decimal("2200.00"),
        "period_from": date(2026, 10, 1),
        "period_until": None,
        **columns,
    }
