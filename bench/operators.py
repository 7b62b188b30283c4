"""An operator's whole house for one measurement: a data directory of its own, its servers and parts, and its clocks."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import psutil

from bench.measures import own_seconds, tree_seconds
from billfold.bootstrap import Servers, open_parts, servers
from billfold.database.connection import tortoise_config
from billfold.domain.clock import FixedClock
from billfold.services.parts import Parts
from billfold.settings import Settings

_NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class House:
    """Where one measurement happens."""

    folder: Path
    settings: Settings
    servers: Servers

    @property
    def clocks(self) -> Mapping[str, Callable[[], float]]:
        """The CPU clocks: of this process, of the press's children and of PostgreSQL."""
        this, database = psutil.Process(), postmaster(self.folder)
        return {
            "Python": own_seconds,
            "press": lambda: tree_seconds(this) - own_seconds(),
            "PostgreSQL": lambda: tree_seconds(database),
        }


@contextmanager
def open_house() -> Iterator[House]:
    """Start servers in a new directory; stop them and remove it at the end."""
    with TemporaryDirectory(prefix="billfold-bench-") as name:
        folder = Path(name)
        # Started as root, the servers belong to a user of their own, who must get there.
        folder.chmod(0o755)
        settings = Settings(data_dir=folder / "data")
        with servers(settings) as where:
            yield House(folder, settings, where)


@asynccontextmanager
async def open_house_parts(house: House) -> AsyncIterator[Parts]:
    """Connect the parts; their clock stands on the first of November 2026."""
    async with open_parts(house.settings, house.servers, is_ringing=False, clock=FixedClock(_NOW)) as parts:
        yield parts


async def connect_plainly(house: House) -> asyncpg.Connection:
    """Connect to the database beside the parts."""
    credentials = tortoise_config(house.servers.database_url)["connections"]["default"]["credentials"]
    return await asyncpg.connect(**{name: credentials[name] for name in ("host", "port", "user", "database")})


def postmaster(folder: Path) -> psutil.Process:
    found = next((folder / "data").rglob("postmaster.pid"))
    return psutil.Process(int(found.read_text().split()[0]))
