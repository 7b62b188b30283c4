"""Importing statements: what is registered, what waits, and that nothing counts twice."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Role, Scope, Viewer
from billfold.domain.errors import Forbidden, InvalidInput
from billfold.services import refunds
from billfold.services.parts import Parts
from billfold.services.statements import StatementImport, import_statement
from tests.factories_rows import add_client, add_contract, add_document, add_enterprise, add_row
from tests.services.asking import rows, value
from tests.statement_texts import balances, payment, statement_file, statement_text

DOLLARS = "40702840200000000001"


@pytest.fixture
async def sellers(parts: Parts) -> Parts:
    """An enterprise with a client of two contracts, 157/1 with the open invoices 42 and 43; and a client of one."""
    async with writing() as connection:
        enterprise = await add_enterprise(connection, code="sever")
        first = await add_client(connection, enterprise_id=enterprise, code="jupiter")
        second = await add_client(connection, enterprise_id=enterprise, code="ceres", inn="7700000023")
        contract = await add_contract(connection, "157/1-2026", client_id=first, enterprise_id=enterprise)
        await add_contract(connection, "157/2-2026", client_id=first, enterprise_id=enterprise)
        await add_contract(connection, "99/1-2026", client_id=second, enterprise_id=enterprise)
        await add_document(connection, "42", contract_id=contract, issue_date=date(2026, 10, 1))
        await add_document(connection, "43", contract_id=contract, gross=Decimal("500.00"), net=Decimal("103.28"))
    return parts


async def imported(parts: Parts, *sections: str, name: str = "bank.txt") -> StatementImport:
    return await import_statement(parts, OPERATOR, statement_file(*sections), name)


async def lines() -> list[dict[str, Any]]:
    return await rows(
        """SELECT l.number, l.state, l.rule, l.comment, c.number AS contract, p.cancelled_at IS NULL AS counts
           FROM statement_lines l LEFT JOIN payments p ON p.id = l.payment_id
           LEFT JOIN contracts c ON c.id = p.contract_id
           ORDER BY l.line"""
    )


def counts(result: StatementImport) -> tuple[int, int, int, int, int]:
    return result.matched, result.credited, result.unmatched, result.known, result.ignored


async def everything() -> tuple[int, ...]:
    tables = ("statements", "statement_lines", "payments", "allocations", "audit_events")
    return tuple([await value(f"SELECT count(*) FROM {table}") for table in tables])  # noqa: S608


LADDER = (
    payment(Номер="1", НазначениеПлатежа="Оплата по счету № 42 от 01.10.2026"),
    payment(Номер="2", Сумма="500.00"),
    payment(Номер="3", ПлательщикИНН="500100732259", НазначениеПлатежа="За клиента по договору 157/2-2026"),
    payment(Номер="4", ПлательщикИНН="7700000023"),
    payment(Номер="5", Сумма="1.00"),
    payment(Номер="6", ПлательщикИНН="500100732259"),
    payment(Номер="7", ПолучательСчет="40702810900000000009"),
)


async def test_each_payment_takes_its_step_of_the_ladder(sellers: Parts) -> None:
    result = await imported(sellers, *LADDER)

    assert counts(result) == (2, 2, 2, 0, 1)
    assert [(one["number"], one["state"], one["rule"], one["contract"]) for one in await lines()] == [
        ("1", "matched", "invoice", "157/1-2026"),
        ("2", "matched", "amount", "157/1-2026"),
        ("3", "credited", "contract", "157/2-2026"),
        ("4", "credited", "payer", "99/1-2026"),
        ("5", "unmatched", "", None),
        ("6", "unmatched", "", None),
    ]
    assert await rows("SELECT number, settled FROM documents ORDER BY number") == [
        {"number": "42", "settled": Decimal("2200.00")},
        {"number": "43", "settled": Decimal("500.00")},
    ]


async def test_a_payment_says_who_paid_what_and_for_what(sellers: Parts) -> None:
    await imported(sellers, LADDER[2])

    (found,) = await rows(
        """SELECT method, amount, received_on, reference, comment, payer_name, payer_inn, payer_account, source,
                  created_by, external_id = (SELECT key FROM statement_lines) AS has_key FROM payments"""
    )
    assert found == {
        "method": "bank",
        "amount": Decimal("2200.00"),
        "received_on": date(2026, 10, 31),
        "reference": "За клиента по договору 157/2-2026",
        "comment": "№ 3, 2026-10-30",
        "payer_name": "ООО «Юпитер Логистик»",
        "payer_inn": "500100732259",
        "payer_account": "40702810500000000002",
        "source": "statement",
        "created_by": "operator",
        "has_key": True,
    }


async def test_the_same_file_again_changes_nothing(sellers: Parts) -> None:
    first = await imported(sellers, *LADDER)
    before = await everything()

    again = await imported(sellers, *LADDER, name="again.txt")

    assert (again.statement_id, counts(again)) == (first.statement_id, (0, 0, 0, 6, 1))
    assert await everything() == before


async def test_an_overlapping_file_adds_only_what_is_new(sellers: Parts) -> None:
    await imported(sellers, *LADDER[:3])

    result = await imported(sellers, *LADDER[1:])

    assert counts(result) == (0, 1, 2, 2, 1)
    assert await value("SELECT count(*) FROM payments") == 4


async def test_twins_in_one_file_both_count_once(sellers: Parts) -> None:
    twin = payment(ПлательщикИНН="7700000023")

    first = await imported(sellers, twin, twin)
    again = await imported(sellers, twin, twin, LADDER[0])

    assert (counts(first), counts(again)) == ((0, 2, 0, 0, 0), (1, 0, 0, 2, 0))


async def test_two_imports_at_once_count_once(sellers: Parts) -> None:
    results = await asyncio.gather(*(imported(sellers, *LADDER) for _ in range(3)))

    assert sorted(counts(one) for one in results) == [(0, 0, 0, 6, 1), (0, 0, 0, 6, 1), (2, 2, 2, 0, 1)]
    assert await value("SELECT count(*) FROM payments") == 4


async def test_warnings_are_kept_with_the_statement_and_told(sellers: Parts) -> None:
    result = await imported(sellers, balances(КонечныйОстаток="1.00"), payment())

    told = ("Line 6, account 40702810200000000001: the balance comes to 2300.00, and the statement says 1.00.",)
    assert result.warnings == told
    assert await value("SELECT warnings ->> 0 FROM statements") == told[0]


async def test_an_import_is_in_the_log_with_its_counts(sellers: Parts) -> None:
    result = await imported(sellers, *LADDER)

    (event,) = await rows("SELECT operation, noun, subject, details::text FROM audit_events")
    assert event == {
        "operation": "importStatement",
        "noun": "statement",
        "subject": result.statement_id,
        "details": '{"matched": 2, "credited": 2, "unmatched": 2}',
    }


async def test_money_of_closed_books_waits_with_the_reason(sellers: Parts) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = '2026-11-01'")

    result = await imported(sellers, LADDER[0])

    assert counts(result) == (0, 0, 1, 0, 0)
    assert (await lines())[0]["comment"] == "The books of sever are closed until 2026-11-01."


async def test_money_from_the_future_waits_with_the_reason(sellers: Parts) -> None:
    result = await imported(sellers, payment(ПлательщикИНН="7700000023", ДатаПоступило="20.11.2026"))

    assert counts(result) == (0, 0, 1, 0, 0)
    assert (await lines())[0]["comment"].startswith("The day 2026-11-20 must be")


async def test_a_paid_invoice_sends_the_money_to_its_contract(sellers: Parts) -> None:
    await imported(sellers, LADDER[0])

    result = await imported(sellers, payment(Номер="9", Сумма="7.00", НазначениеПлатежа="По счету 42"))

    assert counts(result) == (0, 1, 0, 0, 0)
    assert [(one["state"], one["rule"], one["contract"]) for one in await lines()][1] == (
        "credited",
        "invoice",
        "157/1-2026",
    )


async def test_accounts_of_any_date_and_currency_are_ours(sellers: Parts) -> None:
    async with writing() as connection:
        enterprise = await connection.fetchval("SELECT id FROM enterprises")
        client = await connection.fetchval("SELECT id FROM clients WHERE code = 'ceres'")
        await add_contract(connection, "USD-1", client_id=client, enterprise_id=enterprise, currency="USD")
        account = {"currency": "USD", "valid_from": date(2020, 1, 1), "bic": "044525225", "account": DOLLARS}
        await add_row(connection, "bank_accounts", {"enterprise_id": enterprise, **account})

    result = await imported(sellers, payment(ПлательщикИНН="7700000023", ПолучательСчет=DOLLARS))

    assert counts(result) == (0, 1, 0, 0, 0)
    assert [one["contract"] for one in await lines()] == ["USD-1"]
    assert await value("SELECT currency FROM statement_lines") == "USD"


async def test_an_inn_that_a_client_had_is_still_theirs(sellers: Parts) -> None:
    async with writing() as connection:
        await connection.execute(
            "UPDATE clients SET inn = '7707083893', requisites_from = '2026-06-01' WHERE code = 'ceres'"
        )

    await imported(sellers, payment(ПлательщикИНН="7700000023"))

    assert [one["contract"] for one in await lines()] == ["99/1-2026"]


async def test_a_cancelled_payment_is_not_registered_again_by_the_file(sellers: Parts) -> None:
    await imported(sellers, LADDER[0])
    payment_id = await value("SELECT id FROM payments")
    await refunds.cancel(sellers, OPERATOR, payment_id=payment_id, reason="Возврат банка")

    result = await imported(sellers, LADDER[0])

    assert counts(result) == (0, 0, 0, 1, 0)
    assert [one["counts"] for one in await lines()] == [False]


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        statement_text(payment(), payment(Сумма="-1")).encode(),
        statement_text(payment(), payment(ДатаПоступило="-", Дата="-")).encode(),
        statement_text(payment()).encode()[:-40],
    ],
)
async def test_a_wrong_file_imports_nothing(sellers: Parts, content: bytes) -> None:
    with pytest.raises(InvalidInput):
        await import_statement(sellers, OPERATOR, content, "bank.txt")

    assert await everything() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("name", ["x" * 256, "a\nb"])
async def test_a_wrong_name_is_refused(sellers: Parts, name: str) -> None:
    with pytest.raises(InvalidInput, match="at most 255 characters") as caught:
        await imported(sellers, payment(), name=name)

    assert caught.value.field == "name"


async def test_without_the_scope_nothing_is_imported(sellers: Parts) -> None:
    viewer = Viewer(name="v", scopes=frozenset({Scope.BOOKS_READ}), role=Role.VIEWER)

    with pytest.raises(Forbidden):
        await import_statement(sellers, viewer, statement_file(payment()), "bank.txt")

    assert await everything() == (0, 0, 0, 0, 0)
