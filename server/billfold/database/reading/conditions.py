"""Conditions: pieces of SQL that carry their values, and the statement that numbers them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID


class Span(NamedTuple):
    """The days from `start` up to, but without, `until`; None is open."""

    start: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the row `{t}`; each `?` stands for the next of the values, `{now}` for the present instant."""

    sql: str
    values: tuple[object, ...] = ()


NEVER = Condition("FALSE")


def every(conditions: Sequence[Condition]) -> Condition:
    """Give the condition that all of these hold; none is TRUE."""
    held = " AND ".join(f"({each.sql})" for each in conditions) or "TRUE"
    return Condition(held, tuple(value for each in conditions for value in each.values))


class Statement:
    """Collects the values of one statement and numbers them, so that no value ever stands in its text."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._now_mark = ""
        self.values: list[object] = []

    def value(self, value: object) -> str:
        """Take a value and give its mark, such as `$3`."""
        self.values.append(value)
        return f"${len(self.values)}"

    def text(self, sql: str) -> str:
        """Fill the mark of the present instant in."""
        if "{now}" not in sql:
            return sql
        if not self._now_mark:
            self._now_mark = f"{self.value(self._now)}::timestamptz"
        return sql.replace("{now}", self._now_mark)

    def condition(self, condition: Condition, alias: str) -> str:
        """Write a condition on the table that stands under the alias."""
        first, *rest = condition.sql.replace("{t}", alias).split("?")
        marked = [f"{self.value(value)}{text}" for value, text in zip(condition.values, rest, strict=True)]
        return self.text(first + "".join(marked))

    def conditions(self, conditions: Sequence[Condition], alias: str) -> str:
        """Write conditions that must all hold; none is TRUE."""
        return " AND ".join(f"({self.condition(each, alias)})" for each in conditions) or "TRUE"


def raw_id(noun: str, text: str) -> UUID | None:
    """Read the id of a noun, such as `client_0192...`. None for anything else: a foreign id is simply not found."""
    prefix, _, rest = text.rpartition("_")
    if prefix != noun or len(rest) != 36:
        return None
    try:
        return UUID(rest)
    except ValueError:
        return None


def raw_number(noun: str, text: str) -> int | None:
    """Read the id of a noun that is counted, such as `usage_17`. None for anything else."""
    prefix, _, rest = text.rpartition("_")
    fits = prefix == noun and rest.isascii() and rest.isdigit() and len(rest) <= 18
    return int(rest) if fits else None


def among_ids(column: str, noun: str, texts: Sequence[str]) -> Condition:
    """Hold a column to the ids given; malformed ones match nothing."""
    found = [uuid for text in texts if (uuid := raw_id(noun, text))]
    if len(found) == 1:
        # An index on (column, order) serves one value in order, but not an array of them.
        return Condition(f"{column} = ?", (found[0],))
    return Condition(f"{column} = ANY(?::uuid[])", (found,))


def among(column: str, values: Sequence[str]) -> Condition:
    """Hold a text column to the values given."""
    if len(values) == 1:
        return Condition(f"{column} = ?", (values[0],))
    return Condition(f"{column} = ANY(?::text[])", (list(values),))


def equals(column: str, value: object) -> Condition:
    """Hold a column to one value."""
    return Condition(f"{column} = ?", (value,))


def equals_ignoring_case(column: str, text: str) -> Condition:
    """Hold a text column to a text, whatever the case."""
    return Condition(f"lower({column}) = lower(?)", (text,))


def contains(columns: Sequence[str], text: str) -> Condition:
    """Ask for a text somewhere in one of the columns, whatever the case."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked = " OR ".join(f"{column} ILIKE ?" for column in columns)
    return Condition(asked, (f"%{escaped}%",) * len(columns))


def within(column: str, span: Span) -> Condition:
    """Hold a date or an instant to a span of days; the days are those of UTC for an instant."""
    return _both(f"{column} >= ?::date", span.start, f"{column} < ?::date", span.until)


def overlaps(start: str, until: str, span: Span) -> Condition:
    """Ask for a period, in two columns, that shares a day with the span; an empty `until` column is open."""
    return _both(f"({until} IS NULL OR {until} > ?::date)", span.start, f"{start} < ?::date", span.until)


def _both(low: str, start: Any, high: str, until: Any) -> Condition:
    parts = [(sql, value) for sql, value in ((low, start), (high, until)) if value is not None]
    return Condition(" AND ".join(sql for sql, _ in parts) or "TRUE", tuple(value for _, value in parts))


def of_client(contract: str) -> Callable[[list[str]], Condition]:
    """Ask for rows of these clients' contracts; `contract` is the column that holds the contract."""

    def condition(ids: list[str]) -> Condition:
        clients = among_ids("c.client_id", "client", ids)
        return Condition(
            f"EXISTS (SELECT 1 FROM contracts c WHERE c.id = {contract} AND {clients.sql})", clients.values
        )

    return condition
