"""docs/graphql.md: every operation on it is asked for, in the order of the page, from the real web process."""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from graphql import parse, validate

from billfold.domain.access import PORTAL_SCOPES, ROLE_SCOPES, Scope
from billfold.domain.errors import ProblemCode
from billfold.schema.http.frames import CloseCode
from billfold.schema.manager.schema import manager_schema
from billfold.services.generating import compose_chunk
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from tests.docs.asking import Reader, reading_page
from tests.docs.pages import Block, blocks, first_cells, read, section

PAGE = read("docs/graphql.md")
BLOCKS = list(blocks(PAGE))
PATHS = ("/graphql", "/portal/graphql", "/files/{id}")


@pytest.fixture
async def reader(books: Parts) -> AsyncIterator[Reader]:
    """Somebody with a manager's token, on the sample operator's books."""
    async with reading_page(books, BLOCKS) as reader:
        yield reader


async def test_the_first_question_is_answered(reader: Reader) -> None:
    answer = await reader.curl("first question")

    assert answer.json()["data"]["viewer"]["name"] == "you@example.com"


async def test_the_tasks_of_the_page_can_be_done_in_its_order(books: Parts, reader: Reader) -> None:
    assert (await reader.ask("lists"))["documents"]["totalCount"] == 0

    found = await reader.ask("find")
    reader.know(contract=found["contract"]["id"], client=found["client"]["id"])
    assert found["client"]["contracts"][0]["number"] == "KW-2002"
    types = {one["key"]: one for one in (await reader.ask("variables"))["documentTypes"]}
    assert "document.details.turnover.debit" in {one["name"] for one in types["reconciliation"]["variables"]}

    issued = (await reader.ask("issue for a period"))["issueDocument"]
    assert issued["totals"]["gross"] == {"amount": "50.08", "currency": "USD"}
    by_amount = (await reader.ask("issue for an amount"))["issueDocument"]
    assert by_amount["lines"] == [{"description": "Advance payment", "gross": {"amount": "1500.00"}}]
    again = (await reader.ask("issue for an amount"))["issueDocument"]
    assert again["id"] == by_amount["id"]

    planned = (await reader.ask("plan"))["planRun"]
    assert (planned["documents"], planned["alreadyIssued"]) == (12, 1)
    reader.know(plan=planned["id"])
    run = (await reader.ask("run"))["startRun"]
    reader.know(run=run["id"], document=issued["id"])
    await _work(books, run["id"])
    assert (await reader.ask("progress"))["node"]["progress"]["issued"] == 12

    (delivery,) = (await reader.ask("send"))["sendDocument"]["deliveries"]
    assert (delivery["recipient"], delivery["state"]) == ("accounts@example.com", "PENDING")

    formats = (await reader.ask("export formats"))["exportFormats"]
    assert "registry-xlsx" in [one["key"] for one in formats]
    exported = (await reader.ask("export"))["exportDocuments"]
    assert (exported["name"], exported["export"]["documents"]) == ("registry-2026-11.xlsx", 14)
    sheet = await reader.curl("download", FILE=exported["url"].rpartition("/")[2])
    assert sheet.content.startswith(b"PK")

    token = (await reader.ask("token"))["createClientToken"]
    cabinet = await reader.ask("cabinet", path="/portal/graphql", token=token["token"])
    assert cabinet["me"]["name"] == "Fjordlight AS"
    (file,) = cabinet["documents"]["nodes"][0]["files"]
    downloaded = await reader.curl("download", FILE=file["url"].rpartition("/")[2], TOKEN=token["token"])
    assert downloaded.content.startswith(b"%PDF-")

    voided = (await reader.ask("void"))["voidDocument"]
    assert (voided["status"], voided["voidReason"]) == ("VOID", "Wrong contract")
    exports = await reader.ask("exports")
    assert [one["documents"] for one in exports["exports"]["nodes"]] == [14]
    assert [one["status"] for one in exports["documents"]["nodes"]] == ["VOID"]
    assert (await reader.ask("hide"))["setDocumentVisibility"]["isVisibleToClient"] is False
    reader.know(enterprise=found["contract"]["enterprise"]["id"])
    assert (await reader.ask("rule"))["updateDocumentRule"] == {
        "isVisible": True,
        "delivery": "contacts",
        "template": "",
        "paymentTermsDays": 10,
        "printsFacsimile": True,
    }
    reader.know(token=token["id"])
    assert (await reader.ask("revoke"))["revokeToken"]["id"] == token["id"]


async def _work(parts: Parts, run_id: str) -> None:
    """Do what workers do."""
    while await compose_chunk(parts, UUID(run_id.removeprefix("run_"))):
        pass
    while await print_chunk(parts):
        pass
    while await publish_chunk(parts):
        pass


@pytest.mark.parametrize("shown", [one for one in BLOCKS if one.language == "graphql"], ids=lambda one: one.title)
def test_operations_on_the_page_are_graphql(shown: Block) -> None:
    parse(shown.text)


def test_the_subscriptions_on_the_page_can_be_listened_to() -> None:
    schema = manager_schema().made._schema

    assert validate(schema, parse(_shown("follow"))) == []
    assert validate(schema, parse(_shown("follow documents"))) == []


def _shown(title: str) -> str:
    (found,) = [one.text for one in BLOCKS if one.title == title]
    return found


def test_the_codes_of_closed_sockets_are_told() -> None:
    told = re.findall(r"^\| (\d{4}) \|", section(PAGE, "Follow a run"), re.MULTILINE)

    assert [int(code) for code in told] == sorted(CloseCode)


def test_every_operation_on_the_page_is_asked_for() -> None:
    source = read("tests/docs/test_graphql_page.py")
    titles = [one.title for one in BLOCKS if one.title]

    assert [title for title in titles if f'("{title}"' not in source] == []


def test_scopes_codes_and_paths_are_told() -> None:
    assert set(first_cells(section(PAGE, "Who may do what"))) == {scope.value for scope in Scope}
    assert set(first_cells(section(PAGE, "Problems"))) == {code.value for code in ProblemCode}
    assert [path for path in PATHS if path not in PAGE[: PAGE.index("## ")]] == []


def test_the_table_of_scopes_tells_who_holds_them() -> None:
    rows = dict(re.findall(r"^\| `([a-z:]+)` \| .* \| ([a-z, ]+) \|$", section(PAGE, "Who may do what"), re.MULTILINE))

    for scope in Scope:
        holders = {role.value for role, held in ROLE_SCOPES.items() if scope in held}
        holders |= {"client"} if scope in PORTAL_SCOPES else set()
        assert set(rows[scope.value].split(", ")) == holders
