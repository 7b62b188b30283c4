"""Prices: set, changed and deleted while nothing was charged from them, and found for many contracts at once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import reading, writing
from billfold.database.prices import price_lists
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import CallerError, Conflict, Forbidden, InvalidInput, NotFound
from billfold.domain.periods import month
from billfold.domain.rating import PriceList, PriceModel, Tier, choose
from billfold.services import prices
from billfold.services.parts import Parts
from billfold.services.prices import NewPrice, PriceChange, PriceTerms
from tests.factories_rows import add_charge, add_charge_period, add_contract, add_enterprise, add_service
from tests.services.asking import rows, value

TIERS = (Tier(Decimal(100), Decimal("1.50")), Tier(None, Decimal("1.20")))
TERMS = PriceTerms(PriceModel.GRADUATED, True, Decimal(10), TIERS)
VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)


@pytest.fixture
async def contract_id(database: str) -> AsyncIterator[UUID]:
    """The rouble contract K-1 and the service voice."""
    async with reading() as connection:
        enterprise = await add_enterprise(connection, code="sever")
        await add_service(connection, code="voice", kind="usage")
        yield await add_contract(connection, "K-1", enterprise_id=enterprise)


async def new_price(**changes: Any) -> NewPrice:
    service_id = await value("SELECT id FROM services WHERE code = 'voice'")
    return replace(NewPrice(service_id, date(2026, 10, 1), TERMS, currency="RUB"), **changes)


async def create(parts: Parts, **changes: Any) -> UUID:
    return await prices.create(parts, OPERATOR, new=await new_price(**changes))


async def refusal(parts: Parts, **changes: Any) -> CallerError:
    """Set a price, and give the failure; nothing may be kept of it."""
    before = await value("SELECT count(*) FROM prices")
    with pytest.raises(CallerError) as caught:
        await create(parts, **changes)
    assert await value("SELECT count(*) FROM prices") == before
    return caught.value


async def charge_from(price_id: UUID) -> None:
    async with writing() as connection:
        await add_charge(connection, kind="usage", price_id=price_id)


async def test_price_is_kept_as_it_was_set(parts: Parts, contract_id: UUID) -> None:
    price_id = await create(parts, contract_id=contract_id, currency=None, destination="Пермь")

    (kept,) = await rows("SELECT *, tiers::text AS told FROM prices")
    assert (kept["id"], kept["contract_id"], kept["currency"]) == (price_id, contract_id, "RUB")
    assert (kept["destination"], kept["valid_from"], kept["model"]) == ("Пермь", date(2026, 10, 1), "graduated")
    assert (kept["tax_included"], kept["allowance"]) == (True, Decimal(10))
    assert kept["told"] == '[["100", "1.50"], [null, "1.20"]]'
    (event,) = await rows("SELECT operation, noun, subject FROM audit_events")
    assert tuple(event.values()) == ("createPrice", "price", price_id)


async def test_own_price_revises_its_contract_and_so_does_its_end(parts: Parts, contract_id: UUID) -> None:
    asked = "SELECT revision FROM contracts WHERE id = $1"
    before = await value(asked, contract_id)

    price_id = await create(parts, contract_id=contract_id)
    created = await value(asked, contract_id)
    await prices.delete(parts, OPERATOR, price_id=price_id)

    assert created > before
    assert await value(asked, contract_id) > created


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"service_id": uuid4()}, NotFound, "service"),
        ({"contract_id": uuid4()}, NotFound, "contract"),
        ({"currency": None}, InvalidInput, "currency"),
        ({"currency": "RUR"}, InvalidInput, "currency"),
        ({"destination": "a\nb"}, InvalidInput, "destination"),
        ({"destination": "x" * 1001}, InvalidInput, "destination"),
        ({"terms": replace(TERMS, model=PriceModel.FLAT)}, InvalidInput, "tiers"),
        ({"terms": replace(TERMS, tiers=TIERS[::-1])}, InvalidInput, "tiers.0.upTo"),
        ({"terms": replace(TERMS, tiers=(Tier(None, Decimal(-1)),))}, InvalidInput, "tiers.0.price"),
        ({"terms": replace(TERMS, allowance=Decimal(-1))}, InvalidInput, "allowance"),
    ],
)
async def test_bad_price_is_refused(
    parts: Parts, contract_id: UUID, changes: dict[str, Any], code: type[CallerError], field: str
) -> None:
    error = await refusal(parts, **changes)

    assert (type(error), error.field) == (code, field)


async def test_own_price_is_in_the_currency_of_its_contract(parts: Parts, contract_id: UUID) -> None:
    error = await refusal(parts, contract_id=contract_id, currency="USD")

    assert (type(error), error.field) == (InvalidInput, "currency")


async def test_one_price_starts_on_a_day(parts: Parts, contract_id: UUID) -> None:
    await create(parts)
    await create(parts, contract_id=contract_id)

    again = await refusal(parts)
    own = await refusal(parts, contract_id=contract_id)
    await create(parts, destination="Пермь")
    await create(parts, valid_from=date(2026, 10, 2))
    await create(parts, currency="USD")

    assert [(type(error), error.field) for error in (again, own)] == [(Conflict, "validFrom")] * 2
    assert "starts on 2026-10-01" in again.message


async def test_key_sets_a_price_once(parts: Parts, contract_id: UUID) -> None:
    new = await new_price()

    first = await prices.create(parts, OPERATOR, new=new, idempotency_key="k1")
    again = await prices.create(parts, OPERATOR, new=new, idempotency_key="k1")

    assert first == again
    assert await value("SELECT count(*) FROM prices") == 1


async def test_own_price_starts_after_the_days_that_are_charged(parts: Parts, contract_id: UUID) -> None:
    async with writing() as connection:
        await add_charge_period(connection, contract_id=contract_id)

    inside = await refusal(parts, contract_id=contract_id, valid_from=date(2026, 10, 31))
    await create(parts, contract_id=contract_id, valid_from=date(2026, 11, 1))

    assert (type(inside), inside.field) == (Conflict, "validFrom")
    assert "let the price start on 2026-11-01 or later" in inside.message


async def test_own_price_starts_after_the_days_that_are_closed(parts: Parts, contract_id: UUID) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE enterprises SET closed_until = '2026-10-02'")

    closed = await refusal(parts, contract_id=contract_id)
    await create(parts, contract_id=contract_id, valid_from=date(2026, 10, 2))

    assert (type(closed), closed.field) == (Conflict, "validFrom")


async def test_general_price_starts_after_closed_books_that_used_the_service(parts: Parts, contract_id: UUID) -> None:
    async with writing() as connection:
        period = await add_charge_period(connection, contract_id=contract_id)
        service = await connection.fetchval("SELECT id FROM services WHERE code = 'voice'")
        await add_charge(connection, charge_period_id=period, service_id=service, kind="usage")
        await connection.execute("UPDATE enterprises SET closed_until = '2026-10-02'")

    closed = await refusal(parts)
    await create(parts, currency="USD")
    await create(parts, valid_from=date(2026, 10, 2))

    assert (type(closed), closed.field) == (Conflict, "validFrom")


async def test_price_is_changed_in_part(parts: Parts, contract_id: UUID) -> None:
    price_id = await create(parts)

    await prices.update(parts, OPERATOR, price_id=price_id, change=PriceChange(allowance=Decimal(0)))

    (kept,) = await rows("SELECT model, allowance, tiers::text FROM prices")
    assert tuple(kept.values()) == ("graduated", Decimal(0), '[["100", "1.50"], [null, "1.20"]]')
    with pytest.raises(InvalidInput) as caught:
        await prices.update(parts, OPERATOR, price_id=price_id, change=PriceChange(model=PriceModel.FLAT))
    assert caught.value.field == "tiers"


async def test_what_was_charged_from_stays(parts: Parts, contract_id: UUID) -> None:
    price_id = await create(parts)
    await charge_from(price_id)

    with pytest.raises(Conflict, match="set another one from a later day"):
        await prices.update(parts, OPERATOR, price_id=price_id, change=PriceChange(allowance=Decimal(0)))
    with pytest.raises(Conflict, match="set another one from a later day"):
        await prices.delete(parts, OPERATOR, price_id=price_id)

    assert await value("SELECT allowance FROM prices") == 10


async def test_price_is_deleted_once(parts: Parts, contract_id: UUID) -> None:
    price_id = await create(parts)

    await prices.delete(parts, OPERATOR, price_id=price_id)

    assert await value("SELECT count(*) FROM prices") == 0
    with pytest.raises(NotFound):
        await prices.delete(parts, OPERATOR, price_id=price_id)
    with pytest.raises(NotFound):
        await prices.update(parts, OPERATOR, price_id=price_id, change=PriceChange(allowance=Decimal(0)))


async def test_without_the_scope_nothing_is_set_changed_or_deleted(parts: Parts, contract_id: UUID) -> None:
    price_id = await create(parts)
    before = await rows("SELECT xmin::text, * FROM prices")

    with pytest.raises(Forbidden, match="books:write"):
        await prices.create(parts, VIEWER, new=await new_price(valid_from=date(2026, 12, 1)))
    with pytest.raises(Forbidden, match="books:write"):
        await prices.update(parts, VIEWER, price_id=price_id, change=PriceChange(allowance=Decimal(0)))
    with pytest.raises(Forbidden, match="books:write"):
        await prices.delete(parts, VIEWER, price_id=price_id)

    assert await rows("SELECT xmin::text, * FROM prices") == before


async def test_prices_of_many_contracts_are_those_that_may_rate_the_period(parts: Parts, contract_id: UUID) -> None:
    async with reading() as connection:
        dollars = await add_contract(connection, "K-2", currency="USD")
    old, before, newer, later = [
        await create(parts, valid_from=date(2026, at, 1), terms=replace(TERMS, allowance=Decimal(at)))
        for at in (8, 9, 10, 11)
    ]
    own = await create(parts, contract_id=contract_id, valid_from=date(2026, 10, 20), destination="Пермь")

    async with reading() as connection:
        found = await price_lists(connection, [contract_id, dollars, uuid4()], month("2026-10"))
        september = await price_lists(connection, [contract_id], month("2026-09"))

    assert {key: [one.price.id for one in each] for key, each in found.items()} == {
        contract_id: [own, newer],
        dollars: [],
    }
    assert [one.price.id for one in september[contract_id]] == [before]
    assert (old, later) != (before, newer)
    first = found[contract_id][0]
    assert (first.service, first.destination, first.valid_from, first.is_own) == (
        "voice",
        "Пермь",
        date(2026, 10, 20),
        True,
    )
    assert first.price == PriceList(own, PriceModel.GRADUATED, True, Decimal(10), TIERS)
    chosen = choose(found[contract_id], "voice", "Пермь", date(2026, 10, 19))
    assert chosen is not None
    assert chosen.id == newer
