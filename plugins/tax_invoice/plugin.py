"""The tax invoice («счёт-фактура»): the VAT of what was supplied over a period, or of an advance that was received."""

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
    PartyKind,
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
    shipment_papers,
    taxed_already,
    total_up,
)


class TaxInvoiceDetails(TaxDocumentDetails):
    """What the form needs beside the lines."""

    model_config = ConfigDict(json_schema_extra={"ru": {"is_advance": "Счёт-фактура на аванс, по расчётной ставке."}})

    is_advance: bool = Field(default=False, description="Whether it taxes an advance, at the computed rate.")


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: dated with the last day of its period, numbered in the series of all tax documents."""
    return DocumentType(
        key="tax-invoice",
        titles={"ru": "Счёт-фактура", "en": "Tax invoice"},
        is_payable=False,
        period_kinds=frozenset({PeriodKind.PERIOD, PeriodKind.AMOUNT}),
        needs=frozenset({Need.CHARGES, Need.ADVANCES, Need.DOCUMENTS}),
        issue_day=IssueDay.PERIOD_END,
        follows=frozenset({"invoice", "act"}),
        is_revised_once_received=True,
        details=TaxInvoiceDetails,
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", scope=Scope.TYPE, reset=Reset.NEVER),
            is_visible=True,
            is_automatic=True,
            delivery=DeliveryPolicy.CLIENT,
        ),
        budget=Budget(lines=5_000, pages=600, seconds=300, megabytes=2_048),
        file_names={"ru": "Счёт-фактура {number} от {date}", "en": "Tax invoice {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a charge and what the form says of payments and advances, or say why there is no tax invoice."""
    if (refusal := _refusal(facts)) is not None:
        return refusal
    lines = taxed_already(facts) or billable_lines(facts)
    if isinstance(lines, Nothing):
        return lines
    is_advance = facts.amount is not None
    payments = payment_papers(facts)
    if is_advance and not payments:
        return _payment_unknown()
    details = TaxInvoiceDetails(
        is_advance=is_advance,
        payments=payments,
        shipments=() if is_advance else shipment_papers(facts),
        offsets=advance_offsets(facts, total_up(lines).gross),
        **currency_words(facts),
    )
    return Content(lines=lines, details=details.model_dump(mode="json"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "tax-invoice/tax-invoice.html"


@hookimpl
def document_number_series(document: Document, rule: DocumentRule) -> str:
    """Number it along with corrective tax invoices and universal transfer documents."""
    return shared_series("tax-invoice", document.issue_date, rule.numbering)


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides tax invoices."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF


def _refusal(facts: DocumentFacts) -> Nothing | None:
    ground = no_tax_invoice_ground(facts)
    if ground:
        return Nothing(
            "seller_may_not_issue",
            f"{facts.seller.name} may not issue tax invoices: it {ground}. Issue an act or a universal transfer "
            "document, or mend the enterprise's kind or tax regime.",
        )
    if facts.buyer.kind is PartyKind.PERSON and not facts.is_by_hand:
        return Nothing(
            "buyer_is_a_person",
            f"{facts.buyer.name} is a person, who needs no tax invoice: ask for this one by hand if it is wanted.",
        )
    return None


def _payment_unknown() -> Nothing:
    return Nothing(
        "payment_unknown",
        "The payment order of the advance is unknown, which line 5 must name: enter the payment, or name the order "
        "in the description, such as «п/п № 77 от 05.10.2026».",
    )
