"""Commands that make paper and issue nothing: previews of documents and copies of issued ones."""

from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry import ID, field
from strawberry.scalars import JSON

from billfold.domain import document as values
from billfold.domain.access import Scope
from billfold.domain.money import round_amount
from billfold.domain.periods import Period as Days
from billfold.schema.context import Info
from billfold.schema.document_types import DocumentType
from billfold.schema.manager.commands.asked import AskedDocumentInput, assignment_of
from billfold.schema.manager.documents import DocumentLine
from billfold.schema.manager.inputs import INPUT, key_of
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, DecimalText
from billfold.schema.values import Money, Period, TaxLine, Totals
from billfold.services import document_previews


@strawberry.type(description="A document as it would be issued: no number is drawn, and nothing is charged.")
class DocumentPreview:
    type: DocumentType = field(description="The document type.")
    title: str = field(description="The title, as it would be printed.")
    issue_date: DateText = field(description="The date on the paper.")
    due_date: DateText | None = field(description="The last day to pay; null for a type that is not paid.")
    period: Period | None = field(description="The days that it is for.")
    totals: Totals = field(description="The sums.")
    lines: list[DocumentLine] = field(description="The table, in order.")
    details: JSON = field(description="What the document type adds, after its details schema.")
    html: str = field(description="The paper as one page for a browser, marked as a draft.")
    pdf_url: str = field(description="Where the PDF is, marked as a draft, with the same bearer token; for a day.")


@strawberry.type(description="The paper of an issued document, marked as a copy.")
class DocumentCopy:
    pdf_url: str = field(description="Where the PDF is, with the same bearer token; for a day.")


@strawberry.input(description="Which document to print once more.")
class CopyDocumentInput:
    document: ID = field(description="The document.")


PreviewResult = Annotated[
    DocumentPreview | Problem,
    strawberry.union("DocumentPreviewResult", description="The preview, or why nothing would be issued."),
]
CopyResult = Annotated[
    DocumentCopy | Problem, strawberry.union("DocumentCopyResult", description="The copy, or why there is none.")
]


@strawberry.type
class PreviewCommands:
    """The commands that print and issue nothing."""

    @resolver("Show what would be issued: sums, lines and paper marked as a draft. No number is drawn.")
    async def preview_document(self, info: Info, input: Annotated[AskedDocumentInput, INPUT]) -> PreviewResult:
        context = info.context
        # Before anything is looked up: who may not ask is told nothing of what is there.
        context.viewer.require(Scope.DOCUMENTS_ISSUE)
        assignment = await assignment_of(info, input)
        found = await document_previews.preview(context.parts, context.viewer, assignment)
        return preview_of(info, found)

    @resolver("Print an issued document once more, marked as a copy; the document stays as it is.")
    async def copy_document(self, info: Info, input: Annotated[CopyDocumentInput, INPUT]) -> CopyResult:
        context = info.context
        document_id = key_of("document", input.document, "document")
        file_id = await document_previews.copy(context.parts, context.viewer, document_id)
        return DocumentCopy(pdf_url=f"/files/file_{file_id}")


def preview_of(info: Info, found: document_previews.DocumentPreview) -> DocumentPreview:
    """Show a printed preview as the face does."""
    document = found.document
    return DocumentPreview(
        type=info.context.document_types[document.type],
        title=document.title,
        issue_date=DateText(f"{document.issue_date}"),
        due_date=DateText(f"{document.due_date}") if document.due_date else None,
        period=_period(document.period),
        totals=_totals(document.totals, document.currency),
        lines=[_line(line, document.currency) for line in document.lines],
        details=JSON(document.details),
        html=found.html,
        pdf_url=f"/files/file_{found.file_id}",
    )


def _line(line: values.DocumentLine, currency: str) -> DocumentLine:
    return DocumentLine(
        position=line.position,
        description=line.description,
        quantity=DecimalText(f"{line.quantity:f}"),
        unit=line.unit or None,
        unit_price=DecimalText(f"{line.unit_price:f}"),
        net=_money(line.net, currency),
        tax_rate=_rate(line.tax_rate),
        tax=_money(line.tax, currency),
        gross=_money(line.gross, currency),
        period=_period(line.period),
    )


def _totals(totals: values.Totals, currency: str) -> Totals:
    return Totals(
        net=_money(totals.net, currency),
        tax=_money(totals.tax, currency),
        gross=_money(totals.gross, currency),
        taxes=[
            TaxLine(rate=_rate(tax.rate), net=_money(tax.net, currency), tax=_money(tax.tax, currency))
            for tax in totals.taxes
        ],
    )


def _period(days: Days | None) -> Period | None:
    return Period(from_=DateText(f"{days.start}"), until=DateText(f"{days.until}")) if days else None


def _rate(rate: Decimal | None) -> DecimalText | None:
    return None if rate is None else DecimalText(f"{rate:f}")


def _money(amount: Decimal, currency: str) -> Money:
    return Money(amount=DecimalText(f"{round_amount(amount, currency):f}"), currency=currency)
