"""Where the embedded servers live on the disk, and as which user they run.

An ordinary user's servers run as that user, in `data_dir/embedded` (mode 0700).

PostgreSQL refuses to run as root, so root's servers run as the system user `billfold-embedded`, made at first use. That
user must be able to walk to the folder. Where it cannot (a data directory below /root, which is 0700), no permission of
a home is loosened: the folder is made below /var/lib/billfold, and `data_dir/embedded` is a symbolic link to it.

Sockets lie in `embedded/run`. A socket's path may have 103 bytes only, and it must pass through URLs and a shell; where
the path is longer or has other than plain characters, `run` is a symbolic link to a private folder below the system's
temporary directory. Its name is random and its owner and mode are checked, so nobody else can have made it.
"""

import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from billfold.domain.errors import OperatorError

SYSTEM_USER = "billfold-embedded"
SYSTEM_FOLDER = Path("/var/lib/billfold")

_SOCKET_PATH_BYTES = 103  # macOS has 104 with the closing zero, Linux 108.
_LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that root's servers run as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of the embedded servers; `account` is None when they run as the caller."""

    folder: Path
    account: Account | None

    @property
    def decision_lock(self) -> Path:
        return self.folder / "lock"

    @property
    def holders_lock(self) -> Path:
        return self.folder / "holders"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def own_folder(self, path: Path) -> Path:
        """Make a folder that only the servers' user may enter, and give it back."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.give(path)
        return path

    def give(self, path: Path) -> None:
        """Make the servers' user the owner; the folder around it must be the caller's own."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)


def open_home(data_dir: Path) -> Home:
    """Give the home below `data_dir`, made if it is missing.

    Raises OperatorError when it belongs to another user, or others may write to it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    account = _system_account() if os.geteuid() == 0 else None
    place = data_dir.resolve() / "embedded"
    if not place.is_symlink():
        _make_home(place, account)
    home = Home(place.resolve(strict=True), account)
    _check(home)
    return home


def find_home(data_dir: Path) -> Path | None:
    """Give the folder of the embedded servers, or None when there never was one."""
    place = data_dir.resolve() / "embedded"
    return place.resolve() if place.is_dir() else None


def open_sockets(home: Home) -> Path:
    """Give the folder of the sockets, made if it is missing; call it under the decision lock."""
    run = home.folder / "run"
    if run.is_symlink():
        target = Path(os.readlink(run))
        if _is_private(target, home.account):
            return target
        run.unlink()
    if _fits(run):
        return home.own_folder(run)
    # A folder that was moved may have left a `run` whose path has become too long.
    shutil.rmtree(run, ignore_errors=True)
    target = Path(tempfile.mkdtemp(prefix="billfold-", dir=_short_temporary_folder()))
    home.give(target)
    run.symlink_to(target)
    return target


def find_sockets(folder: Path) -> Path:
    """Give the folder of the sockets, which may not exist."""
    run = folder / "run"
    return Path(os.readlink(run)) if run.is_symlink() else run


def remove_displaced_sockets(home: Home) -> None:
    """Remove the folder below the temporary directory, if there is one; the servers must be down."""
    run = home.folder / "run"
    if run.is_symlink():
        shutil.rmtree(os.readlink(run), ignore_errors=True)
        run.unlink()


def is_open_to_all(path: Path) -> bool:
    """Tell whether every user may walk to `path` and into it."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def open_system_folder() -> Path:
    """Give root's own folder outside of every home, made if it is missing."""
    SYSTEM_FOLDER.mkdir(exist_ok=True)
    SYSTEM_FOLDER.chmod(0o711)
    return SYSTEM_FOLDER


def _make_home(place: Path, account: Account | None) -> None:
    if account is None:
        place.mkdir(mode=0o700, exist_ok=True)
    elif place.is_dir() or is_open_to_all(place.parent):
        place.mkdir(mode=0o711, exist_ok=True)
        # The umask may have taken away what the servers' user needs: to walk through.
        if place.stat().st_uid == 0:
            place.chmod(stat.S_IMODE(place.stat().st_mode) | 0o011)
    else:
        _make_displaced_home(place)


def _make_displaced_home(place: Path) -> None:
    target = Path(tempfile.mkdtemp(prefix="embedded-", dir=open_system_folder()))
    target.chmod(0o711)
    try:
        place.symlink_to(target)
    except FileExistsError:
        # Another process was quicker; its folder is the one.
        target.rmdir()


def _check(home: Home) -> None:
    found = home.folder.stat()
    if found.st_uid != os.geteuid():
        raise OperatorError(
            f"{home.folder} belongs to the user with id {found.st_uid}: run Billfold as that user, "
            "or set BILLFOLD_DATA_DIR to a directory of your own."
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OperatorError(f"Other users may write to {home.folder}: run `chmod go-w {home.folder}`.")
    if home.account is not None and not is_open_to_all(home.folder):
        raise OperatorError(
            f"The system user {SYSTEM_USER} cannot walk to {home.folder}: give the directories above it mode o+x, "
            "move the data directory, or run Billfold as an ordinary user."
        )


def _system_account() -> Account:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        entry = _add_system_user()
    return Account(entry.pw_uid, entry.pw_gid)


def _add_system_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(command, check=False, capture_output=True)
        # Two first starts may race: what counts is that the user is there, not who made it.
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, KeyError) as error:
        raise OperatorError(
            f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made: "
            "run Billfold as an ordinary user, make that user, or set BILLFOLD_DATABASE_URL and BILLFOLD_REDIS_URL."
        ) from error


def _is_private(path: Path, account: Account | None) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    owner = os.geteuid() if account is None else account.uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700


def _fits(folder: Path) -> bool:
    length = len(os.fsencode(f"{folder}{_LONGEST_SOCKET_NAME}"))
    return length <= _SOCKET_PATH_BYTES and _PLAIN_PATH.fullmatch(str(folder)) is not None


def _short_temporary_folder() -> Path:
    usual = Path(tempfile.gettempdir())
    return usual if _fits(usual / "billfold-12345678") else Path("/tmp")  # noqa: S108 - mkdtemp below it is safe.
