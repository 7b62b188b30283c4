"""What schedules will make, on the managers' face, and the dates that clients have of their own."""

import pytest

from billfold.domain.access import Role
from billfold.services.parts import Parts
from tests.schema.calling import Faces, open_http
from tests.services.asking import value

ASKED = """query($client: ID!, $type: String!, $count: Int! = 12) {
  scheduleDates(client: $client, type: $type, count: $count) }"""
UPDATE = """mutation($input: UpdateClientInput!) { updateClient(input: $input) {
  ... on Client { invoiceDates } ... on Problem { code message field } } }"""
NOBODY = "client_0192f0c4-0000-7000-8000-000000000000"


async def _novosel() -> str:
    found = await value("SELECT id FROM clients WHERE code = 'novosel'")
    return f"client_{found}"


async def test_the_next_dates_follow_the_list_of_the_client(books: Parts) -> None:
    client = await _novosel()

    async with open_http(books) as http:
        manager = await Faces(books, http).staff(Role.MANAGER)

        set_to = (await manager.data(UPDATE, input={"client": client, "invoiceDates": "16, 31,2026-11-20"}))[
            "updateClient"
        ]
        own = (await manager.data(ASKED, client=client, type="invoice", count=4))["scheduleDates"]
        cleared = (await manager.data(UPDATE, input={"client": client, "invoiceDates": None}))["updateClient"]
        of_rule = (await manager.data(ASKED, client=client, type="invoice", count=2))["scheduleDates"]
        contracts = (await manager.data(ASKED, client=client, type="contract"))["scheduleDates"]

    assert (set_to, cleared) == ({"invoiceDates": "16,31,2026-11-20"}, {"invoiceDates": ""})
    assert own == ["2026-11-16", "2026-11-20", "2026-11-30", "2026-12-16"]
    assert of_rule == ["2026-12-01", "2027-01-01"]
    assert contracts == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "1,32",
            "invoiceDates: Invoice date '32' is not known: write days of the month from 1 to 31, `last`, or dates such"
            " as 2026-12-25, with commas between.",
        ),
        (",".join(["1"] * 32), "invoiceDates: Invoice dates hold 32 entries: write at most 31."),
    ],
)
async def test_a_bad_list_of_dates_is_told_and_changes_nothing(books: Parts, given: str, message: str) -> None:
    client = await _novosel()
    before = await value("SELECT invoice_dates FROM clients WHERE code = 'novosel'")

    async with open_http(books) as http:
        manager = await Faces(books, http).staff(Role.MANAGER)
        refused = (await manager.data(UPDATE, input={"client": client, "invoiceDates": given}))["updateClient"]

    assert refused == {"code": "INVALID_INPUT", "message": message, "field": "invoiceDates"}
    assert await value("SELECT invoice_dates FROM clients WHERE code = 'novosel'") == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "NOT_FOUND"),
        ({"client": "nonsense"}, "NOT_FOUND"),
        ({"type": "nonsense"}, "UNKNOWN_DOCUMENT_TYPE"),
        ({"count": 0}, "INVALID_INPUT"),
        ({"count": 101}, "INVALID_INPUT"),
    ],
)
async def test_what_cannot_be_asked_is_refused(parts: Parts, changes: dict[str, object], code: str) -> None:
    given: dict[str, object] = {"client": NOBODY, "type": "invoice", **changes}

    async with open_http(parts) as http:
        manager = await Faces(parts, http).staff(Role.MANAGER)

        assert await manager.code(ASKED, **given) == code
