"""What the managers' face tells of a document, a run and a delivery, field by field."""

import pytest

from tests.schema.calling import Caller
from tests.schema.world import World

DOCUMENT = """
query($id: ID!) { document(id: $id) {
  id type { key title titles { locale } isPayable isInstalled detailsSchema } title number
  issueDate period { from until } dueDate
  status paymentStatus isOverdue enterprise { code } client { code } contract { number } run { id }
  totals { net { amount currency } tax { amount } gross { amount }
    taxes { rate net { amount currency } tax { amount } } }
  openAmount { amount currency } lines { position description quantity unit unitPrice net { amount currency }
    taxRate tax { amount } gross { amount } period { from } }
  details files { id kind name mediaType size sha256 url } isVisibleToClient
  deliveries { recipient state attempts { outcome reply } } voidReason issuedAt publishedAt
} }
"""


async def test_a_document_tells_everything(world: World, manager: Caller) -> None:
    found = (await manager.data(DOCUMENT, id=world.gid("document", "open")))["document"]

    assert found["id"] == world.gid("document", "open")
    assert (found["type"]["key"], found["type"]["isInstalled"]) == ("invoice", True)
    assert found["title"] == "Счёт на оплату"
    assert (found["issueDate"], found["dueDate"]) == ("2026-11-01", "2026-11-15")
    assert found["period"] == {"from": "2026-10-01", "until": "2026-11-01"}
    assert (found["status"], found["paymentStatus"], found["isOverdue"]) == ("ISSUED", "UNPAID", True)
    assert (found["enterprise"]["code"], found["client"]["code"], found["contract"]["number"]) == (
        "west",
        "alfa",
        "A-1",
    )
    assert found["totals"]["net"] == {"amount": "100.00", "currency": "RUB"}
    assert found["totals"]["taxes"][0]["rate"] == "22"
    assert found["openAmount"] == {"amount": "122.00", "currency": "RUB"}
    assert [line["position"] for line in found["lines"]] == [1, 2]
    assert found["lines"][0] == {
        "position": 1, "description": "Услуга 1", "quantity": "1.5", "unit": "мес", "unitPrice": "81.33",
        "net": {"amount": "50.00", "currency": "RUB"}, "taxRate": "22", "tax": {"amount": "11.00"},
        "gross": {"amount": "61.00"}, "period": {"from": "2026-10-01"},
    }  # fmt: skip
    assert found["details"] == {"note": "тест"}
    assert found["files"][0]["url"] == f"/files/{found['files'][0]['id']}"
    assert found["isVisibleToClient"] is True
    assert [row["state"] for row in found["deliveries"]] == ["SENT", "PENDING"]
    assert found["deliveries"][0]["attempts"] == [{"outcome": "SENT", "reply": "250 ok"}]
    assert found["publishedAt"] == "2026-11-01T21:30:00.000000Z"
    assert found["run"] is None


async def test_a_document_that_is_not_payable_has_no_open_amount_and_no_period(world: World, manager: Caller) -> None:
    query = "query($id: ID!) { document(id: $id) { openAmount { amount } period { from } dueDate paymentStatus } }"

    found = (await manager.data(query, id=world.gid("document", "free")))["document"]

    assert found == {"openAmount": None, "period": None, "dueDate": None, "paymentStatus": "NOT_PAYABLE"}


@pytest.mark.parametrize(
    ("name", "is_overdue", "is_visible"),
    [
        ("open", True, True),
        ("partial", False, True),
        ("paid", False, True),
        ("void", False, True),
        ("late east", True, True),
        ("due today", False, True),
        ("hidden", True, False),
        ("staff only", True, False),
        ("unpublished", True, False),
        ("embargoed", True, False),
        ("ruled out", True, False),
    ],
)
async def test_a_document_is_overdue_and_visible_by_its_facts(
    world: World, manager: Caller, name: str, is_overdue: bool, is_visible: bool
) -> None:
    query = "query($id: ID!) { document(id: $id) { isOverdue isVisibleToClient } }"

    found = (await manager.data(query, id=world.gid("document", name)))["document"]

    assert found == {"isOverdue": is_overdue, "isVisibleToClient": is_visible}


async def test_a_type_without_its_plugin_is_still_told(world: World, manager: Caller) -> None:
    query = "query($id: ID!) { document(id: $id) { type { key title isInstalled } } }"

    found = (await manager.data(query, id=world.gid("document", "ruled out")))["document"]

    assert found["type"] == {"key": "waybill", "title": "waybill", "isInstalled": False}


async def test_document_types_tell_titles_and_rules(manager: Caller) -> None:
    found = await manager.data('{ documentTypes { key title(locale: "ru") periodKinds rules { mask isVisible } } }')

    invoice = next(row for row in found["documentTypes"] if row["key"] == "invoice")
    assert invoice["title"]
    assert invoice["rules"] == []


async def test_a_run_and_a_plan_tell_their_counts(world: World, manager: Caller) -> None:
    query = """query($run: ID!, $plan: ID!) {
      run: node(id: $run) { ... on Run { state startedBy type { key } period { from }
        progress { total pending issued skipped failed alreadyIssued } skippedReasons { reason count }
        failedReasons { reason count } documents { totalCount nodes { number } } } }
      plan: node(id: $plan) { ... on Plan { documents alreadyIssued totals { gross { amount currency } }
        skipped { reason count } failed { reason } } } }"""

    found = await manager.data(query, run=world.gid("run", "run"), plan=world.gid("plan", "plan"))

    assert found["run"]["progress"] == {
        "total": 3, "pending": 0, "issued": 1, "skipped": 1, "failed": 1, "alreadyIssued": 4,
    }  # fmt: skip
    assert found["run"]["skippedReasons"] == [{"reason": "nothing_to_bill", "count": 1}]
    assert found["run"]["failedReasons"] == [{"reason": "Plugin invoice failed", "count": 1}]
    assert found["run"]["documents"]["totalCount"] == 1
    assert found["plan"] == {
        "documents": 2, "alreadyIssued": 1, "totals": [{"gross": {"amount": "122.00", "currency": "RUB"}}],
        "skipped": [{"reason": "nothing_to_bill", "count": 3}], "failed": [],
    }  # fmt: skip


async def test_books_are_walked_both_ways(manager: Caller) -> None:
    query = """{ client(code: "alfa") { name contacts { name client { code } } enterprise { code brand { name } }
      contracts { number openingBalance { amount currency } balance { amount currency } billing
        subscriptions { startedOn endedOn price { amount currency } service { code } contract { number } } } } }"""

    found = (await manager.data(query))["client"]

    assert found["contacts"] == [{"name": "Анна", "client": {"code": "alfa"}}]
    assert found["enterprise"] == {"code": "west", "brand": {"name": "Север"}}
    assert found["contracts"][0]["openingBalance"] == {"amount": "-10.50", "currency": "RUB"}
    assert found["contracts"][0]["balance"] == {"amount": "-254.50", "currency": "RUB"}
    assert found["contracts"][0]["billing"] == "POSTPAID"
    assert [row["startedOn"] for row in found["contracts"][0]["subscriptions"]] == ["2026-01-01", "2026-02-01"]
    assert found["contracts"][0]["subscriptions"][1]["endedOn"] == "2026-05-01"


async def test_a_contract_is_found_by_its_number_and_enterprise(world: World, manager: Caller) -> None:
    query = "query($number: String!, $of: ID) { contract(number: $number, enterprise: $of) { client { code } } }"

    east = await manager.data(query, number="A-1", of=world.gid("enterprise", "east"))
    alone = await manager.data(query, number="A-2")
    several = await manager.data(query, number="A-1")
    malformed = await manager.data(query, number="A-1", of="nonsense")

    assert east == {"contract": {"client": {"code": "beta"}}}
    assert alone == {"contract": {"client": {"code": "alfa"}}}
    assert several == {"contract": None}
    assert malformed == {"contract": None}


NODES = (
    ("brand", "brand", "Brand"), ("enterprise", "west", "Enterprise"), ("service", "sms", "Service"),
    ("client", "alfa", "Client"), ("contact", "contact alfa", "Contact"), ("contract", "A-1", "Contract"),
    ("subscription", "subscription A-1 1", "Subscription"), ("charge", "charge A-1 usage", "Charge"),
    ("document", "open", "Document"), ("delivery", "sent", "Delivery"), ("run", "run", "Run"), ("plan", "plan", "Plan"),
)  # fmt: skip


@pytest.mark.parametrize(("noun", "name", "type_name"), NODES)
async def test_node_finds_every_noun(world: World, manager: Caller, noun: str, name: str, type_name: str) -> None:
    id_ = world.gid(noun, name)

    found = await manager.data("query($id: ID!) { node(id: $id) { __typename id } }", id=id_)

    assert found["node"] == {"__typename": type_name, "id": id_}


async def test_node_finds_usage_by_its_number(manager: Caller) -> None:
    id_ = (await manager.data("{ usage(first: 1) { nodes { id } } }"))["usage"]["nodes"][0]["id"]

    found = await manager.data("query($id: ID!) { node(id: $id) { id ... on UsageRecord { source } } }", id=id_)

    assert found["node"] == {"id": id_, "source": "switch"}


MALFORMED = (
    "", "_", "document", "document_", "document_1", "document_0192f0c4-0000-7000-8000-000000000000", "nonsense_1",
    "client_' OR 1=1 --", "usage_", "usage_9999999999999999999", "usage_-1", "usage_1e5", "usage_٣", "DOCUMENT_x",
    "token_x",
    "document_{0192f0c4000070008000000000000000}", "9223372036854775808",
)  # fmt: skip


@pytest.mark.parametrize("id_", MALFORMED)
async def test_a_malformed_or_foreign_id_is_not_found(manager: Caller, id_: str) -> None:
    query = "query($id: ID!) { node(id: $id) { id } document(id: $id) { id } }"

    assert await manager.data(query, id=id_) == {"node": None, "document": None}


async def test_an_id_under_another_noun_is_not_found(world: World, manager: Caller) -> None:
    swapped = world.gid("document", "open").replace("document", "client")

    assert await manager.data("query($id: ID!) { node(id: $id) { id } }", id=swapped) == {"node": None}


@pytest.mark.parametrize("name", ["void", "void early"])
async def test_a_void_document_has_nothing_left_to_pay(world: World, manager: Caller, name: str) -> None:
    query = "query($id: ID!) { document(id: $id) { openAmount { amount } paymentStatus isOverdue } }"

    found = (await manager.data(query, id=world.gid("document", name)))["document"]

    assert found == {"openAmount": {"amount": "0.00"}, "paymentStatus": "NOT_PAYABLE", "isOverdue": False}


async def test_document_types_tell_what_their_templates_may_use(manager: Caller) -> None:
    query = """{ documentTypes { key corrects variables { name type sample isOptional
      descriptions { locale text } } } }"""

    found = {row["key"]: row for row in (await manager.data(query))["documentTypes"]}

    variables = {one["name"]: one for one in found["tax-invoice"]["variables"]}
    assert variables["document.lines[].net"]["type"] == "money"
    assert variables["document.details.is_advance"] == {
        "name": "document.details.is_advance",
        "type": "yes or no",
        "sample": "no",
        "isOptional": False,
        "descriptions": [
            {"locale": "en", "text": "Whether it taxes an advance, at the computed rate."},
            {"locale": "ru", "text": "Счёт-фактура на аванс, по расчётной ставке."},
        ],
    }
    assert found["corrective-tax-invoice"]["corrects"] == ["tax-invoice", "universal-transfer"]
    untold = [
        (key, one["name"])
        for key, row in found.items()
        for one in row["variables"]
        if [text["locale"] for text in one["descriptions"]] != ["en", "ru"]
    ]
    assert untold == []
