"""The audit log: what is told of a change is kept as the API writes it."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from billfold.database.audit import record_event
from billfold.database.connection import writing
from tests.conftest import NOW
from tests.services.asking import value

KEY = UUID("0192f0c4-7a51-7c3e-9d0e-3f1b5d2c8a77")


@dataclass(frozen=True, slots=True)
class Terms:
    """Something of the services that is told as it is."""

    valid_from: date
    price: Decimal


async def told(**details: object) -> object:
    async with writing() as connection:
        await record_event(connection, "try", ("contract", KEY), actor="me", now=NOW, details=details)
    return json.loads(await value("SELECT details::text FROM audit_events"))


async def test_names_are_those_of_the_api(database: str) -> None:
    found = await told(
        valid_to=[None, date(2026, 10, 31)], external_id="1", after=[Terms(date(2026, 10, 1), Decimal(2))]
    )

    assert found == {
        "validTo": [None, "2026-10-31"],
        "externalId": "1",
        "after": [{"validFrom": "2026-10-01", "price": "2"}],
    }


async def test_ids_are_global(database: str) -> None:
    found = await told(client_id=[KEY, None], contract=KEY)

    assert found == {"client": [f"client_{KEY}", None], "contract": f"contract_{KEY}"}
