"""The embedded servers: shared by processes, stopped by the last, found again after any kill -9."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from billfold.adapters.embedded import Wanted, acquire, sweep
from tests.adapters.embedded_holders import NOBODY, House, open_house, ordinary_python


@pytest.fixture
def house() -> Iterator[House]:
    yield from open_house(None, sys.executable)


@pytest.fixture(params=["caller", "ordinary user"])
def any_house(request: pytest.FixtureRequest) -> Iterator[House]:
    if request.param == "caller":
        yield from open_house(None, sys.executable)
        return
    python = ordinary_python()
    if os.geteuid() != 0:
        pytest.skip("only root can run a process as another user; the caller is an ordinary one")
    if python is None:
        pytest.skip("no interpreter of this version can be reached by an ordinary user")
    yield from open_house(NOBODY, python)


@contextmanager
def another_process(user: int | None) -> Iterator[int]:
    process = subprocess.Popen(["/bin/sleep", "600"], user=user)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


async def test_first_holder_finds_both_servers_answering(any_house: House) -> None:
    any_house.hold()

    answer = await any_house.ask("SELECT current_database() || upper(' счёт ') || current_setting('TimeZone')")

    assert (answer, await any_house.rings()) == ("billfold СЧЁТ UTC", True)


async def test_servers_run_on_until_the_last_holder_leaves(any_house: House) -> None:
    first, second = any_house.hold(), any_house.hold()

    codes = [first.leave()]
    answer = await any_house.ask("SELECT 7")
    codes.append(second.leave())

    assert (codes, answer, any_house.servers()) == ([0, 0], 7, [])


async def test_killed_holder_does_not_keep_the_servers_up(any_house: House) -> None:
    killed, other = any_house.hold(), any_house.hold()

    killed.kill()
    other.leave()

    assert any_house.servers() == []


async def test_next_holder_finds_the_servers_of_a_killed_one(any_house: House) -> None:
    any_house.hold().kill()
    before = any_house.postmaster()

    next_one = any_house.hold()

    assert (any_house.postmaster(), await any_house.rings()) == (before, True)
    assert (next_one.leave(), any_house.servers()) == (0, [])


async def test_rows_survive_a_killed_postmaster(any_house: House) -> None:
    any_house.hold()
    await any_house.ask("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(any_house.postmaster(), signal.SIGKILL)

    any_house.hold()

    assert await any_house.ask("SELECT answer FROM kept") == 42


async def test_killed_valkey_is_started_again_for_the_next_holder(any_house: House) -> None:
    any_house.hold()
    killed = any_house.valkey()
    os.kill(killed, signal.SIGKILL)

    any_house.hold()

    assert (await any_house.rings(), any_house.valkey() != killed) == (True, True)


async def test_everything_killed_at_once_comes_back_with_its_rows(any_house: House) -> None:
    holders = [any_house.hold(), any_house.hold()]
    await any_house.ask("CREATE TABLE kept AS SELECT 42 AS answer")
    for process in any_house.servers():
        process.kill()
    for holder in holders:
        holder.kill()

    last = any_house.hold()

    assert (await any_house.ask("SELECT answer FROM kept"), await any_house.rings()) == (42, True)
    assert (last.leave(), any_house.servers()) == (0, [])


async def test_process_id_taken_by_another_process_is_no_obstacle(any_house: House) -> None:
    any_house.hold().leave()
    with another_process(any_house.user) as taken:
        lines = [taken, any_house.data_dir / "embedded/postgres", 1700000000, 5432, any_house.data_dir, "", "", "ready"]
        stale = any_house.data_dir / "embedded/postgres/postmaster.pid"
        stale.write_text("\n".join(map(str, lines)) + "\n")

        any_house.hold()

    assert await any_house.ask("SELECT 7") == 7


async def test_holders_that_start_together_share_one_cluster(house: House) -> None:
    holders = [house.joined(process) for process in [house.begin() for _ in range(5)]]

    postmasters = [process for process in house.servers() if "-D" in process.cmdline()]

    assert len(postmasters) == 1
    assert ([holder.leave() for holder in holders], house.servers()) == ([0, 0, 0, 0, 0], [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signal_to_the_terminal_group_stops_the_servers_in_order(house: House, number: signal.Signals) -> None:
    holder = house.hold(ending="nothing")

    holder.end(number)

    log = (house.data_dir / "embedded/logs/postgres.log").read_text()
    assert ("received fast shutdown request" in log, house.servers()) == (True, [])


async def test_holder_that_forgets_to_release_still_stops_the_servers(house: House) -> None:
    holder = house.hold(ending="nothing")

    holder.leave()

    assert house.servers() == []


async def test_deleted_data_directory_takes_its_servers_along(house: House) -> None:
    holder = house.hold()
    shutil.rmtree(house.data_dir / "embedded")

    code = holder.leave()

    assert (code, house.servers()) == (0, [])


async def test_only_the_wanted_server_runs(house: House) -> None:
    holder = house.hold(database="no")

    names = {process.name() for process in house.servers()}

    assert (holder.database_url, names) == ("None", {"valkey-server"})


def test_lease_in_one_process_may_be_taken_twice_and_released_twice(house: House) -> None:
    first = acquire(house.data_dir, Wanted(database=False, redis=True))

    with acquire(house.data_dir, Wanted(database=False, redis=True)) as second:
        same = first.redis_url == second.redis_url
    remaining = len(house.servers())
    first.release()
    first.release()

    assert (same, remaining, house.servers()) == (True, 1, [])


async def test_sweep_stops_what_a_killed_holder_left(house: House) -> None:
    house.hold().kill()

    is_stopped = sweep(house.data_dir)

    assert (is_stopped, house.servers()) == (True, [])


async def test_sweep_leaves_servers_alone_that_somebody_uses(house: House) -> None:
    house.hold()

    is_stopped = sweep(house.data_dir)

    assert (is_stopped, await house.ask("SELECT 7")) == (False, 7)
