"""The press: it prints, and no template, no kill and no caller who gives up can break it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from billfold.domain.errors import OperatorError, PassingError, TemplateFailed
from billfold.rendering.press import Press, check_pango
from tests.factories import make_document, make_order

Write = Callable[[str], Path]
ReadPages = Callable[[bytes], list[str]]

ENDLESS = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"
LARGE = "{{ ('x' * 3000000000) | length }}"


def children() -> list[psutil.Process]:
    mine = psutil.Process().children()
    return [child for child in mine if "billfold.rendering.press_child" in child.cmdline()]


async def test_an_order_is_printed(press: Press, read_pages: ReadPages) -> None:
    printed = await press.print(make_order(make_document(lines=3)))

    assert printed.pdf.startswith(b"%PDF-1.7")
    assert printed.pages == 1
    assert printed.sha256 == sha256(printed.pdf).hexdigest()
    assert "Счёт на оплату № 42 от 1 ноября 2026 г." in read_pages(printed.pdf)[0]


async def test_html_is_a_filled_page(press: Press) -> None:
    page = await press.html(make_order(make_document(number="77")))

    assert page.startswith("<!doctype html>")
    assert "Счёт на оплату № 77" in page


async def test_the_same_order_gives_the_same_bytes_in_every_child(templates: Path) -> None:
    order = make_order(make_document(lines=40))

    async with Press([templates], workers=1, recycle_after=1) as press:
        prints = [await press.print(order) for _ in range(3)]

    assert len({printed.pdf for printed in prints}) == 1


async def test_workers_print_side_by_side(templates: Path) -> None:
    async with Press([templates], workers=2) as press:
        prints = await asyncio.gather(*(press.print(make_order(make_document(lines=n))) for n in range(1, 7)))

        assert [printed.pages for printed in prints] == [1] * 6
        assert len(press._slots) == 2


async def test_a_trial_tells_which_templates_fail(write_template: Write, templates: Path) -> None:
    directories = [write_template("{{ document.nummer }}"), templates]
    orders = [make_order(), make_order(template="own.html"), make_order()]

    async with Press(directories, workers=1) as press:
        failures = await press.trial(orders)

    assert failures[0] is None
    assert failures[2] is None
    assert isinstance(failures[1], TemplateFailed)
    assert "no attribute 'nummer'" in failures[1].message


async def test_a_trial_of_nothing_finds_nothing(press: Press) -> None:
    assert await press.trial([]) == []


async def test_an_endless_template_fails_alone_in_a_trial(write_template: Write, templates: Path) -> None:
    orders = [make_order(seconds=1), make_order(template="own.html", seconds=1), make_order(seconds=1)]

    async with Press([write_template(ENDLESS), templates], workers=1) as press:
        failures = await press.trial(orders)

    assert [failure is None for failure in failures] == [True, False, True]


async def test_a_template_beyond_its_seconds_is_killed(write_template: Write, templates: Path) -> None:
    async with Press([write_template(ENDLESS), templates], workers=1) as press:
        with pytest.raises(TemplateFailed) as failure:
            await press.print(make_order(template="own.html", seconds=1))
        printed = await press.print(make_order())

    assert failure.value.message == "Template own.html failed: it takes longer than its type's limit of 1 seconds."
    assert printed.pages == 1


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux bounds the address space in a useful way.")
async def test_a_template_beyond_its_megabytes_fails(write_template: Write, templates: Path) -> None:
    async with Press([write_template(LARGE), templates], workers=1) as press:
        with pytest.raises(TemplateFailed) as failure:
            await press.print(make_order(template="own.html", megabytes=300))
        printed = await press.print(make_order())

    assert "its type's limit of 300 megabytes" in failure.value.message
    assert printed.pages == 1


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        ({"pages": 1}, "4 pages are above its type's limit of 1 pages"),
        ({"lines": 99}, "100 lines are above its type's limit of 99 lines"),
    ],
)
async def test_a_document_beyond_its_budget_fails(press: Press, budget: dict[str, int], reason: str) -> None:
    with pytest.raises(TemplateFailed) as failure:
        await press.print(make_order(make_document(lines=100), **budget))

    assert failure.value.message == f"Template invoice/invoice.html failed: {reason}."


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


async def test_missing_pango_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, templates: Path
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    source = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2] / "server")])
    monkeypatch.setattr("billfold.rendering.press_process._environment", lambda folder: {"PYTHONPATH": source})

    async with Press([templates], workers=1) as press:
        with pytest.raises(OperatorError, match=r"apt install libpango-1[.]0-0 libpangoft2-1[.]0-0 libharfbuzz-subset0"):
            await press.print(make_order())


def test_check_pango_is_content_here() -> None:
    check_pango()


def test_check_pango_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise OSError("cannot load library libpango-1.0-0")

    monkeypatch.setattr("importlib.import_module", fail)

    with pytest.raises(OperatorError, match="brew install pango"):
        check_pango()
