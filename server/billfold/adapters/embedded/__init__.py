"""The embedded default: PostgreSQL and Valkey under the data directory, shared by every process that uses it.

The first process to come starts the servers, the last to leave stops them. Each holder has a *shared* lock on one
file; whoever can turn it exclusive on leaving is the last. The kernel drops the lock of a holder that was killed, so
neither a kill -9 nor a power cut needs any mending: the next to come finds what runs, and starts what does not.

A lease must not cross a fork: the child would share the parent's lock. Start child processes by exec or spawn; the
descriptors are closed on exec.
"""

import atexit
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from billfold.adapters.embedded.binaries import find_binaries, postgres_version, valkey_version
from billfold.adapters.embedded.home import (
    Home,
    find_home,
    find_sockets,
    open_home,
    open_sockets,
    remove_displaced_sockets,
)
from billfold.adapters.embedded.locks import deciding, is_file, open_lock, share, try_exclusive
from billfold.adapters.embedded.postgres import Postgres
from billfold.adapters.embedded.servers import Site, abandon, ensure_running, ensure_stopped, is_reachable
from billfold.adapters.embedded.valkey import Valkey
from billfold.domain.errors import OperatorError

_POSTGRES = Postgres()
_VALKEY = Valkey()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which servers to run: one that has an address of its own is not wanted."""

    database: bool
    redis: bool


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One embedded server; `version` is its wheel's, `socket` and `log` may not exist."""

    is_running: bool
    version: str
    socket: Path
    log: Path


@dataclass(frozen=True, slots=True)
class EmbeddedStatus:
    """Both embedded servers of the data directory whose files lie in `folder`."""

    folder: Path
    postgres: ServerStatus
    valkey: ServerStatus


class Lease:
    """The right to use the servers, until it is released; also a context manager."""

    def __init__(self, site: Site, holding: int, wanted: Wanted) -> None:
        self.database_url = _POSTGRES.url(site) if wanted.database else None
        self.redis_url = _VALKEY.url(site) if wanted.redis else None
        self._site = site
        self._holding = holding
        self._process = os.getpid()
        self._is_released = False
        # A net for roots that end without releasing; a signal that is not handled passes it by.
        atexit.register(self.release)

    def release(self) -> None:
        """Give the servers up, and stop them when nobody else uses them; may be repeated."""
        if self._is_released:
            return
        self._is_released = True
        atexit.unregister(self.release)
        if os.getpid() != self._process:
            # A forked child has no say in the parent's lease.
            os.close(self._holding)
        elif is_file(self._holding, self._site.home.holders_lock):
            with deciding(self._site.home.decision_lock):
                _leave(self._site, self._holding)
        else:
            _leave_deleted(self._site, self._holding)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


def acquire(data_dir: Path, wanted: Wanted) -> Lease:
    """Give a lease on the wanted servers, which answer by then; blocks, for seconds at the first start.

    Raises OperatorError when one does not start, or when the data directory cannot be used.
    """
    try:
        home = open_home(data_dir)
        with deciding(home.decision_lock):
            return _join(home, wanted)
    except OSError as error:
        raise OperatorError(
            f"The embedded servers cannot use {data_dir}: {error}. Set BILLFOLD_DATA_DIR to a directory that you own."
        ) from error


def sweep(data_dir: Path) -> bool:
    """Stop the servers that killed holders left behind, and tell whether all is stopped now.

    Never stops a server that somebody uses.
    """
    if find_home(data_dir) is None:
        return True
    acquire(data_dir, Wanted(database=False, redis=False)).release()
    found = status(data_dir)
    return found is None or not (found.postgres.is_running or found.valkey.is_running)


def status(data_dir: Path) -> EmbeddedStatus | None:
    """Tell what runs without starting or making anything; None when the embedded default was never used here."""
    folder = find_home(data_dir)
    if folder is None:
        return None
    sockets, logs = find_sockets(folder), folder / "logs"
    postgres, valkey = sockets / ".s.PGSQL.5432", sockets / "valkey.sock"
    return EmbeddedStatus(
        folder,
        ServerStatus(is_reachable(postgres), postgres_version(), postgres, logs / "postgres.log"),
        ServerStatus(is_reachable(valkey), valkey_version(), valkey, logs / "valkey.log"),
    )


def _join(home: Home, wanted: Wanted) -> Lease:
    home.own_folder(home.logs)
    site = Site(home, open_sockets(home), find_binaries(home.account))
    holding = open_lock(home.holders_lock)
    share(holding)
    try:
        if wanted.database:
            ensure_running(_POSTGRES, site)
        if wanted.redis:
            ensure_running(_VALKEY, site)
        return Lease(site, holding, wanted)
    except BaseException:
        _leave(site, holding)
        raise


def _leave(site: Site, holding: int) -> None:
    try:
        if try_exclusive(holding):
            ensure_stopped(_POSTGRES, site)
            ensure_stopped(_VALKEY, site)
            remove_displaced_sockets(site.home)
    finally:
        os.close(holding)


def _leave_deleted(site: Site, holding: int) -> None:
    # Somebody has removed the data directory under our feet.
    os.close(holding)
    abandon(_POSTGRES, site)
    abandon(_VALKEY, site)
