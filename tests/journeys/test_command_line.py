"""An operator at the machine: books in, a month out, again and again, on the embedded default."""

import pytest

from tests.conftest import SAMPLE, with_database
from tests.journeys.commands import Shell


def test_books_in_and_a_month_out_and_nothing_twice(shell: Shell) -> None:
    imported = shell.json("import", str(SAMPLE))
    again = shell.json("import", str(SAMPLE))
    plan = shell.json("run", "invoice", "--period", "2026-10", "--plan")
    made = shell.json("run", "invoice", "--period", "2026-10")
    remade = shell.json("run", "invoice", "--period", "2026-10")

    assert sum(file["added"] for file in imported["files"]) == 365
    assert sum(file["added"] + file["changed"] for file in again["files"]) == 0
    assert (made["documents"], made["totals"]) == (plan["documents"], plan["totals"])
    assert (made["documents"], made["printed"], made["failed"]) == (13, 13, [])
    assert (remade["documents"], remade["already_issued"]) == (0, 13)
    assert len(list((shell.data_dir / "mail").glob("*.eml"))) == 12
    assert all(one["gross"] for one in made["contracts"] if one["number"])


def test_a_token_is_printed_once_and_alone(filled_shell: Shell) -> None:
    done = filled_shell.run("token", "create", "--client", "zorin")

    assert done.returncode == 0
    assert done.stdout.startswith("bf_")
    assert done.stdout.count("\n") == 1


def test_doctor_finds_everything_well(new_shell: Shell) -> None:
    found = new_shell.json("doctor")

    assert [one["what"] for one in found["findings"] if one["fault"]] == []


def test_plugins_are_listed_with_their_types(new_shell: Shell) -> None:
    listed = new_shell.json("plugin", "list")

    owned = {one["name"]: one["type"] for one in listed["plugins"]}
    assert (owned["invoice"], owned["tax_invoice"], owned["registry"]) == ("invoice", "tax-invoice", "")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("run", "invoice", "--period", "October"), 1, "Period 'October' is not a month: write it as 2026-10."),
        (("run", "invoice", "--amount", "many"), 1, "Amount 'many' is not a number: write it as 500.00."),
        (("run", "poem", "--period", "2026-10"), 1, "Document type 'poem' is unknown: installed are act, contract,"),
        (("token", "create"), 1, "Give either --client or --staff."),
        (("run",), 2, "Missing argument"),
        (("fly",), 2, "No such command 'fly'"),
    ],
)
def test_a_failure_is_one_sentence(still_shell: Shell, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    done = still_shell.run(*arguments)

    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"BILLFOLD_DATABASE_URL": "postgresql://someone:hush@127.0.0.1:1/books"},
            "PostgreSQL at 127.0.0.1:1/books cannot be reached",
        ),
        (
            {"BILLFOLD_DATABASE_URL": "postgresql://someone:hush@/books?host=/nowhere"},
            "PostgreSQL at /nowhere:5432/books cannot be reached",
        ),
    ],
)
def test_a_database_that_is_away_is_one_sentence(new_shell: Shell, variables: dict[str, str], sentence: str) -> None:
    done = new_shell.run("migrate", **variables)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stdout + done.stderr


def test_a_database_without_tables_is_one_sentence(new_shell: Shell, server_url: str) -> None:
    empty = with_database(server_url, "postgres")

    done = new_shell.run("staff", "add", "a@x.example", "--role", "viewer", BILLFOLD_DATABASE_URL=empty)

    assert done.returncode == 1
    assert "say billfold migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_tells_of_a_redis_that_is_away(still_shell: Shell) -> None:
    done = still_shell.run("doctor", BILLFOLD_REDIS_URL="redis://:hush@127.0.0.1:1/0")

    assert done.returncode == 1
    assert "Valkey or Redis at 127.0.0.1:1" in done.stdout
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stdout + done.stderr


def test_staff_are_added_and_told_as_json(shell: Shell) -> None:
    added = shell.json("staff", "add", "boss@x.example", "--role", "viewer")
    changed = shell.json("staff", "add", "boss@x.example", "--role", "manager")

    assert (added["email"], added["role"], changed["role"]) == ("boss@x.example", "viewer", "manager")
    assert added["id"] == changed["id"]


def test_migrating_is_told_as_json(new_shell: Shell) -> None:
    assert new_shell.json("migrate")["is_newest"] is True


def test_a_token_is_revoked_by_its_id_and_by_its_text(shell: Shell) -> None:
    shell.json("staff", "add", "boss@x.example", "--role", "manager")
    first = shell.json("token", "create", "--staff", "boss@x.example")
    second = shell.json("token", "create", "--staff", "boss@x.example")

    assert shell.json("token", "revoke", first["token"]) == {"id": first["id"]}
    assert shell.json("token", "revoke", f"token_{second['id']}") == {"id": second["id"]}
    assert shell.run("token", "revoke", "nonsense").returncode == 1


def test_a_wrong_setting_is_named(new_shell: Shell) -> None:
    done = new_shell.run("plugin", "list", BILLFOLD_PORT="many")

    assert done.returncode == 1
    assert "BILLFOLD_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_plugin_directory_is_named(new_shell: Shell) -> None:
    done = new_shell.run("plugin", "list", BILLFOLD_PLUGIN_DIRS="/nowhere/at/all")

    assert done.returncode == 1
    assert "Plugin directory /nowhere/at/all is not there: mend BILLFOLD_PLUGIN_DIRS." in done.stderr


def test_the_demo_prints_its_table_and_exits(new_shell: Shell) -> None:
    done = new_shell.run("demo", "--once")

    assert done.returncode == 0
    for word in ("documents", "sum, RUB", "sum, USD", "deliveries: SENT", "printed and stored", "seconds"):
        assert word in done.stdout
    assert f"PDFs are in {new_shell.data_dir / 'files'}" in done.stdout


def test_the_demo_may_be_repeated(shell: Shell) -> None:
    shell.json("demo", "--once")

    again = shell.json("demo", "--once")

    assert (again["documents"], again["already_issued"]) == (0, 13)
    assert again["manager_token"].startswith("bf_")
