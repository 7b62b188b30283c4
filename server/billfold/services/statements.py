"""Statements: a bank's file is imported, and each payment in it finds its contract or waits for a person."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from billfold.adapters.bank_statements import read_statement
from billfold.database import statements as rows
from billfold.database.audit import record_event
from billfold.database.connection import copy_rows, writing
from billfold.database.issuing import lock_contracts
from billfold.database.matching import paid_contracts, paid_documents
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import CallerError, InvalidInput
from billfold.domain.ids import new_id
from billfold.domain.matching import Ladder, Match, Money
from billfold.domain.payments import TEXT_LIMIT, LineState
from billfold.domain.purposes import tails
from billfold.domain.statement_lines import StatementLine, StatementLines, lines_for
from billfold.domain.statements import BankStatement, balance_warnings
from billfold.services.parts import Parts
from billfold.services.payments import NewPayment
from billfold.services.statement_payments import Registered, register_payments

SOURCE = "statement"
NAME_LIMIT = 255
WARNINGS_LIMIT = 100
# A large file before this one may take its time.
_LOCK_TIMEOUT = "50s"


@dataclass(frozen=True, slots=True)
class StatementImport:
    """What became of a file's documents; `known` were there from a file before, `ignored` are no payments to us."""

    statement_id: UUID
    matched: int
    credited: int
    unmatched: int
    known: int
    ignored: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    match: Match
    state: LineState
    payment_id: UUID | None = None
    comment: str = ""


async def import_statement(parts: Parts, viewer: Viewer, content: bytes, name: str) -> StatementImport:
    """Import a bank's statement in one transaction; payments that are known from another file change nothing.

    Locks the contracts that are paid, in the order of their ids. Raises InvalidInput for a file that cannot be read,
    with the line, LimitExceeded for one that is too large, Conflict for an account of several enterprises; nothing is
    imported then. May be repeated.
    """
    viewer.require(Scope.BOOKS_WRITE)
    name = _checked_name(name)
    statement = await asyncio.to_thread(read_statement, content, name)
    digest = hashlib.sha256(content).hexdigest()
    async with writing(lock_timeout=_LOCK_TIMEOUT) as connection:
        await rows.lock_imports(connection)
        found = await asyncio.to_thread(lines_for, statement, await rows.own_accounts(connection), name)
        warnings = _warnings(statement, found)
        now = parts.clock.now()
        statement_id = await rows.keep_statement(connection, digest, name, warnings, actor=viewer.name, now=now)
        known = await rows.known_keys(connection, [line.key for line in found.lines])
        new = [line for line in found.lines if line.key not in known]
        states = await _import_lines(connection, statement_id, new, actor=viewer.name, now=now)
        result = StatementImport(
            statement_id=statement_id,
            matched=states[LineState.MATCHED],
            credited=states[LineState.CREDITED],
            unmatched=states[LineState.UNMATCHED],
            known=len(known),
            ignored=found.ignored,
            warnings=warnings,
        )
        if new:
            await _record(connection, result, actor=viewer.name, now=now)
    return result


async def _record(connection: asyncpg.Connection, result: StatementImport, *, actor: str, now: datetime) -> None:
    counts = {"matched": result.matched, "credited": result.credited, "unmatched": result.unmatched}
    subject = ("statement", result.statement_id)
    await record_event(connection, "importStatement", subject, actor=actor, now=now, details=counts)


async def _import_lines(
    connection: asyncpg.Connection, statement_id: UUID, lines: Sequence[StatementLine], *, actor: str, now: datetime
) -> Counter[LineState]:
    matches = await _match(connection, lines)
    await lock_contracts(connection, {match.contract_id for match in matches if match.contract_id is not None})
    outcomes = await _pay(connection, lines, matches, actor=actor, now=now)
    columns = [_columns(statement_id, line, outcome) for line, outcome in zip(lines, outcomes, strict=True)]
    await copy_rows(connection, "statement_lines", columns)
    return Counter(outcome.state for outcome in outcomes)


async def _match(connection: asyncpg.Connection, lines: Sequence[StatementLine]) -> list[Match]:
    if not lines:
        return []
    enterprise_ids = {line.own.enterprise_id for line in lines}
    contracts = await paid_contracts(connection, enterprise_ids, {line.document.payer_inn for line in lines})
    paying = [contract.id for contract in contracts if contract.inns]
    documents = await paid_documents(connection, paying, tails(line.document.purpose for line in lines))

    def climb() -> list[Match]:
        ladder = Ladder(contracts, documents)
        return [_found(ladder, line) for line in lines]

    return await asyncio.to_thread(climb)


def _found(ladder: Ladder, line: StatementLine) -> Match:
    own, document = line.own, line.document
    if own.closed_until is not None and line.received_on < own.closed_until:
        return Match(comment=f"The books of {own.enterprise_code} are closed until {own.closed_until}.")
    money = Money(
        enterprise_id=own.enterprise_id,
        enterprise_inn=own.inn,
        currency=line.currency,
        amount=document.amount,
        received_on=line.received_on,
        payer_inn=document.payer_inn,
        purpose=document.purpose,
    )
    match = ladder.match(money)
    ladder.take(match, document.amount)
    return match


async def _pay(
    connection: asyncpg.Connection,
    lines: Sequence[StatementLine],
    matches: Sequence[Match],
    *,
    actor: str,
    now: datetime,
) -> list[_Outcome]:
    """Register what was matched, and give the outcome of every line."""
    news = [
        _new_payment(line, match.contract_id, match.document_ids)
        for line, match in zip(lines, matches, strict=True)
        if match.contract_id is not None
    ]
    registered = iter(await register_payments(connection, news, actor=actor, now=now))
    return [_outcome(match, next(registered) if match.contract_id is not None else None) for match in matches]


def _outcome(match: Match, registered: Registered | CallerError | None) -> _Outcome:
    if registered is None:
        return _Outcome(match, LineState.UNMATCHED, comment=match.comment)
    if isinstance(registered, CallerError):
        # What stands against this payment is told with its line; the others of the file are none the worse for it.
        return _Outcome(Match(), LineState.UNMATCHED, comment=registered.message)
    state = LineState.MATCHED if registered.is_settling else LineState.CREDITED
    return _Outcome(match, state, registered.payment_id)


def _new_payment(line: StatementLine, contract_id: UUID, document_ids: tuple[UUID, ...]) -> NewPayment:
    document = line.document
    return NewPayment(
        contract_id=contract_id,
        amount=document.amount,
        received_on=line.received_on,
        reference=document.purpose[:TEXT_LIMIT],
        document_ids=document_ids,
        comment=order_words(document.number, document.dated_on),
        payer_name=document.payer_name[:TEXT_LIMIT],
        payer_inn=document.payer_inn,
        payer_account=document.payer_account,
        source=SOURCE,
        external_id=line.key,
    )


def order_words(number: str, dated_on: date | None) -> str:
    """Give a payment order by its number and date, as a payment's comment tells it."""
    return f"№ {number or '-'}, {dated_on}" if dated_on else f"№ {number or '-'}"


def _columns(statement_id: UUID, line: StatementLine, outcome: _Outcome) -> dict[str, object]:
    document = line.document
    return {
        "id": new_id(),
        "statement_id": statement_id,
        "enterprise_id": line.own.enterprise_id,
        "line": document.line,
        "key": line.key,
        "account": line.own.account,
        "currency": line.currency,
        "number": document.number,
        "dated_on": document.dated_on,
        "received_on": line.received_on,
        "amount": document.amount,
        "payer_name": document.payer_name,
        "payer_inn": document.payer_inn,
        "payer_account": document.payer_account,
        "purpose": document.purpose,
        "state": outcome.state.value,
        "rule": outcome.match.rule.value if outcome.match.rule else "",
        "payment_id": outcome.payment_id,
        "comment": outcome.comment,
    }


def _warnings(statement: BankStatement, found: StatementLines) -> tuple[str, ...]:
    told = (*statement.warnings, *balance_warnings(statement), *found.warnings)
    more = len(told) - WARNINGS_LIMIT
    return told if more <= 0 else (*told[:WARNINGS_LIMIT], f"And {more} more warnings of this kind.")


def _checked_name(name: str) -> str:
    name = name.strip() or "statement"
    if len(name) > NAME_LIMIT or not name.isprintable():
        raise InvalidInput(f"The file's name must be one line of at most {NAME_LIMIT} characters.", field="name")
    return name
