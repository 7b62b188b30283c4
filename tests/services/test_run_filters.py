"""Filters of runs: which contracts a run is for."""

import dataclasses
from datetime import date
from decimal import Decimal
from uuid import uuid4

from billfold.database.connection import reading, writing
from billfold.database.contracts import Billing
from billfold.domain.periods import month
from billfold.services import runs
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from tests.conftest import NOW
from tests.services.asking import rows, value

OCTOBER = RunRequest(type="invoice", period=month("2026-10"))
ADVANCE = RunRequest(type="invoice", amount=Decimal("500.00"), currencies=("RUB",))


async def test_each_filter_narrows_a_run_and_all_must_hold(books: Parts) -> None:
    brand = await value("SELECT id FROM brands WHERE code = 'yantar'")
    seller = await value("SELECT id FROM enterprises WHERE code = 'vetrova'")
    buyer = await value("SELECT id FROM clients WHERE code = 'vardo'")
    address, seat = [await value("SELECT id FROM services WHERE code = $1", one) for one in ("static-ip", "cloud-seat")]
    later, prepaid = RunRequest(type="invoice", period=month("2026-11")), (Billing.PREPAID,)
    async with writing() as connection:
        await connection.execute("UPDATE contracts SET signed_on = '2026-11-02' WHERE number = 'Я-105'")
        await connection.execute("UPDATE contracts SET closed_on = '2026-11-01' WHERE number = 'Я-104'")
    found = {
        "enterprise": await fitting(dataclasses.replace(OCTOBER, enterprise_ids=(seller,))),
        "client": await fitting(dataclasses.replace(OCTOBER, client_ids=(buyer,))),
        "brand": await fitting(dataclasses.replace(OCTOBER, brand_ids=(brand,), currencies=("USD",))),
        "currencies": await fitting(dataclasses.replace(OCTOBER, currencies=("USD", "KZT"))),
        "billing": await fitting(dataclasses.replace(OCTOBER, billing=prepaid, enterprise_ids=(seller,))),
        "service in October": await fitting(dataclasses.replace(OCTOBER, service_ids=(address,))),
        "service in November": await fitting(dataclasses.replace(later, service_ids=(address,))),
        "services": await fitting(dataclasses.replace(later, service_ids=(address, seat), billing=prepaid)),
        "service today": await fitting(dataclasses.replace(ADVANCE, service_ids=(address,))),
        "service on a day": await fitting(
            dataclasses.replace(ADVANCE, service_ids=(address,), issue_date=date(2026, 10, 8))
        ),
        "amount": await fitting(dataclasses.replace(ADVANCE, brand_ids=(brand,))),
        "nothing": await fitting(dataclasses.replace(ADVANCE, service_ids=(uuid4(),))),
    }

    assert found == {
        "enterprise": ["В-7", "В-8", "В-9"],
        "client": ["KW-2004", "KW-2004-V"],
        "brand": [],
        "currencies": ["KW-2002", "KW-2003", "KW-2004", "KW-2004-V"],
        "billing": ["В-8", "В-9"],
        "service in October": ["В-7", "Я-101", "Я-102"],
        "service in November": ["Я-101", "Я-102"],
        "services": ["Я-103"],
        "service today": ["Я-101", "Я-102"],
        "service on a day": ["В-7", "Я-102"],
        # One is signed later, and one is closed.
        "amount": ["В-7", "В-8", "В-9", "Я-101", "Я-102", "Я-102-Т", "Я-103"],
        "nothing": [],
    }


async def fitting(request: RunRequest) -> list[str]:
    """Give the numbers of the contracts that fit a run, which is the same after it was kept."""
    kept = runs.request_of(request.terms)
    async with reading() as connection:
        found = await runs.contracts_of(connection, kept, now=NOW)
    numbers = await rows("SELECT number FROM contracts WHERE id = ANY($1::uuid[]) ORDER BY number", found.open_ids)
    return [one["number"] for one in numbers]


def test_the_scope_of_a_run_that_is_not_narrowed_is_what_it_always_was() -> None:
    assert OCTOBER.scope == {"enterprises": [], "clients": [], "contracts": []}
    assert ADVANCE.scope == {"enterprises": [], "clients": [], "contracts": [], "currencies": ["RUB"]}
