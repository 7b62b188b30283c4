"""Recording usage: once whatever is sent again, corrections of what is there, and what comes late."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import reading, writing
from billfold.database.issuing import lock_contracts
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import CallerError, Conflict, Forbidden, IdempotencyKeyReused, InvalidInput, NotFound
from billfold.domain.metering import ReportedUsage
from billfold.services import usage
from billfold.services.parts import Parts
from billfold.services.usage import RecordedUsage
from tests.factories_rows import add_charge_period, add_contract, add_enterprise, add_service
from tests.services.asking import rows, value

NOON = datetime(2026, 10, 15, 12, tzinfo=UTC)
CALL = ReportedUsage("call-1", Decimal("3.5"), contract_number="K-1", service_code="voice", occurred_at=NOON)
PRICED = replace(CALL, unit_price=Decimal("1.75"), tax_included=True, destination="Пермь", party="73420000001")


@pytest.fixture
async def contract_id(database: str) -> AsyncIterator[UUID]:
    """The contract K-1 of an enterprise in Moscow, and the service voice."""
    async with reading() as connection:
        enterprise = await add_enterprise(connection, code="sever")
        await add_service(connection, code="voice", kind="usage")
        yield await add_contract(connection, "K-1", enterprise_id=enterprise)


async def record(parts: Parts, *records: ReportedUsage, **others: Any) -> RecordedUsage:
    return await usage.record(parts, OPERATOR, source="switch", records=records, **others)


async def refusal(parts: Parts, *records: ReportedUsage, **others: Any) -> CallerError:
    """Record, and give the failure; nothing may be kept of it."""
    before = await value("SELECT count(*) FROM usage_records")
    with pytest.raises(CallerError) as caught:
        await record(parts, *records, **others)
    assert await value("SELECT count(*) FROM usage_records") == before
    return caught.value


async def test_record_is_kept_as_it_was_reported(parts: Parts, contract_id: UUID) -> None:
    result = await record(parts, PRICED)

    assert result == RecordedUsage(recorded=1, duplicates=0, late=0)
    (kept,) = await rows("SELECT * FROM usage_records")
    assert (kept["source"], kept["external_id"], kept["contract_id"]) == ("switch", "call-1", contract_id)
    assert (kept["quantity"], kept["unit_price"], kept["tax_included"]) == (Decimal("3.5"), Decimal("1.75"), True)
    assert (kept["destination"], kept["party"]) == ("Пермь", "73420000001")
    assert (kept["occurred_at"], kept["recorded_at"]) == (NOON, parts.clock.now())


async def test_ids_do_as_well_as_number_and_code(parts: Parts, contract_id: UUID) -> None:
    service_id = await value("SELECT id FROM services")
    by_id = replace(CALL, contract_number=None, contract_id=contract_id, service_code=None, service_id=service_id)

    await record(parts, by_id)

    assert await record(parts, CALL) == RecordedUsage(recorded=0, duplicates=1, late=0)


async def test_without_a_unit_price_the_price_list_is_to_rate_it(parts: Parts, contract_id: UUID) -> None:
    await record(parts, CALL)

    assert await rows("SELECT unit_price, tax_included FROM usage_records") == [
        {"unit_price": None, "tax_included": False}
    ]


async def test_the_same_record_counts_once(parts: Parts, contract_id: UUID) -> None:
    await record(parts, CALL)
    again = replace(CALL, quantity=Decimal("3.50"), occurred_at=NOON.astimezone())

    result = await record(parts, again, replace(CALL, external_id="call-2"), again)

    assert result == RecordedUsage(recorded=1, duplicates=2, late=0)
    assert await value("SELECT count(*) FROM usage_records") == 2


async def test_sources_have_external_ids_of_their_own(parts: Parts, contract_id: UUID) -> None:
    await record(parts, CALL)

    result = await usage.record(parts, OPERATOR, source="gateway", records=[CALL])

    assert result.recorded == 1


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": Decimal(4)},
        {"occurred_at": datetime(2026, 10, 15, 12, 0, 1, tzinfo=UTC)},
        {"unit_price": Decimal(2), "tax_included": True},
        {"destination": "Пермь"},
        {"party": "1"},
    ],
)
async def test_same_id_with_something_else_is_a_conflict(
    parts: Parts, contract_id: UUID, change: dict[str, Any]
) -> None:
    await record(parts, CALL)

    error = await refusal(parts, replace(CALL, external_id="call-0"), replace(CALL, **change))

    assert (type(error), error.field) == (Conflict, "records.1.externalId")
    assert error.message.startswith("Record 'call-1': It was recorded before with something else")


async def test_one_call_may_not_contradict_itself(parts: Parts, contract_id: UUID) -> None:
    error = await refusal(parts, CALL, replace(CALL, quantity=Decimal(4)))

    assert (type(error), error.field) == (Conflict, "records.1.externalId")


async def test_parallel_calls_with_shared_ids_count_each_once(parts: Parts, contract_id: UUID) -> None:
    calls = [
        [replace(CALL, external_id=f"call-{at}") for at in range(start, start + 100)] for start in range(0, 200, 10)
    ]
    turned = [records if at % 2 else records[::-1] for at, records in enumerate(calls)]

    results = await asyncio.gather(*(record(parts, *records) for records in turned))

    assert sum(result.recorded for result in results) == 290
    assert sum(result.duplicates for result in results) == 2000 - 290
    assert await value("SELECT count(*) FROM usage_records") == 290


async def test_parallel_calls_that_differ_leave_one_in_conflict(parts: Parts, contract_id: UUID) -> None:
    results = await asyncio.gather(
        *(record(parts, replace(CALL, quantity=Decimal(at))) for at in range(5)), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["RecordedUsage"]
    assert await value("SELECT count(*) FROM usage_records") == 1


async def test_key_gives_the_first_answer_again(parts: Parts, contract_id: UUID) -> None:
    first = await record(parts, CALL, idempotency_key="k1")

    again = await record(parts, CALL, idempotency_key="k1")

    assert (first, again) == (RecordedUsage(1, 0, 0), RecordedUsage(1, 0, 0))
    error = await refusal(parts, replace(CALL, quantity=Decimal(1)), idempotency_key="k1")
    assert isinstance(error, IdempotencyKeyReused)


async def test_correction_takes_the_rest_from_its_original(parts: Parts, contract_id: UUID) -> None:
    await record(parts, PRICED)
    correction = ReportedUsage("fix-1", Decimal("-1.5"), corrects="call-1")

    result = await record(parts, correction)

    assert result == RecordedUsage(1, 0, 0)
    first, fix = await rows("SELECT * FROM usage_records ORDER BY id")
    assert (fix["corrects"], fix["quantity"]) == (first["id"], Decimal("-1.5"))
    same = ("contract_id", "service_id", "occurred_at", "unit_price", "tax_included", "destination", "party")
    assert [fix[name] for name in same] == [first[name] for name in same]
    assert await record(parts, correction) == RecordedUsage(0, 1, 0)


async def test_original_and_correction_may_come_in_one_call(parts: Parts, contract_id: UUID) -> None:
    fix = ReportedUsage("a-fix", Decimal("-3.5"), corrects="call-1")

    assert await record(parts, fix, CALL) == RecordedUsage(2, 0, 0)
    assert await record(parts, fix, CALL) == RecordedUsage(0, 2, 0)
    assert await value("SELECT sum(quantity) FROM usage_records") == 0


async def test_corrections_together_take_back_at_most_the_whole(parts: Parts, contract_id: UUID) -> None:
    await record(parts, CALL, ReportedUsage("fix-1", Decimal(-2), corrects="call-1"))
    fixes = [ReportedUsage(name, Decimal(-1), corrects="call-1") for name in ("fix-2", "fix-3")]

    error = await refusal(parts, *fixes)

    assert (type(error), error.field) == (InvalidInput, "records.1.quantity")
    assert "Only 0.5 is left of 'call-1'" in error.message


async def test_parallel_corrections_take_back_at_most_the_whole(parts: Parts, contract_id: UUID) -> None:
    await record(parts, CALL)

    results = await asyncio.gather(
        *(record(parts, ReportedUsage(f"fix-{at}", Decimal(-2), corrects="call-1")) for at in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in results) == ["InvalidInput"] * 3 + ["RecordedUsage"]
    assert await value("SELECT sum(quantity) FROM usage_records") == Decimal("1.5")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"corrects": "call-9"}, NotFound, "corrects"),
        ({"corrects": "fix-1"}, InvalidInput, "corrects"),
        ({"corrects": " "}, InvalidInput, "corrects"),
        ({"quantity": Decimal(0)}, InvalidInput, "quantity"),
        ({"quantity": Decimal(1)}, InvalidInput, "quantity"),
        ({"contract_number": "K-2"}, InvalidInput, "contract"),
        ({"service_code": "sms"}, InvalidInput, "service"),
        ({"occurred_at": datetime(2026, 10, 16, 12, tzinfo=UTC)}, InvalidInput, "occurredAt"),
        ({"unit_price": Decimal(2)}, InvalidInput, "unitPrice"),
        ({"tax_included": False}, InvalidInput, "taxIncluded"),
        ({"destination": "Москва"}, InvalidInput, "destination"),
    ],
)
async def test_correction_must_agree_with_its_original(
    parts: Parts, contract_id: UUID, change: dict[str, Any], code: type[CallerError], field: str
) -> None:
    async with reading() as connection:
        await add_contract(connection, "K-2")
        await add_service(connection, code="sms", kind="usage")
    fix = ReportedUsage("fix-1", Decimal(-1), corrects="call-1")
    await record(parts, PRICED, fix)

    error = await refusal(parts, replace(fix, external_id="fix-2", **change))

    assert (type(error), error.field) == (code, f"records.0.{field}")


async def test_what_comes_after_its_day_was_charged_or_closed_is_late(parts: Parts, contract_id: UUID) -> None:
    async with writing() as connection:
        await add_charge_period(connection, contract_id=contract_id)
        await connection.execute("UPDATE enterprises SET closed_until = '2026-09-01'")
    last_moment = datetime(2026, 10, 31, 20, 59, 59, tzinfo=UTC)
    times = {"late": NOON, "closed": datetime(2026, 8, 1, tzinfo=UTC), "border": last_moment}
    open_times = {"open": datetime(2026, 10, 31, 21, tzinfo=UTC), "between": datetime(2026, 9, 15, tzinfo=UTC)}
    records = [replace(CALL, external_id=name, occurred_at=at) for name, at in (times | open_times).items()]

    result = await record(parts, *records)

    assert result == RecordedUsage(recorded=5, duplicates=0, late=3)
    late = await rows(
        "SELECT u.external_id, l.contract_id, l.charge_period_id FROM late_usage l JOIN usage_records u"
        " ON u.id = l.usage_id ORDER BY 1"
    )
    assert [row["external_id"] for row in late] == ["border", "closed", "late"]
    assert {(row["contract_id"], row["charge_period_id"]) for row in late} == {(contract_id, None)}


async def test_closed_contract_takes_what_happened_before(parts: Parts, contract_id: UUID) -> None:
    async with writing() as connection:
        await connection.execute("UPDATE contracts SET closed_on = '2026-10-16'")
    # Local midnight in Moscow is three hours before that of UTC.
    at_once = replace(CALL, external_id="call-2", occurred_at=datetime(2026, 10, 15, 21, tzinfo=UTC))

    before = await record(parts, replace(CALL, occurred_at=datetime(2026, 10, 15, 20, 59, 59, tzinfo=UTC)))
    error = await refusal(parts, at_once)

    assert before.recorded == 1
    assert (type(error), error.field) == (InvalidInput, "records.0.occurredAt")
    assert "Contract K-1 was closed on 2026-10-16" in error.message


async def test_number_of_two_enterprises_needs_the_code(parts: Parts, contract_id: UUID) -> None:
    async with reading() as connection:
        other = await add_enterprise(connection, code="yug")
        await add_contract(connection, "K-1", enterprise_id=other)

    error = await refusal(parts, CALL)
    result = await record(parts, CALL, enterprise="sever")
    unknown = await refusal(parts, replace(CALL, external_id="call-2"), enterprise="zapad")

    assert (type(error), error.field) == (InvalidInput, "records.0.contractNumber")
    assert result.recorded == 1
    assert await value("SELECT contract_id FROM usage_records") == contract_id
    assert (type(unknown), unknown.field) == (NotFound, "records.0.contractNumber")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"external_id": ""}, InvalidInput, "externalId"),
        ({"external_id": "x" * 201}, InvalidInput, "externalId"),
        ({"external_id": "a\nb"}, InvalidInput, "externalId"),
        ({"contract_number": None}, InvalidInput, "contract"),
        ({"contract_number": "K-9"}, NotFound, "contractNumber"),
        ({"contract_id": uuid4()}, InvalidInput, "contractNumber"),
        ({"contract_number": None, "contract_id": uuid4()}, NotFound, "contract"),
        ({"service_code": None}, InvalidInput, "service"),
        ({"service_code": "data"}, NotFound, "serviceCode"),
        ({"service_id": uuid4()}, InvalidInput, "serviceCode"),
        ({"service_code": None, "service_id": uuid4()}, NotFound, "service"),
        ({"occurred_at": None}, InvalidInput, "occurredAt"),
        ({"occurred_at": datetime(2026, 10, 15, 12)}, InvalidInput, "occurredAt"),  # noqa: DTZ001
        ({"occurred_at": datetime(2200, 1, 1, tzinfo=UTC)}, InvalidInput, "occurredAt"),
        ({"quantity": Decimal(-1)}, InvalidInput, "quantity"),
        ({"quantity": Decimal("NaN")}, InvalidInput, "quantity"),
        ({"quantity": Decimal("1E15")}, InvalidInput, "quantity"),
        ({"unit_price": Decimal(-1), "tax_included": True}, InvalidInput, "unitPrice"),
        ({"unit_price": Decimal("1E-12"), "tax_included": True}, InvalidInput, "unitPrice"),
        ({"unit_price": Decimal(1)}, InvalidInput, "taxIncluded"),
        ({"tax_included": True}, InvalidInput, "taxIncluded"),
        ({"destination": "x" * 1001}, InvalidInput, "destination"),
        ({"party": "\x00"}, InvalidInput, "party"),
    ],
)
async def test_one_faulty_record_refuses_the_call(
    parts: Parts, contract_id: UUID, change: dict[str, Any], code: type[CallerError], field: str
) -> None:
    good = [replace(CALL, external_id=f"good-{at}") for at in range(2)]

    error = await refusal(parts, *good, replace(CALL, **change))

    assert (type(error), error.field) == (code, f"records.2.{field}")


async def test_call_has_limits(parts: Parts, contract_id: UUID) -> None:
    many = [replace(CALL, external_id=f"call-{at}") for at in range(1001)]

    assert (await refusal(parts)).field == "records"
    assert (await refusal(parts, *many)).field == "records"
    assert (await record(parts, *many[:1000])).recorded == 1000


@pytest.mark.parametrize("source", ["", " ", "x" * 101, "a\tb"])
async def test_source_is_a_short_text(parts: Parts, contract_id: UUID, source: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await usage.record(parts, OPERATOR, source=source, records=[CALL])

    assert caught.value.field == "source"


async def test_recording_without_the_scope_writes_nothing(parts: Parts, contract_id: UUID) -> None:
    viewer = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)

    with pytest.raises(Forbidden, match="books:write"):
        await usage.record(parts, viewer, source="switch", records=[CALL])

    assert await value("SELECT count(*) FROM usage_records") == 0
    assert await value("SELECT count(*) FROM audit_events") == 0


async def test_recording_is_logged_where_it_records(parts: Parts, contract_id: UUID) -> None:
    await record(parts, CALL)
    await record(parts, CALL)

    (event,) = await rows("SELECT actor, operation, noun, details::text FROM audit_events")
    assert (event["actor"], event["operation"], event["noun"]) == ("operator", "recordUsage", "usage")
    assert event["details"] == '{"late": 0, "source": "switch", "recorded": 1}'


async def test_record_of_today_is_not_late(parts: Parts, contract_id: UUID) -> None:
    async with writing() as connection:
        await add_charge_period(
            connection,
            contract_id=contract_id,
            period_from=date(2026, 9, 1),
            period_until=date(2026, 10, 1),
            is_live=False,
        )

    result = await record(parts, replace(CALL, occurred_at=datetime(2026, 9, 15, tzinfo=UTC)))

    assert result.late == 0


async def test_usage_waits_for_who_charges_its_contract_and_is_late_then(parts: Parts, contract_id: UUID) -> None:
    # A task that starts within a transaction would take part in it.
    outside = copy_context()
    async with writing() as connection:
        await lock_contracts(connection, [contract_id])
        await add_charge_period(connection, contract_id=contract_id)
        recording = asyncio.create_task(record(parts, CALL), context=outside)
        done, _ = await asyncio.wait([recording], timeout=0.3)

    result = await recording

    assert not done
    assert result == RecordedUsage(recorded=1, duplicates=0, late=1)
