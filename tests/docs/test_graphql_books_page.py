"""docs/graphql-books.md: every operation on it is asked for, in the order of the page, from the real web process."""

import base64
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import parse

from billfold.services.parts import Parts
from tests.docs.asking import Reader, reading_page
from tests.docs.pages import Block, blocks, read, section
from tests.statement_texts import payment, statement_file

PAGE = read("docs/graphql-books.md")
BLOCKS = list(blocks(PAGE))
# What the table of refusals tells, in its order: a command, its input where a name in capitals is an id, and the code.
REFUSALS = [
    ("changeSubscription", 'subscription: SUBSCRIPTION from: "2026-11-10" price: "1.00"'),
    (
        "createPrice",
        'service: TRAFFIC contract: CONTRACT validFrom: "2026-11-15" taxIncluded: true tiers: [{price: "1"}]',
    ),
    ("createCharge", 'contract: CONTRACT service: SETUP on: "2026-10-31" unitPrice: "1.00" taxIncluded: true'),
    ("updatePrice", 'price: PRICE allowance: "0"'),
    ("updateContract", 'contract: CONTRACT currency: "USD"'),
    ("cancelCharge", 'charge: CHARGE reason: "Wrong"'),
    ("cancelPayment", 'payment: PAID reason: "Wrong"'),
    ("registerPayment", 'contract: CONTRACT amount: "1.005" receivedOn: "2026-11-01"'),
    ("createSubscription", 'contract: CONTRACT service: SETUP startedOn: "2026-11-20" price: "1" taxIncluded: true'),
    (
        "recordUsage",
        'source: "edge-1" records: [{externalId: "1" contract: CONTRACT service: TRAFFIC '
        'occurredAt: "2026-11-20T12:00:00+03:00" quantity: "1"}]',
    ),
    ("issueDocument", 'type: "invoice" contract: CONTRACT period: {from: "2026-10-01", until: "2026-11-01"}'),
]
CLOSED_BOOKS = [
    ("changeSubscription", 'subscription: SUBSCRIPTION from: "2026-10-20" price: "1.00"'),
    ("registerPayment", 'contract: CONTRACT amount: "1.00" receivedOn: "2026-10-31"'),
    ("setTaxRegime", 'enterprise: ENTERPRISE validFrom: "2026-10-15" regime: USN_5'),
    ("updateClient", 'client: CLIENT validFrom: "2026-10-15" name: "ООО «Рея»"'),
]


@pytest.fixture
async def reader(parts: Parts) -> AsyncIterator[Reader]:
    """Somebody with a manager's token, whose books are empty."""
    async with reading_page(parts, BLOCKS) as reader:
        yield reader


async def test_the_tasks_of_the_page_can_be_done_in_its_order(reader: Reader) -> None:
    services = await _parties(reader)
    await _charges(reader, services)
    await _payments(reader)
    await _statement(reader)
    await _reports(reader)
    await _end(reader)


async def _parties(reader: Reader) -> dict[str, str]:
    reader.know(brand=(await reader.ask("brand"))["createBrand"]["id"])
    enterprise = (await reader.ask("enterprise"))["createEnterprise"]
    assert [warning["field"] for warning in enterprise["warnings"]] == ["ogrn"]
    reader.know(enterprise=enterprise["id"])
    mended = (await reader.ask("mend"))["updateEnterprise"]
    assert (mended["requisitesFrom"], mended["warnings"]) == ("1900-01-01", [])
    given = await reader.ask("account and signer")
    assert given["setBankAccount"]["bankAccounts"][0]["account"] == "40702810300000000777"

    services = {name: made["id"] for name, made in (await reader.ask("services")).items()}

    client = (await reader.ask("client"))["createClient"]
    assert (client["requisitesFrom"], client["warnings"]) == ("1900-01-01", [])
    reader.know(client=client["id"])
    assert (await reader.ask("contact"))["createContact"]["role"] == "accounting"
    moved = (await reader.ask("new requisites"))["updateClient"]
    assert [version["name"] for version in moved["requisites"]] == ["ООО «Парус»", "АО «Парус»"]

    contract = (await reader.ask("contract"))["createContract"]
    assert contract["balance"] == {"amount": "0.00", "currency": "RUB"}
    reader.know(contract=contract["id"])
    return services


async def _charges(reader: Reader, services: dict[str, str]) -> None:
    reader.know(service=services["hosting"])
    reader.know(subscription=(await reader.ask("subscribe"))["createSubscription"]["id"])
    await reader.ask("change")
    await reader.ask("suspend")
    changes = (await reader.ask("resume"))["resumeSubscription"]["changes"]
    days = [(change["validFrom"], change["isSuspended"]) for change in changes]
    assert days == [("2026-10-16", False), ("2026-10-21", True), ("2026-10-26", False)]
    assert (await reader.ask("end"))["endSubscription"]["endedOn"] == "2027-01-01"

    assert (await reader.ask("usage"))["recordUsage"] == {"recorded": 2, "duplicates": 0, "late": 0}
    assert (await reader.ask("usage of a contract"))["usage"]["totalCount"] == 2
    reader.know(service=services["traffic"])
    reader.know(price=(await reader.ask("prices"))["createPrice"]["id"])

    preview = (await reader.ask("preview"))["chargePreview"]
    sums = [charge["gross"]["amount"] for charge in preview["charges"]]
    assert sums == ["1500.00", "1000.00", "1200.00", "0.00", "300.00", "60.00"]
    assert preview["charges"][3]["reason"] == "100 free"
    assert preview["gross"] == {"amount": "4060.00", "currency": "RUB"}

    reader.know(service=services["setup"], setup=services["setup"], traffic=services["traffic"])
    entered = await reader.ask("charge and credit")
    assert entered["credit"]["contract"]["balance"]["amount"] == "-940.00"
    reader.know(charge=entered["charge"]["id"])


async def _payments(reader: Reader) -> None:
    issued = (await reader.ask("issue"))["issueDocument"]
    assert issued["totals"]["gross"]["amount"] == "5000.00"
    reader.know(document=issued["id"], number=issued["number"])
    (open_,) = (await reader.ask("open documents"))["documents"]["nodes"]
    assert open_["openAmount"] == {"amount": "5000.00", "currency": "RUB"}

    tied = (await reader.ask("payment for a document"))["registerPayment"]
    assert _open(tied["allocations"][0]) == ("REFERENCED", "2000.00", "3000.00")
    free = (await reader.ask("payment"))["registerPayment"]
    assert _open(free["allocations"][0]) == ("AUTOMATIC", "2500.00", "500.00")

    reader.know(allocation=free["allocations"][0]["id"], payment=free["id"], paid=free["id"])
    released = (await reader.ask("release"))["releaseAllocation"]
    assert released["payment"]["free"]["amount"] == "2500.00"
    assert _open((await reader.ask("allocate"))["allocatePayment"]) == ("MANUAL", "1300.00", "1700.00")
    assert (await reader.ask("refund"))["refundPayment"]["amount"]["amount"] == "-200.00"
    reader.know(payment=tied["id"])
    assert (await reader.ask("cancel"))["cancelPayment"]["contract"]["balance"]["amount"] == "-2700.00"

    assert (await reader.ask("mark"))["markDocumentPaid"]["paymentStatus"] == "PAID"
    unmarked = (await reader.ask("unmark"))["unmarkDocumentPaid"]
    assert (unmarked["paymentStatus"], unmarked["openAmount"]["amount"]) == ("PARTIALLY_PAID", "2700.00")


def _open(allocation: dict[str, Any]) -> tuple[str, str, str]:
    """Give the kind of an allocation, how much it is, and what its document has still open."""
    return allocation["kind"], allocation["amount"]["amount"], allocation["document"]["openAmount"]["amount"]


async def _statement(reader: Reader) -> None:
    own = {"ПолучательСчет": "40702810300000000777", "ПолучательИНН": "7810000516"}
    purpose = f"Оплата по счёту № {reader.known('number')}"
    file = statement_file(
        payment(**own, Номер="1", Сумма="1000.00", ПлательщикИНН="7810000770", НазначениеПлатежа=purpose),
        payment(**own, Номер="2", Сумма="700.00"),
        payment(**own, Номер="3", Сумма="12.34", НазначениеПлатежа="Проценты"),
    )
    reader.know(file=base64.b64encode(file).decode())

    told = (await reader.ask("statement"))["importStatement"]
    assert (told["matched"], told["credited"], told["unmatched"]) == (1, 0, 2)

    client, bank = (await reader.ask("unmatched"))["statementLines"]["nodes"]
    assert client["comment"].startswith("Neither the payer's INN nor the purpose leads to one contract")
    reader.know(line=client["id"])
    assert (await reader.ask("resolve"))["resolveStatementLine"]["state"] == "MATCHED"
    reader.know(line=bank["id"])
    assert (await reader.ask("dismiss"))["dismissStatementLine"]["state"] == "DISMISSED"


async def _reports(reader: Reader) -> None:
    balances = (await reader.ask("balances"))["balances"]
    assert balances["contracts"]["nodes"][0]["balance"] == {"amount": "-1000.00", "currency": "RUB"}
    ageing = (await reader.ask("ageing"))["ageing"]
    assert ageing["totals"][0]["notDue"]["amount"] == "1000.00"
    revenue = (await reader.ask("revenue"))["revenue"]
    assert [row["gross"]["amount"] for row in revenue["rows"]] == ["3700.00", "360.00", "940.00"]
    dashboard = (await reader.ask("dashboard"))["dashboard"]
    assert dashboard["paid"][0]["received"]["amount"] == "4200.00"


async def _end(reader: Reader) -> None:
    closed = (await reader.ask("close the books"))["closePeriod"]
    assert (closed["closedUntil"], closed["contracts"], closed["charged"]) == ("2026-11-01", 0, [])
    ended = (await reader.ask("close a contract"))["closeContract"]
    assert ended["contract"]["subscriptions"] == [{"endedOn": "2026-11-16"}]
    assert ended["document"]["totals"]["gross"]["amount"] == "3100.00"
    events = (await reader.ask("audit"))["auditEvents"]["nodes"]
    assert [event["operation"].removesuffix("Subscription") for event in events] == [
        "end",
        "resume",
        "suspend",
        "change",
        "create",
    ]
    assert events[0]["details"] == {"dropped": [], "endedOn": [None, "2027-01-01"]}


async def test_what_the_page_says_is_refused_is_refused(reader: Reader) -> None:
    services = await _parties(reader)
    await _charges(reader, services)
    await _payments(reader)
    await _end(reader)

    told = [row.split("`")[1] for row in section(PAGE, "What is refused").splitlines() if "| `" in row]
    assert [await _refused(reader, *one) for one in REFUSALS] == told
    assert [await _refused(reader, *one) for one in CLOSED_BOOKS] == ["ILLEGAL_STATE"] * len(CLOSED_BOOKS)


async def _refused(reader: Reader, command: str, given: str) -> str:
    """Give the code of the problem that a command comes to."""
    given = re.sub(r": ([A-Z]{2,})\b(?!_)", lambda match: f': "{reader.known(match[1].lower())}"', given)
    data = await reader.post(f"mutation {{ it: {command}(input: {{{given}}}) {{ ... on Problem {{ code }} }} }}", {})
    return str(data["it"].get("code"))


@pytest.mark.parametrize("shown", [one for one in BLOCKS if one.language == "graphql"], ids=lambda one: one.title)
def test_operations_on_the_page_are_graphql(shown: Block) -> None:
    parse(shown.text)


def test_every_operation_on_the_page_is_asked_for() -> None:
    source = read("tests/docs/test_graphql_books_page.py")
    titles = [one.title for one in BLOCKS if one.title]

    assert [title for title in titles if f'("{title}"' not in source] == []
