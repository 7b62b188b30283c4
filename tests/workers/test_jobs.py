"""The jobs: each parses its ids and does its step; the sweep rings for what stands."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from billfold.domain.access import OPERATOR
from billfold.domain.clock import FixedClock
from billfold.domain.periods import month
from billfold.services import documents, runs
from billfold.services.parts import Parts
from billfold.services.working import sweep
from billfold.workers.jobs import JOBS, Bench, Context, compose_run, deliver, print_documents, publish_documents
from billfold.workers.patience import Patience
from tests.services.asking import contract, value


class _NotingBell:
    """A bell that notes what is rung."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, list[list[str]]]] = []

    async def ring(self, job: str, chunks: Sequence[Sequence[str]]) -> None:
        if chunks:
            self.rung.append((job, [list(chunk) for chunk in chunks]))

    async def close(self) -> None:
        return


def context(parts: Parts) -> Context:
    return {"bench": Bench(parts, Patience(asyncio.Event()))}


async def issued(parts: Parts) -> UUID:
    return await documents.issue_for_period(
        parts, OPERATOR, type="invoice", contract_id=await contract("Я-101"), period=month("2026-10")
    )


async def test_every_step_rings_for_the_next(books: Parts) -> None:
    bell = _NotingBell()
    parts = dataclasses.replace(books, bell=bell)
    document = str(await issued(parts))

    await print_documents(context(parts), [document])
    await publish_documents(context(parts), [document])
    delivery = str(await value("SELECT id FROM deliveries"))
    await deliver(context(parts), [delivery])

    assert bell.rung == [
        ("print_documents", [[document]]),
        ("publish_documents", [[document]]),
        ("deliver", [[delivery]]),
    ]
    assert await value("SELECT state FROM deliveries") == "SENT"


async def test_a_job_for_others_leaves_this_document_alone(books: Parts) -> None:
    await issued(books)

    await print_documents(context(books), [str(UUID(int=1))])

    assert await value("SELECT step FROM documents") == "PRINT"


async def test_composing_a_run_settles_every_contract(books: Parts) -> None:
    run_id = await runs.start(books, OPERATOR, runs.RunRequest(type="invoice", period=month("2026-10")))

    await compose_run(context(books), [str(run_id)])

    assert await value("SELECT count(*) FROM occurrences WHERE state = 'PENDING'") == 0
    assert await value("SELECT count(*) FROM documents") == 13


async def test_a_composed_run_rings_for_the_one_that_follows_it(books: Parts) -> None:
    bell = _NotingBell()
    first, second, _ = [
        await runs.start(books, OPERATOR, runs.RunRequest(type=key, period=month(period)))
        for key, period in (("invoice", "2026-10"), ("act", "2026-10"), ("act", "2026-09"))
    ]

    await compose_run(context(dataclasses.replace(books, bell=bell)), [str(second), str(first)])

    assert [rung for rung in bell.rung if rung[0] == "compose_run"] == [("compose_run", [[str(second)]])]


async def test_the_sweep_rings_for_what_stands_too_long(books: Parts) -> None:
    bell = _NotingBell()
    document = str(await issued(books))
    later = FixedClock(books.clock.now() + timedelta(minutes=1))

    await sweep(dataclasses.replace(books, bell=bell, clock=later))

    assert bell.rung == [("print_documents", [[document]])]


async def test_the_sweep_leaves_alone_what_has_just_come(books: Parts) -> None:
    bell = _NotingBell()
    await issued(books)

    await sweep(dataclasses.replace(books, bell=bell))

    assert bell.rung == []


async def test_the_sweep_rings_for_a_run_that_lost_its_worker(books: Parts) -> None:
    bell = _NotingBell()
    run_id = await runs.start(books, OPERATOR, runs.RunRequest(type="invoice", period=month("2026-10")))

    await sweep(dataclasses.replace(books, bell=bell))

    assert bell.rung == [("compose_run", [[str(run_id)]])]


async def test_a_worker_without_parts_says_so() -> None:
    with pytest.raises(TypeError, match="without its parts"):
        await print_documents({"bench": None}, [])


def test_the_jobs_are_the_names_that_services_ring() -> None:
    assert [job.__name__ for job in JOBS] == ["compose_run", "print_documents", "publish_documents", "deliver"]
