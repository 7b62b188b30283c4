"""The usage statement («расшифровка услуг»): what a client used in a month, by service and destination."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pydantic import BaseModel, Field

from billfold.plugin_api import (
    Attachment,
    AttachmentFacts,
    Charge,
    ChargeKind,
    Column,
    Content,
    Document,
    DocumentFacts,
    DocumentLine,
    DocumentRule,
    DocumentType,
    ExportedFile,
    ExportFormat,
    FileKind,
    Nothing,
    NumberingRule,
    Refused,
    Reset,
    Table,
    TableFormat,
    Visibility,
    hookimpl,
)


# -- start details --
class Row(BaseModel):
    """One line of the statement: `share` is its part of the whole in percent, as it is drawn."""

    service: str = Field(description="What was used.", json_schema_extra={"ru": "Услуга."})
    destination: str = Field(description="Where it went.", json_schema_extra={"ru": "Направление."})
    share: int = Field(description="Its part of the whole, in percent.", json_schema_extra={"ru": "Доля, %."})


class UsageDetails(BaseModel):
    """What a usage statement says beyond its lines: a row each, in the same order."""

    rows: list[Row] = Field(description="A row a line.", json_schema_extra={"ru": "Строки."})


# -- end details --
# -- start declaration --
@hookimpl
def document_type() -> DocumentType:
    """Declare the type: it asks for no money, and every month has numbers of its own."""
    return DocumentType(
        key="usage-statement",
        titles={"en": "Usage statement", "ru": "Расшифровка услуг"},
        is_payable=False,
        details=UsageDetails,
        rule=DocumentRule(numbering=NumberingRule(mask="{YYYY}-{MM}/{N:03}", reset=Reset.MONTH)),
        file_names={"en": "Usage statement {number}", "ru": "Расшифровка услуг {number}"},
    )


# -- end declaration --
@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a measured charge; nothing where the client used nothing that is measured."""
    used = [charge for charge in facts.charges if charge.kind is ChargeKind.USAGE]
    if not used:
        return Nothing("no_usage")
    lines = tuple(_line(facts, position, charge) for position, charge in enumerate(used, start=1))
    whole = sum(charge.gross for charge in used)
    rows = [_row(facts, charge, whole) for charge in used]
    return Content(lines=lines, details=UsageDetails(rows=rows).model_dump(mode="json"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "usage-statement/usage-statement.html"


# -- start numbers --
@hookimpl
def document_number_series(document: Document) -> str | None:
    """Count the statements of a month together: the month that they tell of, not the month of their date."""
    return f"usage-statement:{document.period.start:%Y-%m}" if document.period else None


@hookimpl
def document_number(document: Document, counter: int) -> str | None:
    """Write the month and the counter, such as `2026-10/007`."""
    return f"{document.period.start:%Y-%m}/{counter:03}" if document.period else None


# -- end numbers --
# -- start visibility --
@hookimpl
def document_visibility(document: Document, rule: DocumentRule) -> Visibility:
    """Show it to the client, but for statements of free services, which would only puzzle."""
    return Visibility.CLIENT if rule.is_visible and document.totals.gross > 0 else Visibility.STAFF


# -- end visibility --
# -- start attachments --
@hookimpl
def document_attachments(document: Document, facts: AttachmentFacts) -> tuple[Attachment, ...]:
    """Give every single use as a CSV file, row by row; no file where nothing was used."""
    if not facts.usage_count:
        return ()
    is_russian = document.locale == "ru"
    titles = ("Когда", "Направление", "Количество") if is_russian else ("When", "Destination", "Quantity")
    table = Table(
        format=TableFormat.CSV,
        title=document.title,
        columns=tuple(Column(title) for title in titles),
        rows=((one.used_at, one.destination, one.quantity) for one in facts.usage()),
    )
    name = f"{'Детализация' if is_russian else 'Usage'} {document.number.replace('/', '-')}.csv"
    return (Attachment(FileKind.STATISTICS, name, "text/csv", table),)


# -- end attachments --
# -- start export --
@hookimpl
def export_formats() -> tuple[ExportFormat, ...]:
    """Declare the ledger: all statements in one table."""
    return (
        ExportFormat(
            key="usage-ledger",
            titles={"en": "Ledger of usage statements (CSV)", "ru": "Реестр расшифровок (CSV)"},
            types=frozenset({"usage-statement"}),
        ),
    )


@hookimpl
def export_documents(documents: Iterable[Document]) -> Iterator[ExportedFile | Refused]:
    """Write a row a statement; those in other currencies than roubles are for another ledger."""
    rows: list[tuple[str, str, Decimal]] = []
    for document in documents:
        if document.currency == "RUB":
            rows.append((document.number, document.buyer.name, document.totals.gross))
        else:
            yield Refused(document, "The ledger is kept in RUB: choose statements of contracts in RUB.")
    columns = (Column("Number"), Column("Client", width=40), Column("Sum"))
    yield ExportedFile("ledger.csv", "text/csv", Table(TableFormat.CSV, "Ledger", columns, rows))


# -- end export --
def _line(facts: DocumentFacts, position: int, charge: Charge) -> DocumentLine:
    return DocumentLine(
        position=position,
        description=", ".join(part for part in (charge.service.name(facts.locale), charge.destination) if part),
        quantity=charge.quantity,
        unit=charge.service.unit,
        unit_code=charge.service.unit_code,
        unit_price=charge.unit_price,
        tax_included=charge.tax_included,
        tax_rate=charge.tax_rate,
        net=charge.net,
        tax=charge.tax,
        gross=charge.gross,
        period=charge.period,
        service=charge.service.code,
    )


def _row(facts: DocumentFacts, charge: Charge, whole: Decimal | int) -> Row:
    share = round(100 * charge.gross / whole) if whole > 0 else 0
    return Row(service=charge.service.name(facts.locale), destination=charge.destination, share=share)
