"""The expected documents on the managers' face: their fields, filters and orders."""

import pytest

from billfold.domain.access import Role, Scope
from tests.schema.calling import Caller, Faces
from tests.schema.world import World


async def test_an_occurrence_tells_what_became_of_it(world: World, manager: Caller) -> None:
    asked = """{ occurrences(filter: {state: [ISSUED, PENDING]}, orderBy: {field: CHANGED_AT}, first: 5) { nodes {
      id type { key } contract { number client { code } } period { from until } state reason dueAt issueDate
      document { id } run { id } } } }"""

    found = {one.pop("id"): one for one in (await manager.data(asked))["occurrences"]["nodes"]}

    assert found == {
        world.gid("occurrence", "occurrence A-1"): {
            "type": {"key": "invoice"},
            "contract": {"number": "A-1", "client": {"code": "alfa"}},
            "period": {"from": "2026-10-01", "until": "2026-11-01"},
            "state": "ISSUED",
            "reason": "",
            "dueAt": None,
            "issueDate": None,
            "document": {"id": world.gid("document", "by run")},
            "run": {"id": world.gid("run", "run")},
        },
        world.gid("occurrence", "scheduled"): {
            "type": {"key": "act"},
            "contract": {"number": "A-1", "client": {"code": "beta"}},
            "period": {"from": "2026-11-01", "until": "2026-12-01"},
            "state": "PENDING",
            "reason": "",
            "dueAt": "2026-11-21T21:30:00.000000Z",
            "issueDate": "2026-11-22",
            "document": None,
            "run": None,
        },
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ["occurrence A-1", "occurrence A-2", "occurrence B-1", "scheduled"]),
        ('run: ["$run"]', ["occurrence A-1", "occurrence A-2", "occurrence B-1"]),
        ('type: ["act"]', ["scheduled"]),
        ('enterprise: ["$east"]', ["scheduled"]),
        ('client: ["$beta"]', ["occurrence B-1", "scheduled"]),
        ('client: ["$beta"], enterprise: ["$west"]', ["occurrence B-1"]),
        ('contract: ["$contract"]', ["occurrence A-1"]),
        ("state: [SKIPPED, FAILED]", ["occurrence A-2", "occurrence B-1"]),
        ('period: {from: "2026-10-31", until: "2026-11-01"}', ["occurrence A-1", "occurrence A-2", "occurrence B-1"]),
        ('dueAt: {from: "2026-11-21", until: "2026-11-22"}', ["scheduled"]),
        ('dueAt: {until: "2026-11-21"}', []),
        # In Vladivostok it is the 22nd already.
        ('dueOn: {from: "2026-11-22", until: "2026-11-23"}', ["scheduled"]),
        ('dueOn: {until: "2026-11-22"}', []),
        ('dueOn: {from: "0001-01-01", until: "9999-12-31"}', ["scheduled"]),
        ('issueDate: {from: "2026-11-22"}', ["scheduled"]),
        ('client: ["$contract", "nonsense"]', []),
        ("client: []", []),
    ],
)
async def test_occurrences_are_filtered(world: World, manager: Caller, given: str, expected: list[str]) -> None:
    marks = {
        "$run": world.gid("run", "run"),
        "$east": world.gid("enterprise", "east"),
        "$west": world.gid("enterprise", "west"),
        "$beta": world.gid("client", "beta"),
        "$contract": world.gid("contract", "A-1"),
    }
    for mark, id_ in marks.items():
        given = given.replace(mark, id_)

    found = (await manager.data(f"{{ occurrences(filter: {{{given}}}) {{ totalCount nodes {{ id }} }} }}"))[
        "occurrences"
    ]

    known = {world.gid("occurrence", name): name for name in world.ids}
    assert sorted(known[row["id"]] for row in found["nodes"]) == expected
    assert found["totalCount"] == len(expected)


async def test_by_when_they_are_due_only_those_of_schedules_come(world: World, manager: Caller) -> None:
    asked = (
        "{ occurrences(orderBy: {field: DUE_AT, direction: ASC}) { totalCount nodes { id } pageInfo { endCursor } } }"
    )

    found = (await manager.data(asked))["occurrences"]

    assert (found["totalCount"], found["nodes"]) == (1, [{"id": world.gid("occurrence", "scheduled")}])
    after = asked.replace("ASC}", f'ASC}}, after: "{found["pageInfo"]["endCursor"]}"')
    assert (await manager.data(after))["occurrences"]["nodes"] == []


async def test_a_run_tells_what_became_of_each_contract(world: World, manager: Caller) -> None:
    asked = """query($id: ID!) { node(id: $id) { ... on Run {
      failed: occurrences(filter: {state: [FAILED]}) { totalCount nodes { reason contract { number } document { id } } }
      all: occurrences { totalCount } } } }"""

    run = (await manager.data(asked, id=world.gid("run", "run")))["node"]

    assert run["all"] == {"totalCount": 3}
    assert run["failed"] == {
        "totalCount": 1,
        "nodes": [{"reason": "Plugin invoice failed", "contract": {"number": "B-1"}, "document": None}],
    }


async def test_an_occurrence_is_found_by_its_id_within_the_scope(world: World, faces: Faces, manager: Caller) -> None:
    asked = f'{{ node(id: "{world.gid("occurrence", "scheduled")}") {{ ... on Occurrence {{ state }} }} }}'
    books = await faces.staff(Role.MANAGER, Scope.BOOKS_READ)

    assert (await manager.data(asked))["node"] == {"state": "PENDING"}
    assert await books.code(asked) == "FORBIDDEN"
