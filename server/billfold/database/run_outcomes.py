"""Outcomes of runs: how far one is, what became of each contract, and what is kept of it when it is finished."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import orjson

from billfold.domain.bounds import FEWEST_RUNS, Made
from billfold.domain.lifecycle import OccurrenceState, RunSource, RunState
from billfold.domain.moves import GOING


def _reasons(state: OccurrenceState) -> str:
    return f"""(
      SELECT coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'count', n) ORDER BY n DESC, reason), '[]')
      FROM (SELECT reason, count(*) AS n FROM occurrences WHERE run_id = r.id AND state = '{state.value}'
            GROUP BY reason) reasons)"""


_GROSS = """(
      SELECT coalesce(jsonb_object_agg(currency, gross::text), '{}')
      FROM (SELECT currency, sum(gross) AS gross FROM documents WHERE run_id = r.id GROUP BY currency) sums)"""

# What the run `r` came to; its documents count even where one was voided since.
OUTCOME = f"""SELECT jsonb_build_object(
    'total', count(*), 'pending', 0,
    'issued', count(*) FILTER (WHERE o.state = 'ISSUED'),
    'skipped', count(*) FILTER (WHERE o.state = 'SKIPPED'),
    'failed', count(*) FILTER (WHERE o.state = 'FAILED'),
    'skipped_reasons', {_reasons(OccurrenceState.SKIPPED)},
    'failed_reasons', {_reasons(OccurrenceState.FAILED)},
    'gross', {_GROSS})
  FROM occurrences o WHERE o.run_id = r.id"""


def _day(day: str) -> str:
    return f"CASE WHEN extract(day FROM {day} + 1) = 1 THEN 31 ELSE extract(day FROM {day}) END"


def _shape(run: str) -> str:
    """Tell which periods are alike: the days of the month at both ends, the last one as 31, and the months between."""
    start, until = f"{run}.period_from", f"{run}.period_until"
    return f"""({_day(start)}, {_day(until)}, 12 * (extract(year FROM {until}) - extract(year FROM {start}))
                         + extract(month FROM {until}) - extract(month FROM {start}))"""


async def finish_runs(connection: asyncpg.Connection, now: datetime) -> list[UUID]:
    """Close the runs that wait for nothing more: no occurrence to compose, no document to print or publish.

    One that is paused stays so, whatever it waits for.
    """
    rows = await connection.fetch(
        f"""UPDATE runs r SET state = 'DONE', finished_at = $1, outcome = ({OUTCOME})
           WHERE r.state = 'RUNNING'
             AND NOT EXISTS (SELECT 1 FROM occurrences o WHERE o.run_id = r.id AND o.state = 'PENDING')
             AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.run_id = r.id AND d.step IN ('PRINT', 'PUBLISH'))
           RETURNING r.id""",
        now,
    )
    return [row["id"] for row in rows]


async def rests(connection: asyncpg.Connection, run_id: UUID) -> bool:
    """Say whether all that a run still waits for are prints that failed and are tried again later."""
    found: bool = await connection.fetchval(
        """SELECT NOT EXISTS (SELECT FROM occurrences WHERE run_id = $1 AND state = 'PENDING')
             AND NOT EXISTS (SELECT FROM documents WHERE run_id = $1
                               AND (step = 'PUBLISH' OR (step = 'PRINT' AND attempts = 0)))""",
        run_id,
    )
    return found


async def made_by(connection: asyncpg.Connection, run_id: UUID, *, earlier: int) -> tuple[Made, list[Made]]:
    """Give what a run has issued so far, and what the last `earlier` runs that are like it came to; one query.

    Like it are runs of its type and enterprises that were done, were narrowed no further, and issued something; for
    amounts those for amounts, and for a period those whose period begins and ends on the same days of the month, the
    last one as such, and so many months later. Where they are too few to tell anything, nothing is counted of the run
    itself, which takes the longer the more it has issued.
    """
    row = await connection.fetchrow(
        f"""SELECT l.earlier, CASE WHEN cardinality(l.earlier) >= $3 THEN
             (SELECT jsonb_build_object('issued', coalesce(sum(s.issued), 0),
                                        'gross', coalesce(jsonb_object_agg(s.currency, s.gross::text)
                                                          FILTER (WHERE s.currency IS NOT NULL), '{{}}'))
              FROM (SELECT currency, count(*) AS issued, sum(gross) AS gross FROM documents
                    WHERE run_id = $1 GROUP BY currency) s) END AS now
           FROM runs r CROSS JOIN LATERAL (
             SELECT ARRAY(SELECT e.outcome FROM runs e
                   WHERE e.state = 'DONE' AND e.type = r.type AND e.id <> r.id
                     AND {_shape("e")}
                         IS NOT DISTINCT FROM {_shape("r")}
                     AND e.scope = jsonb_build_object('enterprises', r.scope -> 'enterprises', 'clients', '[]'::jsonb,
                                                      'contracts', '[]'::jsonb)
                     AND (e.outcome ->> 'issued')::bigint > 0
                   ORDER BY e.finished_at DESC LIMIT $2) AS earlier) l
           WHERE r.id = $1""",
        run_id,
        earlier,
        FEWEST_RUNS,
    )
    return _made(row["now"]) if row["now"] else Made(0, {}), [_made(one) for one in row["earlier"]]


def _made(outcome: str) -> Made:
    told = orjson.loads(outcome)
    gross = {currency: Decimal(amount) for currency, amount in told.get("gross", {}).items()}
    return Made(documents=told["issued"], gross=gross)


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run and how far it is."""

    id: UUID
    type: str
    period_from: date | None
    period_until: date | None
    amount: Decimal | None
    description: str
    state: RunState
    state_reason: str
    source: RunSource
    started_by: str
    created_at: datetime
    finished_at: datetime | None
    total: int
    pending: int
    issued: int
    skipped: int
    failed: int
    already_issued: int

    @property
    def is_going(self) -> bool:
        """Whether it still has something to do, though it may be paused."""
        return self.state in GOING


async def runs_progress(
    connection: asyncpg.Connection,
    *,
    run_id: UUID | None = None,
    states: list[str] | None = None,
    types: list[str] | None = None,
    count: int = 20,
) -> list[RunProgress]:
    """Read the newest runs, without plans that nobody has started; None narrows nothing."""
    rows = await connection.fetch(
        """SELECT r.id, r.type, r.period_from, r.period_until, r.amount, r.description, r.state, r.state_reason,
                  r.source, r.started_by, r.created_at, r.finished_at, r.already_issued,
                  coalesce((r.outcome ->> 'total')::int, n.total) AS total,
                  coalesce((r.outcome ->> 'pending')::int, n.pending) AS pending,
                  coalesce((r.outcome ->> 'issued')::int, n.issued) AS issued,
                  coalesce((r.outcome ->> 'skipped')::int, n.skipped) AS skipped,
                  coalesce((r.outcome ->> 'failed')::int, n.failed) AS failed
           FROM runs r CROSS JOIN LATERAL (
             SELECT count(*)::int AS total, (count(*) FILTER (WHERE o.state = 'PENDING'))::int AS pending,
                    (count(*) FILTER (WHERE o.state = 'ISSUED'))::int AS issued,
                    (count(*) FILTER (WHERE o.state = 'SKIPPED'))::int AS skipped,
                    (count(*) FILTER (WHERE o.state = 'FAILED'))::int AS failed
             FROM occurrences o WHERE o.run_id = r.id AND r.outcome IS NULL) n
           WHERE r.state <> 'PLANNED' AND ($1::uuid IS NULL OR r.id = $1)
             AND ($2::text[] IS NULL OR r.state = ANY($2)) AND ($3::text[] IS NULL OR r.type = ANY($3))
           ORDER BY r.created_at DESC, r.id DESC LIMIT $4""",
        run_id,
        states,
        types,
        count,
    )
    named = ({**row, "state": RunState(row["state"]), "source": RunSource(row["source"])} for row in map(dict, rows))
    return [RunProgress(**row) for row in named]


@dataclass(frozen=True, slots=True)
class ContractOutcome:
    """What became of one contract in a run; sums are None where no document was made."""

    contract: str
    enterprise: str
    state: str
    reason: str
    number: str | None
    currency: str
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    step: str | None
    delivery: str | None
    failure: str | None


async def run_outcomes(connection: asyncpg.Connection, run_id: UUID) -> list[ContractOutcome]:
    """Read what became of each contract of a run, by enterprise and contract; one query."""
    rows = await connection.fetch(
        """SELECT c.number AS contract, e.code AS enterprise, o.state, o.reason, d.number, c.currency, d.net, d.tax,
                  d.gross, d.step, d.failure,
                  (SELECT max(v.state) FROM deliveries v WHERE v.document_id = d.id) AS delivery
           FROM occurrences o
           JOIN contracts c ON c.id = o.contract_id
           JOIN enterprises e ON e.id = c.enterprise_id
           LEFT JOIN documents d ON d.occurrence_id = o.id AND d.status = 'ISSUED'
           WHERE o.run_id = $1 ORDER BY e.code, o.contract_id""",
        run_id,
    )
    return [ContractOutcome(**dict(row)) for row in rows]


async def already_issued(connection: asyncpg.Connection, run_id: UUID) -> int:
    """Give how many contracts of a run had their document before."""
    count: int = await connection.fetchval("SELECT already_issued FROM runs WHERE id = $1", run_id)
    return count
