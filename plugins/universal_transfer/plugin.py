"""The universal transfer document («УПД»): a tax invoice and an act in one, or with status 2 the act alone."""

from typing import Literal

from pydantic import ConfigDict, Field

from billfold.plugin_api import (
    Budget,
    Content,
    DeliveryPolicy,
    Document,
    DocumentFacts,
    DocumentRule,
    DocumentType,
    IssueDay,
    Need,
    Nothing,
    NumberingRule,
    PeriodKind,
    Reset,
    Scope,
    TaxDocumentDetails,
    Visibility,
    advance_offsets,
    billable_lines,
    currency_words,
    hookimpl,
    no_tax_invoice_ground,
    payment_papers,
    shared_series,
    taxed_already,
    total_up,
)


class UniversalTransferDetails(TaxDocumentDetails):
    """What the form needs beside the lines; its own number and date are the document of the supply."""

    model_config = ConfigDict(json_schema_extra={"ru": {"status": "1 — счёт-фактура и акт; 2 — только акт."}})

    status: Literal[1, 2] = Field(default=1, description="1: tax invoice and act; 2: act only, of who charges no VAT.")


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: dated with the last day of its period, numbered in the series of all tax documents."""
    return DocumentType(
        key="universal-transfer",
        titles={"ru": "Универсальный передаточный документ", "en": "Universal transfer document"},
        is_payable=False,
        period_kinds=frozenset({PeriodKind.PERIOD}),
        needs=frozenset({Need.CHARGES, Need.ADVANCES, Need.DOCUMENTS}),
        issue_day=IssueDay.PERIOD_END,
        follows=frozenset({"invoice", "act"}),
        is_revised_once_received=True,
        details=UniversalTransferDetails,
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", scope=Scope.TYPE, reset=Reset.NEVER),
            is_visible=True,
            delivery=DeliveryPolicy.CLIENT,
        ),
        budget=Budget(lines=5_000, pages=600, seconds=300, megabytes=2_048),
        file_names={"ru": "УПД {number} от {date}", "en": "Universal transfer {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a charge; who charges VAT says of payments and advances what a tax invoice says."""
    lines = taxed_already(facts) or billable_lines(facts)
    if isinstance(lines, Nothing):
        return lines
    currency = currency_words(facts)
    if no_tax_invoice_ground(facts):
        details = UniversalTransferDetails(status=2, **currency)
    else:
        details = UniversalTransferDetails(
            status=1,
            payments=payment_papers(facts),
            offsets=advance_offsets(facts, total_up(lines).gross),
            **currency,
        )
    return Content(lines=lines, details=details.model_dump(mode="json"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "universal-transfer/universal-transfer.html"


@hookimpl
def document_number_series(document: Document, rule: DocumentRule) -> str:
    """Number it along with tax invoices, whichever its status, so that no number comes twice."""
    return shared_series("tax-invoice", document.issue_date, rule.numbering)


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides these documents."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF
