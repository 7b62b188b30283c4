"""What the two embedded servers have in common: how one is started, known to be alive, and stopped.

A server carries a lock: the file `NAME.life` is locked by the process that starts it and the descriptor is handed down,
so the lock is held exactly as long as any process of that server lives. It needs no process id, which another process
may have by now, and it cannot be stale. That a server is *reachable* is told by its socket and nothing else.
"""

import os
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from billfold.adapters.embedded.binaries import Binaries
from billfold.adapters.embedded.home import Home
from billfold.adapters.embedded.locks import is_free, open_lock, wait_exclusive
from billfold.domain.errors import OperatorError

START_SECONDS = 60.0
_LEAVE_SECONDS = 10.0
_ANSWER_SECONDS = 5.0
_POLL_SECONDS = 0.01
_LOG_TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Site:
    """Where one data directory's servers live: their home, their sockets and their programs."""

    home: Home
    sockets: Path
    binaries: Binaries

    def life(self, name: str) -> Path:
        return self.home.folder / f"{name}.life"

    def log(self, name: str) -> Path:
        return self.home.logs / f"{name}.log"


class Server(Protocol):
    """One embedded server of a site."""

    @property
    def name(self) -> str:
        """Its name in files and messages."""

    @property
    def program(self) -> str:
        """The name that its processes have."""

    @property
    def setting(self) -> str:
        """The setting that replaces it by an outside server."""

    def socket(self, site: Site) -> Path:
        """Give the path of its socket."""

    def folder(self, site: Site) -> Path:
        """Give the folder that its processes work in, and no other process of its name."""

    def start(self, site: Site, life: int) -> None:
        """Start it in the background, in a session of its own, holding the descriptor `life`."""

    def is_ready(self, site: Site) -> bool:
        """Tell whether it answers requests."""

    def ask_to_stop(self, site: Site) -> None:
        """Ask it to stop, without waiting for its last process."""


def ensure_running(server: Server, site: Site) -> None:
    """Start the server unless it runs already, and wait until it answers; call it under the decision lock.

    Raises OperatorError with the end of its log when it does not come up.
    """
    if not is_reachable(server.socket(site)):
        life = _take_over(server, site)
        try:
            _keep_previous_log(site.log(server.name))
            server.start(site, life)
        finally:
            os.close(life)
    _wait_until_ready(server, site)


def ensure_stopped(server: Server, site: Site) -> None:
    """Stop the server if it runs, and wait for its last process; call it under the decision lock."""
    if is_reachable(server.socket(site)):
        server.ask_to_stop(site)
    os.close(_take_over(server, site))


def abandon(server: Server, site: Site) -> None:
    """Kill the server of a folder that was deleted, where there is nothing left to lock, to ask or to lose.

    A new folder in its place may have servers of its own; then nothing is touched.
    """
    folder = server.folder(site)
    while not folder.exists() and _kill_processes(server.program, folder):
        time.sleep(_POLL_SECONDS)


def is_reachable(path: Path) -> bool:
    """Tell whether a server listens on the socket: a dead one's file refuses the connection."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_ANSWER_SECONDS)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def run_program(site: Site, command: list[str], *, name: str, folder: Path, life: int | None, text: str = "") -> bool:
    """Run one program of a server to its end as the servers' user, and tell whether it succeeded.

    It runs in a session of its own, so that Ctrl-C at the terminal reaches Billfold only; its output goes to the log.
    """
    account = site.home.account
    with open(os.open(site.log(name), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "ab") as log:
        site.home.give(site.log(name))
        result = subprocess.run(
            command,
            check=False,
            input=text.encode(),
            stdout=log,
            stderr=log,
            cwd=folder,
            # Nothing of the caller's environment may change the server: no PG* variable, no locale, no library path.
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            pass_fds=() if life is None else (life,),
            start_new_session=True,
        )
    return result.returncode == 0


def failure(server: Server, site: Site) -> OperatorError:
    """Give the error for a server that does not come up, with the end of its log."""
    log = site.log(server.name)
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    tail = "\n".join(lines[-_LOG_TAIL_LINES:])
    return OperatorError(
        f"The embedded {server.name} server did not start: mend what {log} tells, "
        f"or set {server.setting} to a server of your own. The log ends with:\n{tail}"
    )


def _take_over(server: Server, site: Site) -> int:
    """Give the server's life lock, once no process of an earlier one is left; what does not leave is killed."""
    life = open_lock(site.life(server.name))
    if wait_exclusive(life, _LEAVE_SECONDS):
        return life
    _kill_processes(server.program, server.folder(site))
    if wait_exclusive(life, _LEAVE_SECONDS):
        return life
    os.close(life)
    raise OperatorError(
        f"An unreachable embedded {server.name} server still holds {site.life(server.name)}: end its processes, "
        f"which work in {server.folder(site)}."
    )


def _kill_processes(program: str, folder: Path) -> bool:
    """Kill the program's processes that work in the folder, and tell whether there was one."""
    is_found = False
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == program and process.info["cwd"] == str(folder):
            is_found = True
            # It may end by itself in between.
            with suppress(psutil.NoSuchProcess):
                process.kill()
    return is_found


def _wait_until_ready(server: Server, site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready(site):
        if is_free(site.life(server.name)) or time.monotonic() > deadline:
            raise failure(server, site)
        time.sleep(_POLL_SECONDS)


def _keep_previous_log(log: Path) -> None:
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
