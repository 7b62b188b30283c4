"""The control of runs at the machine."""

import json

from tests.conftest import SAMPLE
from tests.journeys.commands import Shell


def test_a_run_is_listed_shown_and_controlled_by_its_id(shell: Shell) -> None:
    shell.json("import", str(SAMPLE))
    made = shell.json("run", "invoice", "--period", "2026-10", "--contract", "Я-101")

    (listed,) = shell.json("runs", "list", "--state", "DONE", "--type", "invoice")["runs"]
    shown = shell.json("runs", "show", listed["id"])
    watched = shell.run("runs", "watch", listed["id"], "--json")
    refused = shell.run("runs", "pause", listed["id"])
    unknown = shell.run("runs", "retry", "run_1")
    unreasoned = shell.run("runs", "cancel", listed["id"])

    assert (made["state"], listed["id"]) == ("DONE", f"run_{made['run']}")
    assert (listed["issued"], listed["pending"], listed["source"]) == (1, 0, "HAND")
    assert (shown["state"], shown["outcome"]["printed"]) == ("DONE", 1)
    assert (watched.returncode, json.loads(watched.stdout)["state"]) == (0, "DONE")
    assert (refused.returncode, unknown.returncode, unreasoned.returncode) == (1, 1, 2)
    assert "The run is DONE and cannot be paused: it may be retried." in refused.stderr
    assert "'run_1' is not the id of a run" in unknown.stderr
