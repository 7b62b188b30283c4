"""Commands on one-off charges and on closing books: what they change, and the Problems that they give."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import Role, Scope
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, rows, value

NO_ID = "0192f0c4-0000-7000-8000-000000000000"
PROBLEM = "... on Problem { code message field }"
CHARGE = """... on Charge { id kind description isLate isLive isWaiting createdBy cancelledAt cancelledBy cancelReason
  chargedAt createdAt period { from until } quantity unitPrice { amount currency } taxIncluded taxRate
  net { amount } tax { amount } gross { amount } contract { number balance { amount } } service { code }
  document { number } }"""
CREATE = f"mutation($input: CreateChargeInput!) {{ createCharge(input: $input) {{ __typename {CHARGE} {PROBLEM} }} }}"
CANCEL = f"mutation($input: CancelChargeInput!) {{ cancelCharge(input: $input) {{ __typename {CHARGE} {PROBLEM} }} }}"
CLOSE = f"""mutation($input: ClosePeriodInput!) {{ closePeriod(input: $input) {{ __typename ... on ClosedPeriod {{
  enterprise {{ code }} closedUntil contracts charged {{ currency charges net {{ amount }} tax {{ amount }}
  gross {{ amount currency }} }} }} {PROBLEM} }} }}"""
ISSUE = """mutation($input: IssueDocumentInput!) { issueDocument(input: $input) { ... on Document { number } } }"""
OCTOBER = {"from": "2026-10-01", "until": "2026-11-01"}


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def manager(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def given(**changes: Any) -> dict[str, Any]:
    service = await value("SELECT id FROM services ORDER BY code LIMIT 1")
    whole = {"contract": f"contract_{await contract('Я-101')}", "service": f"service_{service}", "on": "2026-10-20"}
    return {**whole, "unitPrice": "122.00", "taxIncluded": True, **changes}


async def create(caller: Caller, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.data(CREATE, input=await given(**changes)))["createCharge"]
    return found


async def enterprise() -> str:
    found = await value("SELECT id FROM enterprises ORDER BY code LIMIT 1")
    return f"enterprise_{found}"


async def close(caller: Caller, **input: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.data(CLOSE, input={"enterprise": await enterprise(), **input}))["closePeriod"]
    return found


async def test_a_charge_is_entered_and_read_back(manager: Caller) -> None:
    charge = await create(manager, quantity="2", description="Выезд")

    assert charge["__typename"] == "Charge"
    assert (charge["kind"], charge["description"], charge["quantity"]) == ("ONE_OFF", "Выезд", "2")
    assert charge["period"] == {"from": "2026-10-20", "until": "2026-10-21"}
    assert [charge[name]["amount"] for name in ("net", "tax", "gross")] == ["200.00", "44.00", "244.00"]
    assert (charge["isLive"], charge["isWaiting"], charge["isLate"]) == (True, True, False)
    assert (charge["createdBy"], charge["cancelledAt"], charge["document"]) == ("manager@staff.example", None, None)
    assert charge["chargedAt"] == charge["createdAt"] == "2026-11-01T09:00:00.000000Z"


async def test_a_taken_charge_knows_its_document(manager: Caller) -> None:
    charge = await create(manager)
    await manager.data(ISSUE, input={"type": "invoice", "contract": await _gid("Я-101"), "period": OCTOBER})
    query = f"""query($id: ID!) {{ node(id: $id) {{ {CHARGE} }}
      charges(filter: {{isWaiting: false, kind: [ONE_OFF]}}) {{ nodes {{ id document {{ number }} }} }} }}"""

    found = await manager.data(query, id=charge["id"])

    assert (found["node"]["isWaiting"], found["node"]["document"]) == (False, {"number": "1"})
    assert found["charges"]["nodes"] == [{"id": charge["id"], "document": {"number": "1"}}]


async def test_a_charge_is_cancelled(manager: Caller) -> None:
    charge = await create(manager)

    cancelled = (await manager.data(CANCEL, input={"charge": charge["id"], "reason": "ошибка"}))["cancelCharge"]

    assert (cancelled["isLive"], cancelled["isWaiting"], cancelled["cancelReason"]) == (False, False, "ошибка")
    assert (cancelled["cancelledAt"], cancelled["cancelledBy"]) == (
        "2026-11-01T09:00:00.000000Z",
        "manager@staff.example",
    )


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ("isWaiting: true", 1),
        ("isWaiting: false", 1),
        ("isLive: true", 1),
        ("isLive: false", 1),
        ("kind: [ONE_OFF]", 2),
        ("contract: [$contract]", 2),
        ("client: [$client]", 2),
        ('period: {from: "2026-10-20", until: "2026-10-21"}', 2),
        ('period: {from: "2026-10-21", until: "2026-10-22"}', 0),
    ],
)
async def test_charges_that_wait_and_cancelled_ones_are_in_the_lists(manager: Caller, given: str, count: int) -> None:
    charges = [await create(manager), await create(manager, quantity="3")]
    await manager.data(CANCEL, input={"charge": charges[0]["id"], "reason": "ошибка"})
    client = await value("SELECT client_id FROM contracts WHERE number = 'Я-101'")
    asked = given.replace("$contract", f'"{await _gid("Я-101")}"').replace("$client", f'"client_{client}"')

    found = (await manager.data(f"{{ charges(filter: {{{asked}}}) {{ totalCount nodes {{ id }} }} }}"))["charges"]

    assert (found["totalCount"], len(found["nodes"])) == (count, count)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"contract": f"contract_{NO_ID}"}, "NOT_FOUND", "contract"),
        ({"contract": "nonsense"}, "NOT_FOUND", "contract"),
        ({"service": f"service_{NO_ID}"}, "NOT_FOUND", "service"),
        ({"quantity": "0"}, "INVALID_INPUT", "quantity"),
        ({"unitPrice": "0.00"}, "INVALID_INPUT", "unitPrice"),
        ({"on": "1999-01-01"}, "INVALID_INPUT", "on"),
        ({"idempotencyKey": "й"}, "INVALID_INPUT", "idempotencyKey"),
    ],
)
async def test_what_is_no_charge_is_a_problem(manager: Caller, changes: dict[str, Any], code: str, field: str) -> None:
    problem = await create(manager, **changes)

    assert (problem["__typename"], problem["code"], problem["field"]) == ("Problem", code, field)
    assert await value("SELECT count(*) FROM charges") == 0


async def test_a_key_enters_a_charge_once(manager: Caller) -> None:
    first, again = [await create(manager, idempotencyKey="k") for _ in range(2)]
    other = await create(manager, idempotencyKey="k", quantity="2")

    assert first["id"] == again["id"]
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await value("SELECT count(*) FROM charges") == 1


@pytest.mark.parametrize("until", [{"until": "2026-11-01"}, {"period": OCTOBER}])
async def test_books_are_closed_until_a_day_or_by_a_period(manager: Caller, until: dict[str, Any]) -> None:
    closed = await close(manager, **until)

    assert (closed["__typename"], closed["closedUntil"]) == ("ClosedPeriod", "2026-11-01")
    assert closed["enterprise"]["code"] == await value("SELECT code FROM enterprises ORDER BY code LIMIT 1")
    assert closed["contracts"] == await value("SELECT count(DISTINCT contract_id) FROM charges")
    assert [(one["currency"], one["charges"], one["gross"]["amount"]) for one in closed["charged"]] == [
        tuple(row.values())
        for row in await rows(
            """SELECT c.currency, count(*), sum(h.gross)::text FROM charges h JOIN contracts c ON c.id = h.contract_id
               GROUP BY 1 ORDER BY 1"""
        )
    ]


@pytest.mark.parametrize(
    ("input", "code", "field"),
    [
        ({}, "INVALID_INPUT", "until"),
        ({"until": "2026-11-01", "period": OCTOBER}, "INVALID_INPUT", "until"),
        ({"until": "2026-11-02"}, "INVALID_INPUT", "until"),
        ({"period": {"from": "2026-11-01", "until": "2026-11-01"}}, "INVALID_INPUT", "period"),
        ({"until": "2026-11-01", "enterprise": f"enterprise_{NO_ID}"}, "NOT_FOUND", "enterprise"),
        ({"until": "2026-11-01", "enterprise": "nonsense"}, "NOT_FOUND", "enterprise"),
    ],
)
async def test_what_cannot_be_closed_is_a_problem(
    manager: Caller, input: dict[str, Any], code: str, field: str
) -> None:
    problem = await close(manager, **input)

    assert (problem["__typename"], problem["code"], problem["field"]) == ("Problem", code, field)
    assert await value("SELECT count(*) FROM enterprises WHERE closed_until IS NOT NULL") == 0


async def test_a_charge_in_closed_books_is_a_problem(manager: Caller) -> None:
    for row in await rows("SELECT id FROM enterprises"):
        await close(manager, enterprise=f"enterprise_{row['id']}", until="2026-11-01")

    problem = await create(manager, on="2026-10-31")

    assert (problem["code"], problem["field"]) == ("ILLEGAL_STATE", "on")
    assert "2026-11-01" in problem["message"]


@pytest.mark.parametrize(("role", "scopes"), [(Role.VIEWER, ()), (Role.MANAGER, (Scope.BOOKS_READ,))])
async def test_who_only_reads_is_forbidden_and_changes_nothing(
    own: Faces, manager: Caller, role: Role, scopes: tuple[Scope, ...]
) -> None:
    charge = await create(manager)
    reader = await own.staff(role, *scopes)

    codes = [
        await reader.code(CREATE, input=await given()),
        await reader.code(CANCEL, input={"charge": charge["id"], "reason": "ошибка"}),
        await reader.code(CLOSE, input={"enterprise": await enterprise(), "until": "2026-11-01"}),
    ]

    assert codes == ["FORBIDDEN"] * 3
    assert await value("SELECT count(*) FROM charges WHERE cancelled_at IS NULL") == 1
    assert await value("SELECT count(*) FROM charge_periods") == 0
    assert await value("SELECT count(*) FROM enterprises WHERE closed_until IS NOT NULL") == 0


async def _gid(number: str) -> str:
    return f"contract_{await contract(number)}"
