"""Closing books at the machine."""

from tests.journeys.commands import Shell


def test_books_are_closed_once_and_stay_closed(filled_shell: Shell) -> None:
    shell = filled_shell
    closed = shell.json("close", "--enterprise", "yantar-net", "--from", "2026-09-01", "--until", "2026-10-01")
    again = shell.json("close", "--enterprise", "yantar-net", "--until", "2026-10-01")
    earlier = shell.run("close", "--enterprise", "yantar-net", "--until", "2026-09-01")
    unknown = shell.run("close", "--enterprise", "nobody", "--until", "2026-10-01")

    assert (closed["enterprise"], closed["closed_until"]) == ("yantar-net", "2026-10-01")
    assert closed["contracts"] > 0
    assert {one["currency"] for one in closed["charged"]} <= {"RUB", "EUR", "USD"}
    assert (again["contracts"], again["charged"]) == (0, [])
    assert (earlier.returncode, unknown.returncode) == (1, 1)
    assert "closed until 2026-10-01 already" in earlier.stderr
    assert "no enterprise nobody" in unknown.stderr
