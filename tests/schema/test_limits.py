"""Limits: what is too large is refused before anything of it is carried out, and quickly."""

import time

import pytest
from graphql import get_introspection_query

from tests.schema.calling import Caller


def _deep(levels: int) -> str:
    return "{ documents { nodes { " + "contract { client { " * levels + "id" + " } }" * levels + " } } }"


def _doubling(times: int) -> str:
    fragments = "".join(
        f" fragment F{n} on Client {{ enterprise {{ code }} ...F{n + 1} ...F{n + 1} }}" for n in range(times)
    )
    return f"{{ clients {{ nodes {{ ...F0 }} }} }} {fragments} fragment F{times} on Client {{ code }}"


TOO_LARGE = {
    "depth": _deep(6),
    "depth by fragments": "{ clients { nodes { ...A } } } fragment A on Client { contracts { client { ...B } } }"
    " fragment B on Client { contracts { client { ...C } } } fragment C on Client { contracts { client { ...D } } }"
    " fragment D on Client { contracts { client { contracts { client { code } } } } }",
    "aliases": "{ " + " ".join(f"a{n}: viewer {{ name }}" for n in range(31)) + " }",
    "aliases by fragments": "{ " + " ".join(f"a{n}: viewer {{ ...A }}" for n in range(16)) + " }"
    " fragment A on Viewer { b: name }",
    "root fields": "{ " + "viewer { name } " * 21 + "}",
    "directives": "{ viewer { " + "name @skip(if: false) " * 51 + "} }",
    "tokens": "{ viewer { " + "name " * 2_000 + "} }",
    "cost": "{ documents(first: 100) { nodes { contract { documents(first: 100) { nodes { lines { id: position }"
    " } } } } } }",
    "cost of lists": "{ clients(first: 100) { nodes { contracts { subscriptions { service { code } contract {"
    " number } } } } } }",
    "cost by aliases": "{ "
    + " ".join(f"a{n}: documents(first: 100) {{ nodes {{ lines {{ id: position }} }} }}" for n in range(20))
    + " }",
}  # fmt: skip


@pytest.mark.parametrize("query", TOO_LARGE.values(), ids=TOO_LARGE)
async def test_what_is_too_large_is_refused(manager: Caller, query: str) -> None:
    started = time.perf_counter()
    answer = await manager.answer(query)

    assert "data" not in answer or answer["data"] is None
    assert answer["errors"]
    assert time.perf_counter() - started < 1


async def test_the_page_size_in_a_variable_counts(manager: Caller) -> None:
    query = """query($n: Int = 100) { documents(first: $n) { nodes {
      contract { documents(first: $n) { nodes { lines { position } } } } } } }"""

    assert await manager.code(query) == "LIMIT_EXCEEDED"
    assert await manager.code(query, n=60) == "LIMIT_EXCEEDED"
    assert (await manager.data(query, n=5))["documents"]["nodes"]


async def test_clients_have_a_smaller_limit(alfa: Caller, manager: Caller) -> None:
    query = """{ documents(first: 100) { nodes {
      lines { net { amount } tax { amount } gross { amount } period { from } } } } }"""

    assert await alfa.code(query) == "LIMIT_EXCEEDED"
    assert (await manager.data(query))["documents"]["nodes"]


async def test_fragments_that_double_do_no_harm(manager: Caller) -> None:
    started = time.perf_counter()
    await manager.answer(_doubling(18))

    assert time.perf_counter() - started < 2


async def test_the_introspection_of_tools_is_allowed(manager: Caller, alfa: Caller) -> None:
    for caller in (manager, alfa):
        assert (await caller.data(get_introspection_query()))["__schema"]["types"]


async def test_a_circle_of_fragments_is_refused(manager: Caller) -> None:
    answer = await manager.answer(
        "{ clients { nodes { ...A } } } fragment A on Client { contracts { client { ...A } } }"
    )

    assert "itself" in answer["errors"][0]["message"]


async def test_at_most_ten_findings_are_told(manager: Caller) -> None:
    answer = await manager.answer("{ " + " ".join(f"x{n}" for n in range(40)) + " }")

    assert len(answer["errors"]) <= 11
