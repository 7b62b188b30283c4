"""Reports: exact sums over documents, payments and charges, by currency, for the enterprises asked for."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billfold.database.connection import writing
from billfold.domain.access import Role, Scope
from billfold.services.parts import Parts
from tests.factories_rows import (
    add_charge,
    add_charge_period,
    add_contract,
    add_document,
    add_enterprise,
    add_row,
    add_service,
)
from tests.schema.calling import Caller, Faces, open_http

Ids = dict[str, UUID]
SUMS = "currency documents net { amount } tax { amount } gross { amount } open { amount currency }"
DASHBOARD = f"""query($period: PeriodInput!, $enterprise: [ID!]) {{
  dashboard(period: $period, enterprise: $enterprise) {{
    documents {{ {SUMS} }}
    byType {{ type {{ key }} {SUMS} }} byMonth {{ month {{ from until }} {SUMS} }}
  byPaymentStatus {{ paymentStatus {SUMS} }} overdue {{ {SUMS} }} voided {{ {SUMS} }}
  paid {{ currency payments received {{ amount }} refunds refunded {{ amount }} }}
  charged {{ currency charges net {{ amount }} tax {{ amount }} gross {{ amount }} }} }} }}"""
REVENUE = """query($period: PeriodInput!, $enterprise: [ID!], $service: [ID!]) {
  revenue(period: $period, enterprise: $enterprise, service: $service) {
    rows { service { code } month { from until } currency charges net { amount } tax { amount } gross { amount } }
    totals { currency charges net { amount } tax { amount } gross { amount } } } }"""
AUTUMN = {"from": "2026-09-01", "until": "2026-12-01"}


@pytest.fixture
async def manager(parts: Parts) -> AsyncIterator[Caller]:
    """A manager of books that each test fills itself; it is 12:00 of 1 November 2026 in Moscow."""
    async with open_http(parts) as http:
        yield await Faces(parts, http).staff(Role.MANAGER)


def sums(row: dict[str, Any]) -> tuple[str, int, str, str, str, str]:
    return (row["currency"], row["documents"], *(row[name]["amount"] for name in ("net", "tax", "gross", "open")))


async def add_documents(connection: asyncpg.Connection) -> Ids:
    """Two enterprises: roubles and dollars at the one, yen at the other; each payment status, and a void one."""
    moscow, tokyo = [await add_enterprise(connection, timezone=zone) for zone in ("Europe/Moscow", "Asia/Tokyo")]
    roubles = await add_contract(connection, "R", enterprise_id=moscow)
    dollars = await add_contract(connection, "D", enterprise_id=moscow, currency="USD")
    yen = await add_contract(connection, "Y", enterprise_id=tokyo, currency="JPY")
    paid, part = {"settled": Decimal("2200.00")}, {"settled": Decimal("200.00")}
    september = {"issue_date": date(2026, 9, 30), "due_date": date(2026, 10, 15)}
    await add_document(connection, "1", contract_id=roubles, **september)
    await add_document(connection, "2", contract_id=roubles, issue_date=date(2026, 10, 1), **part)
    await add_document(connection, "3", contract_id=roubles, issue_date=date(2026, 10, 31), **paid)
    await add_document(connection, "4", contract_id=roubles, type="act", is_payable=False, due_date=None)
    await add_document(connection, "5", contract_id=roubles, status="VOID", voided_at=datetime(2026, 11, 1, tzinfo=UTC))
    await add_document(connection, "6", contract_id=dollars, currency="USD")
    whole = {"net": Decimal(1000), "tax": Decimal(0), "gross": Decimal(1000)}
    await add_document(connection, "7", contract_id=yen, currency="JPY", **whole)
    await add_document(connection, "8", contract_id=roubles, issue_date=date(2026, 8, 31))
    return {"moscow": moscow, "tokyo": tokyo}


async def test_the_dashboard_adds_documents_up_by_currency(manager: Caller) -> None:
    async with writing() as connection:
        await add_documents(connection)

    found = (await manager.data(DASHBOARD, period=AUTUMN))["dashboard"]

    assert [sums(row) for row in found["documents"]] == [
        ("JPY", 1, "1000", "0", "1000", "1000"),
        ("RUB", 4, "7213.12", "1586.88", "8800.00", "4200.00"),
        ("USD", 1, "1803.28", "396.72", "2200.00", "2200.00"),
    ]


async def test_the_dashboard_tells_types_months_and_payment_statuses_apart(manager: Caller) -> None:
    async with writing() as connection:
        await add_documents(connection)

    found = (await manager.data(DASHBOARD, period=AUTUMN))["dashboard"]

    assert [(row["type"]["key"], *sums(row)[:2], sums(row)[4]) for row in found["byType"]] == [
        ("invoice", "JPY", 1, "1000"),
        ("act", "RUB", 1, "2200.00"),
        ("invoice", "RUB", 3, "6600.00"),
        ("invoice", "USD", 1, "2200.00"),
    ]
    assert [(row["month"]["from"], row["month"]["until"], *sums(row)[:2]) for row in found["byMonth"]] == [
        ("2026-11-01", "2026-12-01", "JPY", 1),
        ("2026-09-01", "2026-10-01", "RUB", 1),
        ("2026-10-01", "2026-11-01", "RUB", 2),
        ("2026-11-01", "2026-12-01", "RUB", 1),
        ("2026-11-01", "2026-12-01", "USD", 1),
    ]
    assert [(row["paymentStatus"], *sums(row)[:2], *sums(row)[4:]) for row in found["byPaymentStatus"]] == [
        ("UNPAID", "JPY", 1, "1000", "1000"),
        ("NOT_PAYABLE", "RUB", 1, "2200.00", "0.00"),
        ("PAID", "RUB", 1, "2200.00", "0.00"),
        ("PARTIALLY_PAID", "RUB", 1, "2200.00", "2000.00"),
        ("UNPAID", "RUB", 1, "2200.00", "2200.00"),
        ("UNPAID", "USD", 1, "2200.00", "2200.00"),
    ]


async def test_the_dashboard_counts_void_and_overdue_documents_apart(manager: Caller) -> None:
    async with writing() as connection:
        await add_documents(connection)

    found = (await manager.data(DASHBOARD, period=AUTUMN))["dashboard"]

    assert [sums(row) for row in found["voided"]] == [("RUB", 1, "1803.28", "396.72", "2200.00", "0.00")]
    assert [sums(row) for row in found["overdue"]] == [("RUB", 1, "1803.28", "396.72", "2200.00", "2200.00")]


async def test_a_document_paid_by_a_persons_word_is_not_open(manager: Caller) -> None:
    async with writing() as connection:
        await add_document(connection, paid_by_hand_at=datetime(2026, 11, 1, 9, tzinfo=UTC), paid_by_hand_by="Анна")

    found = (await manager.data(DASHBOARD, period=AUTUMN))["dashboard"]

    assert [sums(row)[4:] for row in found["documents"]] == [("2200.00", "0.00")]
    assert [row["paymentStatus"] for row in found["byPaymentStatus"]] == ["PAID"]


async def test_the_dashboard_adds_payments_and_refunds_up_but_not_cancelled_ones(manager: Caller) -> None:
    async with writing() as connection:
        roubles, dollars = await add_contract(connection), await add_contract(connection, currency="USD")
        first = await _add_payment(connection, roubles, "1000.00")
        await _add_payment(connection, roubles, "0.50", received_on=date(2026, 9, 1))
        await _add_payment(connection, roubles, "5.00", received_on=date(2026, 12, 1))
        await _add_payment(connection, roubles, "-100.25", kind="refund", refunds_id=first)
        cancelled = await _add_payment(connection, roubles, "77.00")
        await connection.execute("UPDATE payments SET cancelled_at = now() WHERE id = $1", cancelled)
        await _add_payment(connection, dollars, "20.00")

    found = (await manager.data(DASHBOARD, period=AUTUMN))["dashboard"]

    assert [
        (row["currency"], row["payments"], row["received"]["amount"], row["refunds"], row["refunded"]["amount"])
        for row in found["paid"]
    ] == [("RUB", 2, "1000.50", 1, "100.25"), ("USD", 1, "20.00", 0, "0.00")]


async def test_the_dashboard_of_one_enterprise_leaves_the_others_out(manager: Caller) -> None:
    async with writing() as connection:
        ids = await add_documents(connection)
        dollars = await connection.fetchval("SELECT id FROM contracts WHERE number = 'D'")
        await _add_payment(connection, dollars, "20.00")
        await add_charge(connection, charge_period_id=await add_charge_period(connection, contract_id=dollars))

    found = (await manager.data(DASHBOARD, period=AUTUMN, enterprise=[f"enterprise_{ids['tokyo']}"]))["dashboard"]

    assert [sums(row)[:2] for row in found["documents"]] == [("JPY", 1)]
    assert (found["voided"], found["paid"], found["charged"]) == ([], [], [])


async def test_empty_books_have_empty_reports(manager: Caller) -> None:
    dashboard = (await manager.data(DASHBOARD, period=AUTUMN))["dashboard"]
    revenue = (await manager.data(REVENUE, period=AUTUMN))["revenue"]

    assert set(map(len, dashboard.values())) == {0}
    assert revenue == {"rows": [], "totals": []}


async def add_charges(connection: asyncpg.Connection) -> Ids:
    """Charges of two services and two currencies: live, freed, waiting and cancelled ones."""
    internet, setup = await add_service(connection, code="internet"), await add_service(connection, code="setup")
    roubles, dollars = await add_contract(connection), await add_contract(connection, currency="USD")
    september = {"period_from": date(2026, 9, 1), "period_until": date(2026, 10, 1)}
    for contract, period in ((roubles, {}), (roubles, september), (dollars, {})):
        charged = await add_charge_period(connection, contract_id=contract, **period)
        await add_charge(connection, charge_period_id=charged, service_id=internet, **period)
    freed = await add_charge_period(
        connection, contract_id=dollars, period_from=date(2026, 11, 1), period_until=date(2026, 12, 1), is_live=False
    )
    await add_charge(connection, charge_period_id=freed, service_id=internet)
    await _add_one_off(connection, roubles, setup, "-122.00")
    cancelled = await _add_one_off(connection, roubles, setup, "1220.00")
    await connection.execute("UPDATE charges SET cancelled_at = now() WHERE id = $1", cancelled)
    enterprise = await connection.fetchval("SELECT enterprise_id FROM contracts WHERE id = $1", dollars)
    return {"setup": setup, "of dollars": enterprise}


def charged(row: dict[str, Any]) -> tuple[str, int, str, str, str]:
    return (row["currency"], row["charges"], *(row[name]["amount"] for name in ("net", "tax", "gross")))


async def test_revenue_adds_up_by_service_month_and_currency_what_stands(manager: Caller) -> None:
    async with writing() as connection:
        await add_charges(connection)

    found = (await manager.data(REVENUE, period=AUTUMN))["revenue"]

    assert {(row["service"]["code"], row["month"]["from"], *charged(row)) for row in found["rows"]} == {
        ("internet", "2026-09-01", "RUB", 1, "1803.28", "396.72", "2200.00"),
        ("internet", "2026-10-01", "RUB", 1, "1803.28", "396.72", "2200.00"),
        ("internet", "2026-10-01", "USD", 1, "1803.28", "396.72", "2200.00"),
        ("setup", "2026-10-01", "RUB", 1, "-100.00", "-22.00", "-122.00"),
    }
    assert [charged(row) for row in found["totals"]] == [
        ("RUB", 3, "3506.56", "771.44", "4278.00"),
        ("USD", 1, "1803.28", "396.72", "2200.00"),
    ]


async def test_revenue_is_narrowed_to_days_services_and_enterprises(manager: Caller) -> None:
    async with writing() as connection:
        ids = await add_charges(connection)

    september = await manager.data(REVENUE, period={"from": "2026-09-01", "until": "2026-10-01"})
    setup = await manager.data(REVENUE, period=AUTUMN, service=[f"service_{ids['setup']}"])
    dollars = await manager.data(REVENUE, period=AUTUMN, enterprise=[f"enterprise_{ids['of dollars']}"])

    assert [charged(row) for row in september["revenue"]["totals"]] == [("RUB", 1, "1803.28", "396.72", "2200.00")]
    assert [charged(row) for row in setup["revenue"]["totals"]] == [("RUB", 1, "-100.00", "-22.00", "-122.00")]
    assert [charged(row) for row in dollars["revenue"]["totals"]] == [("USD", 1, "1803.28", "396.72", "2200.00")]


@pytest.mark.parametrize("scope", [Scope.BOOKS_READ, Scope.DOCUMENTS_READ])
@pytest.mark.parametrize(
    "report",
    [
        'dashboard(period: {from: "2026-10-01", until: "2026-11-01"}) { documents { currency } }',
        'revenue(period: {from: "2026-10-01", until: "2026-11-01"}) { totals { currency } }',
        "ageing { totals { currency } }",
        "balances { totals { currency } }",
    ],
)
async def test_a_report_needs_to_read_books_and_documents(parts: Parts, scope: Scope, report: str) -> None:
    async with open_http(parts) as http:
        caller = await Faces(parts, http).staff(Role.MANAGER, scope)

        code = await caller.code(f"{{ {report} }}")

    assert code == "FORBIDDEN"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"period": {"from": "2026-11-01", "until": "2026-11-01"}}, "INVALID_INPUT"),
        ({"period": {"from": "2020-01-01", "until": "2026-11-01"}}, "LIMIT_EXCEEDED"),
        ({"period": AUTUMN, "enterprise": []}, "INVALID_INPUT"),
        ({"period": AUTUMN, "enterprise": ["nonsense"]}, "NOT_FOUND"),
    ],
)
async def test_what_cannot_be_reported_is_refused(manager: Caller, arguments: dict[str, Any], code: str) -> None:
    assert await manager.code(DASHBOARD, **arguments) == code


async def _add_payment(connection: asyncpg.Connection, contract_id: UUID, amount: str, **columns: Any) -> UUID:
    row = {"contract_id": contract_id, "kind": "payment", "amount": Decimal(amount), "received_on": date(2026, 10, 20)}
    return await add_row(connection, "payments", {**row, **columns})


async def _add_one_off(connection: asyncpg.Connection, contract_id: UUID, service_id: UUID, gross: str) -> UUID:
    amount = Decimal(gross)
    tax = (amount * 22 / 122).quantize(Decimal("0.01"))
    row = {
        "contract_id": contract_id,
        "service_id": service_id,
        "kind": "one_off",
        "period_from": date(2026, 10, 15),
        "period_until": date(2026, 10, 16),
        "quantity": Decimal(1),
        "unit_price": amount,
        "tax_included": True,
        "tax_rate": Decimal(22),
        "net": amount - tax,
        "tax": tax,
        "gross": amount,
    }
    return await add_row(connection, "charges", row)
