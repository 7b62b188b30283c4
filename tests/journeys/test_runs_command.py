"""The control of runs at the machine."""

import json

from tests.journeys.commands import Shell


def test_a_run_is_listed_shown_and_controlled_by_its_id(filled_shell: Shell) -> None:
    shell = filled_shell
    made = shell.json("run", "invoice", "--period", "2026-10", "--contract", "Я-101")

    (listed,) = shell.json("runs", "list", "--state", "DONE", "--type", "invoice")["runs"]
    shown = shell.json("runs", "show", listed["id"])
    watched = shell.run("runs", "watch", listed["id"], "--json")
    refused = shell.run("runs", "pause", listed["id"])
    unknown = shell.run("runs", "retry", "run_1")
    for_amount = shell.json(
        "run", "invoice", "--amount", "500.00", "--description", "Аванс", "--service", "static-ip",
        "--brand", "yantar", "--currency", "RUB", "--contract", "Я-101", "--contract", "В-7",
    )  # fmt: skip
    unreasoned = shell.run("runs", "cancel", listed["id"])

    assert (made["state"], listed["id"]) == ("DONE", f"run_{made['run']}")
    assert (listed["issued"], listed["pending"], listed["source"]) == (1, 0, "HAND")
    assert (shown["state"], shown["outcome"]["printed"]) == ("DONE", 1)
    assert (watched.returncode, json.loads(watched.stdout)["state"]) == (0, "DONE")
    assert [(one["contract"], one["gross"]) for one in for_amount["contracts"]] == [("Я-101", "500.00")]
    assert (refused.returncode, unknown.returncode, unreasoned.returncode) == (1, 1, 2)
    assert "The run is DONE and cannot be paused: it may be retried." in refused.stderr
    assert "'run_1' is not the id of a run" in unknown.stderr
