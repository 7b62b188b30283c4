"""Debts: the ageing of open documents, now and on a past day, and the balances of contracts."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billfold.database.connection import writing
from billfold.domain.access import Role
from billfold.services.parts import Parts
from tests.factories_rows import (
    add_charge,
    add_charge_period,
    add_client,
    add_contract,
    add_document,
    add_enterprise,
    add_row,
)
from tests.schema.calling import Caller, Faces, open_http

Ids = dict[str, UUID]
BUCKETS = ("notDue", "upTo30", "upTo60", "upTo90", "over90", "total")
AGED = "currency documents " + " ".join(f"{name} {{ amount }}" for name in BUCKETS)
AGEING = f"""query($on: Date, $enterprise: [ID!], $client: [ID!], $first: Int, $after: String) {{
  ageing(on: $on, enterprise: $enterprise, client: $client) {{ totals {{ {AGED} }}
    clients(first: $first, after: $after) {{ totalCount pageInfo {{ hasNextPage hasPreviousPage endCursor }}
      nodes {{ {AGED} client {{ code }} }} edges {{ cursor node {{ client {{ name }} }} }} }} }} }}"""
HELD = ["balance", "open", "overdue", "unallocated"]
BALANCES = f"""query($enterprise: [ID!], $client: [ID!], $currency: [String!], $onlyDebtors: Boolean! = false,
    $orderBy: BalanceOrder, $first: Int, $after: String) {{
  balances(enterprise: $enterprise, client: $client, currency: $currency, onlyDebtors: $onlyDebtors) {{
    totals {{ currency contracts debt {{ amount }} {" ".join(f"{name} {{ amount }}" for name in HELD)} }}
    contracts(orderBy: $orderBy, first: $first, after: $after) {{ totalCount pageInfo {{ endCursor }}
      nodes {{ contract {{ number client {{ code }} }} creditLimit {{ amount currency }} isOverLimit
        {" ".join(f"{name} {{ amount }}" for name in HELD)} }} }} }} }}"""


@pytest.fixture
async def manager(parts: Parts) -> AsyncIterator[Caller]:
    """A manager of books that each test fills itself; it is 12:00 of 1 November 2026 in Moscow."""
    async with open_http(parts) as http:
        yield await Faces(parts, http).staff(Role.MANAGER)


def aged(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["currency"], row["documents"], *(row[name]["amount"] for name in BUCKETS))


def amounts(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name]["amount"] for name in HELD)


async def add_open_documents(connection: asyncpg.Connection) -> Ids:
    """Client alfa with roubles of every age and some dollars, client beta with roubles of one age."""
    enterprise = await add_enterprise(connection)
    alfa, beta = [await add_client(connection, code=code, enterprise_id=enterprise) for code in ("alfa", "beta")]
    roubles, dollars, other = [
        await add_contract(connection, number, enterprise_id=enterprise, client_id=client, currency=currency)
        for number, client, currency in (("A-1", alfa, "RUB"), ("A-2", alfa, "USD"), ("B-1", beta, "RUB"))
    ]
    # Due so many days before 1 November, the last of each age and the first of the next.
    for days, due in (
        (0, date(2026, 11, 1)), (1, date(2026, 10, 31)), (30, date(2026, 10, 2)), (31, date(2026, 10, 1)),
        (60, date(2026, 9, 2)), (61, date(2026, 9, 1)), (90, date(2026, 8, 3)), (91, date(2026, 8, 2)),
    ):  # fmt: skip
        await add_document(connection, f"A{days}", contract_id=roubles, due_date=due, issue_date=date(2026, 7, 1))
    await add_document(connection, "A", contract_id=dollars, currency="USD", due_date=None)
    await add_document(connection, "B", contract_id=other, due_date=date(2026, 10, 20), settled=Decimal("200.00"))
    await add_document(connection, "paid", contract_id=other, settled=Decimal("2200.00"))
    await add_document(connection, "act", contract_id=other, is_payable=False)
    await add_document(
        connection, "void", contract_id=other, status="VOID", voided_at=datetime(2026, 11, 1, tzinfo=UTC)
    )
    return {"enterprise": enterprise, "alfa": alfa, "beta": beta, "contract": roubles}


async def test_open_amounts_are_put_by_age_and_currency(manager: Caller) -> None:
    async with writing() as connection:
        await add_open_documents(connection)

    found = (await manager.data(AGEING))["ageing"]

    assert [aged(row) for row in found["totals"]] == [
        ("RUB", 9, "2200.00", "6400.00", "4400.00", "4400.00", "2200.00", "19600.00"),
        ("USD", 1, "2200.00", "0.00", "0.00", "0.00", "0.00", "2200.00"),
    ]
    assert [(row["client"]["code"], *aged(row)) for row in found["clients"]["nodes"]] == [
        ("alfa", "RUB", 8, "2200.00", "4400.00", "4400.00", "4400.00", "2200.00", "17600.00"),
        ("alfa", "USD", 1, "2200.00", "0.00", "0.00", "0.00", "0.00", "2200.00"),
        ("beta", "RUB", 1, "0.00", "2000.00", "0.00", "0.00", "0.00", "2000.00"),
    ]


async def test_clients_come_page_by_page(manager: Caller) -> None:
    async with writing() as connection:
        await add_open_documents(connection)

    first = (await manager.data(AGEING, first=2))["ageing"]["clients"]
    second = (await manager.data(AGEING, first=2, after=first["pageInfo"]["endCursor"]))["ageing"]["clients"]

    assert [(row["client"]["code"], row["currency"]) for row in first["nodes"]] == [("alfa", "RUB"), ("alfa", "USD")]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert [(row["client"]["code"], row["currency"]) for row in second["nodes"]] == [("beta", "RUB")]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert second["edges"][0]["node"]["client"]["name"] == "ООО «Юпитер Логистик»"


async def test_ageing_is_narrowed_to_clients_and_enterprises(manager: Caller) -> None:
    async with writing() as connection:
        ids = await add_open_documents(connection)
        elsewhere = await add_enterprise(connection)

    beta = (await manager.data(AGEING, client=[f"client_{ids['beta']}"]))["ageing"]
    own = (await manager.data(AGEING, enterprise=[f"enterprise_{ids['enterprise']}"]))["ageing"]
    none = (await manager.data(AGEING, enterprise=[f"enterprise_{elsewhere}"]))["ageing"]

    assert [aged(row)[:2] for row in beta["totals"]] == [("RUB", 1)]
    assert own["clients"]["totalCount"] == 3
    assert (none["totals"], none["clients"]["nodes"], none["clients"]["totalCount"]) == ([], [], 0)


async def test_a_day_begins_in_the_zone_of_the_enterprise(manager: Caller) -> None:
    async with writing() as connection:
        for number, zone in enumerate(("Pacific/Kiritimati", "Pacific/Pago_Pago")):
            contract = await add_contract(connection, enterprise_id=await add_enterprise(connection, timezone=zone))
            await add_document(connection, str(number), contract_id=contract, due_date=date(2026, 10, 31))

    found = (await manager.data(AGEING))["ageing"]

    # It is 23:00 of 1 November on Kiritimati, but still 22:00 of 31 October on Pago Pago.
    assert [aged(row)[1:4] for row in found["totals"]] == [(2, "2200.00", "2200.00")]


async def test_what_a_person_marked_as_paid_is_not_open_since_that_day(manager: Caller) -> None:
    async with writing() as connection:
        marked = {"paid_by_hand_at": datetime(2026, 10, 20, 9, tzinfo=UTC), "paid_by_hand_by": "Анна"}
        await add_document(connection, issue_date=date(2026, 10, 1), due_date=date(2026, 10, 11), **marked)

    now = (await manager.data(AGEING))["ageing"]["totals"]
    then = (await manager.data(AGEING, on="2026-10-20"))["ageing"]["totals"]
    before = (await manager.data(AGEING, on="2026-10-19"))["ageing"]["totals"]

    assert (now, then) == ([], [])
    assert [aged(row)[1:4] for row in before] == [(1, "0.00", "2200.00")]


async def add_history(connection: asyncpg.Connection) -> None:
    """A document of 1 September that was paid in two parts, in September and in October, and one of October."""
    contract = await add_contract(connection, opening_balance=Decimal("100.00"))
    charged = await add_charge_period(connection, contract_id=contract)
    of_charges = {"contract_id": contract, "charge_period_id": charged}
    september = {"issue_date": date(2026, 9, 1), "due_date": date(2026, 9, 11)}
    old = await add_document(connection, "1", **of_charges, **september)
    await add_document(connection, "2", **of_charges, issue_date=date(2026, 10, 1), due_date=date(2026, 10, 11))
    await add_row(
        connection,
        "allocations",
        {"contract_id": contract, "document_id": old, "amount": Decimal("100.00"), "kind": "automatic"},
    )
    for amount, day in ((Decimal("600.00"), date(2026, 9, 20)), (Decimal("1500.00"), date(2026, 10, 20))):
        payment = await add_row(
            connection,
            "payments",
            {"contract_id": contract, "kind": "payment", "amount": amount, "received_on": day},
        )
        await add_row(
            connection,
            "allocations",
            {
                "contract_id": contract,
                "payment_id": payment,
                "document_id": old,
                "amount": amount,
                "kind": "automatic",
            },
        )


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-08-31", []),
        ("2026-09-11", [("RUB", 1, "2100.00", "0.00", "0.00", "0.00", "0.00", "2100.00")]),
        ("2026-09-19", [("RUB", 1, "0.00", "2100.00", "0.00", "0.00", "0.00", "2100.00")]),
        ("2026-09-20", [("RUB", 1, "0.00", "1500.00", "0.00", "0.00", "0.00", "1500.00")]),
        ("2026-10-12", [("RUB", 2, "0.00", "2200.00", "1500.00", "0.00", "0.00", "3700.00")]),
        ("2026-10-20", [("RUB", 1, "0.00", "2200.00", "0.00", "0.00", "0.00", "2200.00")]),
        ("2026-11-01", [("RUB", 1, "0.00", "2200.00", "0.00", "0.00", "0.00", "2200.00")]),
        ("2027-01-20", [("RUB", 1, "0.00", "0.00", "0.00", "0.00", "2200.00", "2200.00")]),
    ],
)
async def test_a_past_day_knows_what_was_issued_and_received_up_to_it(
    manager: Caller, on: str, expected: list[tuple[str, ...]]
) -> None:
    async with writing() as connection:
        await add_history(connection)

    found = (await manager.data(AGEING, on=on))["ageing"]

    assert [aged(row) for row in found["totals"]] == expected


async def add_balances(connection: asyncpg.Connection) -> Ids:
    """A debtor beyond its limit, a contract with free money, one in dollars, and an idle one of another enterprise."""
    enterprise = await add_enterprise(connection)
    alfa = await add_client(connection, code="alfa", enterprise_id=enterprise)
    of_alfa = {"enterprise_id": enterprise, "client_id": alfa}
    debtor = await add_contract(connection, "1", **of_alfa, credit_limit=Decimal("500.00"))
    holder = await add_contract(connection, "2", **of_alfa, opening_balance=Decimal("50.00"))
    dollars = await add_contract(connection, "3", **of_alfa, currency="USD", credit_limit=Decimal("2200.00"))
    await add_contract(connection, "4")
    for contract in (debtor, dollars):
        await add_charge(connection, charge_period_id=await add_charge_period(connection, contract_id=contract))
    await add_document(connection, "1", contract_id=debtor, due_date=date(2026, 10, 31))
    await add_document(connection, "2", contract_id=debtor, due_date=date(2026, 11, 1), settled=Decimal("0.50"))
    await add_document(connection, "3", contract_id=dollars, currency="USD")
    paid = {"contract_id": holder, "kind": "payment", "received_on": date(2026, 10, 1)}
    payment = await add_row(connection, "payments", {**paid, "amount": Decimal("300.00")})
    await add_row(
        connection, "payments", {**paid, "kind": "refund", "amount": Decimal("-20.00"), "refunds_id": payment}
    )
    gone = await add_row(connection, "payments", {**paid, "amount": Decimal("7.00")})
    await connection.execute("UPDATE payments SET cancelled_at = now() WHERE id = $1", gone)
    await connection.execute("UPDATE contracts SET opening_allocated = 10 WHERE id = $1", holder)
    return {"enterprise": enterprise, "alfa": alfa}


async def test_balances_tell_what_contracts_hold_and_owe(manager: Caller) -> None:
    async with writing() as connection:
        await add_balances(connection)

    found = (await manager.data(BALANCES))["balances"]["contracts"]

    rows = {row["contract"]["number"]: row for row in found["nodes"]}
    assert [row["contract"]["number"] for row in found["nodes"]][2:] == ["4", "2"]
    assert amounts(rows["1"]) == ("-2200.00", "4399.50", "2200.00", "0.00")
    assert amounts(rows["2"]) == ("330.00", "0.00", "0.00", "320.00")
    assert amounts(rows["3"]) == ("-2200.00", "2200.00", "0.00", "0.00")
    assert amounts(rows["4"]) == ("0.00", "0.00", "0.00", "0.00")
    assert [rows[number]["isOverLimit"] for number in "1234"] == [True, False, False, False]
    assert rows["3"]["creditLimit"] == {"amount": "2200.00", "currency": "USD"}
    assert rows["1"]["contract"]["client"]["code"] == "alfa"


async def test_balances_are_added_up_by_currency(manager: Caller) -> None:
    async with writing() as connection:
        await add_balances(connection)

    found = (await manager.data(BALANCES, first=1))["balances"]

    assert [(row["currency"], row["contracts"], row["debt"]["amount"], *amounts(row)) for row in found["totals"]] == [
        ("RUB", 3, "2200.00", "-1870.00", "4399.50", "2200.00", "320.00"),
        ("USD", 1, "2200.00", "-2200.00", "2200.00", "0.00", "0.00"),
    ]
    assert (len(found["contracts"]["nodes"]), found["contracts"]["totalCount"]) == (1, 4)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"onlyDebtors": True}, ["1", "3"]),
        ({"currency": ["USD"]}, ["3"]),
        ({"client": "alfa"}, ["1", "2", "3"]),
        ({"enterprise": "enterprise", "onlyDebtors": True, "currency": ["RUB"]}, ["1"]),
    ],
)
async def test_balances_are_narrowed(manager: Caller, given: dict[str, Any], expected: list[str]) -> None:
    async with writing() as connection:
        ids = await add_balances(connection)
    nouns = {"client": "alfa", "enterprise": "enterprise"}
    arguments = {name: [f"{name}_{ids[nouns[name]]}"] if name in nouns else value for name, value in given.items()}

    found = (await manager.data(BALANCES, **arguments, orderBy={"field": "NUMBER"}))["balances"]

    assert [row["contract"]["number"] for row in found["contracts"]["nodes"]] == expected
    assert sum(row["contracts"] for row in found["totals"]) == len(expected)


async def test_balances_come_page_by_page(manager: Caller) -> None:
    async with writing() as connection:
        await add_balances(connection)
    order = {"field": "BALANCE", "direction": "DESC"}

    first = (await manager.data(BALANCES, first=2, orderBy=order))["balances"]["contracts"]
    after = first["pageInfo"]["endCursor"]
    second = (await manager.data(BALANCES, first=2, after=after, orderBy=order))["balances"]["contracts"]

    assert [row["contract"]["number"] for row in first["nodes"]] == ["2", "4"]
    assert {row["contract"]["number"] for row in second["nodes"]} == {"1", "3"}


async def test_empty_books_owe_nothing(manager: Caller) -> None:
    ageing = (await manager.data(AGEING))["ageing"]
    balances = (await manager.data(BALANCES))["balances"]

    assert (ageing["totals"], ageing["clients"]["totalCount"]) == ([], 0)
    assert (balances["totals"], balances["contracts"]["totalCount"]) == ([], 0)
