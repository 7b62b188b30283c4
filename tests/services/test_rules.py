"""Rules of document types: what is changed of one, and what may not be."""

import dataclasses
from datetime import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import reading, writing
from billfold.database.numbers import next_counter
from billfold.database.rules import rules_of
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Scope, Viewer
from billfold.domain.errors import Forbidden, InvalidInput, NotFound, NumberingConflict, UnknownDocumentType
from billfold.domain.numbering import NumberingRule, Reset
from billfold.domain.rules import Backdating, DeliveryPolicy, DocumentRule
from billfold.domain.schedules import DayShift, Schedule, SchedulePeriod
from billfold.services.parts import Parts
from billfold.services.rules import update_rule
from tests.factories_rows import add_contract, add_document, add_enterprise, add_series
from tests.services.asking import rows, value

VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)
ISSUER = dataclasses.replace(OPERATOR, name="issuer", scopes=ROLE_SCOPES[Role.ADMIN] - {Scope.BOOKS_WRITE})


@pytest.fixture
async def enterprise_id(database: str) -> UUID:
    """An enterprise without rules."""
    async with writing() as connection:
        return await add_enterprise(connection)


async def change(parts: Parts, enterprise_id: UUID, viewer: Viewer = OPERATOR, **fields: object) -> UUID:
    return await update_rule(parts, viewer, enterprise_id=enterprise_id, type="invoice", fields=fields)


async def rule_of(parts: Parts, enterprise_id: UUID) -> DocumentRule:
    default = parts.plugins.document_type("invoice").rule
    async with reading() as connection:
        return (await rules_of(connection, [enterprise_id], "invoice", default))[enterprise_id]


async def test_the_first_change_writes_the_plugins_rule_with_the_change(parts: Parts, enterprise_id: UUID) -> None:
    default = parts.plugins.document_type("invoice").rule

    rule_id = await change(parts, enterprise_id, prints_facsimile=True)

    assert await value("SELECT id FROM document_rules") == rule_id
    assert await rule_of(parts, enterprise_id) == dataclasses.replace(default, prints_facsimile=True)


async def test_all_that_is_given_is_changed_and_the_rest_stays(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, prints_facsimile=True)

    await change(
        parts,
        enterprise_id,
        is_visible=False,
        delivery=DeliveryPolicy.CONTACTS,
        template="invoice/invoice.html",
        payment_terms_days=30,
    )

    rule = await rule_of(parts, enterprise_id)
    assert (rule.is_visible, rule.delivery, rule.template) == (False, DeliveryPolicy.CONTACTS, "invoice/invoice.html")
    assert (rule.payment_terms_days, rule.prints_facsimile) == (30, True)


async def test_null_takes_the_plugins_template_and_the_contracts_terms(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, template="invoice/invoice.html", payment_terms_days=30)

    await change(parts, enterprise_id, template=None, payment_terms_days=None)

    rule = await rule_of(parts, enterprise_id)
    assert (rule.template, rule.payment_terms_days) == ("", None)


async def test_a_change_is_logged_with_what_was_before(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, delivery="nobody", is_visible=True)
    await change(parts, enterprise_id, delivery="nobody")

    (event,) = await rows("SELECT actor, operation, noun, subject, details::text AS details FROM audit_events")
    assert event == {
        "actor": "operator",
        "operation": "updateDocumentRule",
        "noun": "enterprise",
        "subject": enterprise_id,
        "details": '{"type": "invoice", "delivery": ["client", "nobody"]}',
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"is_visible": None}, "isVisible"),
        ({"prints_facsimile": None}, "printsFacsimile"),
        ({"delivery": None}, "delivery"),
        ({"payment_terms_days": -1}, "paymentTermsDays"),
        ({"payment_terms_days": 367}, "paymentTermsDays"),
        ({"template": "../secrets.html"}, "template"),
        ({"template": "/etc/passwd"}, "template"),
        ({"template": "styles/paper.css"}, "template"),
        ({"template": "house/missing.html"}, "template"),
        ({"template": "invoice"}, "template"),
        ({"template": f"{'x' * 200}.html"}, "template"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(
    parts: Parts, enterprise_id: UUID, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await change(parts, enterprise_id, **fields)

    assert refusal.value.field == field
    assert await value("SELECT count(*) FROM document_rules") == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"mask": "{YYYY}"}, "mask"),
        ({"reset": "month"}, "mask"),
        ({"mask": ""}, "mask"),
        ({"prefix": "x" * 51}, "prefix"),
        ({"reset": "weekly"}, "reset"),
        ({"scope": None}, "scope"),
        ({"mode": "loose"}, "mode"),
        ({"start": 0}, "start"),
        ({"start": 2**31}, "start"),
        ({"restart": None}, "restart"),
        ({"is_automatic": None}, "isAutomatic"),
        ({"schedule_day": 32}, "scheduleDay"),
        ({"schedule_time": "24:00"}, "scheduleTime"),
        ({"schedule_shift": "weekend"}, "scheduleShift"),
        ({"schedule_period": "week"}, "schedulePeriod"),
        ({"backdating": "never"}, "backdating"),
        ({"days_ahead": 367}, "daysAhead"),
    ],
)
async def test_numbering_and_a_schedule_that_cannot_be_are_refused(
    parts: Parts, enterprise_id: UUID, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises((InvalidInput, NumberingConflict)) as refusal:
        await change(parts, enterprise_id, **fields)

    assert refusal.value.field == field
    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_numbering_and_the_schedule_are_changed_together(parts: Parts, enterprise_id: UUID) -> None:
    await change(
        parts,
        enterprise_id,
        mask="{PREFIX}{YYYY}-{N:04}",
        prefix="С-",
        reset="year",
        start=7,
        schedule_day=5,
        schedule_time="06:30",
        schedule_shift="next",
        schedule_period="since_last_cut",
        backdating="refused",
        days_ahead=0,
    )

    rule = await rule_of(parts, enterprise_id)
    assert rule.numbering == NumberingRule(mask="{PREFIX}{YYYY}-{N:04}", prefix="С-", reset=Reset.YEAR, start=7)
    assert rule.schedule == Schedule(5, time(6, 30), DayShift.NEXT, SchedulePeriod.SINCE_LAST_CUT)
    assert (rule.backdating, rule.days_ahead) == (Backdating.REFUSED, 0)


async def test_a_changed_schedule_is_carried_out_from_now_on(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, days_ahead=5, mask="№{N}")
    assert await value("SELECT scheduled_until FROM document_rules") is None

    await change(parts, enterprise_id, schedule_day=5)

    assert await value("SELECT scheduled_until FROM document_rules") == parts.clock.now()


async def numbered(enterprise_id: UUID, number: str, counter: int, series_id: UUID | None = None) -> UUID:
    """Issue an invoice of the enterprise under a counter, the latest of its series; gives the series."""
    async with writing() as connection:
        if series_id is None:
            series_id = await add_series(connection, "invoice:", enterprise_id=enterprise_id, next_counter=counter + 1)
        contract_id = await add_contract(connection, number, enterprise_id=enterprise_id)
        await add_document(connection, number, contract_id=contract_id, series_id=series_id, counter=counter)
    return series_id


async def test_a_start_that_is_used_is_refused(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, start=40)
    await numbered(enterprise_id, "42", 42)

    with pytest.raises(NumberingConflict, match="Start 42 is used already: write 43 or more") as refusal:
        await change(parts, enterprise_id, start=42)

    assert refusal.value.field == "start"
    assert (await rule_of(parts, enterprise_id)).numbering.start == 40
    await change(parts, enterprise_id, start=40, mask="№ {N}")
    await change(parts, enterprise_id, start=43)


async def test_a_start_that_a_later_window_uses_is_refused(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, mask="{YYYY}-{N}", reset="year")
    async with writing() as connection:
        for key, counter in [("invoice:2025", 90), ("invoice:2027", 5), ("invoice:2027-03", 70)]:
            await add_series(connection, key, enterprise_id=enterprise_id, next_counter=counter)

    with pytest.raises(NumberingConflict, match="Start 4 is used already: write 5 or more"):
        await change(parts, enterprise_id, start=4)

    await change(parts, enterprise_id, start=5)


async def test_a_rule_whose_next_number_is_taken_is_refused_with_one_that_is_free(
    parts: Parts, enterprise_id: UUID
) -> None:
    await change(parts, enterprise_id, mask="{YYYY}-{N}", reset="year")
    async with writing() as connection:
        series_id = await add_series(connection, "invoice:2026", enterprise_id=enterprise_id, next_counter=3)
    await numbered(enterprise_id, "2026-1", 1, series_id)
    await numbered(enterprise_id, "2026-2", 2, series_id)

    with pytest.raises(
        NumberingConflict, match=r"would be '2026-1', taken by .*: write a start of 3 or more"
    ) as refusal:
        await change(parts, enterprise_id, reset="never")

    assert refusal.value.field == "start"
    await change(parts, enterprise_id, reset="never", start=3)


async def test_a_series_is_begun_anew_and_keeps_what_was_drawn(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, prefix="А-", mask="{PREFIX}{N}")
    old = await numbered(enterprise_id, "А-1", 1)

    with pytest.raises(NumberingConflict, match="would be 'А-1', taken by"):
        await change(parts, enterprise_id, restart=True)
    await change(parts, enterprise_id, restart=True, prefix="Б-")

    assert await rows("SELECT id, key, next_counter FROM number_series") == [
        {"id": old, "key": "invoice:~1", "next_counter": 2}
    ]
    (event,) = await rows("SELECT details::text FROM audit_events ORDER BY id DESC LIMIT 1")
    assert event["details"] == '{"type": "invoice", "prefix": ["А-", "Б-"], "restart": true}'
    async with writing() as connection:
        assert await next_counter(connection, enterprise_id, "invoice:", 1) == 1


async def test_series_of_contracts_are_begun_anew_together(parts: Parts, enterprise_id: UUID) -> None:
    await change(parts, enterprise_id, mask="{CONTRACT}/{N}", scope="contract")
    async with writing() as connection:
        for key in ("invoice/1:", "invoice/2:", "act/1:"):
            await add_series(connection, key, enterprise_id=enterprise_id, next_counter=5)

    with pytest.raises(NumberingConflict, match="write 5 or more"):
        await change(parts, enterprise_id, start=3)
    await change(parts, enterprise_id, start=3, restart=True)

    assert [row["key"] for row in await rows('SELECT key FROM number_series ORDER BY key COLLATE "C"')] == [
        "act/1:",
        "invoice/1:~1",
        "invoice/2:~1",
    ]


async def test_an_unknown_type_is_told(parts: Parts, enterprise_id: UUID) -> None:
    with pytest.raises(UnknownDocumentType, match="Document type 'memo' is unknown: installed are"):
        await update_rule(parts, OPERATOR, enterprise_id=enterprise_id, type="memo", fields={"is_visible": False})

    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_an_unknown_enterprise_is_told(parts: Parts) -> None:
    with pytest.raises(NotFound) as refusal:
        await change(parts, uuid4(), is_visible=False)

    assert refusal.value.field == "enterprise"


@pytest.mark.parametrize("viewer", [VIEWER, ISSUER], ids=["viewer", "issuer"])
async def test_without_the_scope_nothing_changes(parts: Parts, enterprise_id: UUID, viewer: Viewer) -> None:
    with pytest.raises(Forbidden, match="books:write"):
        await change(parts, enterprise_id, viewer, is_visible=False)

    assert await value("SELECT count(*) FROM document_rules") == 0
    assert await value("SELECT count(*) FROM audit_events") == 0
