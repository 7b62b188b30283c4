"""One-off charges: entered, as a credit too, counted at once, and cancelled while they wait."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import (
    Forbidden,
    IdempotencyKeyReused,
    IllegalState,
    InvalidInput,
    LimitExceeded,
    NotFound,
)
from billfold.domain.periods import month
from billfold.services import charges, documents
from billfold.services.charges import NewCharge
from billfold.services.parts import Parts
from tests.factories_rows import add_charge, add_contract, add_enterprise, add_service
from tests.services.asking import contract, rows, value

READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.BOOKS_READ, Scope.DOCUMENTS_READ}))


@pytest.fixture
async def new(parts: Parts) -> NewCharge:
    """A setup fee of 1220.00 with tax, of 20 October 2026."""
    async with writing() as connection:
        return NewCharge(
            contract_id=await add_contract(connection, "Я-1"),
            service_id=await add_service(connection, code="setup", kind="one_off"),
            on=date(2026, 10, 20),
            unit_price=Decimal("1220.00"),
            tax_included=True,
        )


async def create(parts: Parts, new: NewCharge, key: str | None = None, **changes: Any) -> UUID:
    return await charges.create(parts, OPERATOR, new=dataclasses.replace(new, **changes), idempotency_key=key)


async def execute(statement: str, *values: object) -> None:
    async with writing() as connection:
        await connection.execute(statement, *values)


async def test_a_charge_is_written_with_its_tax_and_counts_at_once(parts: Parts, new: NewCharge) -> None:
    charge_id = await create(parts, new, quantity=Decimal("1.5"), description=" Выезд инженера ")

    (row,) = await rows("SELECT * FROM charges")
    assert (row["id"], row["kind"], row["charge_period_id"]) == (charge_id, "one_off", None)
    assert (row["period_from"], row["period_until"]) == (date(2026, 10, 20), date(2026, 10, 21))
    assert (row["net"], row["tax"], row["gross"]) == (Decimal("1500.00"), Decimal("330.00"), Decimal("1830.00"))
    assert (row["tax_rate"], row["description"], row["created_by"]) == (Decimal(22), "Выезд инженера", "operator")
    assert await value("SELECT balance FROM contracts") == Decimal("-1830.00")
    assert await value("SELECT operation FROM audit_events WHERE subject = $1", charge_id) == "createCharge"


async def test_tax_comes_on_top_of_a_price_without_it(parts: Parts, new: NewCharge) -> None:
    await create(parts, new, unit_price=Decimal("100.00"), tax_included=False)

    (row,) = await rows("SELECT net, tax, gross FROM charges")
    assert tuple(row.values()) == (Decimal("100.00"), Decimal("22.00"), Decimal("122.00"))


async def test_the_product_is_rounded_once(parts: Parts, new: NewCharge) -> None:
    await create(parts, new, quantity=Decimal("3.333"), unit_price=Decimal("0.00450000001"), tax_included=False)

    assert await value("SELECT net FROM charges") == Decimal("0.01")


@pytest.mark.parametrize(
    ("regime", "category", "on", "rate"),
    [
        ("vat", "standard", date(2025, 12, 31), Decimal(20)),
        ("vat", "reduced", date(2026, 1, 1), Decimal(10)),
        ("vat", "zero", date(2026, 1, 1), Decimal(0)),
        ("vat", "exempt", date(2026, 1, 1), None),
        ("usn-5", "standard", date(2026, 1, 1), Decimal(5)),
        ("usn-exempt", "standard", date(2026, 1, 1), None),
    ],
)
async def test_the_rate_is_that_of_the_regime_the_category_and_the_day(
    parts: Parts, new: NewCharge, regime: str, category: str, on: date, rate: Decimal | None
) -> None:
    await execute("UPDATE tax_regimes SET regime = $1", regime)
    await execute("UPDATE services SET tax_category = $1", category)

    await create(parts, new, on=on)

    assert await value("SELECT tax_rate FROM charges") == rate


@pytest.mark.parametrize("sign", [{"quantity": Decimal(-1)}, {"unit_price": Decimal("-1220.00")}])
async def test_below_zero_it_is_a_credit(parts: Parts, new: NewCharge, sign: dict[str, Decimal]) -> None:
    await create(parts, new, **sign)

    (row,) = await rows("SELECT net, tax, gross FROM charges")
    assert tuple(row.values()) == (Decimal("-1000.00"), Decimal("-220.00"), Decimal("-1220.00"))
    assert await value("SELECT balance FROM contracts") == Decimal("1220.00")


async def test_the_next_document_takes_what_waits(books: Parts) -> None:
    contract_id, service_id = await contract("Я-101"), await value("SELECT id FROM services ORDER BY code LIMIT 1")
    fee = NewCharge(contract_id, service_id, date(2026, 10, 20), Decimal("122.00"), tax_included=True)
    charge_id = await charges.create(books, OPERATOR, new=fee)

    document_id = await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-10")
    )

    # 2093.55 for the subscriptions of the month, and 122.00.
    assert await value("SELECT gross FROM documents WHERE id = $1", document_id) == Decimal("2215.55")
    assert await value("SELECT charge_period_id IS NOT NULL FROM charges WHERE id = $1", charge_id)
    with pytest.raises(IllegalState, match="Document 1 has the charge already"):
        await charges.cancel(books, OPERATOR, charge_id=charge_id, reason="ошибка")


async def test_a_void_document_lets_it_go_to_be_cancelled(books: Parts) -> None:
    contract_id, service_id = await contract("Я-101"), await value("SELECT id FROM services ORDER BY code LIMIT 1")
    before = await value("SELECT balance FROM contracts WHERE id = $1", contract_id)
    fee = NewCharge(contract_id, service_id, date(2026, 10, 20), Decimal("122.00"), tax_included=True)
    charge_id = await charges.create(books, OPERATOR, new=fee)
    document_id = await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-10")
    )
    await documents.void(books, OPERATOR, document_id=document_id, reason="ошибка")

    await charges.cancel(books, OPERATOR, charge_id=charge_id, reason="ошибка")

    assert await value("SELECT balance FROM contracts WHERE id = $1", contract_id) == before


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"contract_id": uuid4()}, NotFound, "contract"),
        ({"service_id": uuid4()}, NotFound, "service"),
        ({"quantity": Decimal(0)}, InvalidInput, "quantity"),
        ({"unit_price": Decimal(0)}, InvalidInput, "unitPrice"),
        ({"unit_price": Decimal("NaN")}, InvalidInput, "unitPrice"),
        ({"quantity": Decimal("0.000000000001")}, InvalidInput, "quantity"),
        ({"unit_price": Decimal("0.004")}, InvalidInput, "unitPrice"),
        ({"unit_price": Decimal("99999999999999")}, LimitExceeded, None),
        ({"on": date(1999, 12, 31)}, InvalidInput, "on"),
        ({"on": date(2100, 1, 1)}, InvalidInput, "on"),
        ({"description": "две\nстроки"}, InvalidInput, "description"),
        ({"description": "x" * 1_001}, InvalidInput, "description"),
    ],
)
async def test_what_is_no_charge_is_refused(
    parts: Parts, new: NewCharge, changes: dict[str, Any], error: type[Exception], field: str | None
) -> None:
    with pytest.raises(error) as refused:
        await create(parts, new, **changes)

    assert getattr(refused.value, "field", None) == field
    assert (await value("SELECT count(*) FROM charges"), await value("SELECT balance FROM contracts")) == (0, 0)


async def test_a_balance_beyond_all_limits_is_refused(parts: Parts, new: NewCharge) -> None:
    await create(parts, new, unit_price=Decimal("49999999999999"))
    await create(parts, new, unit_price=Decimal("49999999999999"))

    with pytest.raises(LimitExceeded, match="Contract Я-1 would hold or owe more"):
        await create(parts, new, unit_price=Decimal("49999999999999"))


async def test_a_day_in_closed_books_is_refused(parts: Parts, new: NewCharge) -> None:
    await execute("UPDATE enterprises SET closed_until = '2026-10-21'")

    with pytest.raises(IllegalState, match="closed until 2026-10-21"):
        await create(parts, new)

    assert await value("SELECT count(*) FROM charges") == 0
    assert await create(parts, new, on=date(2026, 10, 21))


async def test_a_day_after_the_end_of_the_contract_is_refused(parts: Parts, new: NewCharge) -> None:
    await execute("UPDATE contracts SET closed_on = '2026-10-20'")

    with pytest.raises(IllegalState, match="Contract Я-1 is closed since 2026-10-20"):
        await create(parts, new)

    assert await create(parts, new, on=date(2026, 10, 19))


async def test_a_day_without_a_tax_regime_is_refused(parts: Parts, new: NewCharge) -> None:
    await execute("UPDATE tax_regimes SET valid_from = '2026-10-21'")

    with pytest.raises(InvalidInput, match="no tax regime on 2026-10-20"):
        await create(parts, new)

    assert await value("SELECT count(*) FROM charges") == 0


async def test_a_key_enters_a_charge_once(parts: Parts, new: NewCharge) -> None:
    first = await create(parts, new, key="k")

    again = await create(parts, new, key="k")

    assert again == first
    assert await value("SELECT count(*) FROM charges") == 1
    with pytest.raises(IdempotencyKeyReused):
        await create(parts, new, key="k", quantity=Decimal(2))


async def test_a_waiting_charge_is_cancelled_and_gives_its_amount_back(parts: Parts, new: NewCharge) -> None:
    charge_id = await create(parts, new)

    await charges.cancel(parts, OPERATOR, charge_id=charge_id, reason=" введён дважды ")

    (row,) = await rows("SELECT cancelled_by, cancel_reason, cancelled_at FROM charges")
    assert (row["cancelled_by"], row["cancel_reason"], row["cancelled_at"]) == (
        "operator",
        "введён дважды",
        parts.clock.now(),
    )
    assert await value("SELECT balance FROM contracts") == 0
    assert await value("SELECT operation FROM audit_events ORDER BY id DESC LIMIT 1") == "cancelCharge"
    with pytest.raises(IllegalState, match="cancelled already"):
        await charges.cancel(parts, OPERATOR, charge_id=charge_id, reason="ещё раз")


async def test_what_cannot_be_cancelled_is_refused(parts: Parts, new: NewCharge) -> None:
    charge_id = await create(parts, new)
    async with writing() as connection:
        computed = await add_charge(connection)
    await execute("UPDATE enterprises SET closed_until = '2026-11-01'")

    for id_, error, field in (
        (uuid4(), NotFound, "charge"),
        (computed, IllegalState, "charge"),
        (charge_id, IllegalState, "charge"),
    ):
        with pytest.raises(error) as refused:
            await charges.cancel(parts, OPERATOR, charge_id=id_, reason="ошибка")
        assert refused.value.field == field  # type: ignore[attr-defined]  # Both are errors of the caller.
    with pytest.raises(InvalidInput, match="Say why"):
        await charges.cancel(parts, OPERATOR, charge_id=charge_id, reason=" ")

    assert await value("SELECT count(*) FROM charges WHERE cancelled_at IS NOT NULL") == 0


async def test_who_only_reads_changes_nothing(parts: Parts, new: NewCharge) -> None:
    charge_id = await create(parts, new)

    with pytest.raises(Forbidden):
        await charges.create(parts, READER, new=new)
    with pytest.raises(Forbidden):
        await charges.cancel(parts, READER, charge_id=charge_id, reason="ошибка")

    assert await rows("SELECT id, cancelled_at FROM charges") == [{"id": charge_id, "cancelled_at": None}]


async def test_a_write_that_the_closing_overtook_is_an_illegal_state(parts: Parts) -> None:
    async with writing() as connection:
        enterprise_id = await add_enterprise(connection, closed_until=date(2026, 11, 1))
        contract_id = await add_contract(connection, enterprise_id=enterprise_id)

    with pytest.raises(IllegalState, match="The books are closed until 2026-11-01: a charge of 2026-10-31"):
        async with writing() as connection:
            await connection.execute(
                "INSERT INTO charge_periods (id, contract_id, period_from, period_until)"
                " VALUES (gen_random_uuid(), $1, '2026-10-31', '2026-11-01')",
                contract_id,
            )

    assert await value("SELECT count(*) FROM charge_periods") == 0
