"""Bank statements on the managers' face: import, the queue, and a person's word, on the sample operator's books."""

import csv
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from billfold.domain.access import Role
from billfold.services.parts import Parts
from tests.conftest import SAMPLE
from tests.schema.calling import Caller, Faces, open_http
from tests.services.asking import contract, value
from tests.statement_texts import payment, statement_file

IMPORT = """mutation($input: ImportStatementInput!) { importStatement(input: $input) { __typename
  ... on StatementImport { matched credited unmatched known ignored warnings
    statement { id name sha256 warnings createdBy
      lines(first: 10, orderBy: {field: AMOUNT, direction: ASC}) { totalCount nodes { number state rule } } } }
  ... on Problem { code message field } } }"""
QUEUE = """query($filter: StatementLineFilter, $orderBy: StatementLineOrder) {
  statementLines(filter: $filter, orderBy: $orderBy) { totalCount nodes {
    id line account number datedOn receivedOn amount { amount currency } payerName payerInn payerAccount purpose state
    rule comment resolvedBy resolvedAt enterprise { code } statement { name }
    payment { amount { amount } contract { number } isCancelled } } } }"""
CHANGE = """mutation($input: %sInput!) { %s(input: $input) { __typename
  ... on StatementLine { state rule comment resolvedBy payment { contract { number } } }
  ... on Problem { code message field } } }"""


def account() -> str:
    with (SAMPLE / "enterprises.csv").open(encoding="utf-8", newline="") as stream:
        return next(row["account"] for row in csv.DictReader(stream) if row["code"] == "yantar-net")


def to_yantar(**changes: str) -> str:
    return payment(ПолучательСчет=account(), ПолучательИНН="3900000016", **changes)


# Matched by contract, credited by the only contract, several contracts, a stranger.
SECTIONS = {
    "1": {"Сумма": "10.00", "ПлательщикИНН": "500100732259", "НазначениеПлатежа": "По договору Я-102-Т за мать"},
    "2": {"Сумма": "20.00", "ПлательщикИНН": "3900000111", "НазначениеПлатежа": "За услуги связи"},
    "3": {"Сумма": "30.00", "ПлательщикИНН": "3900000129", "НазначениеПлатежа": "За услуги связи"},
    "4": {"Сумма": "40.00", "ПлательщикИНН": "500100732259", "НазначениеПлатежа": "Перевод_100%"},
}


@pytest.fixture
async def own(books: Parts) -> AsyncIterator[Faces]:
    """Callers on fresh books of the sample operator."""
    async with open_http(books) as http:
        yield Faces(books, http)


@pytest.fixture
async def commander(own: Faces) -> Caller:
    """A manager of the sample operator."""
    return await own.staff(Role.MANAGER)


async def _import(caller: Caller, content: bytes | None = None) -> dict[str, Any]:
    sections = [to_yantar(Номер=number, **changes) for number, changes in SECTIONS.items()]
    file = b64encode(statement_file(*sections) if content is None else content).decode()
    found: dict[str, Any] = (await caller.data(IMPORT, input={"file": file, "name": "bank.txt"}))["importStatement"]
    return found


async def _lines(caller: Caller, order: dict[str, str] | None = None, **filter: Any) -> list[dict[str, Any]]:
    page = (await caller.data(QUEUE, filter=filter, orderBy=order))["statementLines"]
    assert page["totalCount"] == len(page["nodes"])
    found: list[dict[str, Any]] = page["nodes"]
    return found


async def _change(caller: Caller, command: str, **given: Any) -> dict[str, Any]:
    query = CHANGE % (command[0].upper() + command[1:], command)
    found: dict[str, Any] = (await caller.data(query, input=given))[command]
    return found


async def _waiting(caller: Caller) -> str:
    (line,) = await _lines(caller, search="Перевод")
    return str(line["id"])


async def test_a_file_is_imported_and_told(commander: Caller) -> None:
    found = await _import(commander)

    counts = [found[name] for name in ("matched", "credited", "unmatched", "known", "ignored", "warnings")]
    assert counts == [0, 2, 2, 0, 0, []]
    statement = found["statement"]
    assert (statement["name"], statement["createdBy"], len(statement["sha256"])) == (
        "bank.txt",
        "manager@staff.example",
        64,
    )
    assert statement["lines"] == {
        "totalCount": 4,
        "nodes": [
            {"number": "1", "state": "CREDITED", "rule": "CONTRACT"},
            {"number": "2", "state": "CREDITED", "rule": "PAYER"},
            {"number": "3", "state": "UNMATCHED", "rule": None},
            {"number": "4", "state": "UNMATCHED", "rule": None},
        ],
    }


async def test_a_file_again_is_known(commander: Caller) -> None:
    first = await _import(commander)

    again = await _import(commander)

    assert (again["credited"], again["unmatched"], again["known"]) == (0, 0, 4)
    assert again["statement"]["id"] == first["statement"]["id"]


async def test_a_file_of_two_million_bytes_is_taken(commander: Caller) -> None:
    section = to_yantar(Номер="1", **SECTIONS["1"]).replace(
        "КонецДокумента", f"Прочее={'я' * 2_000_000}\nКонецДокумента"
    )

    assert (await _import(commander, statement_file(section)))["credited"] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04", "bank.txt looks like an XLSX workbook"),
        (b"", "bank.txt looks like an empty file"),
        (statement_file(payment(Сумма="0")), "bank.txt, line 9: the document's sum must be above 0"),
    ],
)
async def test_a_wrong_file_is_a_problem_of_its_field(commander: Caller, content: bytes, message: str) -> None:
    found = await _import(commander, content)

    assert (found["__typename"], found["code"], found["field"]) == ("Problem", "INVALID_INPUT", "file")
    assert found["message"].startswith(message)
    assert await value("SELECT count(*) FROM statements") == 0


@pytest.mark.parametrize("file", ["%%%", "a", 5, None])
async def test_what_is_no_base64_is_refused(commander: Caller, file: object) -> None:
    answer = await commander.answer(IMPORT, input={"file": file})

    assert "errors" in answer
    assert await value("SELECT count(*) FROM statements") == 0


async def test_a_line_tells_all_that_the_bank_did(commander: Caller) -> None:
    await _import(commander)

    (line,) = await _lines(commander, search="по договору я-102")

    assert line["id"].startswith("statement_line_")
    assert {name: found for name, found in line.items() if name != "id"} == {
        "line": 6,
        "account": account(),
        "number": "1",
        "datedOn": "2026-10-30",
        "receivedOn": "2026-10-31",
        "amount": {"amount": "10.00", "currency": "RUB"},
        "payerName": "ООО «Юпитер Логистик»",
        "payerInn": "500100732259",
        "payerAccount": "40702810500000000002",
        "purpose": "По договору Я-102-Т за мать",
        "state": "CREDITED",
        "rule": "CONTRACT",
        "comment": "",
        "resolvedBy": "",
        "resolvedAt": None,
        "enterprise": {"code": "yantar-net"},
        "statement": {"name": "bank.txt"},
        "payment": {"amount": {"amount": "10.00"}, "contract": {"number": "Я-102-Т"}, "isCancelled": False},
    }


async def test_lines_are_filtered_and_sorted(commander: Caller) -> None:
    statement = (await _import(commander))["statement"]["id"]
    by_amount = {"field": "AMOUNT", "direction": "ASC"}

    async def numbers(**filter: Any) -> list[str]:
        return [line["number"] for line in await _lines(commander, by_amount, **filter)]

    assert await numbers() == ["1", "2", "3", "4"]
    assert await numbers(state=["UNMATCHED"]) == ["3", "4"]
    assert await numbers(state=["MATCHED", "CREDITED"]) == ["1", "2"]
    assert await numbers(statement=[statement]) == ["1", "2", "3", "4"]
    assert await numbers(statement=["statement_0192f0c4-0000-7000-8000-000000000000"]) == []
    assert await numbers(enterprise=[f"enterprise_{await _enterprise('yantar-net')}"], search="390") == ["2", "3"]
    assert await numbers(enterprise=[f"enterprise_{await _enterprise('vetrova')}"]) == []
    assert await numbers(receivedOn={"from": "2026-10-31", "until": "2026-11-01"}) == ["1", "2", "3", "4"]
    assert await numbers(receivedOn={"from": "2026-11-01"}) == []
    assert await numbers(search="_100%") == ["4"]


async def _enterprise(code: str) -> Any:
    return await value("SELECT id FROM enterprises WHERE code = $1", code)


async def test_a_line_is_resolved_and_opened_again(commander: Caller) -> None:
    await _import(commander)
    line, to = await _waiting(commander), f"contract_{await contract('Я-101')}"

    resolved = await _change(commander, "resolveStatementLine", line=line, contract=to)
    again = await _change(commander, "resolveStatementLine", line=line, contract=to)
    opened = await _change(commander, "reopenStatementLine", line=line, reason="Не тот")

    assert (resolved["state"], resolved["rule"], resolved["payment"]) == (
        "CREDITED",
        "HAND",
        {"contract": {"number": "Я-101"}},
    )
    assert (again["code"], again["field"]) == ("ILLEGAL_STATE", "line")
    assert (opened["state"], opened["rule"], opened["payment"]) == ("UNMATCHED", None, None)


async def test_a_line_is_put_aside(commander: Caller) -> None:
    await _import(commander)

    found = await _change(commander, "dismissStatementLine", line=await _waiting(commander), reason="Депозит")

    assert (found["state"], found["comment"], found["resolvedBy"]) == ("DISMISSED", "Депозит", "manager@staff.example")


async def test_a_line_waits_again_once_its_payment_is_cancelled(commander: Caller) -> None:
    await _import(commander)
    payment_id = await value("SELECT payment_id FROM statement_lines WHERE number = '2'")
    cancel = 'mutation($id: ID!) { cancelPayment(input: {payment: $id, reason: "x"}) { __typename } }'

    await commander.data(cancel, id=f"payment_{payment_id}")

    assert {line["number"] for line in await _lines(commander, state=["UNMATCHED"])} == {"2", "3", "4"}
    (line,) = await _lines(commander, search="3900000111")
    assert (line["state"], line["rule"], line["payment"]["isCancelled"]) == ("UNMATCHED", None, True)


@pytest.mark.parametrize(
    ("command", "given", "field"),
    [
        ("resolveStatementLine", {"line": "statement_line_x", "contract": "contract_x"}, "line"),
        ("dismissStatementLine", {"line": "document_x", "reason": "x"}, "line"),
        ("reopenStatementLine", {"line": "statement_line_0192f0c4-0000-7000-8000-000000000000", "reason": "x"}, "line"),
    ],
)
async def test_what_is_not_there_is_a_problem(
    commander: Caller, command: str, given: dict[str, str], field: str
) -> None:
    found = await _change(commander, command, **given)

    assert (found["__typename"], found["code"], found["field"]) == ("Problem", "NOT_FOUND", field)


async def test_a_viewer_may_look_and_not_touch(own: Faces, commander: Caller) -> None:
    await _import(commander)
    viewer = await own.staff(Role.VIEWER)
    line, to = await _waiting(viewer), f"contract_{await contract('Я-101')}"

    calls = {
        "resolveStatementLine": {"line": line, "contract": to},
        "dismissStatementLine": {"line": line, "reason": "x"},
        "reopenStatementLine": {"line": line, "reason": "x"},
    }
    codes = [await viewer.code(IMPORT, input={"file": b64encode(statement_file(to_yantar(Номер="9"))).decode()})]
    for command, given in calls.items():
        codes.append(await viewer.code(CHANGE % (command[0].upper() + command[1:], command), input=given))

    assert codes == ["FORBIDDEN"] * 4
    assert await value("SELECT count(*) FROM statements") == 1
    assert await value("SELECT count(*) FROM payments") == 2
    assert len(await _lines(viewer, state=["UNMATCHED"])) == 2


async def test_statements_and_lines_are_nodes(commander: Caller) -> None:
    statement = (await _import(commander))["statement"]["id"]
    line = await _waiting(commander)
    query = "query($id: ID!) { node(id: $id) { __typename id } }"

    found = [(await commander.data(query, id=id_))["node"] for id_ in (statement, line)]

    assert found == [{"__typename": "Statement", "id": statement}, {"__typename": "StatementLine", "id": line}]
