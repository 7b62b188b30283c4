"""Recording usage and setting prices through the managers' face."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import Role, Scope
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, rows, value

PROBLEM = "... on Problem { code message field }"
RECORD = f"""mutation($input: RecordUsageInput!) {{ recordUsage(input: $input) {{ __typename
  ... on RecordedUsage {{ recorded duplicates late }} {PROBLEM} }} }}"""
PRICE = """id service { code } contract { number } currency destination validFrom model taxIncluded allowance isCharged
  tiers { upTo price }"""
CREATE = f"""mutation($input: CreatePriceInput!) {{ createPrice(input: $input) {{ __typename
  ... on Price {{ {PRICE} }} {PROBLEM} }} }}"""
UPDATE = f"""mutation($input: UpdatePriceInput!) {{ updatePrice(input: $input) {{ __typename
  ... on Price {{ {PRICE} }} {PROBLEM} }} }}"""
DELETE = f"""mutation($input: DeletePriceInput!) {{ deletePrice(input: $input) {{ __typename
  ... on DeletedPrice {{ id }} {PROBLEM} }} }}"""
NO_ID = "0192f0c4-0000-7000-8000-000000000000"
CALL = {
    "externalId": "call-1",
    "contractNumber": "Я-102-Т",
    "serviceCode": "voice-out",
    "occurredAt": "2026-11-02T12:00:00.5+03:00",
    "quantity": "3.5",
}


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def commander(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def record(caller: Caller, *records: dict[str, Any], **others: Any) -> dict[str, Any]:
    given = {"source": "switch", "records": list(records), **others}
    found: dict[str, Any] = (await caller.data(RECORD, input=given))["recordUsage"]
    return found


async def new_price(**changes: Any) -> dict[str, Any]:
    service = await value("SELECT id FROM services WHERE code = 'voice-out'")
    return {
        "service": f"service_{service}",
        "currency": "RUB",
        "validFrom": "2026-12-01",
        "model": "GRADUATED",
        "taxIncluded": True,
        "allowance": "10",
        "tiers": [{"upTo": "100", "price": "1.50"}, {"price": "1.20"}],
        **changes,
    }


async def create(caller: Caller, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.data(CREATE, input=await new_price(**changes)))["createPrice"]
    return found


async def test_usage_is_recorded_and_read_back(commander: Caller) -> None:
    fix = {"externalId": "fix-1", "corrects": "call-1", "quantity": "-1"}

    first = await record(commander, {**CALL, "unitPrice": "1.75", "taxIncluded": True, "destination": "Пермь"}, fix)
    read = await commander.data(
        '{ usage(filter: {source: ["switch"]}) { nodes { externalId occurredAt quantity unitPrice { amount currency }'
        " destination isLate recordedAt corrects { externalId quantity } contract { number } service { code } } } }"
    )

    assert first == {"__typename": "RecordedUsage", "recorded": 2, "duplicates": 0, "late": 0}
    nodes = {node["externalId"]: node for node in read["usage"]["nodes"]}
    assert nodes["call-1"] == {
        "externalId": "call-1",
        "occurredAt": "2026-11-02T09:00:00.500000Z",
        "quantity": "3.5",
        "unitPrice": {"amount": "1.75", "currency": "RUB"},
        "destination": "Пермь",
        "isLate": False,
        "recordedAt": "2026-11-01T09:00:00.000000Z",
        "corrects": None,
        "contract": {"number": "Я-102-Т"},
        "service": {"code": "voice-out"},
    }
    assert nodes["fix-1"]["corrects"] == {"externalId": "call-1", "quantity": "3.5"}


async def test_usage_without_a_price_has_none_to_show(commander: Caller) -> None:
    await record(commander, CALL)

    read = await commander.data('{ usage(filter: {externalId: "call-1"}) { nodes { unitPrice { amount } } } }')

    assert read["usage"]["nodes"] == [{"unitPrice": None}]


async def test_the_same_record_is_a_duplicate_and_another_a_conflict(commander: Caller) -> None:
    await record(commander, CALL)

    again = await record(commander, CALL)
    other = await record(commander, {**CALL, "externalId": "call-2"}, {**CALL, "quantity": "4"})

    assert (again["recorded"], again["duplicates"]) == (0, 1)
    assert (other["code"], other["field"]) == ("CONFLICT", "records.1.externalId")
    assert await value("SELECT count(*) FROM usage_records WHERE source = 'switch'") == 1


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"contractNumber": "Я-000"}, "NOT_FOUND", "records.1.contractNumber"),
        ({"contractNumber": None, "contract": f"contract_{NO_ID}"}, "NOT_FOUND", "records.1.contract"),
        ({"contractNumber": None, "contract": f"client_{NO_ID}"}, "NOT_FOUND", "records.1.contract"),
        ({"serviceCode": None, "service": "nonsense"}, "NOT_FOUND", "records.1.service"),
        ({"serviceCode": None}, "INVALID_INPUT", "records.1.service"),
        ({"occurredAt": None}, "INVALID_INPUT", "records.1.occurredAt"),
        ({"quantity": "1000000000000000"}, "INVALID_INPUT", "records.1.quantity"),
        ({"unitPrice": "1"}, "INVALID_INPUT", "records.1.taxIncluded"),
        ({"corrects": "call-9", "quantity": "-1"}, "NOT_FOUND", "records.1.corrects"),
    ],
)
async def test_one_bad_record_refuses_the_call(
    commander: Caller, changes: dict[str, Any], code: str, field: str
) -> None:
    problem = await record(commander, {**CALL, "externalId": "good"}, {**CALL, **changes})

    assert (problem["code"], problem["field"]) == (code, field)
    assert await value("SELECT count(*) FROM usage_records WHERE source = 'switch'") == 0


@pytest.mark.parametrize(
    "instant", ["2026-11-02T12:00:00", "2026-11-02", "2026-11-31T12:00:00Z", "2026-11-02T12:00:00+25:00", 1762084800]
)
async def test_instant_has_an_offset(commander: Caller, instant: Any) -> None:
    answer = await commander.answer(RECORD, input={"source": "switch", "records": [{**CALL, "occurredAt": instant}]})

    assert "DateTime is a string with an offset" in answer["errors"][0]["message"]


async def test_thousand_records_are_a_call_and_one_more_is_not(commander: Caller) -> None:
    many = [{**CALL, "externalId": f"call-{at}"} for at in range(1001)]

    too_many = await record(commander, *many)
    none = await record(commander)
    whole = await record(commander, *many[:1000])

    assert (too_many["code"], too_many["field"]) == ("INVALID_INPUT", "records")
    assert (none["code"], none["field"]) == ("INVALID_INPUT", "records")
    assert whole["recorded"] == 1000


async def test_price_is_set_changed_listed_and_deleted(commander: Caller) -> None:
    made = await create(commander)
    own = await create(commander, contract=f"contract_{await contract('Я-102-Т')}", currency=None)
    changed = (await commander.data(UPDATE, input={"price": made["id"], "allowance": "0"}))["updatePrice"]
    gone = (await commander.data(DELETE, input={"price": own["id"]}))["deletePrice"]
    left = await commander.data(f"{{ prices {{ totalCount nodes {{ {PRICE} }} }} }}")

    assert made == {
        "__typename": "Price",
        "id": made["id"],
        "service": {"code": "voice-out"},
        "contract": None,
        "currency": "RUB",
        "destination": "",
        "validFrom": "2026-12-01",
        "model": "GRADUATED",
        "taxIncluded": True,
        "allowance": "10",
        "isCharged": False,
        "tiers": [{"upTo": "100", "price": "1.50"}, {"upTo": None, "price": "1.20"}],
    }
    assert (own["contract"], own["currency"]) == ({"number": "Я-102-Т"}, "RUB")
    assert changed == {**made, "allowance": "0"}
    assert gone == {"__typename": "DeletedPrice", "id": own["id"]}
    assert left["prices"] == {
        "totalCount": 1,
        "nodes": [{key: told for key, told in changed.items() if key != "__typename"}],
    }


async def test_prices_are_listed_by_filter(commander: Caller) -> None:
    contract_id = f"contract_{await contract('Я-102-Т')}"
    for day in ("2026-12-01", "2027-01-01"):
        await create(commander, validFrom=day)
    await create(commander, validFrom="2026-12-15", destination="Пермь")
    await create(commander, validFrom="2026-12-20", contract=contract_id)
    service = (await new_price())["service"]

    async def listed(filter: dict[str, Any]) -> list[str]:
        query = "query($f: PriceFilter) { prices(filter: $f) { nodes { validFrom } } }"
        return [node["validFrom"] for node in (await commander.data(query, f=filter))["prices"]["nodes"]]

    assert await listed({}) == ["2027-01-01", "2026-12-20", "2026-12-15", "2026-12-01"]
    assert await listed({"validOn": "2026-12-19"}) == ["2026-12-15", "2026-12-01"]
    assert await listed({"validOn": "2027-01-01"}) == ["2027-01-01", "2026-12-20", "2026-12-15"]
    assert await listed({"contract": [contract_id]}) == ["2026-12-20"]
    assert await listed({"isOwn": False, "destination": ""}) == ["2027-01-01", "2026-12-01"]
    assert await listed({"service": [service], "currency": ["USD"]}) == []
    node = await commander.data("{ prices(first: 1) { nodes { id } } }")
    found = await commander.data("query($id: ID!) { node(id: $id) { id } }", id=node["prices"]["nodes"][0]["id"])
    assert found["node"] == node["prices"]["nodes"][0]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"service": f"service_{NO_ID}"}, "NOT_FOUND", "service"),
        ({"contract": f"contract_{NO_ID}"}, "NOT_FOUND", "contract"),
        ({"currency": "XXX"}, "INVALID_INPUT", "currency"),
        ({"tiers": []}, "INVALID_INPUT", "tiers"),
        ({"tiers": [{"price": "-1"}]}, "INVALID_INPUT", "tiers.0.price"),
        ({"tiers": [{"upTo": "9", "price": "1"}] * 2 + [{"price": "1"}]}, "INVALID_INPUT", "tiers.1.upTo"),
        ({"allowance": "-1"}, "INVALID_INPUT", "allowance"),
    ],
)
async def test_bad_price_is_a_problem(commander: Caller, changes: dict[str, Any], code: str, field: str) -> None:
    problem = await create(commander, **changes)

    assert (problem["code"], problem["field"]) == (code, field)
    assert await value("SELECT count(*) FROM prices") == 0


async def test_without_the_scope_nothing_is_recorded_nor_priced(own: Faces, commander: Caller) -> None:
    made = await create(commander)
    before = await rows("SELECT xmin::text, * FROM prices")
    callers = [await own.staff(Role.VIEWER), await own.staff(Role.MANAGER, Scope.BOOKS_READ)]

    for caller in callers:
        assert await caller.code(RECORD, input={"source": "switch", "records": [CALL]}) == "FORBIDDEN"
        assert await caller.code(CREATE, input=await new_price(validFrom="2027-01-01")) == "FORBIDDEN"
        assert await caller.code(UPDATE, input={"price": made["id"], "allowance": "0"}) == "FORBIDDEN"
        assert await caller.code(DELETE, input={"price": made["id"]}) == "FORBIDDEN"

    assert await value("SELECT count(*) FROM usage_records WHERE source = 'switch'") == 0
    assert await rows("SELECT xmin::text, * FROM prices") == before


async def test_unknown_price_is_not_found(commander: Caller) -> None:
    for query, name in ((UPDATE, "updatePrice"), (DELETE, "deletePrice")):
        problem = (await commander.data(query, input={"price": f"price_{NO_ID}"}))[name]
        assert (problem["code"], problem["field"]) == ("NOT_FOUND", "price")
