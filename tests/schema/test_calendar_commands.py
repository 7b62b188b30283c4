"""The managers' commands on the calendar over GraphQL: what they change, what is read back, and the Problems."""

from collections.abc import AsyncIterator

import pytest

from billfold.domain.access import Role, Scope
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import value

SET = """mutation($input: SetCalendarDayInput!) { setCalendarDay(input: $input) {
  ... on CalendarDay { country day isWorking name } ... on Problem { code message field } } }"""
CLEAR = """mutation($input: ClearCalendarDayInput!) { clearCalendarDay(input: $input) {
  ... on ClearedCalendarDay { country day } ... on Problem { code field } } }"""
LIST = "query($country: String!, $year: Int!) { calendarDays(country: $country, year: $year) { day isWorking name } }"


@pytest.fixture
async def own(parts: Parts) -> AsyncIterator[Faces]:
    """Callers on empty books."""
    async with open_http(parts) as http:
        yield Faces(parts, http)


async def _set(caller: Caller, country: str, day: str, **more: object) -> dict[str, object]:
    given = {"country": country, "day": day, "isWorking": False, **more}
    found: dict[str, object] = (await caller.data(SET, input=given))["setCalendarDay"]
    return found


async def test_days_are_set_listed_by_year_and_cleared(own: Faces) -> None:
    manager = await own.staff(Role.MANAGER)

    made = await _set(manager, "RU", "2026-12-31", name="Перенос с 3 января")
    await _set(manager, "RU", "2026-11-07", isWorking=True)
    await _set(manager, "RU", "2027-01-01")
    await _set(manager, "KZ", "2026-12-31")
    cleared = await manager.data(CLEAR, input={"country": "RU", "day": "2026-11-07"})
    again = await manager.data(CLEAR, input={"country": "RU", "day": "2026-11-07"})

    assert made == {"country": "RU", "day": "2026-12-31", "isWorking": False, "name": "Перенос с 3 января"}
    assert cleared["clearCalendarDay"] == {"country": "RU", "day": "2026-11-07"}
    assert again["clearCalendarDay"] == {"code": "NOT_FOUND", "field": "day"}
    assert (await manager.data(LIST, country="RU", year=2026))["calendarDays"] == [
        {"day": "2026-12-31", "isWorking": False, "name": "Перенос с 3 января"}
    ]


async def test_a_country_without_a_calendar_is_a_problem(own: Faces) -> None:
    manager = await own.staff(Role.MANAGER)

    refused = await _set(manager, "XX", "2026-12-31")

    message = "country: Country 'XX' has no calendar: write two capital letters of ISO 3166, such as RU."
    assert refused == {"code": "INVALID_INPUT", "message": message, "field": "country"}
    assert await manager.code(LIST, country="XX", year=2026) == "INVALID_INPUT"
    assert await manager.code(LIST, country="RU", year=0) == "INVALID_INPUT"


async def test_without_the_scope_no_day_is_set_nor_cleared(own: Faces) -> None:
    manager = await own.staff(Role.MANAGER)
    await _set(manager, "RU", "2026-12-31")
    reader = await own.staff(Role.MANAGER, Scope.BOOKS_READ)

    codes = [
        await reader.code(SET, input={"country": "RU", "day": "2026-12-31", "isWorking": True}),
        await reader.code(CLEAR, input={"country": "RU", "day": "2026-12-31"}),
    ]

    assert codes == ["FORBIDDEN", "FORBIDDEN"]
    assert await value("SELECT is_working FROM calendar_days") is False
