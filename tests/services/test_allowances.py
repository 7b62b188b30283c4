"""Allowances: a run is looked at before each chunk, and a large one not before every one."""

from decimal import Decimal
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import asyncpg
import pytest

from billfold.database.runs import Run
from billfold.domain.bounds import Made
from billfold.services import run_control
from billfold.services.allowances import Allowances
from billfold.services.parts import Parts

RUN = UUID(int=1)


def test_what_is_granted_is_taken_up_and_no_more() -> None:
    allowances = Allowances()
    allowances.grant(RUN, 250)

    taken = [allowances.takes(RUN, 100) for _ in range(3)]

    assert taken == [True, True, False]
    assert not allowances.takes(UUID(int=2), 100)


def test_less_than_a_chunk_is_void() -> None:
    allowances = Allowances()
    allowances.grant(RUN, 99)

    assert not allowances.takes(RUN, 100)
    assert not allowances.takes(RUN, 99)


@pytest.mark.parametrize(("usual", "looks"), [(100, 12), (19_200, 4)])
async def test_the_documents_of_a_large_run_are_counted_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch, usual: int, looks: int
) -> None:
    looked: list[UUID] = []

    async def made_by(_connection: object, run_id: UUID, *, earlier: int) -> tuple[Made, list[Made]]:
        looked.append(run_id)
        return Made(0, {}), [Made(usual, {"RUB": Decimal("1.00")})] * earlier

    monkeypatch.setattr(run_control, "made_by", made_by)
    parts = cast("Parts", SimpleNamespace(allowances=Allowances()))
    run = cast("Run", SimpleNamespace(id=RUN, is_confirmed=False))
    connection = cast("asyncpg.Connection", None)

    rooms = [await run_control.room_of(parts, connection, run) for _ in range(12)]

    assert len(looked) == looks
    assert {reason for _, reason in rooms} == {""}
