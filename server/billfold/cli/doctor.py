"""`billfold doctor`: what is installed, reachable and configured; each fault with its mend."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer
import uvloop
from redis.asyncio import Redis
from rich.table import Table

from billfold.adapters.file_store import open_file_store
from billfold.bootstrap import Servers, data_dir, files_url, find_plugins, open_parts, servers, template_dirs
from billfold.cli.failures import TOLD, sentence
from billfold.cli.session import AsJson, console, print_json
from billfold.database.connection import reading
from billfold.domain.errors import OperatorError
from billfold.rendering.press import check_pango
from billfold.services.clocks import Times, compared_times
from billfold.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `fault` is empty when it is well."""

    what: str
    found: str
    fault: str = ""


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Look at this machine only, start no server.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at everything that Billfold needs; exits 1 when something is at fault."""
    looks = {**_MACHINE, **({} if offline else _SERVERS)}
    findings = [_look(what, look) for what, look in looks.items()]
    if as_json:
        print_json({"findings": [{"what": one.what, "found": one.found, "fault": one.fault} for one in findings]})
    else:
        table = Table("What", "Found", "Fault and mend")
        for one in findings:
            table.add_row(one.what, one.found, f"[red]{one.fault}[/]" if one.fault else "")
        console.print(table)
    if any(one.fault for one in findings):
        sys.exit(1)


def _look(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, look())
    except TOLD as error:
        return Finding(what, "", sentence(error))
    except (RuntimeError, ValueError) as error:
        return Finding(what, "", f"{type(error).__name__}: {error}")


def _pango() -> str:
    check_pango()
    return "there"


def _with_servers(ask: Callable[[Settings, Servers], str]) -> str:
    settings = Settings()
    with servers(settings) as where:
        return ask(settings, where)


def _database(settings: Settings, where: Servers) -> str:
    async def ask() -> str:
        async with open_parts(settings, where, is_ringing=False), reading() as connection:
            version: str = await connection.fetchval("SHOW server_version")
            return version

    return uvloop.run(ask())


def _redis(_settings: Settings, where: Servers) -> str:
    async def ask() -> str:
        client = Redis.from_url(where.redis_url)
        try:
            server = await client.info("server")
            return str(server.get("valkey_version") or server["redis_version"])
        finally:
            await client.aclose()

    return uvloop.run(ask())


def _clock(settings: Settings, where: Servers) -> str:
    async def ask() -> Times | None:
        async with open_parts(settings, where, is_ringing=False) as parts:
            return await compared_times(parts.clock)

    return told_times(uvloop.run(ask()))


async def told_files(url: str) -> str:
    """Give where files go, after one was put there and read back; raises what the store raises."""
    store = open_file_store(url)
    await store.get((await store.put(b"billfold doctor\n")).key)
    parts = urlsplit(url)
    if parts.scheme == "file":
        return f"{unquote(parts.path)}, which every machine must share"
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def told_times(times: Times | None) -> str:
    """Give the sentence for clocks that agree; raises OperatorError with the mend for those that do not."""
    if times is not None and times.are_apart:
        raise OperatorError(
            f"This machine's clock says {times.own:%Y-%m-%d %H:%M:%S} UTC, and the database's "
            f"{times.database:%Y-%m-%d %H:%M:%S}: set the wrong one right, and keep both in time by NTP."
        )
    return "as the database's"


_MACHINE: dict[str, Callable[[], str]] = {
    "Python": lambda: sys.version.split()[0],
    "Pango": _pango,
    "Plugins": lambda: ", ".join(sorted(find_plugins(Settings()).plugins)),
    "Templates": lambda: ", ".join(map(str, template_dirs(Settings(), find_plugins(Settings())))),
    "Data directory": lambda: str(data_dir(Settings())),
    "Mail": lambda: "SMTP" if Settings().smtp_url else "a folder of .eml files",
}
_SERVERS: dict[str, Callable[[], str]] = {
    "PostgreSQL": lambda: _with_servers(_database),
    "Clock": lambda: _with_servers(_clock),
    "Valkey or Redis": lambda: _with_servers(_redis),
    "Files": lambda: uvloop.run(told_files(files_url(Settings()))),
}
