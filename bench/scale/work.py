"""`python -m bench.scale.work DIRECTORY VERB ...`: one process that plans, starts runs or works them off.

It prints as JSON what it made, and the seconds that it took from when its parts were open: workers are warm. Of CPU
seconds it tells its own without those of its press; `before` are those of its start.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import orjson
import uvloop

from bench.measures import own_seconds
from bench.month.books import PERIOD
from bench.operators import House, open_house_parts
from billfold.bootstrap import servers, set_up_logs
from billfold.database.connection import reading
from billfold.domain.access import OPERATOR
from billfold.domain.periods import month
from billfold.services import plans, runs
from billfold.settings import Settings
from billfold.workers.jobs import Bench, compose_run
from billfold.workers.patience import Patience

_LOOK_SECONDS = 0.05


async def work(house: House, verb: str, arguments: Sequence[str]) -> dict[str, object]:
    """Do what the verb says: `plan TYPE`, `start TYPE ...` or `compose RUN ...`."""
    async with open_house_parts(house) as parts:
        began, before = time.perf_counter(), own_seconds()
        if verb == "compose":
            bench = Bench(parts, Patience(asyncio.Event()))
            # Each type follows the one before: workers are rung for it when that is through.
            for run_id in arguments:
                await _work_off(bench, run_id)
            ids = list(arguments)
        else:
            act = plans.plan if verb == "plan" else runs.start
            ids = [str(await act(parts, OPERATOR, _request(key))) for key in arguments]
        return {"ids": ids, "seconds": time.perf_counter() - began, "cpu": own_seconds() - before, "before": before}


def _request(key: str) -> runs.RunRequest:
    return runs.RunRequest(type=key, period=month(PERIOD))


async def _work_off(bench: Bench, run_id: str) -> None:
    """Do a run as a worker does, and again while it waits for the documents that its own follow."""
    while await _waits(run_id):
        await compose_run({"bench": bench}, [run_id])
        await asyncio.sleep(_LOOK_SECONDS)


async def _waits(run_id: str) -> bool:
    async with reading() as connection:
        waits: bool = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM occurrences WHERE run_id = $1 AND state = 'PENDING')", UUID(run_id)
        )
        return waits


def main() -> None:
    """Do it, and print what it took."""
    set_up_logs("WARNING")
    data_dir, verb, *arguments = sys.argv[1:]
    settings = Settings(data_dir=Path(data_dir))
    with servers(settings) as where:
        told = uvloop.run(work(House(Path(data_dir).parent, settings, where), verb, arguments))
    sys.stdout.buffer.write(orjson.dumps(told))


if __name__ == "__main__":
    main()
