"""The short way of the executor gives what the full executor gives, answers and errors alike."""

from typing import Any

import pytest
from graphql import execute, parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from billfold.database.reading.plans import Planner
from billfold.database.reading.rows import Row, row_class
from billfold.domain.access import OPERATOR
from billfold.schema.context import Context
from billfold.schema.executor import SlimExecutor
from billfold.schema.faces import manager_face
from billfold.schema.manager.schema import manager_schema
from billfold.services.parts import Parts
from tests.schema.calling import Caller
from tests.schema.world import NOW, World

QUERIES = (
    "{ documents(first: 3) { totalCount edges { cursor node { id } } pageInfo { hasNextPage } } }",
    "{ documents { nodes { __typename n: number number type { key titles { text } title"
    " t: title(locale: \"en\") } } } }",
    "{ documents { nodes { a: client { code } b: client { name } client { code } openAmount { amount } details } } }",
    "{ documents { nodes { ...A ... on Document { client { ...B } } ... on Node { id } } } }"
    " fragment A on Document { number client { name } lines { ...L } } fragment B on Client { code }"
    " fragment L on DocumentLine { position net { amount } }",
    '{ client(code: "alfa") { contracts { c: client { d: documents(first: 1) { nodes { number } } }'
    " client { d: documents(first: 2) { totalCount nodes { number } } } } } }",
    "{ documents { nodes { type { rules { mask } } run { progress { total } skippedReasons { count } } } } }",
    '{ client(code: "nobody") { name } node(id: "x") { id } viewer { name role scopes } }',
    "{ services { names kind } enterprises { taxRegimes { regime } } }",
    "query($yes: Boolean = true) { documents(first: 2) { nodes { number @skip(if: $yes) id @include(if: $yes) } } }",
)  # fmt: skip


class FullExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's own executor, told of the variables as look-ahead needs them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context_value.variables = self.variable_values


@pytest.mark.parametrize("query", QUERIES)
async def test_both_executors_answer_alike(
    world: World, reading_parts: Parts, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    own = manager_face(reading_parts)
    planner = Planner(own.schema.catalog, {"document_type": own.find_type})

    def context() -> Context:
        return Context(reading_parts, OPERATOR, planner, own.schema.plans, NOW, own.document_types)

    slim = [await own.schema.execute(query, None, context()) for _ in range(2)]
    monkeypatch.setattr("billfold.schema.face.SlimExecutor", FullExecutor)
    full = await own.schema.execute(query, None, context())

    assert full.errors is None
    assert slim[0] == slim[1] == full
    assert list(full.data or {}) == list(slim[0].data or {})


# What the two executors make of rows that do not fit their types.
@pytest.mark.parametrize(
    "changes",
    [
        {"number": None, "client": None},
        {"client": row_class("Client")(name="x", code=5)},
        {"lines": [Row(position=1), Row(position=None), None]},
        {"status": "NONSENSE"},
        {"is_overdue": "yes"},
        {"open_amount": Row(amount=None, currency="RUB")},
        {"lines": 5},
    ],
)
def test_both_executors_find_the_same_faults(changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    schema = manager_schema().made._schema
    document = row_class("Document")(
        number="1",
        status="ISSUED",
        is_overdue=False,
        client=row_class("Client")(name="x", code="c"),
        lines=[],
        open_amount=None,
    )
    document.__dict__.update(changes)
    page = Row(nodes=[document], total_count=1)
    documents = schema.query_type.fields["documents"]  # type: ignore[union-attr]
    monkeypatch.setattr(documents, "resolve", lambda *_args, **_kwargs: page)
    query = parse(
        "{ documents { totalCount nodes { number status isOverdue client { name code } lines { position }"
        " openAmount { amount currency } } } }"
    )

    class Notes:
        """A context of notes only."""

        def __init__(self) -> None:
            self.steps: dict[Any, Any] = {}
            self.variables: Any = None

    answers: list[Any] = [
        execute(schema, query, context_value=Notes(), executor_class=executor)
        for executor in (SlimExecutor, FullExecutor)
    ]

    told = [[str(error) for error in answer.errors or ()] for answer in answers]
    assert told[0] == told[1]
    assert answers[0].data == answers[1].data


async def test_answers_hold_no_more_than_what_was_asked(world: World, manager: Caller) -> None:
    found = await manager.data("{ documents(first: 1) { nodes { c: client { n: name } } } }")

    assert list(found["documents"]["nodes"][0]) == ["c"]
    assert list(found["documents"]["nodes"][0]["c"]) == ["n"]
