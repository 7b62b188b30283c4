"""Importing books: what is kept, what counts as changed, what may be repeated."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from billfold.database.clients import ClientRow
from billfold.database.connection import reading, writing
from billfold.database.staging import take_import_lock
from billfold.domain.access import OPERATOR, ROLE_SCOPES, Role, Viewer
from billfold.domain.errors import Conflict, Forbidden
from billfold.services.imports import FileResult, ImportFailed, ImportResult, import_books
from tests.services.sample_books import SAMPLE, USAGE, append, copy_books, edit


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The sample operator's books, to be edited."""
    return copy_books(tmp_path)


def changes(result: ImportResult) -> dict[str, tuple[int, int]]:
    """Give (added, changed) of the files that did anything."""
    return {file.name: (file.added, file.changed) for file in result.files if file.added or file.changed}


async def fetch(query: str) -> list[asyncpg.Record]:
    async with reading() as connection:
        return list(await connection.fetch(query))


async def count(table: str) -> int:
    return int((await fetch(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608  # The tests' own literals.


async def test_sample_is_imported_whole(database: str) -> None:
    told: list[FileResult] = []

    result = await import_books(OPERATOR, SAMPLE, progress=told.append)

    assert [(file.name, file.rows, file.added) for file in result.files] == [
        ("brands.csv", 2, 2),
        ("enterprises.csv", 3, 3),
        ("services.csv", 8, 8),
        ("clients.csv", 12, 12),
        ("contacts.csv", 10, 10),
        ("contracts.csv", 14, 14),
        ("subscriptions.csv", 16, 16),
        ("usage-2026-10.csv", 300, 300),
    ]
    assert told == list(result.files)
    assert result.ignored == ()


async def test_second_import_changes_nothing(database: str) -> None:
    await import_books(OPERATOR, SAMPLE)
    before = await fetch("SELECT xmin, * FROM clients ORDER BY code")

    result = await import_books(OPERATOR, SAMPLE)

    assert changes(result) == {}
    assert all(file.unchanged == file.rows for file in result.files)
    assert await fetch("SELECT xmin, * FROM clients ORDER BY code") == before


async def test_values_arrive_as_they_were_written(database: str) -> None:
    await import_books(OPERATOR, SAMPLE)

    client = await ClientRow.get(code="fjordlight").prefetch_related("enterprise")
    assert (client.name, client.kind, client.locale, client.enterprise.code) == (
        "Fjordlight AS",
        "foreign",
        "en",
        "kittiwake-msg",
    )
    assert client.credential.startswith("Fjordlight AS\nOrg. no.")
    contracts = await fetch("SELECT number, currency, valid_to FROM contracts WHERE number LIKE 'KW-2002%'")
    assert [tuple(row) for row in contracts] == [("KW-2002", "USD", None)]
    used = (await fetch("SELECT * FROM usage_records WHERE external_id = 'oct26-0002'"))[0]
    assert (used["source"], used["unit_price"], used["tax_included"]) == ("import", Decimal("0.0345"), False)
    assert used["destination"] == "საქართველო, ბათუმი"
    assert used["occurred_at"].isoformat() == "2026-10-01T06:38:38+00:00"


async def test_changed_row_is_changed_and_the_others_are_not(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    edit(books / "clients.csv", "zorin@workshop.example", "kirill@workshop.example")

    result = await import_books(OPERATOR, books)

    assert changes(result) == {"clients.csv": (0, 1)}
    assert (await ClientRow.get(code="zorin")).email == "kirill@workshop.example"


async def test_tax_regime_holds_since_ever_and_later_ones_stay(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    async with writing() as connection:
        await connection.execute(
            "INSERT INTO tax_regimes SELECT gen_random_uuid(), '2027-01-01', 'usn-exempt', id FROM enterprises "
            "WHERE code = 'yantar-net'"
        )
    edit(books / "enterprises.csv", "Ветрова Н. О.,,usn-exempt", "Ветрова Н. О.,,vat")

    result = await import_books(OPERATOR, books)

    assert changes(result) == {"enterprises.csv": (0, 1)}
    regimes = await fetch(
        "SELECT code, valid_from, regime FROM tax_regimes JOIN enterprises e ON e.id = enterprise_id "
        "WHERE code <> 'kittiwake-msg' ORDER BY code, valid_from"
    )
    assert [tuple(row) for row in regimes] == [
        ("vetrova", date(1900, 1, 1), "vat"),
        ("yantar-net", date(1900, 1, 1), "vat"),
        ("yantar-net", date(2027, 1, 1), "usn-exempt"),
    ]


async def test_subscriptions_with_one_start_both_count(database: str, books: Path) -> None:
    append(books / "subscriptions.csv", "Я-101,fiber-300,2024-03-12,,1900.00,true,1")
    await import_books(OPERATOR, books)

    result = await import_books(OPERATOR, books)

    assert changes(result) == {}
    rows = await fetch("SELECT ordinal FROM subscriptions WHERE started_on = '2024-03-12' ORDER BY ordinal")
    assert [row["ordinal"] for row in rows] == [1, 2]


async def test_usage_with_a_known_external_id_counts_once_and_is_kept(database: str, books: Path) -> None:
    again = "oct26-0001,Я-102-Т,voice-out,2026-10-01T08:19:10+02:00,999,9.99,true,Россия,1"
    append(books / USAGE, again)
    first = await import_books(OPERATOR, books)
    shutil.copy(books / USAGE, books / "usage-2026-11.csv")

    second = await import_books(OPERATOR, books)

    assert first.files[-1] == FileResult(USAGE, 301, 300, 0, 1)
    assert second.files[-1] == FileResult("usage-2026-11.csv", 301, 0, 0, 301)
    kept = await fetch("SELECT quantity, unit_price FROM usage_records WHERE external_id = 'oct26-0001'")
    assert [tuple(row) for row in kept] == [(Decimal(9), Decimal("1.75"))]


async def test_usage_may_be_corrected_by_a_negative_quantity(database: str, books: Path) -> None:
    append(books / USAGE, "fix-1,Я-102-Т,voice-out,2026-10-31T23:59:59+02:00,-2.5,0.00000000001,true,,")

    await import_books(OPERATOR, books)

    used = await fetch("SELECT quantity, unit_price FROM usage_records WHERE external_id = 'fix-1'")
    assert [tuple(row) for row in used] == [(Decimal("-2.5"), Decimal("0.00000000001"))]


async def test_file_without_optional_columns_leaves_them_as_they_are(database: str, books: Path) -> None:
    await import_books(OPERATOR, books)
    (books / "brands.csv").write_text(
        "code,name,currency,email,phone,website,mail_subject,mail_signature\nyantar,Янтарь,RUB,,,,,\n", encoding="utf-8"
    )
    (books / "services.csv").write_text(
        "code,name,unit_name,unit_okei,kind\nstatic-ip,IP,мес,362,subscription\n", encoding="utf-8"
    )

    result = await import_books(OPERATOR, books)

    assert changes(result) == {"brands.csv": (0, 1), "services.csv": (0, 1)}
    brand = (await fetch("SELECT logo, accent_color FROM brands WHERE code = 'yantar'"))[0]
    assert brand["logo"].startswith("data:image/svg+xml;base64,PHN2Zy")
    assert brand["accent_color"] == "#b45309"
    names = await fetch("SELECT name, names->>'en' AS en FROM services WHERE code = 'static-ip'")
    assert tuple(names[0]) == ("IP", "Static IP address")


async def test_row_repeated_word_for_word_counts_once(database: str, books: Path) -> None:
    append(books / "contacts.csv", "zorin,Кирилл Зорин,technical,zorin@workshop.example")

    result = await import_books(OPERATOR, books)

    assert result.files[4] == FileResult("contacts.csv", 11, 10, 0, 1)


async def test_bad_file_keeps_nothing_and_the_files_before_stay(database: str, books: Path) -> None:
    append(books / "contracts.csv", "Я-999,zorin,vetrova,2026-01-01,,RUB,sometimes,10,0")

    with pytest.raises(ImportFailed):
        await import_books(OPERATOR, books)

    assert await count("contracts") == 0
    assert await count("clients") == 12


@pytest.mark.parametrize(
    "viewer",
    [
        Viewer(name="viewer", scopes=ROLE_SCOPES[Role.VIEWER], role=Role.VIEWER),
        Viewer(name="client", scopes=frozenset()),
    ],
    ids=["viewer", "client"],
)
async def test_import_without_the_scope_writes_nothing(database: str, viewer: Viewer) -> None:
    with pytest.raises(Forbidden, match="books:write"):
        await import_books(viewer, SAMPLE)

    assert await count("brands") == 0


async def test_manager_may_import(database: str) -> None:
    manager = Viewer(name="manager", scopes=ROLE_SCOPES[Role.MANAGER], role=Role.MANAGER)

    result = await import_books(manager, SAMPLE)

    assert len(result.files) == 8


async def test_two_imports_do_not_run_at_once(database: str) -> None:
    async with reading() as connection, connection.transaction():
        await take_import_lock(connection)

        with pytest.raises(Conflict, match="Another import is under way"):
            await import_books(OPERATOR, SAMPLE)
