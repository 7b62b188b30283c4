"""Asking a plugin that hangs or leaves: it is told by its name, and after three hangs it rests for a minute."""

import asyncio
import itertools
import os
import time
from collections.abc import Callable
from types import FunctionType

import pytest
import uvloop

from billfold.domain.errors import PluginFailed
from billfold.plugin_host import load_plugins
from billfold.plugin_host.asking import Asker
from billfold.plugin_host.deadlines import Aside
from tests.plugin_host.plugin_texts import ACT, WritePlugin, act, facts


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def hang() -> None:
    while True:
        time.sleep(0.01)


def told(call: Callable[[], object]) -> str:
    with pytest.raises(PluginFailed) as caught:
        call()
    return caught.value.message


def test_a_hook_that_hangs_fails_by_its_plugins_name(write: WritePlugin) -> None:
    host = load_plugins(
        [write("acts", act(document_template="@hookimpl\ndef document_template():\n    while True: pass\n"))],
        hook_seconds=0.1,
    )

    message = told(lambda: host.template(ACT))

    assert message == (
        "Plugin acts: document_template did not answer within 0.1 s: take out what waits, or what loops for long."
    )


def test_a_hook_that_hangs_does_not_hold_the_event_loop() -> None:
    async def asking() -> str:
        message = told(lambda: Asker("acts", seconds=0.05).ask("document_template", hang))
        await asyncio.sleep(0)
        return message

    assert uvloop.run(asking()).startswith("Plugin acts: document_template did not answer within 0.05 s")


def test_a_details_model_that_hangs_fails_by_its_plugins_name(write: WritePlugin) -> None:
    code = (
        "from pydantic import BaseModel, field_validator\n\nclass Details(BaseModel):\n    basis: str\n\n"
        "    @field_validator('basis')\n    def check(cls, value):\n        while True: pass\n\n"
    ) + act(
        more=", details=Details",
        document_content="@hookimpl\ndef document_content():\n    return Content(lines=(), details={'basis': 'x'})",
    )
    host = load_plugins([write("acts", code)], hook_seconds=0.1)

    assert told(lambda: host.content(facts())).startswith("Plugin acts: document_content did not answer within 0.1 s")


def test_after_three_hangs_a_plugin_rests_for_a_minute() -> None:
    clock = Watch()
    asker = Asker("acts", seconds=0.02, clock=clock)
    for _ in range(3):
        told(lambda: asker.ask("document_template", hang))

    clock.seconds = 59.0
    resting = told(lambda: asker.ask("document_template", lambda: "act.html"))
    clock.seconds = 60.0
    answer = asker.ask("document_template", lambda: "act.html")

    assert resting == (
        "Plugin acts is not asked for a minute: its hooks hung 3 times in a row. Mend them, or take the plugin away, "
        "and start anew."
    )
    assert answer == "act.html"


def test_an_answer_between_ends_the_row() -> None:
    asker = Asker("acts", seconds=0.02, clock=Watch())
    for _ in range(2):
        told(lambda: asker.ask("document_template", hang))
    asker.ask("document_template", lambda: "act.html")
    told(lambda: asker.ask("document_template", hang))

    assert asker.ask("document_template", lambda: "act.html") == "act.html"


def test_one_more_hang_after_the_rest_is_enough_for_another() -> None:
    clock = Watch()
    asker = Asker("acts", seconds=0.02, clock=clock)
    for _ in range(3):
        told(lambda: asker.ask("document_template", hang))
    clock.seconds = 61.0

    told(lambda: asker.ask("document_template", hang))

    assert "hung 4 times in a row" in told(lambda: asker.ask("document_template", lambda: "act.html"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise SystemExit(3)", "raised SystemExit: 3: a hook must not leave the process; give Nothing, or raise an"),
        ("import sys; sys.exit()", "raised SystemExit: a hook must not leave the process; give Nothing, or raise an"),
        ("return document_template()", "raised RecursionError: maximum recursion depth exceeded"),
        ("raise MemoryError", "raised MemoryError: make less at once"),
        ("raise BaseException('out')", "raised BaseException: out"),
        ("raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})", "raised Mute: it cannot say why"),
    ],
)
def test_whatever_a_hook_raises_is_told(write: WritePlugin, body: str, reason: str) -> None:
    code = act(document_template=f"@hookimpl\ndef document_template():\n    {body}\n")
    host = load_plugins([write("acts", code)])

    assert told(lambda: host.template(ACT)).startswith(f"Plugin acts: document_template {reason}")


def test_an_error_that_hangs_where_it_is_told_is_broken_off() -> None:
    class Endless(Exception):
        def __str__(self) -> str:
            while True:
                pass

    def fail() -> None:
        raise Endless

    message = told(lambda: Asker("acts").ask("document_template", fail))

    assert message == "Plugin acts: document_template raised Endless: it cannot say why"


def test_what_is_made_without_an_end_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billfold.plugin_host.asking.MOST_ITEMS", 3)
    taken = Asker("acts").take("document_attachments", itertools.count())

    message = told(lambda: list(taken))

    assert message == ("Plugin acts: document_attachments gave more than 3 rows or files: mend what has no end.")


def test_leaving_past_every_handler_fails_one_document(write: WritePlugin) -> None:
    code = act(document_template="@hookimpl\ndef document_template():\n    import os\n    os._exit(3)\n")
    host, leave = load_plugins([write("acts", code)]), os._exit

    message = told(lambda: host.template(ACT))

    assert message.startswith("Plugin acts: document_template raised SystemExit: 3: a hook must not leave the process")
    assert os._exit is leave


def test_what_a_plugin_prints_stays_out_of_the_results(write: WritePlugin, capsys: pytest.CaptureFixture[str]) -> None:
    code = act(document_template="@hookimpl\ndef document_template():\n    print('made')\n    return 'act.html'\n")

    load_plugins([write("acts", f"print('imported')\n{code}")]).template(ACT)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "imported\nmade\n"


def test_an_interrupt_is_nobodys_fault() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Asker("acts").ask("document_template", interrupted)


def test_the_end_of_the_process_is_nobodys_fault() -> None:
    def leave() -> None:
        raise SystemExit(143)

    of_the_house = FunctionType(leave.__code__, {"__name__": "billfold.cli.application", "SystemExit": SystemExit})

    with pytest.raises(SystemExit):
        Asker("acts").ask("document_template", of_the_house)


def test_a_failure_of_the_host_is_not_the_plugins() -> None:
    aside = Aside()

    def broken() -> object:
        raise ConnectionError("the database is away")
        yield

    with pytest.raises(ConnectionError):
        Asker("acts").ask("document_attachments", lambda: list(aside.items(broken())), aside)  # type: ignore[call-overload]


def test_what_is_made_while_it_is_taken_is_under_the_deadline_too() -> None:
    def items() -> object:
        yield 1
        hang()

    taken = Asker("acts", seconds=0.05).take("export_documents", items())  # type: ignore[arg-type]

    assert next(taken) == 1
    assert told(lambda: next(taken)).startswith("Plugin acts: export_documents did not answer within 0.05 s")
