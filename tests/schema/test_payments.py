"""Payments on the managers' face: commands with their Problems and rights, lists, and what documents say of money."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Role, Scope
from billfold.rendering.press import Press
from billfold.services import allocations, paid_by_hand, refunds, tokens
from billfold.services.parts import Parts
from tests.conftest import make_parts
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import rows, value
from tests.services.money import ask_advance, balance, bill, open_contract, pay

PROBLEM = "... on Problem { code message field }"
PAYMENT = """... on Payment { id kind method amount { amount currency } receivedOn reference comment payerName payerInn
  payerAccount source externalId free { amount } isCancelled cancelledBy cancelReason createdBy
  allocations { kind isAdvance amount { amount } document { number } payment { id } releasedAt }
  refunds { id amount { amount } } refundOf { id } contract { number balance { amount } } }"""
ALLOCATION = "... on Allocation { id kind amount { amount } document { number openAmount { amount } } releaseReason }"
DOCUMENT = """... on Document { number paymentStatus isOverdue openAmount { amount } paidOn paidLateDays
  paidByHand { at by reason } payments { amount { amount } payment { id } document { number } } }"""
NOBODY = "0192f0c4-0000-7000-8000-000000000000"


def command(name: str, type_: str, shown: str) -> str:
    """Give a mutation of one command."""
    return f"mutation($input: {type_}!) {{ {name}(input: $input) {{ __typename {shown} {PROBLEM} }} }}"


REGISTER = command("registerPayment", "RegisterPaymentInput", PAYMENT)
CANCEL = command("cancelPayment", "CancelPaymentInput", PAYMENT)
REFUND = command("refundPayment", "RefundPaymentInput", PAYMENT)
ALLOCATE = command("allocatePayment", "AllocatePaymentInput", ALLOCATION)
RELEASE = command("releaseAllocation", "ReleaseAllocationInput", ALLOCATION)
MARK = command("markDocumentPaid", "MarkDocumentPaidInput", DOCUMENT)
UNMARK = command("unmarkDocumentPaid", "UnmarkDocumentPaidInput", DOCUMENT)


@pytest.fixture
async def own(parts: Parts) -> AsyncIterator[Faces]:
    """Callers on a fresh database."""
    async with open_http(parts) as http:
        yield Faces(parts, http)


@pytest.fixture
async def commander(own: Faces) -> Caller:
    """A manager of the fresh database."""
    return await own.staff(Role.MANAGER)


async def told(caller: Caller, query: str, **given: Any) -> dict[str, Any]:
    """Give what a command tells."""
    (found,) = (await caller.data(query, input=given)).values()
    return dict(found)


async def document_told(caller: Caller, document: UUID) -> dict[str, Any]:
    """Give what a document says of money."""
    query = f"query($id: ID!) {{ node(id: $id) {{ {DOCUMENT} }} }}"
    return dict((await caller.data(query, id=f"document_{document}"))["node"])


async def test_a_payment_is_registered_and_read_back_with_all_that_is_known_of_it(commander: Caller) -> None:
    contract = await open_contract("Д-1")
    document = await bill(contract, "1", "100.00", month=9)

    payment = await told(
        commander,
        REGISTER,
        contract=f"contract_{contract}",
        amount="150",
        receivedOn="2026-10-30",
        document=f"document_{document}",
        reference="Оплата по счету 1",
        comment="касса",
        method="CASH",
        payerName="ООО «Юпитер»",
        payerInn="7707083893",
        payerAccount="40702810200000000001",
        source="shop",
        externalId="17",
    )

    id_ = payment.pop("id")
    assert payment == {
        "__typename": "Payment",
        "kind": "PAYMENT",
        "method": "CASH",
        "amount": {"amount": "150.00", "currency": "RUB"},
        "receivedOn": "2026-10-30",
        "reference": "Оплата по счету 1",
        "comment": "касса",
        "payerName": "ООО «Юпитер»",
        "payerInn": "7707083893",
        "payerAccount": "40702810200000000001",
        "source": "shop",
        "externalId": "17",
        "free": {"amount": "50.00"},
        "isCancelled": False,
        "cancelledBy": "",
        "cancelReason": "",
        "createdBy": "manager@staff.example",
        "allocations": [
            {
                "kind": "REFERENCED",
                "isAdvance": False,
                "amount": {"amount": "100.00"},
                "document": {"number": "1"},
                "payment": {"id": id_},
                "releasedAt": None,
            }
        ],
        "refunds": [],
        "refundOf": None,
        "contract": {"number": "Д-1", "balance": {"amount": "50.00"}},
    }


async def test_documents_may_be_several(commander: Caller) -> None:
    contract = await open_contract()
    first, second = [await bill(contract, str(month), "100.00", month=month) for month in (8, 9)]

    payment = await told(
        commander,
        REGISTER,
        contract=f"contract_{contract}",
        amount="150.00",
        receivedOn="2026-10-30",
        documents=[f"document_{second}", f"document_{first}"],
    )

    assert [each["document"]["number"] for each in payment["allocations"]] == ["9", "8"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"contract": f"contract_{NOBODY}"}, "NOT_FOUND", "contract"),
        ({"contract": "nonsense"}, "NOT_FOUND", "contract"),
        ({"document": f"document_{NOBODY}"}, "NOT_FOUND", "document"),
        ({"documents": []}, "INVALID_INPUT", "documents"),
        ({"amount": "0"}, "INVALID_INPUT", "amount"),
        ({"amount": "1.005"}, "INVALID_INPUT", "amount"),
        ({"receivedOn": "2026-11-03"}, "INVALID_INPUT", "receivedOn"),
        ({"idempotencyKey": "й"}, "INVALID_INPUT", "idempotencyKey"),
    ],
)
async def test_what_is_no_payment_is_a_problem_and_nothing_changes(
    commander: Caller, changes: dict[str, Any], code: str, field: str
) -> None:
    contract = await open_contract()
    given = {"contract": f"contract_{contract}", "amount": "1.00", "receivedOn": "2026-10-30", **changes}

    problem = await told(commander, REGISTER, **given)

    assert (problem["__typename"], problem["code"], problem["field"]) == ("Problem", code, field)
    assert await rows("SELECT 1 FROM payments") == []


async def test_a_payment_is_cancelled_refunded_and_moved(parts: Parts, commander: Caller) -> None:
    contract = await open_contract()
    await bill(contract, "1", "60.00", month=8)
    second = await bill(contract, "2", "60.00", month=9)
    payment = f"payment_{await pay(parts, contract, '100.00')}"

    largest = await value("SELECT id FROM allocations ORDER BY amount DESC LIMIT 1")
    first_id = f"allocation_{largest}"
    released = await told(commander, RELEASE, allocation=first_id, reason="не тот")
    moved = await told(commander, ALLOCATE, payment=payment, document=f"document_{second}", amount="20.00")
    refund = await told(commander, REFUND, payment=payment, amount="30.00", refundedOn="2026-10-31", reason="возврат")
    refused = await told(commander, CANCEL, payment=payment, reason="ошибка")
    await told(commander, CANCEL, payment=refund["id"], reason="ошибка")
    cancelled = await told(commander, CANCEL, payment=payment, reason="ошибка")

    assert (released["releaseReason"], released["document"]["openAmount"]["amount"]) == ("не тот", "60.00")
    assert (moved["kind"], moved["document"]["openAmount"]["amount"]) == ("MANUAL", "0.00")
    assert (refund["kind"], refund["amount"]["amount"], refund["comment"]) == ("REFUND", "-30.00", "возврат")
    assert (refund["refundOf"], refund["free"]["amount"]) == ({"id": payment}, "0.00")
    assert (refused["code"], refused["field"]) == ("ILLEGAL_STATE", "payment")
    assert (cancelled["isCancelled"], cancelled["free"]["amount"]) == (True, "0.00")
    assert await balance(contract) == "-120.00"


async def test_unknown_ids_are_not_found(parts: Parts, commander: Caller) -> None:
    payment = f"payment_{await pay(parts, await open_contract(), '100.00')}"
    unknown = f"document_{NOBODY}"

    for query, given, field in (
        (CANCEL, {"payment": f"payment_{NOBODY}", "reason": "x"}, "payment"),
        (REFUND, {"payment": "x", "amount": "1", "refundedOn": "2026-10-31", "reason": "x"}, "payment"),
        (ALLOCATE, {"payment": payment, "document": unknown}, "document"),
        (RELEASE, {"allocation": f"allocation_{NOBODY}", "reason": "x"}, "allocation"),
        (MARK, {"document": unknown, "reason": "x"}, "document"),
        (UNMARK, {"document": unknown, "reason": "x"}, "document"),
    ):
        problem = await told(commander, query, **given)
        assert (problem["code"], problem["field"]) == ("NOT_FOUND", field)


@pytest.mark.parametrize("lacking", ["viewer", "scope"])
async def test_who_may_not_write_books_changes_nothing(parts: Parts, own: Faces, lacking: str) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9)
    payment = f"payment_{await pay(parts, contract, '40.00')}"
    only = await value("SELECT id FROM allocations")
    allocation = f"allocation_{only}"
    reading = (Scope.BOOKS_READ, Scope.DOCUMENTS_READ)
    caller = await (own.staff(Role.VIEWER) if lacking == "viewer" else own.staff(Role.MANAGER, *reading))
    events = await value("SELECT count(*) FROM audit_events")
    register = {"contract": f"contract_{contract}", "amount": "1.00", "receivedOn": "2026-10-30"}

    for query, given in (
        (REGISTER, register),
        (CANCEL, {"payment": payment, "reason": "x"}),
        (REFUND, {"payment": payment, "amount": "1.00", "refundedOn": "2026-10-31", "reason": "x"}),
        (ALLOCATE, {"payment": payment, "document": f"document_{document}"}),
        (RELEASE, {"allocation": allocation, "reason": "x"}),
        (MARK, {"document": f"document_{document}", "reason": "x"}),
        (UNMARK, {"document": f"document_{document}", "reason": "x"}),
    ):
        assert await caller.code(query, input=given) == "FORBIDDEN"

    assert await balance(contract) == "-60.00"
    assert await value("SELECT count(*) FROM allocations WHERE released_at IS NULL") == 1
    assert await value("SELECT count(*) FROM documents WHERE paid_by_hand_at IS NOT NULL") == 0
    assert await value("SELECT count(*) FROM audit_events") == events


async def test_a_key_registers_one_payment(commander: Caller) -> None:
    contract = await open_contract()
    given = {"contract": f"contract_{contract}", "amount": "1.00", "receivedOn": "2026-10-30", "idempotencyKey": "k"}

    made = [(await told(commander, REGISTER, **given))["id"] for _ in range(2)]
    other = await told(commander, REGISTER, **{**given, "amount": "2.00"})

    assert made[0] == made[1]
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await balance(contract) == "1.00"


async def test_a_document_tells_the_money_that_settles_it_now(parts: Parts, commander: Caller) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9, due_date=date(2026, 10, 20))
    released = await pay(parts, contract, "30.00", received_on=date(2026, 10, 1))
    await refunds.cancel(parts, OPERATOR, payment_id=released, reason="ошибка")
    first = await pay(parts, contract, "40.00", received_on=date(2026, 10, 2))

    partly = await document_told(commander, document)
    await pay(parts, contract, "60.00", received_on=date(2026, 10, 23))
    paid = await document_told(commander, document)

    assert (partly["paymentStatus"], partly["openAmount"]["amount"]) == ("PARTIALLY_PAID", "60.00")
    assert (partly["isOverdue"], partly["paidOn"], partly["paidLateDays"]) == (True, None, None)
    assert [each["payment"]["id"] for each in partly["payments"]] == [f"payment_{first}"]
    assert (paid["paymentStatus"], paid["openAmount"]["amount"], paid["isOverdue"]) == ("PAID", "0.00", False)
    assert (paid["paidOn"], paid["paidLateDays"]) == ("2026-10-23", 3)
    assert [each["amount"]["amount"] for each in paid["payments"]] == ["40.00", "60.00"]


async def test_a_document_paid_before_its_due_date_is_not_late(parts: Parts, commander: Caller) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=9, due_date=date(2026, 11, 20))
    await pay(parts, contract, "100.00", received_on=date(2026, 8, 1))

    paid = await document_told(commander, document)

    assert (paid["paidOn"], paid["paidLateDays"]) == ("2026-08-01", 0)


async def test_what_the_opening_balance_pays_is_paid_on_the_day_of_issue(parts: Parts, commander: Caller) -> None:
    contract = await open_contract(opening_balance=Decimal("100.00"))
    document = await bill(contract, "1", "100.00", month=9, issue_date=date(2026, 9, 30))
    await pay(parts, contract, "5.00")

    paid = await document_told(commander, document)

    assert (paid["paymentStatus"], paid["paidOn"]) == ("PAID", "2026-09-30")
    assert [each["payment"] for each in paid["payments"]] == [None]


async def test_a_document_marked_by_hand_is_paid_and_tells_by_whom(commander: Caller) -> None:
    document = await bill(await open_contract(), "1", "100.00", month=9, due_date=date(2026, 10, 20))

    marked = await told(commander, MARK, document=f"document_{document}", reason="наличные")
    again = await told(commander, MARK, document=f"document_{document}", reason="наличные")
    unmarked = await told(commander, UNMARK, document=f"document_{document}", reason="ошибка")

    assert (marked["paymentStatus"], marked["openAmount"]["amount"], marked["isOverdue"]) == ("PAID", "0.00", False)
    assert (marked["paidOn"], marked["paidLateDays"], marked["payments"]) == ("2026-11-01", 12, [])
    assert marked["paidByHand"] == {
        "at": "2026-11-01T09:00:00.000000Z",
        "by": "manager@staff.example",
        "reason": "наличные",
    }
    assert (again["code"], again["field"]) == ("ILLEGAL_STATE", "document")
    assert (unmarked["paymentStatus"], unmarked["paidByHand"], unmarked["isOverdue"]) == ("UNPAID", None, True)


@pytest.mark.parametrize(
    ("now", "is_overdue"),
    [
        (datetime(2026, 11, 10, 20, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 10, 21, 0, tzinfo=UTC), True),
    ],
)
async def test_the_rest_is_overdue_from_the_local_midnight_after_the_due_date(
    parts: Parts, press: Press, data_dir: Path, now: datetime, is_overdue: bool
) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "100.00", month=10, due_date=date(2026, 11, 10))
    await pay(parts, contract, "40.00")

    async with open_http(make_parts(press, data_dir, now)) as http:
        found = await document_told(await Faces(parts, http).staff(Role.MANAGER), document)

    assert (found["paymentStatus"], found["isOverdue"], found["openAmount"]["amount"]) == (
        "PARTIALLY_PAID",
        is_overdue,
        "60.00",
    )


LIST = """query($filter: PaymentFilter, $orderBy: PaymentOrder) {
  payments(filter: $filter, orderBy: $orderBy) { totalCount nodes { reference } } }"""


@pytest.fixture
async def listed(parts: Parts) -> dict[str, UUID]:
    """Four payments with a refund: `a` is used up, `b` is free, `c` is cancelled, `d` is of another contract."""
    first, second = await open_contract("1"), await open_contract("2")
    settled = await bill(first, "1", "10.00", month=9)
    await pay(parts, first, "10.00", reference="a", received_on=date(2026, 10, 1), payer_name="ООО «Марс»")
    free = await pay(
        parts, first, "30.00", reference="b", received_on=date(2026, 10, 2), source="shop", external_id="7"
    )
    cancelled = await pay(parts, first, "20.00", reference="c", received_on=date(2026, 10, 3))
    await refunds.cancel(parts, OPERATOR, payment_id=cancelled, reason="ошибка")
    other = await pay(parts, second, "5.00", reference="d", received_on=date(2026, 10, 4), payer_inn="7707083893")
    await refunds.refund(
        parts, OPERATOR, payment_id=other, amount=Decimal("5.00"), refunded_on=date(2026, 10, 5), reason="e"
    )
    parents = (await rows("SELECT client_id, enterprise_id FROM contracts WHERE id = $1", second))[0]
    return {"first": first, "second": second, "free": free, "settled": settled, **parents}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ["", "d", "c", "b", "a"]),
        ({"contract": ["contract_{first}"]}, ["c", "b", "a"]),
        ({"client": ["client_{client_id}"]}, ["", "d"]),
        ({"enterprise": ["enterprise_{enterprise_id}"]}, ["", "d"]),
        ({"receivedOn": {"from": "2026-10-02", "until": "2026-10-04"}}, ["c", "b"]),
        ({"method": ["CASH"]}, []),
        ({"kind": ["REFUND"]}, [""]),
        ({"source": ["shop"], "externalId": "7"}, ["b"]),
        ({"document": ["document_{settled}"]}, ["a"]),
        ({"isCancelled": True}, ["c"]),
        ({"hasFreeMoney": True}, ["b"]),
        ({"hasFreeMoney": False}, ["", "d", "c", "a"]),
        ({"search": "марс"}, ["a"]),
        ({"search": "770708"}, ["d"]),
    ],
)
async def test_payments_are_listed_by_filter(
    listed: dict[str, UUID], commander: Caller, given: dict[str, Any], found: list[str]
) -> None:
    filled = {
        name: [text.format(**listed) for text in wanted] if isinstance(wanted, list) else wanted
        for name, wanted in given.items()
    }

    page = (await commander.data(LIST, filter=filled))["payments"]

    assert [node["reference"] for node in page["nodes"]] == found
    assert page["totalCount"] == len(found)


async def test_payments_are_listed_by_amount(listed: dict[str, UUID], commander: Caller) -> None:
    page = await commander.data(LIST, orderBy={"field": "AMOUNT", "direction": "ASC"})

    assert [node["reference"] for node in page["payments"]["nodes"]] == ["", "d", "a", "c", "b"]


async def test_a_contract_has_a_page_of_its_payments(listed: dict[str, UUID], commander: Caller) -> None:
    query = """query($id: ID!) { node(id: $id) { ... on Contract {
      payments(filter: {isCancelled: false}) { totalCount nodes { reference } } } } }"""

    page = (await commander.data(query, id=f"contract_{listed['first']}"))["node"]["payments"]

    assert page == {"totalCount": 2, "nodes": [{"reference": "b"}, {"reference": "a"}]}


async def test_payments_and_allocations_are_nodes(parts: Parts, commander: Caller) -> None:
    contract = await open_contract()
    advance = await ask_advance(contract, "A-1", "10.00", month=9)
    payment = await pay(parts, contract, "10.00", advance)
    allocation = await value("SELECT id FROM allocations")
    await allocations.release(parts, OPERATOR, allocation_id=allocation, reason="ошибка")
    query = """query($id: ID!) { node(id: $id) { __typename id ... on Allocation { isAdvance releasedBy } } }"""

    found = [
        (await commander.data(query, id=id_))["node"] for id_ in (f"payment_{payment}", f"allocation_{allocation}")
    ]

    assert found == [
        {"__typename": "Payment", "id": f"payment_{payment}"},
        {"__typename": "Allocation", "id": f"allocation_{allocation}", "isAdvance": True, "releasedBy": "operator"},
    ]


async def test_who_may_not_read_books_reads_no_payments(parts: Parts, own: Faces) -> None:
    contract = await open_contract()
    document = await bill(contract, "1", "10.00", month=9)
    await pay(parts, contract, "10.00")
    caller = await own.staff(Role.MANAGER, Scope.DOCUMENTS_READ)

    assert await caller.code(LIST) == "FORBIDDEN"
    below = "query($id: ID!) { document(id: $id) { payments { kind } } }"
    assert await caller.code(below, id=f"document_{document}") == "FORBIDDEN"


async def test_a_client_sees_the_status_and_not_who_said_so(parts: Parts, own: Faces) -> None:
    contract = await open_contract()
    published = {"published_at": datetime(2026, 10, 1, tzinfo=UTC)}
    document = await bill(contract, "1", "100.00", month=9, due_date=date(2026, 10, 20), **published)
    await paid_by_hand.mark(parts, OPERATOR, document_id=document, reason="наличные")
    async with writing() as connection:
        client = await connection.fetchval("SELECT client_id FROM contracts WHERE id = $1", contract)
    issued = await tokens.create_client_token(parts, OPERATOR, client_id=client)
    caller = Caller(own.http, "/portal/graphql", issued.secret)

    found = await caller.data("{ documents { nodes { paymentStatus isOverdue openAmount { amount } } } }")

    assert found["documents"]["nodes"] == [
        {"paymentStatus": "PAID", "isOverdue": False, "openAmount": {"amount": "0.00"}}
    ]
    assert "errors" in await caller.answer("{ documents { nodes { paidByHand { by } } } }")
