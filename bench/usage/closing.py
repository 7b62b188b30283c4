"""`python -m bench.usage.closing DIRECTORY NUMBER`: issue the month's invoice of a contract, and tell what it took."""

import sys
import time
from pathlib import Path

import orjson
import uvloop

from bench.measures import own_seconds, peak_megabytes
from bench.month.books import PERIOD
from bench.operators import House, open_house_parts
from billfold.bootstrap import servers, set_up_logs
from billfold.database.connection import reading
from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import documents
from billfold.settings import Settings


async def close(house: House, number: str) -> dict[str, object]:
    """Issue the invoice; printing is not a part of it."""
    async with open_house_parts(house) as parts:
        async with reading() as connection:
            contract_id = await connection.fetchval("SELECT id FROM contracts WHERE number = $1", number)
        started, before, base = time.perf_counter(), own_seconds(), peak_megabytes()
        document_id = await documents.issue_for_period(
            parts, OPERATOR, type="invoice", contract_id=contract_id, period=month(PERIOD)
        )
        told = {"seconds": time.perf_counter() - started, "cpu": own_seconds() - before}
        async with reading() as connection:
            made = await connection.fetchrow(
                "SELECT gross::text, (SELECT count(*) FROM document_lines WHERE document_id = d.id) AS lines, "
                "octet_length(snapshot) AS snapshot FROM documents d WHERE id = $1",
                document_id,
            )
        return {**told, "base_megabytes": base, "peak_megabytes": peak_megabytes(), **dict(made)}


def main() -> None:
    """Print what it took as JSON."""
    set_up_logs("WARNING")
    data_dir, number = Path(sys.argv[1]), sys.argv[2]
    settings = Settings(data_dir=data_dir)
    with servers(settings) as where:
        told = uvloop.run(close(House(data_dir.parent, settings, where), number))
    sys.stdout.buffer.write(orjson.dumps(told))


if __name__ == "__main__":
    main()
