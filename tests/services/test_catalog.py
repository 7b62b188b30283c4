"""The catalog: services are added and changed, and every refusal changes nothing."""

import dataclasses
from typing import Any
from uuid import uuid4

import pytest

from billfold.database.services import ServiceKind
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.errors import Conflict, Forbidden, IdempotencyKeyReused, InvalidInput, NotFound
from billfold.domain.tax import TaxCategory
from billfold.services import catalog
from billfold.services.parts import Parts
from tests.services.asking import rows, value

READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.BOOKS_READ}))
FIBER: dict[str, object] = {"code": "fiber", "name": "Интернет «Прибой»", "kind": ServiceKind.SUBSCRIPTION}
SERVICES = "SELECT id, code, name, names::text AS names, unit_name, unit_okei, kind, tax_category FROM services"


async def test_a_service_is_added_with_all_that_it_is(parts: Parts) -> None:
    given = FIBER | {
        "names": {"en": "Internet Surf"},
        "unit_name": "мес",
        "unit_okei": "362",
        "tax_category": TaxCategory.REDUCED,
    }

    service_id = await catalog.create(parts, OPERATOR, given=given)

    assert await rows(SERVICES) == [
        {
            "id": service_id,
            "code": "fiber",
            "name": "Интернет «Прибой»",
            "names": '{"en": "Internet Surf"}',
            "unit_name": "мес",
            "unit_okei": "362",
            "kind": "subscription",
            "tax_category": "reduced",
        }
    ]
    (event,) = await rows("SELECT actor, operation, noun, subject FROM audit_events")
    assert event == {"actor": "operator", "operation": "createService", "noun": "service", "subject": service_id}


async def test_a_service_is_standard_and_without_a_unit_unless_told(parts: Parts) -> None:
    await catalog.create(parts, OPERATOR, given=FIBER)

    (row,) = await rows(SERVICES)
    assert (row["names"], row["unit_name"], row["unit_okei"], row["tax_category"]) == ("{}", "", "", "standard")


async def test_only_what_is_given_is_changed(parts: Parts) -> None:
    service_id = await catalog.create(parts, OPERATOR, given=FIBER | {"unit_name": "мес"})

    await catalog.update(parts, OPERATOR, service_id=service_id, given={"tax_category": TaxCategory.ZERO})

    (row,) = await rows(SERVICES)
    assert (row["code"], row["unit_name"], row["tax_category"]) == ("fiber", "мес", "zero")
    details = await value("SELECT details::text FROM audit_events WHERE operation = 'updateService'")
    assert details == '{"taxCategory": ["standard", "zero"]}'


async def test_an_update_that_changes_nothing_leaves_no_event(parts: Parts) -> None:
    service_id = await catalog.create(parts, OPERATOR, given=FIBER)

    await catalog.update(parts, OPERATOR, service_id=service_id, given={"code": "fiber"})

    assert await value("SELECT count(*) FROM audit_events") == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "x" * 101}, "code"),
        ({"name": None}, "name"),
        ({"name": "one\ntwo"}, "name"),
        ({"names": {"xx": "Имя"}}, "names"),
        ({"names": {"en": ""}}, "names"),
        ({"unit_name": "x" * 51}, "unitName"),
        ({"unit_okei": "12345"}, "unitOkei"),
        ({"kind": None}, "kind"),
        ({"tax_category": None}, "taxCategory"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_its_field(parts: Parts, wrong: dict[str, Any], field: str) -> None:
    service_id = await catalog.create(parts, OPERATOR, given=FIBER)
    before = await rows("SELECT * FROM services")

    with pytest.raises(InvalidInput) as created:
        await catalog.create(parts, OPERATOR, given=FIBER | {"code": "other"} | wrong)
    with pytest.raises(InvalidInput) as updated:
        await catalog.update(parts, OPERATOR, service_id=service_id, given=wrong)

    assert (created.value.field, updated.value.field) == (field, field)
    assert await rows("SELECT * FROM services") == before


async def test_a_code_is_taken_once(parts: Parts) -> None:
    await catalog.create(parts, OPERATOR, given=FIBER)
    other = await catalog.create(parts, OPERATOR, given=FIBER | {"code": "other"})

    with pytest.raises(Conflict, match="service 'fiber' already"):
        await catalog.create(parts, OPERATOR, given=FIBER)
    with pytest.raises(Conflict) as caught:
        await catalog.update(parts, OPERATOR, service_id=other, given={"code": "fiber"})

    assert caught.value.field == "code"
    assert await value("SELECT array_agg(code ORDER BY code) FROM services") == ["fiber", "other"]


async def test_an_unknown_service_is_not_found(parts: Parts) -> None:
    with pytest.raises(NotFound):
        await catalog.update(parts, OPERATOR, service_id=uuid4(), given={"code": "x"})


async def test_a_key_adds_a_service_once(parts: Parts) -> None:
    first = await catalog.create(parts, OPERATOR, given=FIBER, idempotency_key="k")

    again = await catalog.create(parts, OPERATOR, given=FIBER, idempotency_key="k")

    assert again == first
    with pytest.raises(IdempotencyKeyReused):
        await catalog.create(parts, OPERATOR, given=FIBER | {"code": "x"}, idempotency_key="k")
    assert await value("SELECT count(*) FROM services") == 1


async def test_readers_change_nothing(parts: Parts) -> None:
    service_id = await catalog.create(parts, OPERATOR, given=FIBER)

    with pytest.raises(Forbidden):
        await catalog.create(parts, READER, given=FIBER | {"code": "x"})
    with pytest.raises(Forbidden):
        await catalog.update(parts, READER, service_id=service_id, given={"code": "x"})

    assert await value("SELECT array_agg(code) FROM services") == ["fiber"]
