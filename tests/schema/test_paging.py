"""Pages: forward and backward, over ties, with cursors that fit one list in one order."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.schema.calling import Caller
from tests.schema.world import World

PAGE = """
query($first: Int, $after: String, $last: Int, $before: String, $order: DocumentOrder) {
  documents(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } }
  }
}
"""


async def _page(caller: Caller, **arguments: Any) -> tuple[list[str], dict[str, Any]]:
    found = (await caller.data(PAGE, **arguments))["documents"]
    return [edge["node"]["id"] for edge in found["edges"]], found["pageInfo"]


# All documents of the world have one issue date: the order is that of their ids alone.
@pytest.mark.parametrize("order", [None, {"field": "NUMBER", "direction": "ASC"}, {"field": "GROSS"}])
async def test_pages_forward_give_every_row_once(manager: Caller, order: dict[str, str] | None) -> None:
    everything, _ = await _page(manager, first=100, order=order)
    seen: list[str] = []
    after, more = None, True

    while more:
        ids, info = await _page(manager, first=4, after=after, order=order)
        seen += ids
        after, more = info["endCursor"], info["hasNextPage"]

    assert seen == everything
    assert len(set(seen)) == 18


async def test_pages_backward_are_the_same_rows_in_the_same_order(manager: Caller) -> None:
    everything, _ = await _page(manager, first=100)
    seen: list[str] = []
    before, more = None, True

    while more:
        ids, info = await _page(manager, last=5, before=before)
        seen = ids + seen
        before, more = info["startCursor"], info["hasPreviousPage"]

    assert seen == everything


async def test_a_page_knows_its_neighbours(manager: Caller) -> None:
    _, first = await _page(manager, first=10)
    ids, second = await _page(manager, first=10, after=first["endCursor"])

    assert (first["hasPreviousPage"], first["hasNextPage"]) == (False, True)
    assert (second["hasPreviousPage"], second["hasNextPage"], len(ids)) == (True, False, 8)


async def test_a_page_may_lie_between_two_cursors(manager: Caller) -> None:
    found = (await manager.data(PAGE, first=100))["documents"]["edges"]

    ids, _ = await _page(manager, first=100, after=found[2]["cursor"], before=found[6]["cursor"])

    assert ids == [edge["node"]["id"] for edge in found[3:6]]


async def test_an_empty_page_has_no_cursors(manager: Caller) -> None:
    found = await manager.data(
        '{ documents(filter: {number: "no"}) { totalCount pageInfo { endCursor hasNextPage } nodes { id } } }'
    )

    assert found["documents"] == {"totalCount": 0, "pageInfo": {"endCursor": None, "hasNextPage": False}, "nodes": []}


async def test_twenty_rows_come_by_default(manager: Caller) -> None:
    found = await manager.data("{ documents { nodes { id } } usage { nodes { id } } }")

    assert len(found["documents"]["nodes"]) == 18
    assert len(found["usage"]["nodes"]) == 3


async def test_usage_is_paged_by_its_counted_ids(manager: Caller) -> None:
    query = "query($after: String) { usage(first: 2, after: $after) { pageInfo { endCursor } nodes { externalId } } }"
    first = (await manager.data(query))["usage"]

    second = (await manager.data(query, after=first["pageInfo"]["endCursor"]))["usage"]

    assert [row["externalId"] for row in first["nodes"] + second["nodes"]] == ["call-0", "call-1", "call-2"]


def _cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 0},
        {"first": -1},
        {"first": 101},
        {"last": 101},
        {"first": 1, "last": 1},
        {"after": ""},
        {"after": "nonsense"},
        {"after": "\u2603"},
        {"after": _cursor('["ISSUE_DATE", "2026-02-30", "0192f0c4-0000-7000-8000-000000000000"]')},
        {"after": _cursor('["ISSUE_DATE", "2026-02-01", "1"]')},
        {"after": _cursor('["NUMBER", "1", "0192f0c4-0000-7000-8000-000000000000"]')},
        {"after": _cursor('["ISSUE_DATE", ["2026-02-01"], "0192f0c4-0000-7000-8000-000000000000"]')},
        {"before": _cursor("{}")},
        {"before": _cursor("[1, 2]")},
        {
            "after": _cursor('["GROSS", "1E+1000000", "0192f0c4-0000-7000-8000-000000000000"]'),
            "order": {"field": "GROSS"},
        },
    ],
)
async def test_paging_that_cannot_be_is_refused(manager: Caller, arguments: dict[str, Any]) -> None:
    assert await manager.code(PAGE, **arguments) == "INVALID_INPUT"


async def test_pages_below_a_row_are_that_rows_own(world: World, manager: Caller) -> None:
    found = await manager.data(
        "{ clients { nodes { code newest: documents(first: 2) { totalCount nodes { id client { code } } }"
        " paid: documents(filter: {paymentStatus: [PAID]}) { nodes { id } } contracts { number"
        " documents(first: 1) { totalCount nodes { contract { number } } } } } } }"
    )

    clients = {row["code"]: row for row in found["clients"]["nodes"]}
    assert {code: row["newest"]["totalCount"] for code, row in clients.items()} == {"alfa": 15, "beta": 2, "gamma": 1}
    assert [row["client"]["code"] for row in clients["beta"]["newest"]["nodes"]] == ["beta", "beta"]
    assert clients["alfa"]["paid"]["nodes"] == [{"id": world.gid("document", "paid")}]
    numbers = {each["number"]: each["documents"] for each in clients["alfa"]["contracts"]}
    assert {number: page["totalCount"] for number, page in numbers.items()} == {"A-1": 12, "A-2": 1, "A-3": 2}
    assert all(page["nodes"][0]["contract"]["number"] == number for number, page in numbers.items())


async def test_a_page_below_a_row_goes_on_from_its_cursor(manager: Caller) -> None:
    query = """query($after: String, $last: Int, $before: String, $first: Int) { client(code: "alfa") {
      documents(first: $first, after: $after, last: $last, before: $before) {
        pageInfo { endCursor startCursor hasNextPage hasPreviousPage } edges { node { id } } } } }"""
    everything = (await manager.data(query, first=100))["client"]["documents"]["edges"]
    first = (await manager.data(query, first=7))["client"]["documents"]

    rest = (await manager.data(query, first=100, after=first["pageInfo"]["endCursor"]))["client"]["documents"]
    last = (await manager.data(query, last=3))["client"]["documents"]

    assert first["edges"] + rest["edges"] == everything
    assert last["edges"] == everything[-3:]
    assert (last["pageInfo"]["hasPreviousPage"], last["pageInfo"]["hasNextPage"]) == (True, False)
