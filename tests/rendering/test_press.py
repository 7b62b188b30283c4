"""The press: it prints, and no template can break it."""

import asyncio
import os
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from billfold.domain.errors import OperatorError, TemplateFailed
from billfold.rendering.press import Press, check_pango
from tests.factories import make_document, make_order

Write = Callable[[str], Path]
ReadPages = Callable[[bytes], list[str]]

ENDLESS = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"
LARGE = "{{ ('x' * 3000000000) | length }}"


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


async def test_an_endless_template_does_not_keep_the_press_on_every_document(
    write_template: Write, templates: Path
) -> None:
    orders = [*[make_order(template="own.html", seconds=1)] * 4, make_order(seconds=1)]

    async with Press([write_template(ENDLESS), templates], workers=1) as press:
        failures = await press.trial(orders)

    assert [str(failure) for failure in failures] == [
        *["Template own.html failed: it takes longer than its type's limit of 1 seconds."] * 2,
        *["Template own.html failed: it took too much on the documents before this one, and was not tried again."] * 2,
        "None",
    ]


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


async def test_missing_pango_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, templates: Path
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    source = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2] / "server")])
    monkeypatch.setattr("billfold.rendering.press_process._environment", lambda folder: {"PYTHONPATH": source})

    async with Press([templates], workers=1) as press:
        with pytest.raises(OperatorError, match=r"apt install libpango-1\.0-0 .* libharfbuzz-subset0"):
            await press.print(make_order())


def test_check_pango_is_content_here() -> None:
    check_pango()


def test_check_pango_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise OSError("cannot load library libpango-1.0-0")

    monkeypatch.setattr("importlib.import_module", fail)

    with pytest.raises(OperatorError, match="brew install pango"):
        check_pango()
