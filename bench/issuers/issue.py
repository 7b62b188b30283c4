"""`python -m bench.issuers.issue DIRECTORY AT OF DOCUMENTS FAULTS SEED`: every OF-th contract issues documents at once.

Each issuer is a task that issues one document after the other through the services. It writes `ready`, waits for a
line, and writes what came of it.
"""

import asyncio
import sys
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from uuid import UUID

import uvloop

from bench.issuers.injections import Injector
from bench.issuers.tallies import Tally
from bench.measures import own_seconds
from bench.operators import House, connect_plainly, open_house_parts
from billfold.bootstrap import servers, set_up_logs
from billfold.database.connection import reading
from billfold.domain.access import OPERATOR
from billfold.services import composing, documents
from billfold.services.asked import for_amount
from billfold.services.parts import Parts
from billfold.settings import Settings

_AMOUNT = Decimal("1200.00")
_REST_SECONDS = 0.02


async def work(house: House, at: int, of: int, count: int, faults: tuple[float, int]) -> Tally:
    """Let every `of`-th contract, from `at` on, issue `count` documents."""
    killer = await connect_plainly(house)
    injector, tally = Injector(*faults, killer), Tally()
    async with open_house_parts(house) as calm:
        async with reading() as connection:
            rows = await connection.fetch("SELECT id FROM contracts ORDER BY number")
        contracts = [row["id"] for row in rows][at::of]
        await _warm_up(calm, contracts[0])
        parts = injector.arm(calm)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        before = own_seconds()
        await asyncio.gather(*(_issue(parts, one, count, injector, tally) for one in contracts))
        tally.cpu = own_seconds() - before
    tally.injected = dict(injector.injected)
    await killer.close()
    return tally


async def _warm_up(parts: Parts, contract_id: UUID) -> None:
    """Start the children of the press, and let the connections prepare what they read."""
    assignment = await for_amount(parts, "invoice", contract_id, _AMOUNT)
    await asyncio.gather(*(composing.compose(parts, "invoice", [assignment]) for _ in range(20)))


async def _issue(parts: Parts, contract_id: UUID, count: int, injector: Injector, tally: Tally) -> None:
    for number in range(count):
        began = perf_counter()
        injector.draw()
        while True:
            try:
                await documents.issue_for_amount(
                    parts,
                    OPERATOR,
                    type="invoice",
                    contract_id=contract_id,
                    amount=_AMOUNT,
                    idempotency_key=f"{contract_id}-{number}",
                )
                break
            except Exception as error:  # What was injected, and whatever comes of it.
                tally.failed(error)
            injector.calm()
            await asyncio.sleep(_REST_SECONDS)
        tally.seconds.append(perf_counter() - began)


def main() -> None:
    """Do it, and write the tally as JSON."""
    set_up_logs("CRITICAL")
    data_dir, at, of, count, part, seed = sys.argv[1:]
    settings = Settings(data_dir=Path(data_dir))
    with servers(settings) as where:
        house = House(Path(data_dir).parent, settings, where)
        tally = uvloop.run(work(house, int(at), int(of), int(count), (float(part), int(seed) + int(at))))
    sys.stdout.buffer.write(tally.encode())


if __name__ == "__main__":
    main()
