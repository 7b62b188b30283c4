"""The children of the press: killed, worn, abandoned or orphaned, none of them is missed or left over."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from billfold.domain.errors import OperatorError, PassingError
from billfold.rendering.press import Press
from tests.factories import make_document, make_order

ReadPages = Callable[[bytes], list[str]]


def children() -> list[psutil.Process]:
    mine = psutil.Process().children()
    return [child for child in mine if "billfold.rendering.press_child" in child.cmdline()]


async def test_an_idle_child_that_was_killed_is_replaced(press: Press) -> None:
    await press.print(make_order())
    for child in children():
        child.kill()

    printed = await press.print(make_order())

    assert printed.pages == 1


async def test_an_order_whose_child_is_killed_is_printed_by_another(press: Press, read_pages: ReadPages) -> None:
    await press.print(make_order())
    printing = asyncio.create_task(press.print(make_order(make_document(lines=400))))
    await asyncio.sleep(0.3)
    for child in children():
        os.killpg(child.pid, signal.SIGKILL)

    printed = await printing

    assert "Всего наименований 400" in read_pages(printed.pdf)[-1]


async def test_a_caller_who_gives_up_does_not_disturb_the_next(press: Press, read_pages: ReadPages) -> None:
    await press.print(make_order())
    abandoned = asyncio.create_task(press.print(make_order(make_document(lines=50, number="1"))))
    await asyncio.sleep(0.05)
    abandoned.cancel()

    printed = await press.print(make_order(make_document(number="2")))

    assert "№ 2 от" in read_pages(printed.pdf)[0]
    assert abandoned.cancelled()


async def test_a_worn_child_is_replaced(templates: Path) -> None:
    async with Press([templates], workers=1, recycle_after=2) as press:
        seen = []
        for _ in range(4):
            await press.print(make_order())
            seen.append(tuple(child.pid for child in children()))

    assert len(seen[0]) >= 1
    assert seen[0] != seen[2]


async def test_children_know_no_secret_of_the_parent(monkeypatch: pytest.MonkeyPatch, templates: Path) -> None:
    monkeypatch.setenv("BILLFOLD_DATABASE_URL", "asyncpg://billfold:secret@db/billfold")

    async with Press([templates], workers=1) as press:
        before = {child.pid for child in children()}
        await press.print(make_order())
        (child,) = [child for child in children() if child.pid not in before]
        environment = child.environ()

    assert "BILLFOLD_DATABASE_URL" not in environment
    assert "secret" not in " ".join(environment.values())


async def test_children_end_with_the_press(templates: Path) -> None:
    async with Press([templates], workers=1) as press:
        before = {child.pid for child in children()}
        await press.print(make_order())
        (child,) = [child for child in children() if child.pid not in before]

    assert not child.is_running()


async def test_a_closed_press_says_so(templates: Path) -> None:
    press = Press([templates], workers=1)
    await press.start()
    await press.close()

    with pytest.raises(PassingError):
        await press.print(make_order())


async def test_closing_fails_what_is_being_printed(templates: Path) -> None:
    press = Press([templates], workers=1)
    await press.start()
    await press.print(make_order())
    printing = asyncio.create_task(press.print(make_order(make_document(lines=400))))
    await asyncio.sleep(0.2)

    await press.close()

    with pytest.raises(PassingError):
        await printing


ORPHAN = """
import asyncio, psutil
from pathlib import Path
from billfold.rendering.press import Press
from tests.factories import make_document, make_order

async def main():
    async with Press([Path("document_templates")], workers=1) as press:
        await press.print(make_order())
        print(psutil.Process().children()[0].pid, flush=True)
        await press.print(make_order(make_document(lines=200)))
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_children_end_when_their_parent_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", ORPHAN, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())

    parent.kill()
    await parent.wait()

    while _is_running(pid):  # noqa: ASYNC110  # Another process sets no event of ours.
        await asyncio.sleep(0.1)


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_child_that_cannot_start_is_the_operators_to_mend(
    monkeypatch: pytest.MonkeyPatch, templates: Path
) -> None:
    monkeypatch.setattr("billfold.rendering.press_process._environment", lambda folder: {"PYTHONHOME": str(folder)})

    async with Press([templates], workers=1) as press:
        with pytest.raises(OperatorError, match="cannot start"):
            await press.print(make_order())


def test_the_parent_does_not_load_weasyprint() -> None:
    source = "import sys, billfold.rendering.press, billfold.rendering.letters; print('weasyprint' in sys.modules)"

    output = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True, text=True).stdout

    assert output.strip() == "False"
