"""Every list of the managers' face: its fields, filters and orders."""

from typing import Any

import pytest

from tests.schema.calling import Caller
from tests.schema.world import World

ALFA = (
    "act east", "draft", "due today", "embargoed", "free", "hidden", "late east", "open", "paid", "partial",
    "ruled out", "staff only", "unpublished", "void", "void early",
)  # fmt: skip
EVERY = sorted((*ALFA, "by run", "foreign", "foreign east"))


def _names(world: World, noun: str, rows: list[dict[str, Any]]) -> list[str]:
    known = {world.gid(noun, name): name for name in world.ids}
    return [known[row["id"]] for row in rows]


DOCUMENT_FILTERS = [
    ({"type": ["waybill"]}, ["act east", "ruled out"]),
    ({"type": ["waybill", "invoice"], "enterprise": ["EAST"]}, ["act east", "foreign east", "late east"]),
    ({"status": ["VOID"]}, ["void", "void early"]),
    ({"paymentStatus": ["PAID"]}, ["paid"]),
    ({"paymentStatus": ["PARTIALLY_PAID"]}, ["partial"]),
    ({"paymentStatus": ["NOT_PAYABLE"]}, ["draft", "free", "void", "void early"]),
    ({"isOverdue": True, "client": ["ALFA"], "type": ["invoice"]},
     ["embargoed", "hidden", "late east", "open", "staff only", "unpublished"]),
    ({"isOverdue": False, "client": ["ALFA"], "enterprise": ["WEST"], "status": ["ISSUED"]},
     ["due today", "free", "paid", "partial"]),
    ({"dueDate": {"from": "2026-11-20", "until": "2026-12-02"}}, ["due today", "late east", "partial"]),
    ({"client": ["BETA"]}, ["foreign", "foreign east"]),
    ({"client": ["ALFA", "BETA"]}, sorted((*ALFA, "foreign", "foreign east"))),
    ({"contract": ["A-2"]}, ["free"]),
    ({"number": "сч-77/Б"}, ["foreign"]),
    ({"number": "%"}, []),
    ({"search": "сч-77"}, ["foreign"]),
    ({"search": "ООО beta"}, ["foreign", "foreign east"]),
    ({"search": "7700000023"}, ["foreign", "foreign east"]),
    ({"search": "_"}, []),
    ({"run": "RUN"}, ["by run"]),
    ({"issueDate": {"from": "2026-11-02"}}, []),
    ({"issueDate": {"from": "2026-11-01", "until": "2026-11-02"}}, EVERY),
    ({"period": {"from": "2026-10-31", "until": "2026-12-01"}}, sorted(set(EVERY) - {"free"})),
    ({"period": {"from": "2026-11-01", "until": "2026-12-01"}}, []),
    ({"client": ["nonsense", "contract_0192f0c4-0000-7000-8000-000000000000"]}, []),
    ({"client": []}, []),
    ({}, EVERY),
]  # fmt: skip


def _with_ids(world: World, given: dict[str, Any]) -> dict[str, Any]:
    nouns = {"EAST": ("enterprise", "east"), "WEST": ("enterprise", "west"), "ALFA": ("client", "alfa")}
    nouns |= {"BETA": ("client", "beta"), "A-2": ("contract", "A-2"), "RUN": ("run", "run")}

    def known(value: Any) -> Any:
        if isinstance(value, list):
            return [known(each) for each in value]
        return world.gid(*nouns[value]) if isinstance(value, str) and value in nouns else value

    return {name: known(value) for name, value in given.items()}


@pytest.mark.parametrize(("given", "expected"), DOCUMENT_FILTERS)
async def test_documents_are_filtered(
    world: World, manager: Caller, given: dict[str, Any], expected: list[str]
) -> None:
    query = "query($filter: DocumentFilter) { documents(filter: $filter, first: 100) { totalCount nodes { id } } }"

    found = (await manager.data(query, filter=_with_ids(world, given)))["documents"]

    assert sorted(_names(world, "document", found["nodes"])) == expected
    assert found["totalCount"] == len(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{}", ["alfa", "beta", "gamma"]),
        ('{search: "ALF"}', ["alfa"]),
        ('{search: "7700000023"}', ["beta"]),
        ('{search: "gamma@clients"}', ["gamma"]),
        ('{code: ["beta", "gamma"]}', ["beta", "gamma"]),
        ('{inn: "7700000016"}', ["alfa"]),
        ('{email: "ALFA@clients.example"}', ["alfa"]),
        ('{enterprise: ["enterprise_0192f0c4-0000-7000-8000-000000000000"]}', []),
        ('{search: "alfa", code: ["beta"]}', []),
    ],
)
async def test_clients_are_filtered(manager: Caller, given: str, expected: list[str]) -> None:
    found = await manager.data(f"{{ clients(filter: {given}) {{ totalCount nodes {{ code }} }} }}")

    assert [row["code"] for row in found["clients"]["nodes"]] == expected
    assert found["clients"]["totalCount"] == len(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{}", ["A-1", "A-1", "A-2", "A-3", "B-1"]),
        ('{number: "a-1"}', ["A-1", "A-1"]),
        ('{search: "-3"}', ["A-3"]),
        ('{currency: ["USD"]}', ["A-2"]),
        ('{signedOn: {from: "2024-01-04"}}', ["A-1", "B-1"]),
    ],
)
async def test_contracts_are_filtered(manager: Caller, given: str, expected: list[str]) -> None:
    found = await manager.data(f"{{ contracts(filter: {given}) {{ nodes {{ number }} }} }}")

    assert [row["number"] for row in found["contracts"]["nodes"]] == expected


@pytest.mark.parametrize(
    ("field", "given", "count"),
    [
        ("contracts", "client: [$alfa]", 3),
        ("contracts", "enterprise: [$east]", 2),
        ("contracts", "isClosed: false", 5),
        ("contracts", "isClosed: true", 0),
        ("subscriptions", "", 3),
        ("subscriptions", "contract: [$contract]", 2),
        ("subscriptions", "client: [$alfa]", 2),
        ("subscriptions", "service: [$sms]", 0),
        ("subscriptions", 'active: {from: "2026-05-01"}', 2),
        ("subscriptions", 'active: {until: "2026-02-01"}', 1),
        ("usage", "", 3),
        ("usage", "contract: [$contract]", 2),
        ("usage", "client: [$alfa]", 2),
        ("usage", "service: [$sms]", 3),
        ("usage", 'source: ["switch"], externalId: "call-2"', 1),
        ("usage", 'occurredAt: {from: "2026-11-19", until: "2026-11-20"}', 1),
        ("charges", "", 4),
        ("charges", "contract: [$contract]", 2),
        ("charges", "client: [$alfa], kind: [USAGE]", 1),
        ("charges", "service: [$sms]", 0),
        ("charges", "isLive: false", 2),
        ("charges", 'period: {from: "2026-10-31", until: "2026-11-02"}', 4),
        ("runs", "", 2),
        ("runs", "state: [RUNNING]", 1),
        ("runs", 'type: ["act"]', 0),
        ("runs", 'period: {from: "2026-11-01", until: "2026-12-01"}', 0),
        ("runs", 'createdAt: {from: "2020-01-01"}', 2),
        ("deliveries", "", 2),
        ("deliveries", "state: [SENT]", 1),
        ("deliveries", 'recipient: "WAITING@"', 1),
        ("deliveries", "document: [$document]", 2),
        ("deliveries", 'createdAt: {until: "2026-11-01"}', 0),
    ],
)
async def test_further_lists_are_filtered(world: World, manager: Caller, field: str, given: str, count: int) -> None:
    names = {
        "$alfa": world.gid("client", "alfa"),
        "$east": world.gid("enterprise", "east"),
        "$contract": world.gid("contract", "A-1"),
        "$sms": world.gid("service", "sms"),
        "$document": world.gid("document", "open"),
    }
    for mark, id_ in names.items():
        given = given.replace(mark, f'"{id_}"')

    found = (await manager.data(f"{{ {field}(filter: {{{given}}}) {{ totalCount nodes {{ id }} }} }}"))[field]

    assert (found["totalCount"], len(found["nodes"])) == (count, count)


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("{field: GROSS}", "foreign east"),
        ("{field: NUMBER, direction: DESC}", "foreign"),
        ("{field: ISSUED_AT, direction: ASC}", "open"),
    ],
)
async def test_documents_are_ordered(world: World, manager: Caller, order: str, first: str) -> None:
    found = await manager.data(f"{{ documents(orderBy: {order}, first: 1) {{ nodes {{ id }} }} }}")

    assert _names(world, "document", found["documents"]["nodes"]) == [first]


async def test_clients_are_ordered_by_name_backwards(manager: Caller) -> None:
    found = await manager.data("{ clients(orderBy: {field: NAME, direction: DESC}) { nodes { code } } }")

    assert [row["code"] for row in found["clients"]["nodes"]] == ["gamma", "beta", "alfa"]


async def test_plain_lists_come_by_code(manager: Caller) -> None:
    found = await manager.data(
        "{ brands { code enterprises { code } } enterprises { code taxRegimes { validFrom regime } brand { code } }"
        " services { code names kind } }"
    )

    assert found["brands"] == [{"code": "sever", "enterprises": [{"code": "east"}, {"code": "west"}]}]
    assert [row["code"] for row in found["enterprises"]] == ["east", "west"]
    assert found["enterprises"][0]["taxRegimes"] == [{"validFrom": "2020-01-01", "regime": "VAT"}]
    assert found["services"] == [
        {"code": "internet", "names": {"en": "Internet"}, "kind": "SUBSCRIPTION"},
        {"code": "sms", "names": {}, "kind": "USAGE"},
    ]


async def test_documents_that_are_never_due_come_after_all_that_are(manager: Caller) -> None:
    asked = "{ documents(orderBy: {field: DUE_DATE, direction: ASC}, first: 100) { nodes { dueDate } } }"

    days = [row["dueDate"] for row in (await manager.data(asked))["documents"]["nodes"]]

    assert days[-1] is None
    assert days == sorted(days, key=lambda day: day or "9999")
