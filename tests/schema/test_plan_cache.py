"""The cache of plans never gives a plan that was made for other values."""

from itertools import product

from graphql import FieldNode, NameNode

from billfold.schema.plan_cache import PlanCache
from tests.schema.calling import Caller

QUERY = """query($a: Boolean!, $c: Boolean!, $d: Boolean!) { documents(first: 1) { nodes { id
  client @include(if: $a) { id code @include(if: $c) } enterprise @skip(if: $a) { id code @include(if: $d) } } } }"""


async def test_branches_that_depend_on_different_variables_do_not_mix(manager: Caller) -> None:
    for a, c, d in [*product((True, False), repeat=3)] * 2:
        node = (await manager.data(QUERY, a=a, c=c, d=d))["documents"]["nodes"][0]

        expected = {"client"} if a else {"enterprise"}
        assert set(node) == {"id", *expected}
        assert ("code" in node[next(iter(expected))]) == (c if a else d)


def _node(name: str) -> FieldNode:
    return FieldNode(name=NameNode(value=name))


def test_a_plan_is_made_once_for_the_same_values() -> None:
    cache, nodes, made = PlanCache[int](), [_node("x")], []
    values = {"n": 1, "unused": 1}

    def make() -> tuple[int, frozenset[str]]:
        made.append(values["n"])
        return values["n"], frozenset({"n"})

    def ask(**changes: int) -> int:
        values.update(changes)
        return cache.get("row", nodes, values.get, make)

    assert [ask(n=1), ask(unused=2), ask(n=2), ask(n=1), ask(n=2)] == [1, 1, 2, 1, 2]
    assert made == [1, 2]


def test_the_cache_stays_small() -> None:
    cache = PlanCache[int](size=10)
    kept = [[_node(str(number))] for number in range(100)]

    for nodes in kept:
        assert cache.get("row", nodes, str, lambda: (1, frozenset())) == 1

    assert len(cache._kept) == 10
