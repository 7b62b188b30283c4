"""Contracts: made and changed; what may not change any more stays, and every refusal changes nothing."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.database.contracts import Billing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import CallerError, Conflict, Forbidden, IllegalState, InvalidInput, NotFound
from billfold.domain.periods import month
from billfold.services import contracts, documents
from billfold.services.parts import Parts
from tests import factories_rows as factories
from tests.services.asking import contract, rows, value

READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.BOOKS_READ}))


@pytest.fixture
async def given(parts: Parts) -> dict[str, Any]:
    """The attributes that a new contract needs, its parties being there."""
    async with writing() as connection:
        enterprise_id = await factories.add_enterprise(connection)
        client_id = await factories.add_client(connection, enterprise_id=enterprise_id)
    return {
        "number": "Я-1",
        "client_id": client_id,
        "enterprise_id": enterprise_id,
        "signed_on": date(2026, 10, 5),
        "currency": "RUB",
        "billing": Billing.POSTPAID,
    }


async def make(parts: Parts, given: dict[str, Any], **more: Any) -> UUID:
    return await contracts.create(parts, OPERATOR, given=given | more)


async def test_a_contract_is_made_with_all_that_it_is(parts: Parts, given: dict[str, Any]) -> None:
    contract_id = await make(
        parts,
        given,
        valid_to=date(2027, 1, 1),
        payment_terms_days=30,
        credit_limit=Decimal(500),
        opening_balance=Decimal("-10.5"),
    )

    (row,) = await rows("SELECT * FROM contracts")
    assert row == {
        **given,
        "id": contract_id,
        "valid_to": date(2027, 1, 1),
        "payment_terms_days": 30,
        "credit_limit": Decimal("500.00"),
        "opening_balance": Decimal("-10.50"),
        "balance": Decimal("-10.50"),
        "opening_allocated": Decimal(0),
        "opening_advanced": Decimal(0),
        "closed_on": None,
        "revision": 0,
        "parked_at": None,
        "parked_reason": "",
    }
    assert str(row["opening_balance"]) == "-10.50"
    (event,) = await rows("SELECT actor, operation, noun, subject FROM audit_events")
    assert event == {"actor": "operator", "operation": "createContract", "noun": "contract", "subject": contract_id}


@pytest.mark.parametrize(
    ("currency", "amount", "is_taken"),
    [
        ("JPY", "100", True),
        ("JPY", "100.5", False),
        ("KWD", "1.125", True),
        ("KWD", "1.1255", False),
        ("RUB", "1.125", False),
        ("RUB", "100000000000000", False),
    ],
)
@pytest.mark.parametrize(("column", "field"), [("opening_balance", "openingBalance"), ("credit_limit", "creditLimit")])
async def test_amounts_have_the_decimals_of_the_currency(
    parts: Parts, given: dict[str, Any], currency: str, amount: str, is_taken: bool, column: str, field: str
) -> None:
    more = {"currency": currency, column: Decimal(amount)}

    if is_taken:
        await make(parts, given, **more)
    else:
        with pytest.raises(InvalidInput) as caught:
            await make(parts, given, **more)
        assert caught.value.field == field

    assert await value("SELECT count(*) FROM contracts") == int(is_taken)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": " "}, "number"),
        ({"number": "x" * 101}, "number"),
        ({"currency": "RUR"}, "currency"),
        ({"currency": "XAU"}, "currency"),
        ({"currency": None}, "currency"),
        ({"billing": None}, "billing"),
        ({"signed_on": None}, "signedOn"),
        ({"signed_on": date(1, 1, 1)}, "signedOn"),
        ({"valid_to": date(2026, 10, 4)}, "validTo"),
        ({"payment_terms_days": -1}, "paymentTermsDays"),
        ({"payment_terms_days": 367}, "paymentTermsDays"),
        ({"payment_terms_days": None}, "paymentTermsDays"),
        ({"credit_limit": Decimal(-1)}, "creditLimit"),
        ({"opening_balance": None}, "openingBalance"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_its_field(
    parts: Parts, given: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:
    contract_id = await make(parts, given)
    before = await rows("SELECT * FROM contracts")

    with pytest.raises(InvalidInput) as created:
        await make(parts, given | {"number": "Я-2"}, **wrong)
    with pytest.raises(InvalidInput) as updated:
        await contracts.update(parts, OPERATOR, contract_id=contract_id, given=wrong)

    assert (created.value.field, updated.value.field) == (field, field)
    assert await rows("SELECT * FROM contracts") == before


@pytest.mark.parametrize("party", ["client", "enterprise"])
async def test_unknown_parties_are_not_found(parts: Parts, given: dict[str, Any], party: str) -> None:
    contract_id = await make(parts, given)
    strange = {f"{party}_id": uuid4()}

    with pytest.raises(NotFound) as created:
        await make(parts, given | {"number": "Я-2"}, **strange)
    with pytest.raises(NotFound) as updated:
        await contracts.update(parts, OPERATOR, contract_id=contract_id, given=strange)

    assert (created.value.field, updated.value.field) == (party, party)
    assert await value("SELECT count(*) FROM contracts") == 1


async def test_a_number_is_taken_once_in_an_enterprise(parts: Parts, given: dict[str, Any]) -> None:
    await make(parts, given)
    other = await make(parts, given, number="Я-2")

    with pytest.raises(Conflict, match="contract 'Я-1' already"):
        await make(parts, given)
    with pytest.raises(Conflict) as caught:
        await contracts.update(parts, OPERATOR, contract_id=other, given={"number": "Я-1"})

    assert caught.value.field == "number"
    assert await value("SELECT array_agg(number ORDER BY number) FROM contracts") == ["Я-1", "Я-2"]


async def test_only_what_is_given_is_changed_and_null_clears_the_last_day(parts: Parts, given: dict[str, Any]) -> None:
    contract_id = await make(parts, given, valid_to=date(2027, 1, 1), credit_limit=Decimal(5))

    await contracts.update(
        parts, OPERATOR, contract_id=contract_id, given={"valid_to": None, "billing": Billing.PREPAID}
    )

    (row,) = await rows("SELECT valid_to, billing, credit_limit, number FROM contracts")
    assert tuple(row.values()) == (None, "prepaid", Decimal("5.00"), "Я-1")
    details = await value("SELECT details::text FROM audit_events WHERE operation = 'updateContract'")
    assert details == '{"billing": ["postpaid", "prepaid"], "validTo": ["2027-01-01", null]}'


@pytest.mark.parametrize("how", ["charged", "paid", "issued"])
@pytest.mark.parametrize("what", ["client", "enterprise", "currency"])
async def test_parties_and_currency_of_a_billed_contract_stay(
    parts: Parts, given: dict[str, Any], how: str, what: str
) -> None:
    contract_id = await make(parts, given)
    async with writing() as connection:
        other = await factories.add_client(connection, enterprise_id=await factories.add_enterprise(connection))
        seller = await connection.fetchval("SELECT enterprise_id FROM clients WHERE id = $1", other)
        if how == "charged":
            await factories.add_charge_period(connection, contract_id=contract_id, is_live=False)
        elif how == "issued":
            await factories.add_document(connection, contract_id=contract_id)
        else:
            await _add_payment(connection, contract_id)
    changes = {"client": {"client_id": other}, "enterprise": {"enterprise_id": seller}, "currency": {"currency": "USD"}}
    before = await rows("SELECT * FROM contracts")

    with pytest.raises(IllegalState) as caught:
        await contracts.update(parts, OPERATOR, contract_id=contract_id, given=changes[what])

    assert caught.value.field == what
    assert await rows("SELECT * FROM contracts") == before


async def _add_payment(connection: Any, contract_id: UUID) -> UUID:
    row = {
        "contract_id": contract_id,
        "kind": "payment",
        "amount": Decimal("1.00"),
        "received_on": date(2026, 10, 1),
        "source": "manual",
        "external_id": "1",
    }
    return await factories.add_row(connection, "payments", row)


async def test_a_contract_that_is_not_billed_may_change_its_currency(parts: Parts, given: dict[str, Any]) -> None:
    contract_id = await make(parts, given)

    await contracts.update(parts, OPERATOR, contract_id=contract_id, given={"currency": "JPY"})

    assert await value("SELECT currency FROM contracts") == "JPY"


async def test_an_amount_that_the_new_currency_has_not_is_refused(parts: Parts, given: dict[str, Any]) -> None:
    contract_id = await make(parts, given, opening_balance=Decimal("1.50"))

    with pytest.raises(InvalidInput) as caught:
        await contracts.update(parts, OPERATOR, contract_id=contract_id, given={"currency": "JPY"})

    assert caught.value.field == "openingBalance"


async def test_a_new_opening_balance_moves_the_balance_and_settles_what_is_open(books: Parts) -> None:
    contract_id = await contract("Я-101")
    await documents.issue_for_period(books, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-10"))

    await contracts.update(books, OPERATOR, contract_id=contract_id, given={"opening_balance": Decimal("3000.00")})

    row = (await rows("SELECT balance, opening_allocated FROM contracts WHERE id = $1", contract_id))[0]
    # The invoice of October comes to 2093.55.
    assert tuple(row.values()) == (Decimal("906.45"), Decimal("2093.55"))


async def test_an_opening_balance_that_settles_something_stays(parts: Parts, given: dict[str, Any]) -> None:
    contract_id = await make(parts, given, opening_balance=Decimal("100.00"))
    async with writing() as connection:
        await connection.execute("UPDATE contracts SET opening_allocated = 1")

    with pytest.raises(IllegalState) as caught:
        await contracts.update(parts, OPERATOR, contract_id=contract_id, given={"opening_balance": Decimal(0)})

    assert caught.value.field == "openingBalance"
    assert await value("SELECT balance FROM contracts") == Decimal("100.00")


async def test_an_opening_balance_of_closed_books_stays(parts: Parts, given: dict[str, Any]) -> None:
    contract_id = await make(parts, given)
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = '2026-10-06'")

    with pytest.raises(IllegalState) as caught:
        await contracts.update(parts, OPERATOR, contract_id=contract_id, given={"opening_balance": Decimal(1)})

    assert caught.value.field == "openingBalance"
    assert await value("SELECT balance FROM contracts") == Decimal("0.00")


async def test_a_key_makes_a_contract_once(parts: Parts, given: dict[str, Any]) -> None:
    first = await contracts.create(parts, OPERATOR, given=given, idempotency_key="k")

    again = await contracts.create(parts, OPERATOR, given=given, idempotency_key="k")

    assert again == first
    assert await value("SELECT count(*) FROM contracts") == 1


async def test_an_unknown_contract_is_not_found(parts: Parts) -> None:
    with pytest.raises(NotFound) as caught:
        await contracts.update(parts, OPERATOR, contract_id=uuid4(), given={"number": "x"})

    assert isinstance(caught.value, CallerError)
    assert caught.value.field == "contract"


async def test_readers_change_nothing(parts: Parts, given: dict[str, Any]) -> None:
    contract_id = await make(parts, given)
    before = await rows("SELECT * FROM contracts")

    with pytest.raises(Forbidden):
        await contracts.create(parts, READER, given=given | {"number": "Я-2"})
    with pytest.raises(Forbidden):
        await contracts.update(parts, READER, contract_id=contract_id, given={"number": "Я-2"})

    assert await rows("SELECT * FROM contracts") == before
