"""The managers' commands on services, contracts and subscriptions: what is read back, refused, and left alone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.database.connection import writing
from billfold.domain.access import Role, Scope
from billfold.services.parts import Parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, rows, value

NO_ID = "0192f0c4-0000-7000-8000-000000000000"
TERMS = "validFrom price { amount currency } quantity taxIncluded isSuspended"
READ = {
    "Service": "id code name names unitName unitOkei kind taxCategory",
    "Contract": """id number client { code } enterprise { code } signedOn validTo currency billing paymentTermsDays
      openingBalance { amount } creditLimit { amount } balance { amount }
      available { amount currency } closedOn parkedAt parkedReason""",
    "Subscription": f"""id contract {{ number }} service {{ code }} startedOn endedOn ordinal price {{ amount }}
      quantity taxIncluded proration isSuspended changes {{ {TERMS} }}""",
    "ClosedContract": """contract { id number closedOn subscriptions { endedOn } }
      document { id number period { from until } totals { gross { amount } } } problem { code message field }""",
}
TYPES = {"closeContract": "ClosedContract"}
COMMANDS = (
    "createService", "updateService", "createContract", "updateContract", "closeContract", "parkContract",
    "unparkContract", "createSubscription",
    "changeSubscription", "suspendSubscription", "resumeSubscription", "endSubscription",
)  # fmt: skip
STATE = {
    "services": "SELECT * FROM services ORDER BY id",
    "contracts": "SELECT * FROM contracts ORDER BY id",
    "subscriptions": "SELECT * FROM subscriptions ORDER BY id",
    "changes": "SELECT * FROM subscription_changes ORDER BY id",
    "documents": "SELECT * FROM documents",
    "log": "SELECT * FROM audit_events WHERE operation NOT LIKE '%Token%' AND operation NOT LIKE '%Staff%'",
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


def operation(command: str) -> str:
    """Write a command that reads all of what it gives; a problem's code has a name of its own beside a service's."""
    of = TYPES.get(command) or next(name for name in READ if command.endswith(name))
    title = command[0].upper() + command[1:]
    return f"""mutation($input: {title}Input!) {{ {command}(input: $input) {{ __typename
      ... on {of} {{ {READ[of]} }} ... on Problem {{ problemCode: code message field }} }} }}"""


async def command(caller: Caller, name: str, /, **given: Any) -> dict[str, Any]:
    """Carry a command out and give its result."""
    found: dict[str, Any] = (await caller.data(operation(name), input=given))[name]
    return found


async def state() -> dict[str, list[dict[str, Any]]]:
    """Give all rows that the commands may change."""
    return {name: await rows(query) for name, query in STATE.items()}


async def valid_input(name: str) -> dict[str, Any]:
    """Give an input with which a command succeeds on the sample books, once a subscription rests."""
    query = "SELECT 'subscription_' || id FROM subscriptions WHERE contract_id = $1 ORDER BY started_on LIMIT 1"
    subscription = {"subscription": await value(query, await contract("Я-101"))}
    of_contract = {"contract": f"contract_{await contract('Я-101')}"}
    service = {"service": await value("SELECT 'service_' || id FROM services WHERE code = 'fiber-300'")}
    parties = (
        await rows("SELECT 'client_' || id AS client, 'enterprise_' || enterprise_id AS enterprise FROM clients")
    )[0]
    inputs: dict[str, dict[str, Any]] = {
        "createService": {"code": "iptv", "name": "Телевидение", "kind": "SUBSCRIPTION"},
        "updateService": {**service, "taxCategory": "REDUCED"},
        "createContract": {
            **parties, "number": "Я-900", "signedOn": "2026-10-01", "currency": "RUB", "billing": "PREPAID",
        },
        "updateContract": {**of_contract, "creditLimit": "500.00"},
        "closeContract": {**of_contract, "on": "2026-10-22"},
        "parkContract": {**of_contract, "reason": "Disputed"},
        "unparkContract": {"contract": f"contract_{await contract('В-7')}"},
        "createSubscription": {
            **of_contract, **service, "startedOn": "2026-10-05", "price": "99.90", "taxIncluded": True,
        },
        "changeSubscription": {**subscription, "from": "2026-10-05", "price": "150.00"},
        "suspendSubscription": {**subscription, "from": "2026-10-05"},
        "resumeSubscription": {**subscription, "from": "2026-10-10"},
        "endSubscription": {**subscription, "on": "2026-10-20"},
    }  # fmt: skip
    return inputs[name]


async def _suspend(caller: Caller) -> None:
    """Let a subscription rest, and a contract."""
    await command(caller, "parkContract", contract=f"contract_{await contract('В-7')}", reason="Disputed")
    await command(caller, "suspendSubscription", **(await valid_input("suspendSubscription") | {"from": "2026-10-02"}))


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_valid_input_succeeds(commander: Caller, name: str) -> None:
    await _suspend(commander)

    found = await command(commander, name, **await valid_input(name))

    assert found["__typename"] in READ
    assert await value("SELECT actor FROM audit_events WHERE operation = $1 LIMIT 1", name) == "manager@staff.example"


@pytest.mark.parametrize("name", COMMANDS)
async def test_who_may_not_write_is_forbidden_and_nothing_happens(own: Faces, commander: Caller, name: str) -> None:
    await _suspend(commander)
    given, before = await valid_input(name), await state()
    refused = [await own.staff(Role.VIEWER)]
    refused += [await own.staff(Role.MANAGER, *scopes) for scopes in _too_few(name)]

    codes = {await caller.code(operation(name), input=given) for caller in refused}

    assert codes == {"FORBIDDEN"}
    assert await state() == before


def _too_few(name: str) -> list[tuple[Scope, ...]]:
    """Give sets of scopes that do not suffice."""
    reading = (Scope.BOOKS_READ, Scope.DOCUMENTS_READ)
    short = [(*reading, Scope.DOCUMENTS_ISSUE)]
    return [*short, (*reading, Scope.BOOKS_WRITE)] if name == "closeContract" else short


@pytest.mark.parametrize("name", [name for name in COMMANDS if not name.startswith("create")])
@pytest.mark.parametrize("form", ["{noun}_" + NO_ID, "brand_" + NO_ID, "nonsense"])
async def test_an_unknown_id_is_not_found_and_nothing_happens(commander: Caller, name: str, form: str) -> None:
    noun = next(noun for noun in ("service", "contract", "subscription") if name.lower().endswith(noun))
    given = await valid_input(name) | {noun: form.format(noun=noun)}
    before = await state()

    problem = await command(commander, name, **given)

    assert (problem["__typename"], problem["problemCode"], problem["field"]) == ("Problem", "NOT_FOUND", noun)
    assert await state() == before


@pytest.mark.parametrize(
    ("name", "wrong", "code", "field"),
    [
        ("createService", {"code": "fiber-300"}, "CONFLICT", "code"),
        ("createService", {"names": [{"locale": "en", "name": "A"}, {"locale": "en", "name": "B"}]}, "INVALID_INPUT",
         "names"),
        ("updateService", {"name": None}, "INVALID_INPUT", "name"),
        ("createContract", {"number": "Я-101", "currency": "USD"}, "CONFLICT", "number"),
        ("createContract", {"client": f"client_{NO_ID}"}, "NOT_FOUND", "client"),
        ("createContract", {"currency": "JPY", "openingBalance": "1.50"}, "INVALID_INPUT", "openingBalance"),
        ("updateContract", {"client": None}, "INVALID_INPUT", "client"),
        ("updateContract", {"creditLimit": "-1.00"}, "INVALID_INPUT", "creditLimit"),
        ("closeContract", {"type": "nonsense"}, "UNKNOWN_DOCUMENT_TYPE", "type"),
        ("closeContract", {"on": "2000-01-01"}, "INVALID_INPUT", "on"),
        ("parkContract", {"reason": " "}, "INVALID_INPUT", "reason"),
        ("createSubscription", {"service": f"service_{NO_ID}"}, "NOT_FOUND", "service"),
        ("createSubscription", {"endedOn": "2026-10-05"}, "INVALID_INPUT", "endedOn"),
        ("changeSubscription", {"price": "-1"}, "INVALID_INPUT", "price"),
        ("changeSubscription", {"price": None}, "INVALID_INPUT", "price"),
        ("suspendSubscription", {"until": "2026-10-05"}, "INVALID_INPUT", "until"),
        ("resumeSubscription", {}, "ILLEGAL_STATE", "from"),
        ("endSubscription", {"on": "2001-01-01"}, "INVALID_INPUT", "on"),
    ],
)  # fmt: skip
async def test_bad_input_is_a_problem_with_its_field_and_nothing_happens(
    commander: Caller, name: str, wrong: dict[str, Any], code: str, field: str
) -> None:
    first = await value("SELECT 'client_' || client_id FROM contracts WHERE number = 'Я-101'")
    seller = await value("SELECT 'enterprise_' || enterprise_id FROM contracts WHERE number = 'Я-101'")
    parties = {"client": first, "enterprise": seller} if name == "createContract" else {}
    given = await valid_input(name) | parties | wrong
    before = await state()

    problem = await command(commander, name, **given)

    assert (problem["__typename"], problem["problemCode"], problem["field"]) == ("Problem", code, field)
    assert await state() == before


async def test_a_service_is_read_back_as_it_was_given(commander: Caller) -> None:
    given = {
        "code": "iptv", "name": "Телевидение", "names": [{"locale": "en", "name": "Television"}], "unitName": "мес",
        "unitOkei": "362", "kind": "SUBSCRIPTION", "taxCategory": "EXEMPT",
    }  # fmt: skip

    made = await command(commander, "createService", **given)
    cleared = await command(commander, "updateService", service=made["id"], names=[], unitOkei=None)

    expected = {**given, "names": {"en": "Television"}, "id": made["id"], "__typename": "Service"}
    assert made == expected
    assert cleared == expected | {"names": {}, "unitOkei": ""}


async def test_a_contract_is_read_back_with_what_may_still_be_used(commander: Caller) -> None:
    given = await valid_input("createContract") | {"openingBalance": "-100.50", "validTo": "2027-01-01"}

    made = await command(commander, "createContract", **given)
    changed = await command(
        commander, "updateContract", contract=made["id"], creditLimit="300", validTo=None, billing="POSTPAID"
    )

    assert (made["number"], made["validTo"], made["billing"]) == ("Я-900", "2027-01-01", "PREPAID")
    assert (made["balance"]["amount"], made["available"]["amount"]) == ("-100.50", "-100.50")
    assert (changed["validTo"], changed["billing"]) == (None, "POSTPAID")
    assert changed["creditLimit"] == {"amount": "300.00"}
    assert changed["available"] == {"amount": "199.50", "currency": "RUB"}


async def test_a_parked_contract_tells_why_and_is_found_until_it_is_unparked(commander: Caller) -> None:
    given, parked = await valid_input("parkContract"), "{ contracts(filter: {isParked: true}) { nodes { number } } }"

    told = await command(commander, "parkContract", **given)
    found = await commander.data(parked)
    unparked = await command(commander, "unparkContract", contract=given["contract"])
    left = await commander.data(parked)

    assert (told["parkedAt"], told["parkedReason"]) == ("2026-11-01T09:00:00.000000Z", "Disputed")
    assert found["contracts"]["nodes"] == [{"number": "Я-101"}]
    assert (unparked["parkedAt"], unparked["parkedReason"]) == (None, None)
    assert left["contracts"]["nodes"] == []


async def test_the_header_carries_a_creation_out_once(own: Faces, commander: Caller) -> None:
    body = {"query": operation("createContract"), "variables": {"input": await valid_input("createContract")}}
    headers = {"Authorization": f"Bearer {commander.token}", "Idempotency-Key": "k1"}

    first, again = [(await own.http.post("/graphql", json=body, headers=headers)).json() for _ in range(2)]

    assert first == again
    assert first["data"]["createContract"]["number"] == "Я-900"


async def test_a_subscription_tells_what_it_is_from_day_to_day(commander: Caller) -> None:
    made = await command(commander, "createSubscription", **await valid_input("createSubscription"))
    subscription = {"subscription": made["id"]}

    await command(commander, "changeSubscription", **subscription, **{"from": "2026-10-20", "quantity": "3"})
    await command(commander, "suspendSubscription", **subscription, **{"from": "2026-10-31", "until": "2026-11-02"})
    found = await command(commander, "endSubscription", **subscription, on="2026-12-01")

    assert (made["ordinal"], made["quantity"], made["proration"], made["changes"]) == (1, "1", "BY_DAY", [])
    # Today is 2026-11-01.
    assert (found["endedOn"], found["isSuspended"]) == ("2026-12-01", True)
    price = {"amount": "99.90", "currency": "RUB"}
    assert [(one["validFrom"], one["price"], one["quantity"], one["isSuspended"]) for one in found["changes"]] == [
        ("2026-10-20", price, "3", False),
        ("2026-10-31", price, "3", True),
        ("2026-11-02", price, "3", False),
    ]


async def test_a_closed_contract_gives_its_final_document_and_again_the_same(commander: Caller) -> None:
    given = await valid_input("closeContract")

    closed = await command(commander, "closeContract", **given)
    again = await command(commander, "closeContract", **given)

    assert closed["contract"]["closedOn"] == "2026-10-22"
    assert [one["endedOn"] for one in closed["contract"]["subscriptions"]] == ["2026-10-22", "2026-10-22"]
    assert closed["document"]["period"] == {"from": "2026-10-01", "until": "2026-10-22"}
    assert closed["document"]["totals"]["gross"]["amount"] == "1383.87"
    assert closed["problem"] is None
    assert again == closed
    assert await value("SELECT count(*) FROM documents") == 1


async def test_what_keeps_the_final_document_back_is_told_beside_the_closed_contract(commander: Caller) -> None:
    given = await valid_input("closeContract")
    async with writing() as connection:
        await connection.execute("UPDATE subscriptions SET price = 999999999999999")

    closed = await command(commander, "closeContract", **given)

    assert closed["contract"]["closedOn"] == "2026-10-22"
    assert closed["document"] is None
    assert closed["problem"]["code"] == "LIMIT_EXCEEDED"
