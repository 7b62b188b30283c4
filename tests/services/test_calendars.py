"""The days that an operator sets over the calendar of a country, one at a time and from a file."""

from datetime import date
from pathlib import Path

import pytest

from billfold.domain.access import OPERATOR, Scope, Viewer
from billfold.domain.errors import Forbidden, InvalidInput, NotFound
from billfold.services import calendars
from billfold.services.imports import FileResult, ImportFailed, import_books
from billfold.services.parts import Parts
from tests.services.asking import rows

DAYS = "SELECT country, day::text, is_working, name FROM calendar_days ORDER BY country, day"


async def set_days() -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in await rows(DAYS)]


async def test_a_day_is_set_set_again_and_cleared(parts: Parts) -> None:
    day = date(2026, 12, 31)

    first = await calendars.set_day(parts, OPERATOR, country="RU", day=day, is_working=True)
    second = await calendars.set_day(parts, OPERATOR, country="RU", day=day, is_working=False, name=" Перенос ")
    assert second == first
    assert await set_days() == [("RU", "2026-12-31", False, "Перенос")]

    await calendars.clear_day(parts, OPERATOR, country="RU", day=day)
    assert await set_days() == []
    told = await rows("SELECT operation, noun, details::text FROM audit_events ORDER BY id")
    assert [tuple(row.values()) for row in told][1:] == [
        (
            "setCalendarDay",
            "calendar_day",
            '{"day": "2026-12-31", "name": "Перенос", "country": "RU", "isWorking": false}',
        ),
        ("clearCalendarDay", "calendar_day", '{"day": "2026-12-31", "country": "RU"}'),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "ru"}, "country"),
        ({"country": "UK"}, "country"),
        ({"country": "RUS"}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"day": date(1899, 12, 31)}, "day"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
    ],
)
async def test_a_bad_day_is_refused(parts: Parts, changes: dict[str, object], field: str) -> None:
    given: dict[str, object] = {"country": "RU", "day": date(2026, 12, 31), "is_working": True, **changes}

    with pytest.raises(InvalidInput) as caught:
        await calendars.set_day(parts, OPERATOR, **given)  # type: ignore[arg-type]  # What a test case changes.

    assert caught.value.field == field
    assert await set_days() == []


async def test_a_day_that_is_not_set_cannot_be_cleared(parts: Parts) -> None:
    with pytest.raises(NotFound, match="Nothing is set for 2026-12-31 in RU: calendarDays lists what is"):
        await calendars.clear_day(parts, OPERATOR, country="RU", day=date(2026, 12, 31))


async def test_without_the_scope_no_day_is_touched(parts: Parts) -> None:
    reader = Viewer("reader", frozenset({Scope.BOOKS_READ}))
    await calendars.set_day(parts, OPERATOR, country="RU", day=date(2026, 12, 31), is_working=True)

    with pytest.raises(Forbidden):
        await calendars.set_day(parts, reader, country="RU", day=date(2026, 12, 31), is_working=False)
    with pytest.raises(Forbidden):
        await calendars.clear_day(parts, reader, country="RU", day=date(2026, 12, 31))

    assert await set_days() == [("RU", "2026-12-31", True, "")]


def write(folder: Path, *lines: str) -> None:
    text = "\n".join(["country,day,is_working,name", *lines]) + "\n"
    (folder / "calendar_days.csv").write_text(text, encoding="utf-8")


async def test_days_are_imported_and_the_same_file_again_changes_nothing(database: str, tmp_path: Path) -> None:
    write(tmp_path, "RU,2026-12-31,false,Перенос", "KZ,2026-12-31,true,")

    first = await import_books(OPERATOR, tmp_path)
    again = await import_books(OPERATOR, tmp_path)
    write(tmp_path, "RU,2026-12-31,true,Перенос")
    changed = await import_books(OPERATOR, tmp_path)

    assert first.files == (FileResult("calendar_days.csv", 2, 2, 0, 0),)
    assert again.files == (FileResult("calendar_days.csv", 2, 0, 0, 2),)
    assert changed.files == (FileResult("calendar_days.csv", 1, 0, 1, 0),)
    assert await set_days() == [("KZ", "2026-12-31", True, ""), ("RU", "2026-12-31", True, "Перенос")]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("Russia,2026-12-31,true,", "country", "'Russia' has no calendar: write two capital letters"),
        ("RU,31.12.2026,true,", "day", "write it as 2026-10-31"),
        ("RU,2026-12-31,yes,", "is_working", "neither true nor false"),
    ],
)
async def test_a_bad_row_is_told_by_line_and_column(
    database: str, tmp_path: Path, line: str, column: str, reason: str
) -> None:
    write(tmp_path, "RU,2026-01-01,false,", line)

    with pytest.raises(ImportFailed, match=reason) as caught:
        await import_books(OPERATOR, tmp_path)

    assert (caught.value.line, caught.value.column) == (3, column)
    assert await set_days() == []
