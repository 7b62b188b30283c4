"""Plans on the managers' face: their comparison and their items, page by page, and their start."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Role, Scope
from billfold.domain.periods import month
from billfold.services import plans
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from tests.factories_rows import add_document
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, value

OCTOBER = RunRequest(type="invoice", period=month("2026-10"))
SEPTEMBER = {"period_from": month("2026-09").start, "period_until": month("2026-09").until}
START = """mutation($input: StartRunInput!) { startRun(input: $input) {
  __typename ... on Run { id } ... on Problem { code message field } } }"""


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


async def page(caller: Caller, plan: str, **given: Any) -> dict[str, Any]:
    query = """query($plan: ID!, $filter: PlanItemFilter, $orderBy: PlanItemOrder, $first: Int, $after: String) {
      node(id: $plan) { ... on Plan { items(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id outcome reason lines warnings changePercent
          contract { number client { code } } net { amount } gross { amount currency } previousGross { amount } } } } }
    }"""
    found: dict[str, Any] = (await caller.data(query, plan=plan, **given))["node"]["items"]
    return found


async def test_a_plan_tells_the_period_before_and_what_is_worth_a_look(own: Faces) -> None:
    async with writing() as connection:
        sums = {"net": Decimal("1000.00"), "tax": Decimal(0), "gross": Decimal("1000.00")}
        await add_document(connection, contract_id=await contract("В-7"), **SEPTEMBER, **sums)
    manager = await own.staff()

    told = await manager.data("""mutation { planRun(input: {type: "invoice",
      period: {from: "2026-10-01", until: "2026-11-01"}}) { ... on Plan { id documents isOutOfBounds boundsReason
        previous { documents gross { amount currency } changePercent } warnings { code count }
        items(filter: {warning: [UP_30, DOWN_30]}) { nodes { warnings } } } } }""")
    plan = told["planRun"]
    compared = await page(manager, plan["id"], filter={"contract": [f"contract_{await contract('В-7')}"]})
    own_item = await manager.data("query($id: ID!) { node(id: $id) { id } }", id=compared["nodes"][0]["id"])

    assert (plan["documents"], plan["isOutOfBounds"], plan["boundsReason"]) == (13, False, None)
    assert [(one["documents"], one["gross"]) for one in plan["previous"]] == [
        (1, {"amount": "1000.00", "currency": "RUB"})
    ]
    assert plan["warnings"] == [{"code": "NEW", "count": 12}, {"code": "NO_RECIPIENT", "count": 1}]
    assert plan["items"]["nodes"] == []
    (item,) = compared["nodes"]
    assert (item["outcome"], item["gross"], item["previousGross"], item["changePercent"], item["warnings"]) == (
        "ISSUE", {"amount": "1130.97", "currency": "RUB"}, {"amount": "1000.00"}, "13.1", [],
    )  # fmt: skip
    assert own_item["node"] == {"id": item["id"]}


@pytest.mark.parametrize("field", ["CONTRACT", "GROSS", "CHANGE"])
async def test_items_of_one_plan_are_paged_in_every_order(own: Faces, field: str) -> None:
    manager = await own.staff()
    plan_id = await plans.plan(own.parts, OPERATOR, OCTOBER)
    await plans.plan(own.parts, OPERATOR, OCTOBER)
    order, seen, after = {"field": field, "direction": "DESC"}, [], None

    while True:
        found = await page(manager, f"plan_{plan_id}", orderBy=order, first=5, after=after)
        seen += found["nodes"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    sums = [Decimal(one["gross"]["amount"]) if one["gross"] else Decimal(0) for one in seen]
    assert (len(seen), len({one["id"] for one in seen}), found["totalCount"]) == (14, 14, 14)
    assert field == "CONTRACT" or sums == sorted(sums, reverse=True)


async def test_items_are_narrowed(own: Faces) -> None:
    manager = await own.staff()
    plan = f"plan_{await plans.plan(own.parts, OPERATOR, OCTOBER)}"
    one = (await page(manager, plan, filter={"outcome": ["ISSUE"]}, first=1))["nodes"][0]
    client = await value("SELECT id FROM clients WHERE code = $1", one["contract"]["client"]["code"])
    many = await value("SELECT count(*) FROM contracts WHERE client_id = $1", client)

    skipped = await page(manager, plan, filter={"outcome": ["SKIP"]})
    of_client = await page(manager, plan, filter={"client": [f"client_{client}"]})
    large = await page(manager, plan, filter={"minGross": "5000.00", "currency": ["RUB"]})
    silent = await page(manager, plan, filter={"warning": ["NO_RECIPIENT"], "maxGross": "99999999"})

    assert [(row["reason"], row["net"], row["gross"], row["lines"]) for row in skipped["nodes"]] == [
        ("nothing_to_bill", None, None, 0)
    ]
    assert of_client["totalCount"] == many
    assert all(Decimal(row["gross"]["amount"]) >= 5000 for row in large["nodes"])
    assert [row["warnings"] for row in silent["nodes"]] == [["NEW", "NO_RECIPIENT"]]


async def test_a_plan_that_has_changed_and_one_to_confirm_are_told_as_problems(own: Faces) -> None:
    manager = await own.staff()
    plan = f"plan_{await plans.plan(own.parts, OPERATOR, OCTOBER)}"
    async with writing() as connection:
        await connection.execute("UPDATE runs SET plan = jsonb_set(plan, '{bounds}', '\"Too much.\"')")

    unconfirmed = (await manager.data(START, input={"plan": plan}))["startRun"]
    nothing = (await manager.data(START, input={"type": "invoice", "confirm": True}))["startRun"]
    started = (await manager.data(START, input={"plan": plan, "confirm": True}))["startRun"]

    assert (unconfirmed["code"], unconfirmed["field"]) == ("LIMIT_EXCEEDED", "confirm")
    assert (nothing["code"], nothing["field"]) == ("INVALID_INPUT", "confirm")
    assert started == {"__typename": "Run", "id": plan.replace("plan", "run")}


async def test_a_plan_that_is_still_worked_out_is_not_there(own: Faces) -> None:
    manager = await own.staff()
    plan_id = await plans.plan(own.parts, OPERATOR, OCTOBER)
    async with writing() as connection:
        await connection.execute("UPDATE runs SET plan = NULL")

    found = await manager.data("query($id: ID!) { node(id: $id) { id } runs { nodes { id } } }", id=f"plan_{plan_id}")
    problem = (await manager.data(START, input={"plan": f"plan_{plan_id}"}))["startRun"]

    assert found == {"node": None, "runs": {"nodes": []}}
    assert problem["code"] == "NOT_FOUND"


async def test_a_viewer_plans_nothing_and_the_books_alone_show_no_plan(own: Faces) -> None:
    plan_id = await plans.plan(own.parts, OPERATOR, OCTOBER)
    viewer = await own.staff(Role.VIEWER)
    books = await own.staff(Role.MANAGER, Scope.BOOKS_READ)
    command = 'planRun(input: {type: "invoice", period: {from: "2026-10-01", until: "2026-11-01"}})'

    assert await viewer.code(f"mutation {{ {command} {{ __typename }} }}") == "FORBIDDEN"
    assert await viewer.code(START, input={"plan": f"plan_{plan_id}"}) == "FORBIDDEN"
    assert await books.code(f'{{ node(id: "plan_{plan_id}") {{ id }} }}') == "FORBIDDEN"
    assert await value("SELECT state FROM runs") == "PLANNED"
