"""The register of numbers: what is reserved and imported, and what of it is refused."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import (
    CallerError,
    Forbidden,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NumberingConflict,
    UnknownDocumentType,
)
from billfold.services.number_register import ImportedNumber, ImportedNumbers, import_numbers, reserve_numbers
from billfold.services.numbers import NumbersOf, preview
from billfold.services.parts import Parts
from billfold.services.rules import update_rule
from tests.factories_rows import add_contract, add_document, add_enterprise
from tests.services.asking import rows, value

VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)
FORMER = (ImportedNumber("2", date(2025, 12, 1)), ImportedNumber("СТ-9"))


@pytest.fixture
async def enterprise_id(database: str) -> UUID:
    """An enterprise without rules and series."""
    async with writing() as connection:
        return await add_enterprise(connection)


async def reserve(parts: Parts, enterprise_id: UUID, count: int = 3, **given: Any) -> tuple[str, ...]:
    of = NumbersOf(enterprise_id, given.pop("type", "invoice"), given.pop("on", None), given.pop("contract_id", None))
    return await reserve_numbers(
        parts, given.pop("viewer", OPERATOR), of, count=count, reason=given.pop("reason", "бланки"), **given
    )


async def bring(
    parts: Parts,
    enterprise_id: UUID,
    *numbers: ImportedNumber,
    viewer: Viewer = OPERATOR,
    type: str = "invoice",
    reason: str = "до перехода",
) -> ImportedNumbers:
    return await import_numbers(parts, viewer, numbers, of=NumbersOf(enterprise_id, type), reason=reason)


async def test_reserved_numbers_are_the_next_ones_past_those_that_are_taken(parts: Parts, enterprise_id: UUID) -> None:
    await bring(parts, enterprise_id, *FORMER)

    first = await reserve(parts, enterprise_id, 2, on=date(2026, 10, 31))
    second = await reserve(parts, enterprise_id, 1)

    assert (first, second) == (("1", "3"), ("4",))
    assert await value("SELECT next_counter FROM number_series") == 5
    found = await rows(
        "SELECT number, counter, kind, reason, actor, dated_on, series_id IS NULL AS apart FROM number_events"
        " ORDER BY kind, number"
    )
    former = {"kind": "imported", "counter": None, "reason": "до перехода", "actor": "operator", "apart": True}
    kept = {"kind": "reserved", "reason": "бланки", "actor": "operator", "apart": False}
    assert found == [
        {**former, "number": "2", "dated_on": date(2025, 12, 1)},
        {**former, "number": "СТ-9", "dated_on": None},
        {**kept, "number": "1", "counter": 1, "dated_on": date(2026, 10, 31)},
        {**kept, "number": "3", "counter": 3, "dated_on": date(2026, 10, 31)},
        {**kept, "number": "4", "counter": 4, "dated_on": date(2026, 11, 1)},
        {**kept, "kind": "skipped", "number": "2", "counter": 2, "reason": "taken", "actor": "billfold",
         "dated_on": date(2026, 10, 31)},
    ]  # fmt: skip
    assert await preview(parts, OPERATOR, NumbersOf(enterprise_id, "invoice")) == ("5", "6", "7", "8", "9")
    assert await rows("SELECT operation, details ->> 'first' AS first FROM audit_events ORDER BY id") == [
        {"operation": "importNumbers", "first": None},
        {"operation": "reserveNumbers", "first": "1"},
        {"operation": "reserveNumbers", "first": "4"},
    ]


async def test_a_key_reserves_once(parts: Parts, enterprise_id: UUID) -> None:
    first = await reserve(parts, enterprise_id, idempotency_key="k")

    assert await reserve(parts, enterprise_id, idempotency_key="k") == first == ("1", "2", "3")
    assert await value("SELECT count(*) FROM number_events") == 3


async def test_numbers_are_of_the_series_of_their_date(parts: Parts, enterprise_id: UUID) -> None:
    fields = {"mask": "{YYYY}/{N}", "reset": "year", "start": 5}
    await update_rule(parts, OPERATOR, enterprise_id=enterprise_id, type="invoice", fields=fields)

    old = await reserve(parts, enterprise_id, 2, on=date(2025, 12, 31))
    new = await reserve(parts, enterprise_id, 1, on=date(2026, 1, 1))

    assert (old, new) == (("2025/5", "2025/6"), ("2026/5",))


async def test_numbers_of_a_contract_need_the_contract(parts: Parts, enterprise_id: UUID) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection, "Д-1", enterprise_id=enterprise_id)

    with pytest.raises(InvalidInput) as refusal:
        await reserve(parts, enterprise_id, type="contract")
    found = await reserve(parts, enterprise_id, 2, type="contract", contract_id=contract_id)

    assert refusal.value.field == "contract"
    assert found == ("Д-1", "Д-1 (2)")


async def test_the_same_numbers_again_change_nothing(parts: Parts, enterprise_id: UUID) -> None:
    first = await bring(parts, enterprise_id, *FORMER)
    before = await rows("SELECT xmin::text, * FROM number_events ORDER BY number")
    again = await bring(parts, enterprise_id, *FORMER)
    more = await bring(parts, enterprise_id, *FORMER, ImportedNumber("СТ-10"))

    assert (first, again, more) == (ImportedNumbers(2, 0), ImportedNumbers(0, 2), ImportedNumbers(1, 2))
    assert await rows("SELECT xmin::text, * FROM number_events WHERE number <> 'СТ-10' ORDER BY number") == before
    assert await value("SELECT count(*) FROM audit_events") == 2


async def test_a_number_that_a_document_here_has_is_refused(parts: Parts, enterprise_id: UUID) -> None:
    async with writing() as connection:
        contract_id = await add_contract(connection, enterprise_id=enterprise_id)
        document_id = await add_document(connection, "СТ-9", contract_id=contract_id)

    with pytest.raises(NumberingConflict, match=f"'СТ-9' of 'invoice' is that of document_{document_id}") as refusal:
        await bring(parts, enterprise_id, *FORMER)

    assert refusal.value.field == "numbers.1"
    assert await value("SELECT count(*) FROM number_events") == 0
    assert await bring(parts, enterprise_id, *FORMER, type="act") == ImportedNumbers(2, 0)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"count": 0}, InvalidInput),
        ({"count": 1_001}, InvalidInput),
        ({"reason": " "}, InvalidInput),
        ({"type": "memo"}, UnknownDocumentType),
        ({"on": date(1, 1, 1)}, InvalidInput),
        ({"enterprise_id": uuid4()}, NotFound),
        ({"contract_id": uuid4()}, NotFound),
        ({"viewer": VIEWER}, Forbidden),
    ],
)
async def test_what_cannot_be_reserved_is_refused_and_nothing_happens(
    parts: Parts, enterprise_id: UUID, given: dict[str, Any], error: type[CallerError]
) -> None:
    with pytest.raises(error):
        await reserve(parts, **{"enterprise_id": enterprise_id, **given})

    assert await value("SELECT count(*) FROM number_series") == 0
    assert await value("SELECT count(*) FROM audit_events") == 0


@pytest.mark.parametrize(
    ("numbers", "given", "error"),
    [
        ((), {}, InvalidInput),
        ((ImportedNumber(" "),), {}, InvalidInput),
        ((ImportedNumber("x" * 201),), {}, InvalidInput),
        ((ImportedNumber("1", date(1, 1, 1)),), {}, InvalidInput),
        ((ImportedNumber("1"), ImportedNumber("1", date(2025, 1, 1))), {}, InvalidInput),
        (tuple(ImportedNumber(f"{at}") for at in range(1_001)), {}, LimitExceeded),
        (FORMER, {"reason": ""}, InvalidInput),
        (FORMER, {"type": "memo"}, UnknownDocumentType),
        (FORMER, {"enterprise_id": uuid4()}, NotFound),
        (FORMER, {"viewer": VIEWER}, Forbidden),
    ],
)
async def test_what_cannot_be_imported_is_refused_and_nothing_happens(
    parts: Parts,
    enterprise_id: UUID,
    numbers: tuple[ImportedNumber, ...],
    given: dict[str, Any],
    error: type[CallerError],
) -> None:
    enterprise_id = given.pop("enterprise_id", enterprise_id)

    with pytest.raises(error):
        await bring(parts, enterprise_id, *numbers, **given)

    assert await value("SELECT count(*) FROM number_events") == 0
    assert await value("SELECT count(*) FROM audit_events") == 0
