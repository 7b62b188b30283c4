"""How much is asked of the database: a fixed number of statements, only for what was selected."""

import asyncpg
import pytest

from billfold.database.client import PlainConnection
from tests.schema.calling import Caller
from tests.schema.world import World


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that are run from here on, without those that find out who calls."""
    seen: list[str] = []
    run = asyncpg.Connection._execute

    async def counting(self: asyncpg.Connection, query: str, *arguments: object, **options: object) -> object:
        if "FROM tokens" not in query and "UPDATE tokens" not in query:
            seen.append(query)
        return await run(self, query, *arguments, **options)

    monkeypatch.setattr(PlainConnection, "_execute", counting, raising=False)
    return seen


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("{ documents(first: $N) { nodes { number } } }", 1),
        ("{ documents(first: $N) { totalCount nodes { number } } }", 2),
        ("{ documents(first: $N) { nodes { client { name enterprise { brand { name } } } contract { number } } } }", 1),
        ("{ documents(first: $N) { nodes { lines { net { amount } } files { name } } } }", 3),
        ("{ deliveries(first: $N) { nodes { attempts { reply } document { lines { position } } } } }", 3),
        ("{ clients(first: $N) { nodes { contracts { documents(first: 2) { nodes { lines { position } } } } } } }", 4),
        ("{ clients(first: $N) { nodes { documents(first: 2) { totalCount nodes { number } } } } }", 3),
        (
            "{ clients(first: $N) { nodes { a: documents(first: 1) { nodes { id } }"
            " b: documents(first: 2) { nodes { id } } } } }", 3,
        ),
        ("{ documents(first: $N) { nodes { type { rules { mask } } } } }", 2),
        ("{ contracts(first: $N) { nodes { number openingBalance { amount } balance { amount } } } }", 1),
        ("{ ageing { clients(first: $N) { nodes { total { amount } client { code } } } } }", 3),
        ("{ balances { contracts(first: $N) { nodes { open { amount } contract { client { code } } } } } }", 1),
        ("{ charges(first: $N) { nodes { isWaiting document { number } } } }", 1),
        ("{ viewer { name } }", 0),
        ("{ __schema { types { name } } }", 0),
        ("{ documents(first: $N) { totalCount } }", 2),
    ],
)  # fmt: skip
async def test_statements_do_not_grow_with_rows(manager: Caller, statements: list[str], query: str, count: int) -> None:
    for size in ("1", "50"):
        statements.clear()

        await manager.data(query.replace("$N", size))

        assert len(statements) == count, statements


async def test_a_list_of_nobody_asks_nothing_further(manager: Caller, statements: list[str]) -> None:
    await manager.data('{ documents(filter: {number: "no"}) { nodes { lines { position } deliveries { id } } } }')

    assert len(statements) == 1


async def test_only_what_is_selected_is_read(manager: Caller, statements: list[str]) -> None:
    await manager.data("{ documents { nodes { number } } }")

    assert "t0.number" in statements[0]
    assert "JOIN" not in statements[0]
    assert "snapshot" not in statements[0]


async def test_skipped_fields_are_not_read(manager: Caller, statements: list[str]) -> None:
    query = """query($no: Boolean!, $yes: Boolean!) { documents { nodes {
      number client @include(if: $no) { name } ... @skip(if: $yes) { lines { position } }
      ...More @include(if: $no) } } }
    fragment More on Document { enterprise { code } }"""

    await manager.data(query, no=False, yes=True)

    assert len(statements) == 1
    assert "JOIN" not in statements[0]


async def test_the_same_query_with_other_switches_reads_otherwise(manager: Caller, statements: list[str]) -> None:
    query = "query($with: Boolean!) { documents(first: 1) { nodes { number lines @include(if: $with) { position } } } }"

    without = await manager.data(query, **{"with": False})
    full = await manager.data(query, **{"with": True})
    again = await manager.data(query, **{"with": False})

    assert "lines" not in without["documents"]["nodes"][0]
    assert "lines" in full["documents"]["nodes"][0]
    assert again == without
    assert len(statements) == 4


async def test_values_never_stand_in_the_text_of_a_statement(
    world: World, manager: Caller, statements: list[str]
) -> None:
    query = """query($id: [ID!]) { clients(filter: {search: "sevastopol'"}) { nodes {
      documents(filter: {number: "simferopol"}) { nodes { id } } } }
      documents(filter: {client: $id, search: "yalta"}) { totalCount } }"""

    await manager.data(query, id=[world.gid("client", "alfa")])

    text = " ".join(statements)
    assert not [word for word in ("sevastopol", "simferopol", "yalta", str(world.ids["alfa"])) if word in text]


async def test_refused_requests_ask_nothing(manager: Caller, statements: list[str]) -> None:
    for query in (
        "{ documents(first: 100) { nodes { contract { documents(first: 100) { nodes { lines { position } } } } } } }",
        "{ documents(first: 0) { totalCount } }",
        "{ nonsense }",
        "{",
    ):
        await manager.answer(query)

    assert statements == []
