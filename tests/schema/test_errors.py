"""Errors: callers are told what they can mend, and nothing of what is ours."""

from typing import Any

import asyncpg
import pytest
import structlog

from billfold.database.reading.reader import Reader
from billfold.domain.errors import PassingError
from tests.schema.calling import Caller


async def test_what_is_unexpected_is_masked_and_logged_under_an_id(
    manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("postgres://user:password@host")

    monkeypatch.setattr(Reader, "page", fail)

    with structlog.testing.capture_logs() as logs:
        answer = await manager.answer("{ documents { totalCount } viewer { name } }")

    error = answer["errors"][0]
    assert "password" not in str(answer)
    assert error["extensions"]["code"] == "INTERNAL"
    assert [log["reference"] for log in logs] == [error["extensions"]["reference"]]
    assert isinstance(logs[0]["exc_info"], RuntimeError)


async def test_what_somebody_else_holds_is_told_as_busy(manager: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(*_args: Any, **_kwargs: Any) -> None:
        raise PassingError("Somebody else is writing the same rows: ask again in a moment.")

    monkeypatch.setattr(Reader, "page", wait)

    answer = await manager.answer("{ documents { totalCount } }")

    assert answer["errors"][0]["extensions"] == {"code": "SERVICE_BUSY"}
    assert answer["errors"][0]["message"] == "Somebody else is writing the same rows: ask again in a moment."


async def test_a_database_that_is_away_is_told_as_busy(manager: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(*_args: Any, **_kwargs: Any) -> None:
        raise asyncpg.ConnectionDoesNotExistError("connection to postgres://host was closed")

    monkeypatch.setattr(Reader, "page", lose)

    answer = await manager.answer("{ documents { totalCount } }")

    assert answer["errors"][0]["extensions"] == {"code": "SERVICE_BUSY"}
    assert answer["errors"][0]["message"] == "The database is away for a moment: ask again."


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("{ nonsense }", "Cannot query field"),
        ("{ documents(first: \"x\") { totalCount } }", "Int cannot represent"),
        ("{ document { id } }", "required"),
        ("{", "Syntax Error"),
        ("query A { viewer { name } } query B { viewer { name } }", "operationName"),
        ("subscription { x }", "Cannot query field"),
    ],
)  # fmt: skip
async def test_a_wrong_query_is_explained(manager: Caller, query: str, told: str) -> None:
    answer = await manager.answer(query)

    assert told in answer["errors"][0]["message"]
    assert "data" not in answer


DECIMALS = ("NaN", "sNaN", "Infinity", "1E+1000000000", "1e400", "1_000", "١٢", " 1.5", "", "1.", ".5", "0x1", "1" * 17,
            "1." + "1" * 12, "--1", "1,5")  # fmt: skip
ISSUE = """mutation($amount: Decimal!) {
  issueDocument(input: {type: "invoice", contract: "contract_x", amount: $amount}) {
    ... on Problem { code field } } }"""


@pytest.mark.parametrize("amount", [*DECIMALS, 1, 1.5, True, None, ["1"]])
async def test_a_decimal_that_is_none_is_refused(manager: Caller, amount: Any) -> None:
    answer = await manager.answer(ISSUE, amount=amount)

    assert "data" not in answer
    assert "extensions" not in answer["errors"][0]


@pytest.mark.parametrize("literal", ["1", "1.5", "true", "NaN", '["1"]', "{a: 1}"])
async def test_a_decimal_literal_must_be_a_string(manager: Caller, literal: str) -> None:
    answer = await manager.answer(
        f'mutation {{ issueDocument(input: {{type: "x", contract: "y", amount: {literal}}}) {{ __typename }} }}'
    )

    assert "Decimal" in answer["errors"][0]["message"]


DAYS = ("2026-02-30", "2026-2-3", "20260203", "2026-02-03T00:00", "yesterday", "", 5, "0000-01-01", "٢٠٢٦-٠٢-٠٣")


@pytest.mark.parametrize("day", DAYS)
async def test_a_day_that_is_none_is_refused(manager: Caller, day: Any) -> None:
    query = "query($d: Date) { documents(filter: {issueDate: {from: $d}}) { totalCount } }"

    assert "Date is a string" in (await manager.answer(query, d=day))["errors"][0]["message"]


async def test_an_error_in_one_field_leaves_the_others(manager: Caller) -> None:
    answer = await manager.answer('{ good: client(code: "alfa") { code } bad: node(id: "x") { id } }')

    assert answer["data"] == {"good": {"code": "alfa"}, "bad": None}
