"""Numbers on the managers' face: what comes next by the present rule or another, and the register, by its filters."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import Role, Scope
from billfold.services.parts import Parts
from tests.factories_rows import add_contract, add_document, add_enterprise, add_row, add_series
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import rows, value

PREVIEW = "query($input: NumberPreviewInput!) { numberPreview(input: $input) }"
EVENTS = """query($filter: NumberEventFilter) { numberEvents(filter: $filter) { totalCount nodes {
  type { key } enterprise { code } kind number counter count reason actor datedOn happenedAt
  document { id number } } } }"""
NUMBERS = "query($filter: NumberEventFilter) { numberEvents(filter: $filter) { totalCount nodes { number } } }"


@pytest.fixture
async def own(parts: Parts) -> AsyncIterator[Faces]:
    """Callers on books of their own."""
    async with open_http(parts) as http:
        yield Faces(parts, http)


@pytest.fixture
async def ids(own: Faces) -> dict[str, UUID]:
    """Two enterprises, each with a contract; the first has a void invoice 1 and three more events."""
    found: dict[str, UUID] = {}
    async with writing() as connection:
        for name in ("west", "east"):
            found[name] = await add_enterprise(connection, code=name)
            found[f"contract {name}"] = await add_contract(connection, f"Д-{name}", enterprise_id=found[name])
        found["series"] = await add_series(connection, enterprise_id=found["west"], next_counter=4)
        found["document"] = await add_document(
            connection, "1", contract_id=found["contract west"], series_id=found["series"]
        )
        west = {"enterprise_id": found["west"], "actor": "anna", "reason": "бланк"}
        of_series = {"series_id": found["series"], "type": "invoice"}
        days = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (1, 2, 3, 4)]
        for given in (
            {"number": "1", "kind": "void", "counter": 1, **of_series, "happened_at": days[0]},
            {"number": "2", "kind": "skipped", "counter": 2, "count": 2, **of_series, "happened_at": days[1]},
            {"number": "СТ-9", "kind": "imported", "type": "act", "dated_on": date(2025, 3, 1), "happened_at": days[2]},
            {"number": "5", "kind": "reserved", "type": "invoice", "happened_at": days[3]},
        ):
            await add_row(connection, "number_events", west | given)
        await add_row(
            connection,
            "number_events",
            {**west, "enterprise_id": found["east"], "type": "invoice", "number": "1", "kind": "imported"},
        )
    return found


async def preview(caller: Caller, ids: dict[str, UUID], **given: Any) -> list[str]:
    asked = {"enterprise": f"enterprise_{ids['west']}", "type": "invoice", **given}
    return list((await caller.data(PREVIEW, input=asked))["numberPreview"])


async def test_the_next_numbers_pass_over_those_that_are_taken(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)
    before = await rows("SELECT * FROM number_series")

    found = await preview(manager, ids)

    assert found == ["4", "6", "7", "8", "9"]
    assert await rows("SELECT * FROM number_series") == before
    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_a_rule_that_is_thought_of_is_shown_with_the_first_number_after_its_reset(
    own: Faces, ids: dict[str, UUID]
) -> None:
    manager = await own.staff(Role.MANAGER)
    numbering = {"mask": "{PREFIX}{YYYY}-{MM}/{N:03}", "prefix": "СЧ-", "reset": "MONTH", "start": 10}

    found = await preview(manager, ids, numbering=numbering, on="2026-12-31")

    assert found == [*(f"СЧ-2026-12/{counter:03}" for counter in range(10, 15)), "СЧ-2027-01/010"]
    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_a_counter_that_would_begin_anew_is_shown_from_its_start(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)

    found = await preview(manager, ids, numbering={"mask": "Н-{N}", "restart": True})

    assert found == ["Н-1", "Н-2", "Н-3", "Н-4", "Н-5"]


async def test_a_contracts_number_stands_in_the_mask(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)
    numbering = {"mask": "{CONTRACT}/{N}", "scope": "CONTRACT"}
    contract = f"contract_{ids['contract west']}"

    found = await preview(manager, ids, numbering=numbering, contract=contract)
    drawn_up = await preview(manager, ids, type="contract", contract=contract)

    assert found[:2] == ["Д-west/1", "Д-west/2"]
    assert drawn_up[:2] == ["Д-west", "Д-west (2)"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"numbering": {"mask": "{N}", "reset": "YEAR"}}, "NUMBERING_CONFLICT"),
        ({"numbering": {"mask": "{N}", "scope": "CONTRACT"}}, "NUMBERING_CONFLICT"),
        ({"numbering": {"mask": ""}}, "INVALID_INPUT"),
        ({"numbering": {"start": 0}}, "INVALID_INPUT"),
        ({"type": "memo"}, "UNKNOWN_DOCUMENT_TYPE"),
        ({"on": "0001-01-01"}, "INVALID_INPUT"),
        ({"enterprise": "enterprise_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND"),
        ({"contract": "contract_0192f0c4-0000-7000-8000-000000000000"}, "NOT_FOUND"),
    ],
)
async def test_what_cannot_be_previewed_is_an_error(
    own: Faces, ids: dict[str, UUID], given: dict[str, Any], code: str
) -> None:
    manager = await own.staff(Role.MANAGER)
    asked = {"enterprise": f"enterprise_{ids['west']}", "type": "invoice", **given}

    assert await manager.code(PREVIEW, input=asked) == code


async def test_a_contract_of_another_enterprise_is_not_found(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)
    asked = {
        "enterprise": f"enterprise_{ids['west']}",
        "type": "invoice",
        "contract": f"contract_{ids['contract east']}",
    }

    assert await manager.code(PREVIEW, input=asked) == "NOT_FOUND"


async def test_the_register_tells_of_a_number_with_its_document(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)

    found = (await manager.data(EVENTS, filter={"kind": ["VOID", "IMPORTED"], "type": ["invoice", "act"]}))[
        "numberEvents"
    ]

    assert found["totalCount"] == 3
    assert [node for node in found["nodes"] if node["kind"] == "VOID"] == [
        {
            "type": {"key": "invoice"},
            "enterprise": {"code": "west"},
            "kind": "VOID",
            "number": "1",
            "counter": 1,
            "count": 1,
            "reason": "бланк",
            "actor": "anna",
            "datedOn": None,
            "happenedAt": "2026-11-01T09:00:00.000000Z",
            "document": {"id": f"document_{ids['document']}", "number": "1"},
        }
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["5", "СТ-9", "2", "1"]),
        ({"kind": ["SKIPPED"]}, ["2"]),
        ({"type": ["act"]}, ["СТ-9"]),
        ({"number": "ст-9"}, ["СТ-9"]),
        ({"happenedOn": {"from": "2026-11-02", "until": "2026-11-04"}}, ["СТ-9", "2"]),
    ],
)
async def test_the_register_of_an_enterprise_is_filtered_the_newest_first(
    own: Faces, ids: dict[str, UUID], given: dict[str, Any], expected: list[str]
) -> None:
    manager = await own.staff(Role.MANAGER)

    found = await manager.data(NUMBERS, filter={"enterprise": [f"enterprise_{ids['west']}"], **given})

    assert [node["number"] for node in found["numberEvents"]["nodes"]] == expected
    assert found["numberEvents"]["totalCount"] == len(expected)


async def test_without_the_scope_nothing_is_told(own: Faces, ids: dict[str, UUID]) -> None:
    caller = await own.staff(Role.MANAGER, Scope.BOOKS_READ, Scope.BOOKS_WRITE)

    assert await caller.code(NUMBERS, filter={}) == "FORBIDDEN"
    assert (
        await caller.code(PREVIEW, input={"enterprise": f"enterprise_{ids['west']}", "type": "invoice"}) == "FORBIDDEN"
    )


COMMANDS = """mutation(
  $reserve: ReserveNumbersInput!, $import: ImportNumbersInput!, $export: ExportNumberRegisterInput!
) {
  reserveNumbers(input: $reserve) { ... on ReservedNumbers { numbers } ... on Problem { code field } }
  importNumbers(input: $import) { ... on ImportedNumbers { imported unchanged } ... on Problem { code field } }
  exportNumberRegister(input: $export) { ... on File { name mediaType size url } ... on Problem { code field } } }"""


async def test_numbers_are_reserved_and_imported_and_the_register_is_a_file(own: Faces, ids: dict[str, UUID]) -> None:
    manager = await own.staff(Role.MANAGER)
    of = {"enterprise": f"enterprise_{ids['west']}", "type": "invoice"}
    given = [{"number": "Я-1", "datedOn": "2025-12-31"}, {"number": "5"}]

    done = await manager.data(
        COMMANDS,
        **{
            "reserve": {**of, "count": 2, "reason": "бланки", "on": "2026-10-31"},
            "import": {**of, "numbers": given, "reason": "до перехода"},
            "export": {**of, "dates": {"from": "2026-10-31", "until": "2026-11-01"}},
        },
    )
    file = done.pop("exportNumberRegister")
    answer = await own.http.get(file["url"], headers={"Authorization": f"Bearer {manager.token}"})

    assert done == {
        "reserveNumbers": {"numbers": ["4", "6"]},
        "importNumbers": {"imported": 1, "unchanged": 1},
    }
    assert (file["name"], file["mediaType"]) == ("numbers-west-2026-11-01.csv", "text/csv; charset=utf-8")
    states = [line.split(";")[4:7] for line in answer.content.decode("utf-8-sig").splitlines()[1:]]
    assert states == [
        ["4", "2026-10-31", "reserved"],
        ["5", "2026-10-31", "skipped"],
        ["6", "2026-10-31", "reserved"],
    ]
