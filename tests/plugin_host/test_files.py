"""Files: attachments and exports come through checked, row by row, and a fault is told by its plugin's name."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billfold.domain.document import Document
from billfold.domain.errors import InvalidInput, PluginFailed
from billfold.domain.lifecycle import FileKind
from billfold.plugin_api.facts import AttachmentFacts, UsageRecord
from billfold.plugin_api.files import Attachment, ExportedFile, Refused, Table
from billfold.plugin_host import load_plugins
from tests.factories import make_document
from tests.plugin_host.plugin_texts import ACT, HEAD, WritePlugin, act, refusal

FACTS = AttachmentFacts(timezone="Europe/Moscow", usage_count=0, usage=lambda: iter(()))
TABLE = "Table(TableFormat.CSV, 'Usage', (Column('When'), Column('Sum')), {rows})"
FILE = "Attachment(FileKind.STATISTICS, {name!r}, 'text/csv', {content})"


def attaching(answer: str) -> str:
    return act(
        document_attachments=f"@hookimpl\ndef document_attachments(document, facts):\n    return {answer}\n",
    )


def exporting(body: str, declared: str = "ExportFormat('ledger', {'en': 'Ledger', 'ru': 'Книга'})") -> str:
    return (
        f"{HEAD}@hookimpl\ndef export_formats():\n    return ({declared},)\n\n"
        f"@hookimpl\ndef export_documents(format, documents):\n{body}"
    )


def told(call: Callable[[], object]) -> str:
    with pytest.raises(PluginFailed) as caught:
        call()
    return caught.value.message


def attachments(write: WritePlugin, answer: str, facts: AttachmentFacts = FACTS) -> tuple[Attachment, ...]:
    return load_plugins([write("acts", attaching(answer))]).attachments(ACT, facts)


def rows(attachment: Attachment) -> list[Any]:
    assert isinstance(attachment.content, Table)
    return list(attachment.content.rows)


def test_without_the_hook_there_are_no_attachments(write: WritePlugin) -> None:
    assert load_plugins([write("acts", act())]).attachments(ACT, FACTS) == ()


def test_attachments_come_through(write: WritePlugin) -> None:
    (given,) = attachments(write, f"[{FILE.format(name='Детализация 2026-10.csv', content=b'a;b')}]")

    assert given == Attachment(FileKind.STATISTICS, "Детализация 2026-10.csv", "text/csv", b"a;b")


def test_rows_are_made_while_they_are_taken(write: WritePlugin) -> None:
    table = TABLE.format(rows="((one.used_at, one.amount) for one in facts.usage())")
    record = UsageRecord(datetime(2026, 10, 1, tzinfo=UTC), None, "", Decimal(1), None, False, Decimal(7), "1")  # type: ignore[arg-type]
    facts = AttachmentFacts(timezone="UTC", usage_count=1_000, usage=lambda: iter([record] * 1_000))

    (given,) = attachments(write, f"({FILE.format(name='usage.csv', content=table)},)", facts)

    assert rows(given) == [(datetime(2026, 10, 1, tzinfo=UTC), Decimal(7))] * 1_000


def test_a_failure_of_reading_usage_is_not_the_plugins(write: WritePlugin) -> None:
    def usage() -> Iterator[UsageRecord]:
        raise ConnectionError
        yield

    table = TABLE.format(rows="((one.used_at, one.amount) for one in facts.usage())")
    facts = AttachmentFacts(timezone="UTC", usage_count=1, usage=usage)
    (given,) = attachments(write, f"({FILE.format(name='usage.csv', content=table)},)", facts)

    with pytest.raises(ConnectionError):
        rows(given)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("[(1,)]", "table 'Usage' has a row that has not 2 cells."),
        ("['ab']", "table 'Usage' has a row that has not 2 cells."),
        ("[(1, 2.5)]", "table 'Usage' has a cell that is float: give text, Decimal, int, date, datetime or None."),
        ("[(1, True)]", "table 'Usage' has a cell that is bool: give text, Decimal, int, date, datetime or None."),
        ("[(1, 'x' * 32_768)]", "table 'Usage' has a cell that is longer than 32767 characters."),
        ("[(1, type(total_up(()).net)('NaN'))]", "table 'Usage' has a cell that is no number."),
        ("(1 / 0 for _ in '1')", "document_attachments raised ZeroDivisionError: division by zero"),
        ("None", "document_attachments raised TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_a_faulty_row_is_told(write: WritePlugin, made: str, reason: str) -> None:
    (given,) = attachments(write, f"({FILE.format(name='usage.csv', content=TABLE.format(rows=made))},)")

    assert told(lambda: rows(given)) == f"Plugin acts: {reason}"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("7", "something else than a tuple of Attachment."),
        ("('usage.csv',)", "something else than a tuple of Attachment."),
        (f"({FILE.format(name='a.csv', content=b'')},) * 21", "21 files: 20 are the limit, so join some."),
        (f"({FILE.format(name='a.csv', content=b'')},) * 2", "two files of one name: name them apart."),
        (f"({FILE.format(name='../a.csv', content=b'')},)", "a file named '../a.csv', which holds a sign that files "),
        (f"({FILE.format(name='a' * 200 + '.csv', content=b'')},)", f"a file named '{'a' * 200}', which is longer"),
        (f"({FILE.format(name='usage', content=b'')},)", "a file named 'usage', which has no suffix or no stem."),
        (f"({FILE.format(name=' a.csv', content=b'')},)", "a file named ' a.csv', which begins or ends with a space."),
        (f"({FILE.format(name='a.csv', content=7)},)", "'a.csv' with a content that is int."),
        ("(Attachment(FileKind.PDF, 'a.pdf', 'application/pdf', b''),)", "a file of the kind <FileKind.PDF: 'PDF'>: "),
        ("(Attachment(FileKind.XML, 'a.xml', 'xml', b''),)", "'a.xml' of the media type 'xml': give one such as "),
        ("(Attachment(FileKind.XML, 7, 'text/xml', b''),)", "a file named '7', which is int, and not str."),
        (
            "(Attachment(FileKind.XML, 'a.csv', 'text/csv', Table(TableFormat.CSV, 'T', [], [])),)",
            "'a.csv', a table whose columns are no tuple of Column.",
        ),
        (
            "(Attachment(FileKind.XML, 'a.csv', 'text/csv', Table('csv', 'T', (Column('A'),), [])),)",
            "'a.csv', a table whose format is no TableFormat or whose titles are no text.",
        ),
        ("(Attachment(FileKind.XML, 'a.pdf', 'application/pdf', Paper('a.html', None)),)", "'a.pdf', which is paper w"),
    ],
)
def test_a_faulty_attachment_is_told(write: WritePlugin, answer: str, reason: str) -> None:
    message = told(lambda: attachments(write, answer))

    assert message.startswith(f"Plugin acts: document_attachments gave {reason}")


def test_an_export_is_made_while_it_is_taken(write: WritePlugin) -> None:
    body = (
        "    for one in documents:\n"
        "        if one.number == '2':\n            yield Refused(one, 'It is the second.')\n            continue\n"
        "        yield ExportedFile(one.number + '.txt', 'text/plain', one.title.encode())\n"
    )
    host = load_plugins([write("ledger", exporting(body))])
    second = make_document(number="2")
    read: list[Document] = []

    def documents() -> Iterator[Document]:
        for one in (make_document(number="1"), second, make_document(number="3")):
            read.append(one)
            yield one

    given = host.export("ledger", documents())
    first = next(given)
    was_read = len(read)

    assert first == ExportedFile("1.txt", "text/plain", "Счёт на оплату".encode())
    assert was_read == 1
    assert next(given) == Refused(second, "It is the second.")
    assert len(list(given)) == 1


def test_formats_are_known_by_their_keys(write: WritePlugin) -> None:
    host = load_plugins([write("ledger", exporting("    return ()\n"))])

    plugin, declared = host.export_formats["ledger"]

    assert (plugin.name, declared.titles["ru"]) == ("ledger", "Книга")


def test_an_unknown_format_is_told_with_the_known_ones(write: WritePlugin) -> None:
    host = load_plugins([write("ledger", exporting("    return ()\n"))])

    with pytest.raises(InvalidInput) as caught:
        host.export("xml", [])

    assert caught.value.message == "Export format 'xml' is unknown: installed are ledger."


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("    return 7\n", "gave int, and not Iterable."),
        ("    return None\n", "gave NoneType, and not Iterable."),
        ("    yield 'file'\n", "gave str, and neither ExportedFile nor Refused."),
        ("    yield Refused(None, 'No.')\n", "gave a Refused without its document or its reason: give both."),
        ("    yield Refused(next(iter(documents)), '')\n", "gave a Refused without its document or its reason: give"),
        ("    yield ExportedFile('a', 'text/plain', b'')\n", "gave a file named 'a', which has no suffix or no stem."),
        ("    yield ExportedFile('a.pdf', 'a/b', HybridPdf(None, b''))\n", "gave 'a.pdf', which is paper without a"),
        (
            "    yield ExportedFile('a.pdf', 'a/b', HybridPdf(next(iter(documents)), ''))\n",
            "gave 'a.pdf', whose xml is str, and not bytes.",
        ),
        (
            "    yield ExportedFile('a.txt', 'text/plain', b'', document='x')\n",
            "gave str, and not billfold.domain.document",
        ),
        ("    next(iter(documents))\n    1 / 0\n    yield\n", "raised ZeroDivisionError: division by zero"),
    ],
)
def test_a_faulty_export_is_told(write: WritePlugin, body: str, reason: str) -> None:
    host = load_plugins([write("ledger", exporting(body))])

    message = told(lambda: list(host.export("ledger", [make_document()])))

    assert message.startswith(f"Plugin ledger: export_documents {reason}")


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("7", "Plugin ledger cannot start: Plugin ledger: export_formats gave something else than a tuple of Export"),
        ("ExportFormat('Ledger', {})", "Plugin ledger declares the export format 'Ledger': use lower-case words "),
        (
            "ExportFormat('ledger', {'en': 'L'})",
            "Plugin ledger declares the export format 'ledger' without a title in ru",
        ),
        ("ExportFormat('ledger', 'L')", "Plugin ledger declares an export format with titles 'L': give a Mapping."),
        (
            "ExportFormat('ledger', {'en': 'L', 'ru': 'К'}, types=frozenset({'An act'}))",
            "Plugin ledger declares the export format 'ledger' for the type 'An act': name keys of document types.",
        ),
        ("1 / 0", "Plugin ledger cannot start: Plugin ledger: export_formats raised ZeroDivisionError"),
    ],
)
def test_a_faulty_declaration_of_a_format_is_refused(write: WritePlugin, declared: str, message: str) -> None:
    assert refusal(write("ledger", exporting("    return ()\n", declared))).startswith(message)


def test_two_plugins_for_one_format_are_refused(write: WritePlugin) -> None:
    write("ledger", exporting("    return ()\n"))

    message = refusal(write("more", exporting("    return ()\n")))

    assert message == "Export format 'ledger' is declared by plugins ledger and more: remove one."


@pytest.mark.parametrize(("there", "lacking"), [("export_formats", "documents"), ("export_documents", "formats")])
def test_one_hook_of_an_export_without_the_other_is_refused(write: WritePlugin, there: str, lacking: str) -> None:
    directory: Path = write("ledger", f"{HEAD}@hookimpl\ndef {there}():\n    return ()\n")

    assert refusal(directory) == f"Plugin ledger has {there} but lacks export_{lacking}: add it as a @hookimpl."
