"""Scheduling: every tick makes its documents once, for the right days, in order; domain.md 2.4 and 7."""

import asyncio
import dataclasses
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from billfold.database.connection import writing
from billfold.domain.access import OPERATOR
from billfold.domain.clock import FixedClock
from billfold.domain.errors import InvalidInput, NotFound, UnknownDocumentType
from billfold.domain.ids import new_id
from billfold.domain.periods import month
from billfold.services import run_control, runs
from billfold.services.enterprises import update_enterprise
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.runs import RunRequest
from billfold.services.scheduling import next_dates, schedule_due
from billfold.services.working import sweep, work_off
from tests.services.asking import rows, value

WHAT_WAITS = """SELECT c.number, o.type, o.period_from::text AS start, o.period_until::text AS until
                FROM occurrences o JOIN contracts c ON c.id = o.contract_id"""


@pytest.fixture
def scheduled(books: Parts) -> Parts:
    """The sample books on the first of November, with schedules."""
    return dataclasses.replace(books, is_scheduling=True)


def at(parts: Parts, *instant: int) -> Parts:
    return dataclasses.replace(parts, clock=FixedClock(datetime(*instant, tzinfo=UTC)))


async def told(number: str, type: str = "invoice") -> list[str]:
    found = await rows(f"{WHAT_WAITS} WHERE c.number = $1 AND o.type = $2 ORDER BY o.period_until", number, type)
    return [f"{one['start']}..{one['until']}" for one in found]


async def run_of(number: str, type: str) -> UUID:
    """Give the run that expects the oldest document of a contract and type."""
    found = await rows(
        """SELECT o.run_id FROM occurrences o JOIN contracts c ON c.id = o.contract_id
           WHERE c.number = $1 AND o.type = $2 ORDER BY o.period_from LIMIT 1""",
        number,
        type,
    )
    return UUID(str(found[0]["run_id"]))


async def change(statement: str, *arguments: object) -> None:
    async with writing() as connection:
        await connection.execute(statement, *arguments)


async def test_the_first_of_a_month_expects_invoice_act_and_tax_invoice_once(scheduled: Parts) -> None:
    await schedule_due(scheduled)
    await schedule_due(at(scheduled, 2026, 11, 1, 10))

    found = await rows("SELECT type, count(*) AS count FROM occurrences WHERE period_from = '2026-10-01' GROUP BY 1")
    counts = {one["type"]: one["count"] for one in found}
    assert sorted(counts) == ["act", "invoice", "tax-invoice"]
    assert await told("В-7", "act") == ["2026-10-01..2026-11-01"]
    runs_made = await rows(
        """SELECT DISTINCT source, state, scheduled_for::text AS day, issue_date::text AS dated, started_by FROM runs
           WHERE type = 'invoice'"""
    )
    assert runs_made == [
        {
            "source": "SCHEDULE",
            "state": "RUNNING",
            "day": "2026-11-01",
            "dated": "2026-11-01",
            "started_by": "schedule",
        }
    ]
    assert (
        await value("SELECT count(*) FROM runs r WHERE NOT EXISTS (SELECT FROM occurrences WHERE run_id = r.id)") == 0
    )


async def test_a_rule_that_begins_carries_out_its_day_and_nothing_before(scheduled: Parts) -> None:
    later = at(scheduled, 2026, 11, 5, 9)

    await schedule_due(later)

    assert await value("SELECT count(*) FROM occurrences") == 0
    until = await rows(
        "SELECT DISTINCT r.scheduled_until AS until FROM document_rules r JOIN enterprises e ON e.id = r.enterprise_id "
        "WHERE r.is_automatic AND e.code = 'yantar-net'"
    )
    # Midnight in Kaliningrad: the fifth is through.
    assert until == [{"until": datetime(2026, 11, 5, 22, tzinfo=UTC)}]


async def test_an_outage_of_three_months_is_caught_up_in_order(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 10, 15, 9))

    await schedule_due(at(scheduled, 2027, 1, 3, 9))

    assert await told("Я-101") == ["2026-10-01..2026-11-01", "2026-11-01..2026-12-01", "2026-12-01..2027-01-01"]
    dated = await rows(
        """SELECT o.issue_date::text AS day FROM occurrences o JOIN contracts c ON c.id = o.contract_id
           WHERE c.number = 'Я-101' AND o.type = 'invoice' ORDER BY o.period_from"""
    )
    assert [one["day"] for one in dated] == ["2026-11-01", "2026-12-01", "2027-01-01"]


async def test_a_later_tick_is_composed_after_the_earlier_ones(scheduled: Parts) -> None:
    await change("UPDATE clients SET invoice_dates = ''")
    await schedule_due(at(scheduled, 2026, 10, 15, 9))
    january = at(scheduled, 2027, 1, 3, 9)
    await schedule_due(january)
    of_vetrova = """SELECT r.id FROM runs r WHERE r.type = 'invoice' AND r.scope->'enterprises' =
                    (SELECT jsonb_build_array(id::text) FROM enterprises WHERE code = 'vetrova')
                    AND r.period_from = $1"""
    first, second = [await value(of_vetrova, date(2026, number, 1)) for number in (10, 11)]

    assert await compose_chunk(january, second) == 0
    assert await compose_chunk(january, first) > 0
    assert await compose_chunk(january, second) > 0


async def test_two_schedulers_at_once_make_each_run_once(scheduled: Parts) -> None:
    await asyncio.gather(*(schedule_due(scheduled) for _ in range(3)))
    await schedule_due(scheduled)

    assert await value("SELECT count(*) FROM (SELECT DISTINCT schedule_key FROM runs) k") == await value(
        "SELECT count(*) FROM runs"
    )
    assert await told("В-7") == ["2026-10-01..2026-11-01"]
    assert await told("В-7", "tax-invoice") == ["2026-10-01..2026-11-01"]


async def test_a_client_has_its_own_dates_and_other_types_take_the_days_they_cut(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 10, 10, 9))

    await schedule_due(at(scheduled, 2026, 11, 16, 9))

    # The client wants its invoices on the first and the sixteenth.
    assert await told("Я-103") == [
        "2026-10-01..2026-10-16",
        "2026-10-16..2026-11-01",
        "2026-11-01..2026-11-16",
    ]
    assert await told("Я-103", "act") == ["2026-10-01..2026-10-16", "2026-10-16..2026-11-01"]


async def test_a_list_that_is_changed_ends_the_open_days_at_its_next_date(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 10, 20, 9))
    await schedule_due(at(scheduled, 2026, 11, 2, 9))
    await change("UPDATE clients SET invoice_dates = '10' WHERE code = 'chess-school'")

    await schedule_due(at(scheduled, 2026, 12, 12, 9))

    assert await told("Я-103") == ["2026-10-16..2026-11-01", "2026-11-01..2026-11-10", "2026-11-10..2026-12-10"]
    # The act of November tells what was cut until it was made.
    assert await told("Я-103", "act") == ["2026-10-16..2026-11-01", "2026-11-01..2026-11-10"]


async def test_a_client_that_gives_up_its_dates_is_charged_for_the_rest_of_the_month(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 11, 10, 9))
    await schedule_due(at(scheduled, 2026, 11, 16, 9))
    await change("UPDATE clients SET invoice_dates = '' WHERE code = 'chess-school'")

    await schedule_due(at(scheduled, 2026, 12, 1, 9))

    assert await told("Я-103") == ["2026-11-01..2026-11-16", "2026-11-16..2026-12-01"]


async def test_acts_are_cut_where_the_invoices_were_and_not_by_a_list_that_came_later(scheduled: Parts) -> None:
    await change("UPDATE clients SET invoice_dates = '1' WHERE code = 'chess-school'")
    await schedule_due(at(scheduled, 2026, 10, 20, 9))
    await schedule_due(at(scheduled, 2026, 11, 20, 9))
    await change("UPDATE clients SET invoice_dates = '15' WHERE code = 'chess-school'")
    client_id = await value("SELECT id FROM clients WHERE code = 'chess-school'")
    told_before = await next_dates(at(scheduled, 2026, 11, 20, 10), client_id, "act", 2)

    await schedule_due(at(scheduled, 2026, 12, 5, 9))
    assert await told("Я-103", "act") == ["2026-10-01..2026-11-01"]
    await schedule_due(at(scheduled, 2027, 1, 3, 9))

    expected = ["2026-10-01..2026-11-01", "2026-11-01..2026-12-15"]
    assert await told("Я-103") == expected
    assert await told("Я-103", "act") == await told("Я-103", "tax-invoice") == expected
    assert told_before == [date(2026, 12, 14), date(2027, 1, 14)]


async def test_a_list_that_is_cleared_leaves_no_day_out(scheduled: Parts) -> None:
    await change("UPDATE clients SET invoice_dates = '10' WHERE code = 'chess-school'")
    await schedule_due(at(scheduled, 2026, 10, 9, 9))
    await schedule_due(at(scheduled, 2026, 11, 2, 9))
    await change("UPDATE clients SET invoice_dates = '' WHERE code = 'chess-school'")

    await schedule_due(at(scheduled, 2026, 12, 1, 9))

    expected = ["2026-09-10..2026-10-10", "2026-10-10..2026-11-01", "2026-11-01..2026-12-01"]
    assert await told("Я-103") == await told("Я-103", "act") == await told("Я-103", "tax-invoice") == expected


async def test_days_that_are_charged_are_never_asked_for_otherwise(scheduled: Parts) -> None:
    await change("UPDATE clients SET invoice_dates = '10' WHERE code = 'chess-school'")
    by_hand = await runs.start(scheduled, OPERATOR, RunRequest("act", month("2026-10")))
    await work_off(scheduled, by_hand, lambda _step, _count: None)

    await schedule_due(at(scheduled, 2026, 11, 2, 9))
    await schedule_due(at(scheduled, 2026, 12, 10, 9))

    assert await told("Я-103") == ["2026-10-01..2026-11-01", "2026-11-01..2026-11-10", "2026-11-10..2026-12-10"]


async def test_what_a_cancelled_run_left_is_not_cut(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 10, 10, 9))
    await change("UPDATE document_rules SET is_automatic = false WHERE type <> 'invoice'")
    await schedule_due(scheduled)
    run_id = await value(
        """SELECT o.run_id FROM occurrences o JOIN contracts c ON c.id = o.contract_id
           WHERE c.number = 'Я-103' AND o.period_from = '2026-10-16'"""
    )
    await run_control.cancel(scheduled, OPERATOR, run_id, reason="Wrong")

    await schedule_due(at(scheduled, 2026, 11, 16, 9))

    assert await told("Я-103") == ["2026-10-01..2026-10-16", "2026-10-16..2026-11-01", "2026-10-16..2026-11-16"]


@pytest.mark.parametrize("zone", ["Europe/Moscow", "America/New_York"])
async def test_an_enterprise_that_moves_to_another_zone_misses_no_tick(scheduled: Parts, zone: str) -> None:
    moved = at(scheduled, 2026, 10, 31, 18)
    await schedule_due(moved)
    enterprise_id = await value("SELECT id FROM enterprises WHERE code = 'yantar-net'")

    await update_enterprise(moved, OPERATOR, enterprise_id=enterprise_id, fields={"timezone": zone})
    await schedule_due(at(scheduled, 2026, 11, 2, 9))

    assert await told("Я-101") == ["2026-10-01..2026-11-01"]
    until = await rows(
        """SELECT DISTINCT (scheduled_until AT TIME ZONE $2)::text AS wall FROM document_rules
           WHERE enterprise_id = $1 AND is_automatic""",
        enterprise_id,
        zone,
    )
    assert until == [{"wall": "2026-11-03 00:00:00"}]


async def test_a_contract_that_ends_has_a_final_cut_and_nothing_after(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 11, 10, 9))
    await change("UPDATE contracts SET closed_on = '2026-11-20' WHERE number = 'Я-103'")

    await schedule_due(at(scheduled, 2027, 2, 3, 9))

    assert await told("Я-103") == ["2026-11-01..2026-11-16", "2026-11-16..2026-11-20"]
    assert await told("Я-103", "act") == ["2026-11-01..2026-11-16", "2026-11-16..2026-11-20"]


async def test_a_clock_that_lags_makes_nothing_again_and_one_ahead_nothing_twice(scheduled: Parts) -> None:
    ahead, behind = at(scheduled, 2026, 11, 30, 22, 30), at(scheduled, 2026, 11, 30, 20)
    await schedule_due(at(scheduled, 2026, 11, 20, 9))

    await schedule_due(ahead)
    await schedule_due(behind)
    await schedule_due(at(scheduled, 2026, 12, 1, 9))

    assert await told("Я-101") == ["2026-11-01..2026-12-01"]
    assert await told("В-7") == ["2026-11-01..2026-12-01"]


async def test_the_switch_turns_schedules_off(books: Parts) -> None:
    await sweep(books)

    assert await schedule_due(books) == 0
    assert await value("SELECT count(*) FROM runs") == 0
    assert await value("SELECT count(*) FROM document_rules") == 0


async def test_a_rule_that_is_automatic_again_makes_up_for_nothing(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 10, 10, 9))
    await change("UPDATE document_rules SET is_automatic = false WHERE type = 'invoice'")
    await schedule_due(at(scheduled, 2026, 12, 2, 9))
    await change("UPDATE document_rules SET is_automatic = true WHERE type = 'invoice'")

    await schedule_due(at(scheduled, 2026, 12, 3, 9))

    assert await value("SELECT count(*) FROM occurrences WHERE type = 'invoice'") == 0
    # Where no invoice cuts the days by itself, an act tells the months of its rule.
    assert await told("Я-103", "act") == ["2026-10-01..2026-11-01", "2026-11-01..2026-12-01"]


async def test_a_schedule_that_is_given_a_later_hour_of_today_acts_today(scheduled: Parts) -> None:
    await schedule_due(at(scheduled, 2026, 10, 10, 9))
    await change(
        "UPDATE document_rules SET schedule_time = '18:00', scheduled_until = '2026-11-01T06:00Z' "
        "WHERE type = 'invoice'"
    )

    await schedule_due(at(scheduled, 2026, 11, 1, 17))

    assert await told("В-7") == ["2026-10-01..2026-11-01"]


async def test_what_was_made_by_hand_stays(scheduled: Parts) -> None:
    by_hand = await runs.start(scheduled, OPERATOR, RunRequest("invoice", month("2026-10")))
    await work_off(scheduled, by_hand, lambda _step, _count: None)

    await schedule_due(scheduled)

    assert await value("SELECT count(*) FROM occurrences WHERE type = 'invoice' AND run_id <> $1", by_hand) == 0
    assert await value("SELECT count(*) FROM runs WHERE type = 'invoice'") == 1


async def test_documents_bear_the_business_day_and_wait_for_it(scheduled: Parts) -> None:
    await change("UPDATE clients SET invoice_dates = ''")
    await schedule_due(at(scheduled, 2026, 10, 20, 9))
    await change("UPDATE document_rules SET schedule_shift = 'next', schedule_time = '10:00' WHERE type = 'invoice'")
    country = await value("SELECT country FROM enterprises WHERE code = 'vetrova'")
    await change(
        "INSERT INTO calendar_days (id, country, day, is_working) VALUES ($1, $2, '2026-11-02', false)",
        new_id(),
        country,
    )

    await schedule_due(at(scheduled, 2026, 11, 1, 9))

    # The first is a Sunday, and the operator has set the second as off; ten o'clock in Kaliningrad is eight in UTC.
    due = await rows(
        """SELECT DISTINCT o.issue_date::text AS day, o.due_at
           FROM occurrences o JOIN contracts c ON c.id = o.contract_id WHERE c.number = 'В-7' AND o.type = 'invoice'"""
    )
    assert due == [{"day": "2026-11-03", "due_at": datetime(2026, 11, 3, 8, tzinfo=UTC)}]
    run_id = await run_of("В-7", "invoice")
    assert await compose_chunk(at(scheduled, 2026, 11, 3, 7), run_id) == 0
    assert await compose_chunk(at(scheduled, 2026, 11, 5, 7), run_id) > 0
    assert await rows("SELECT DISTINCT issue_date::text AS day FROM documents") == [{"day": "2026-11-03"}]


async def test_an_act_waits_for_the_invoice_of_its_days(scheduled: Parts) -> None:
    await schedule_due(scheduled)
    invoices, acts, taxed = [await run_of("В-7", type) for type in ("invoice", "act", "tax-invoice")]

    assert await compose_chunk(scheduled, acts) == 0
    assert await compose_chunk(scheduled, invoices) > 0
    assert await compose_chunk(scheduled, taxed) == 0
    assert await compose_chunk(scheduled, acts) > 0
    assert await compose_chunk(scheduled, taxed) > 0


async def test_closed_books_make_the_date_today(scheduled: Parts) -> None:
    await change("UPDATE clients SET invoice_dates = ''")
    await schedule_due(scheduled)
    await compose_chunk(scheduled, await run_of("В-7", "invoice"))
    # The books close after the tick, and before its acts are composed.
    await change("UPDATE enterprises SET closed_until = '2026-12-02' WHERE code = 'vetrova'")

    later = at(scheduled, 2026, 12, 3, 9)
    await schedule_due(later)
    await compose_chunk(later, await run_of("В-7", "act"))

    dated = await rows("SELECT DISTINCT type, issue_date::text AS day FROM documents ORDER BY 1")
    assert dated == [{"type": "act", "day": "2026-12-03"}, {"type": "invoice", "day": "2026-11-01"}]
    expected = await rows(
        """SELECT o.issue_date::text AS day FROM occurrences o JOIN contracts c ON c.id = o.contract_id
           WHERE c.number = 'В-7' AND o.type = 'invoice' ORDER BY o.period_from"""
    )
    assert [one["day"] for one in expected] == ["2026-11-01", "2026-12-03"]


async def test_next_dates_are_the_clients_own_or_those_of_the_rule(scheduled: Parts) -> None:
    ids = {one["code"]: one["id"] for one in await rows("SELECT code, id FROM clients")}

    assert await next_dates(scheduled, ids["chess-school"], "invoice", 3) == [
        date(2026, 11, 16),
        date(2026, 12, 1),
        date(2026, 12, 16),
    ]
    # An act is dated the last of its days.
    assert await next_dates(scheduled, ids["chess-school"], "act", 2) == [date(2026, 11, 15), date(2026, 11, 30)]
    assert await next_dates(scheduled, ids["chess-school"], "reconciliation", 3) == []
    await change("UPDATE clients SET invoice_dates = '' WHERE code = 'chess-school'")
    await schedule_due(scheduled)
    await change("UPDATE document_rules SET schedule_shift = 'next' WHERE type = 'invoice'")
    assert await next_dates(scheduled, ids["chess-school"], "invoice", 4) == [
        date(2026, 11, 2),
        date(2026, 12, 1),
        date(2027, 1, 11),
        date(2027, 2, 1),
    ]


async def test_next_dates_say_what_cannot_be_told(scheduled: Parts) -> None:
    client_id = await value("SELECT id FROM clients WHERE code = 'chess-school'")

    with pytest.raises(NotFound, match="no such client"):
        await next_dates(scheduled, new_id(), "invoice", 1)
    with pytest.raises(UnknownDocumentType):
        await next_dates(scheduled, client_id, "nothing", 1)
    for count in (0, 101):
        with pytest.raises(InvalidInput, match="ask for 1 to 100"):
            await next_dates(scheduled, client_id, "invoice", count)
