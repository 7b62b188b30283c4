"""The register of numbers as a table: every number in order, no cell a formula, nobody else's numbers in it."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from billfold.database.connection import writing
from billfold.database.reading.number_register import RegisterRequest
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import CallerError, Forbidden, InvalidInput, NotFound, UnknownDocumentType
from billfold.domain.periods import month
from billfold.services import documents, revising
from billfold.services.number_exports import export_register, write_register
from billfold.services.parts import Parts
from tests.factories_rows import add_contract, add_document, add_enterprise, add_row, add_series
from tests.services.asking import rows, value

VIEWER = Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER)
HEADER = "series;counter;count;type;number;date;state;document;reason;actor;at;revision"
ISSUED_AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
async def ids(database: str) -> dict[str, UUID]:
    """An enterprise with documents 1 and 10, four events between and beside them; another one has a number too."""
    found: dict[str, UUID] = {}
    async with writing() as connection:
        found["north"] = await add_enterprise(connection, code="north")
        found["south"] = await add_enterprise(connection, code="south")
        found["series"] = await add_series(connection, enterprise_id=found["north"], next_counter=11)
        contract_id = await add_contract(connection, enterprise_id=found["north"])
        # Added in another order than that of the counters.
        for counter in (10, 1):
            found[f"{counter}"] = await add_document(
                connection,
                f"{counter}",
                contract_id=contract_id,
                series_id=found["series"],
                counter=counter,
                issued_at=ISSUED_AT,
            )
        event = {"enterprise_id": found["north"], "type": "invoice", "actor": "anna", "happened_at": ISSUED_AT}
        of_series = {**event, "series_id": found["series"], "dated_on": date(2026, 11, 1)}
        for given in (
            {**event, "number": "old", "kind": "imported", "reason": '=HYPERLINK("x")', "dated_on": date(2025, 1, 2)},
            {**of_series, "number": "3", "counter": 3, "kind": "reserved", "reason": "бланк"},
            {**of_series, "number": "4", "counter": 4, "count": 6, "kind": "skipped", "reason": "start raised to 10"},
            {**event, "number": "7", "kind": "imported", "reason": "1С", "enterprise_id": found["south"]},
        ):
            await add_row(connection, "number_events", given)
    return found


def cells(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()


async def test_every_number_is_told_in_the_order_of_the_counters(
    parts: Parts, ids: dict[str, UUID], tmp_path: Path
) -> None:
    count = await write_register(parts, OPERATOR, RegisterRequest(ids["north"]), tmp_path / "all.csv")

    assert count == 5
    assert cells(tmp_path / "all.csv") == [
        HEADER,
        f"invoice:;1;1;invoice;1;2026-11-01;issued;document_{ids['1']};;;2026-11-01T09:00:00Z;0",
        "invoice:;3;1;invoice;3;2026-11-01;reserved;;бланк;anna;2026-11-01T09:00:00Z;",
        "invoice:;4;6;invoice;4;2026-11-01;skipped;;start raised to 10;anna;2026-11-01T09:00:00Z;",
        f"invoice:;10;1;invoice;10;2026-11-01;issued;document_{ids['10']};;;2026-11-01T09:00:00Z;0",
        ';;1;invoice;old;2025-01-02;imported;;"\'=HYPERLINK(""x"")";anna;2026-11-01T09:00:00Z;',
    ]


async def test_a_revised_number_is_told_with_each_of_its_revisions(books: Parts, tmp_path: Path) -> None:
    contract_id = await value("SELECT id FROM contracts WHERE number = 'Я-101'")
    old = await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=contract_id, period=month("2026-10")
    )
    new = await revising.revise(books, OPERATOR, document_id=old, reason="адрес")
    await documents.void(books, OPERATOR, document_id=new, reason="дубль")
    enterprise = await value("SELECT enterprise_id FROM contracts WHERE id = $1", contract_id)

    await write_register(books, OPERATOR, RegisterRequest(enterprise, "invoice"), tmp_path / "all.csv")

    told = [line.split(";")[4:10] + line.split(";")[11:] for line in cells(tmp_path / "all.csv")[1:]]
    assert told == [
        ["1", "2026-11-01", "void", f"document_{old}", "адрес", "operator", "0"],
        ["1", "2026-11-01", "void", f"document_{new}", "дубль", "operator", "1"],
    ]


async def test_a_span_of_days_and_a_type_narrow_it(parts: Parts, ids: dict[str, UUID], tmp_path: Path) -> None:
    old = RegisterRequest(ids["north"], "invoice", date(2025, 1, 2), date(2025, 1, 3))

    assert await write_register(parts, OPERATOR, old, tmp_path / "old.csv") == 1
    assert await write_register(parts, OPERATOR, RegisterRequest(ids["north"], "act"), tmp_path / "acts.csv") == 0
    assert cells(tmp_path / "acts.csv") == [HEADER]


async def test_the_file_is_stored_and_told_of(parts: Parts, ids: dict[str, UUID], tmp_path: Path) -> None:
    file_id, file = await export_register(parts, OPERATOR, RegisterRequest(ids["south"]))

    assert (file.name, file.media_type) == ("numbers-south-2026-11-01.csv", "text/csv; charset=utf-8")
    content = b"".join([chunk async for chunk in parts.files.iterate(file.key)]).decode("utf-8-sig")
    assert content.splitlines()[1:] == [";;1;invoice;7;;imported;;1С;anna;2026-11-01T09:00:00Z;"]
    assert await value("SELECT sha256 FROM stored_files WHERE id = $1", file_id) == file.sha256
    assert await rows("SELECT operation, subject FROM audit_events") == [
        {"operation": "exportNumberRegister", "subject": ids["south"]}
    ]


@pytest.mark.parametrize(
    ("request_", "viewer", "error"),
    [
        (RegisterRequest(uuid4()), OPERATOR, NotFound),
        (RegisterRequest(uuid4(), "memo"), OPERATOR, UnknownDocumentType),
        (RegisterRequest(uuid4(), None, date(2026, 1, 1), date(2026, 1, 1)), OPERATOR, InvalidInput),
        (RegisterRequest(uuid4()), VIEWER, Forbidden),
    ],
)
async def test_what_cannot_be_exported_is_refused(
    parts: Parts, database: str, request_: RegisterRequest, viewer: Viewer, error: type[CallerError]
) -> None:
    with pytest.raises(error):
        await export_register(parts, viewer, request_)

    assert await value("SELECT count(*) FROM stored_files") == 0
