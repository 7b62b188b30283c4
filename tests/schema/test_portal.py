"""The clients' face: a client sees their own visible documents, and nothing else by any way."""

from typing import Any

import pytest

from billfold.domain.access import Scope
from tests.schema.calling import Caller, Faces
from tests.schema.world import World

SEEN = ["act east", "due today", "free", "late east", "open", "paid", "partial", "void"]
HIDDEN = ["draft", "embargoed", "hidden", "ruled out", "staff only", "unpublished", "void early"]
FOREIGN = ["by run", "foreign", "foreign east"]
LIST = "query($f: PortalDocumentFilter) { documents(filter: $f, first: 100) { totalCount nodes { id } } }"


async def _seen(world: World, caller: Caller, given: dict[str, Any] | None = None) -> list[str]:
    known = {world.gid("document", name): name for name in world.ids}
    found = (await caller.data(LIST, f=given))["documents"]
    assert found["totalCount"] == len(found["nodes"])
    return sorted(known[row["id"]] for row in found["nodes"])


async def test_a_client_lists_what_is_visible_and_own(world: World, alfa: Caller) -> None:
    assert await _seen(world, alfa) == SEEN


@pytest.mark.parametrize("name", HIDDEN + FOREIGN)
async def test_what_a_client_may_not_see_is_not_found_by_id(world: World, alfa: Caller, name: str) -> None:
    query = "query($id: ID!) { document(id: $id) { number } }"

    assert await alfa.data(query, id=world.gid("document", name)) == {"document": None}


@pytest.mark.parametrize("name", SEEN)
async def test_what_a_client_may_see_is_found_by_id(world: World, alfa: Caller, name: str) -> None:
    query = "query($id: ID!) { document(id: $id) { id } }"

    assert (await alfa.data(query, id=world.gid("document", name)))["document"] is not None


@pytest.mark.parametrize(
    "given",
    [
        {"number": "СЧ-77/б"},
        {"search": "СЧ"},
        {"type": ["invoice"], "search": "77"},
        {"number": "' OR ''='"},
    ],
)
async def test_no_filter_and_no_count_tells_of_foreign_documents(
    world: World, alfa: Caller, given: dict[str, Any]
) -> None:
    assert await _seen(world, alfa, given) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"type": ["waybill"]}, ["act east"]),
        ({"paymentStatus": ["PAID", "NOT_PAYABLE"]}, ["free", "paid", "void"]),
        ({"isOverdue": True}, ["act east", "late east", "open"]),
        ({"period": {"from": "2026-10-01", "until": "2026-11-01"}}, sorted(set(SEEN) - {"free"})),
        ({"issueDate": {"until": "2026-11-01"}}, []),
    ],
)
async def test_a_client_filters_their_documents(
    world: World, alfa: Caller, given: dict[str, Any], expected: list[str]
) -> None:
    assert await _seen(world, alfa, given) == expected


async def test_a_token_narrowed_to_a_contract_sees_that_contract_only(world: World, faces: Faces) -> None:
    narrowed = await faces.client(world, "alfa", contract_ids=[world.ids["A-2"]])

    assert await _seen(world, narrowed) == ["free"]
    assert (await narrowed.data("{ me { contracts { number } } }"))["me"]["contracts"] == [{"number": "A-2"}]


async def test_a_token_narrowed_to_a_type_sees_that_type_only(world: World, faces: Faces) -> None:
    narrowed = await faces.client(world, "alfa", types=["invoice"])

    assert await _seen(world, narrowed) == [name for name in SEEN if name != "act east"]


async def test_me_tells_the_client_and_whom_to_ask(alfa: Caller) -> None:
    found = await alfa.data("{ me { name contracts { number currency } enterprise { name brand email phone } } }")

    assert found["me"] == {
        "name": "ООО Alfa",
        "contracts": [
            {"number": "A-1", "currency": "RUB"},
            {"number": "A-2", "currency": "USD"},
            {"number": "A-3", "currency": "RUB"},
        ],
        "enterprise": {"name": "ООО west", "brand": "Север", "email": "b@sever.example", "phone": "1"},
    }


async def test_me_tells_what_is_left_of_the_opening_balance_after_live_charges(world: World, faces: Faces) -> None:
    query = "{ me { contracts { number balance { amount currency } } } }"

    alfa = await (await faces.client(world, "alfa")).data(query)
    # What beta's contract was charged is live no more.
    beta = await (await faces.client(world, "beta")).data(query)

    assert alfa["me"]["contracts"] == [
        {"number": "A-1", "balance": {"amount": "-254.50", "currency": "RUB"}},
        {"number": "A-2", "balance": {"amount": "-10.50", "currency": "USD"}},
        {"number": "A-3", "balance": {"amount": "-10.50", "currency": "RUB"}},
    ]
    assert [one["balance"]["amount"] for one in beta["me"]["contracts"]] == ["-10.50", "-10.50"]


async def test_a_void_document_owes_a_client_nothing(world: World, alfa: Caller) -> None:
    query = "query($id: ID!) { document(id: $id) { openAmount { amount currency } paymentStatus isOverdue } }"

    found = (await alfa.data(query, id=world.gid("document", "void")))["document"]

    assert found == {
        "openAmount": {"amount": "0.00", "currency": "RUB"}, "paymentStatus": "NOT_PAYABLE", "isOverdue": False,
    }  # fmt: skip


async def test_a_document_is_told_in_full(world: World, alfa: Caller) -> None:
    query = """query($id: ID!) { document(id: $id) { type { key titles { locale } } number issueDate
      period { from } dueDate
      totals { gross { amount } taxes { rate } } openAmount { amount } paymentStatus isOverdue
      lines { position net { amount } } files { name url } } }"""

    found = (await alfa.data(query, id=world.gid("document", "open")))["document"]

    assert found["totals"]["gross"] == {"amount": "122.00"}
    assert [line["position"] for line in found["lines"]] == [1, 2]
    assert found["files"][0]["name"] == "Счёт open.pdf"


async def test_files_need_the_scope_to_download(world: World, faces: Faces) -> None:
    reader = await faces.client(world, "alfa", scopes=[Scope.PORTAL_READ])

    assert await reader.code("{ documents { nodes { files { url } } } }") == "FORBIDDEN"
    assert await reader.code("{ documents { nodes { ...on PortalDocument { f: files { url } } } } }") == "FORBIDDEN"
    assert await _seen(world, reader) == SEEN


async def test_a_token_that_may_only_download_reads_nothing(world: World, faces: Faces) -> None:
    loader = await faces.client(world, "alfa", scopes=[Scope.PORTAL_DOWNLOAD])

    assert await loader.code("{ documents { totalCount } }") == "FORBIDDEN"
    assert await loader.code("{ me { name } }") == "FORBIDDEN"


async def test_two_clients_at_once_do_not_mix(world: World, faces: Faces, alfa: Caller) -> None:
    beta = await faces.client(world, "beta")

    assert await _seen(world, beta) == ["foreign", "foreign east"]
    assert await _seen(world, alfa) == SEEN
    assert await _seen(world, beta) == ["foreign", "foreign east"]


async def test_a_client_pages_through_their_documents(world: World, alfa: Caller) -> None:
    query = "query($a: String) { documents(first: 3, after: $a) { pageInfo { hasNextPage endCursor } nodes { id } } }"
    seen: list[str] = []
    after, more = None, True

    while more:
        page = (await alfa.data(query, a=after))["documents"]
        seen += [row["id"] for row in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    assert len(seen) == len(set(seen)) == 8


async def test_the_clients_schema_gives_no_hints(alfa: Caller) -> None:
    answer = await alfa.answer("{ documnts { totalCount } }")

    assert "Did you mean" not in answer["errors"][0]["message"]
