"""The files of an import: their forms, and every fault with its file, line, column and reason."""

import gzip
from pathlib import Path

import pytest

from billfold.database.connection import reading
from billfold.domain.access import OPERATOR
from billfold.domain.errors import InvalidInput
from billfold.services.imports import FileResult, ImportFailed, import_books
from tests.services.bad_cells import CELLS
from tests.services.sample_books import USAGE, append, copy_books, edit


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The sample operator's books, to be spoilt."""
    return copy_books(tmp_path)


async def refusal(books: Path) -> ImportFailed:
    """Import, and give the failure; nothing of its file may be kept."""
    with pytest.raises(ImportFailed) as caught:
        await import_books(OPERATOR, books)
    table = "usage_records" if caught.value.file.startswith("usage") else caught.value.file.split(".")[0]
    async with reading() as connection:
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608  # Our own file names.
    return caught.value


async def test_gzip_bom_and_line_ends_of_windows_are_read(database: str, books: Path) -> None:
    usage = (books / USAGE).read_text(encoding="utf-8").replace("\n", "\r\n")
    (books / USAGE).unlink()
    (books / f"{USAGE}.gz").write_bytes(gzip.compress(usage.encode("utf-8-sig")))
    clients = (books / "clients.csv").read_text(encoding="utf-8")
    (books / "clients.csv").write_text(clients, encoding="utf-8-sig")

    result = await import_books(OPERATOR, books)

    assert result.files[-1] == FileResult(f"{USAGE}.gz", 300, 300, 0, 0)
    assert result.files[3] == FileResult("clients.csv", 12, 12, 0, 0)


async def test_missing_file_is_skipped_and_a_stranger_is_ignored(database: str, books: Path) -> None:
    (books / "contacts.csv").unlink()
    (books / "statement-2026-10.txt").write_text("1CClientBankExchange")
    (books / "usage-2026-13.csv").write_text("nothing")

    result = await import_books(OPERATOR, books)

    assert "contacts.csv" not in [file.name for file in result.files]
    assert result.ignored == ("statement-2026-10.txt", "usage-2026-13.csv")


async def test_directory_without_books_is_refused(database: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no books"):
        await import_books(OPERATOR, tmp_path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        await import_books(OPERATOR, tmp_path / "nowhere")


async def test_unknown_columns_are_passed_over_in_any_order(database: str, books: Path) -> None:
    lines = (books / "services.csv").read_text(encoding="utf-8").splitlines()
    turned = [",".join(reversed(line.split(","))) for line in lines if '"' not in line and "мес" not in line]
    header = "name_en,kind,unit_okei,unit_name,name,code"
    assert turned[0] == header
    (books / "services.csv").write_text("\n".join(f"{line},x" for line in turned) + "\n", encoding="utf-8")
    for name in ("subscriptions.csv", USAGE):
        (books / name).unlink()

    result = await import_books(OPERATOR, books)

    assert result.files[2] == FileResult("services.csv", 3, 3, 0, 0)


@pytest.mark.parametrize(("file", "old", "new", "line", "column", "reason"), CELLS)
async def test_bad_cell_stops_its_file_and_says_where(
    database: str, books: Path, file: str, old: str, new: str, line: int, column: str | None, reason: str
) -> None:
    edit(books / file, old, new)

    failure = await refusal(books)

    assert (failure.file, failure.line, failure.column) == (file, line, column)
    assert reason in failure.reason
    assert failure.message.startswith(f"{file}, line {line}")
    assert failure.field == column


async def test_message_names_file_line_column_and_mend(database: str, books: Path) -> None:
    edit(books / "clients.csv", "3900000111", "3900000112")

    failure = await refusal(books)

    assert failure.message == (
        "clients.csv, line 2, column inn: ИНН 3900000112 has a wrong check digit: "
        "check it against the registration papers."
    )


async def test_lines_inside_quotes_are_counted(database: str, books: Path) -> None:
    edit(books / "clients.csv", "alatau-express,foreign", "alatau-express,alien")

    failure = await refusal(books)

    # Above it stands a client whose credential takes four lines.
    assert (failure.line, failure.column) == (15, "kind")


@pytest.mark.parametrize(
    ("content", "line", "column", "reason"),
    [
        (b"", 1, None, "the file is empty"),
        (b"client,name,role\n", 1, "email", "the header lacks this column"),
        (b"client;name;role;email\n", 1, "client", "with commas between columns"),
        (b"client,name,role,email,role\n", 1, "role", "the header names this column twice"),
        (b"client,name,role,email\nzorin,A,technical\n", 2, None, "the row has 3 cells and the header 4"),
        (b"client,name,role,email\n\n\nzorin\n", 4, None, "the row has 1 cells and the header 4"),
        (b'client,name,role,email\nzorin,"A"B",technical,a@b.example\n', 2, None, "this is not CSV"),
        (b'client,name,role,email\nzorin,"A\nB,technical,a@b.example\n', 2, None, "this is not CSV"),
        ("client,name,role,email\nzorin,Ая,technical,a@b.example\n".encode("cp1251"), 2, None, "byte 7 of the line"),
        ("client,name,role,email\n".encode("utf-16"), 1, None, "is not UTF-8"),
        (b"client,name,role,email\n" + b"z" * 1_048_577, 2, None, "longer than 1048576 bytes"),
        (b"client,name,role,email\n" + b"z" * 200_000, 2, None, "this is not CSV (field larger"),
    ],
)
async def test_bad_file_says_on_which_line(
    database: str, books: Path, content: bytes, line: int, column: str | None, reason: str
) -> None:
    (books / "contacts.csv").write_bytes(content)

    failure = await refusal(books)

    assert (failure.file, failure.line, failure.column) == ("contacts.csv", line, column)
    assert reason in failure.reason


async def test_torn_gzip_is_refused(database: str, books: Path) -> None:
    usage = books / USAGE
    (books / f"{USAGE}.gz").write_bytes(gzip.compress(usage.read_bytes())[:-2000])
    usage.unlink()

    failure = await refusal(books)

    assert failure.file == f"{USAGE}.gz"
    assert "the file cannot be read" in failure.reason


async def test_contract_number_of_two_enterprises_is_ambiguous(database: str, books: Path) -> None:
    append(books / "contracts.csv", "В-7,bukhta-roz,yantar-net,2026-01-01,,RUB,postpaid,10,0")

    failure = await refusal(books)

    assert (failure.file, failure.line, failure.column) == ("subscriptions.csv", 11, "contract")
    assert "'В-7' stands for 2 contracts of different enterprises" in failure.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "holds <script>"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "holds <image>"),
        ('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "runs something by onload"),
        (
            '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="url(http://x.example)"/></svg>',
            "runs something by fill",
        ),
        ('<!DOCTYPE svg [<!ENTITY a "a">]><svg xmlns="http://www.w3.org/2000/svg"/>', "has a DOCTYPE"),
        ("<svg", "is not SVG"),
        ("<svg/>" + " " * 300_000, "is larger than 262144 bytes"),
    ],
)
async def test_logo_is_plain_shapes(database: str, books: Path, content: str, reason: str) -> None:
    (books / "yantar.svg").write_text(content)

    failure = await refusal(books)

    assert (failure.line, failure.column) == (2, "logo")
    assert reason in failure.reason


async def test_logo_does_not_lead_out_of_the_folder(database: str, books: Path) -> None:
    (books / "yantar.svg").unlink()
    (books / "yantar.svg").symlink_to("/etc/passwd")

    failure = await refusal(books)

    assert failure.reason == "Logo yantar.svg is not there: put the file beside brands.csv."


@pytest.mark.parametrize(("width", "is_taken"), [(4000, True), (20000, False)])
async def test_png_logo_has_a_limit_of_pixels(database: str, books: Path, width: int, is_taken: bool) -> None:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + width.to_bytes(4) + width.to_bytes(4)
    (books / "yantar.png").write_bytes(head)
    edit(books / "brands.csv", "yantar.svg", "yantar.png")

    if is_taken:
        await import_books(OPERATOR, books)
    else:
        assert "not a PNG of at most 16000000 pixels" in (await refusal(books)).reason
