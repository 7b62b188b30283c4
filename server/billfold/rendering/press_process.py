"""One child process of the press, as its parent sees it: started by exec, asked one frame at a time, killed whole."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import billfold
from billfold.domain.errors import OperatorError, PassingError
from billfold.rendering.wire import LENGTHS_SIZE, BrokenWire, Frame, decode, lengths

_START_SECONDS = 60
# Nothing else of the parent's environment reaches a child: it holds passwords.
_PASSED_ON = ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")

MISSING_PANGO = (
    "WeasyPrint cannot load Pango ({reason}): install it with "
    "`apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0` (Debian, Ubuntu), "
    "`dnf install pango` (Fedora) or `brew install pango` (macOS)."
)


class ChildDied(Exception):
    """The child ended before it answered; `status` is its exit status, negative for a signal."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"The printing process ended with status {status}.")
        self.status = status


class PressProcess:
    """A running child, and how much it has `printed`. One question at a time; after a failure it must be killed."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.printed = 0

    @classmethod
    async def start(cls, template_dirs: Sequence[Path], folder: Path) -> Self:
        """Start a child that keeps its files in `folder`, and wait until it is warm.

        Raises OperatorError when it cannot run here, PassingError when it was killed or took too long.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "billfold.rendering.press_child", *map(str, template_dirs)),
            stdin=PIPE,
            stdout=PIPE,
            cwd=folder,
            env=_environment(folder),
            # Its own session: a kill takes whatever it started, and Ctrl-C in a terminal does not reach it.
            start_new_session=True,
        )
        child = cls(process)
        try:
            await child._greet()
        except BaseException:
            await child.kill()
            raise
        return child

    async def _greet(self) -> None:
        try:
            async with asyncio.timeout(_START_SECONDS):
                hello = await self._read()
        except (TimeoutError, BrokenWire) as error:
            raise PassingError("The printing process does not answer: the order may be repeated.") from error
        except ChildDied as death:
            if death.status is not None and death.status > 0:
                raise OperatorError("The printing process cannot start: its error output says why.") from death
            raise PassingError("The printing process was killed as it started: the order may be repeated.") from death
        if hello.header["status"] != "ready":
            raise OperatorError(MISSING_PANGO.format(reason=hello.header["reason"]))

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.returncode is None

    async def ask(self, question: Frame, seconds: float) -> Frame:
        """Give the child's answer. Raises TimeoutError after `seconds`, ChildDied when it ends first."""
        async with asyncio.timeout(seconds):
            try:
                await self._write(question)
                return await self._read()
            except (BrokenWire, BrokenPipeError, ConnectionResetError) as error:
                raise ChildDied(await self.kill()) from error

    async def kill(self) -> int | None:
        """Kill the child and all that it started; give its exit status. May be repeated."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        return await self._process.wait()

    async def _write(self, frame: Frame) -> None:
        stdin = self._process.stdin
        if stdin is None:
            raise BrokenWire
        stdin.write(frame.encode())
        await stdin.drain()

    async def _read(self) -> Frame:
        stdout = self._process.stdout
        if stdout is None:
            raise BrokenWire
        try:
            header, body = lengths(await stdout.readexactly(LENGTHS_SIZE))
            return decode(await stdout.readexactly(header), await stdout.readexactly(body))
        except asyncio.IncompleteReadError as error:
            raise ChildDied(await self.kill()) from error


def _environment(folder: Path) -> Mapping[str, str]:
    source = str(Path(billfold.__file__).parents[1])
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **passed_on,
        "PYTHONPATH": source,
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "TMPDIR": str(folder),
        "HOME": str(folder),
        "TZ": "UTC",
    }
