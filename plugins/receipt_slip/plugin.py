"""The payment slip («квитанция», of the ПД-4 kind): what a person takes to a bank to pay what a contract owes."""

from billfold.plugin_api import (
    Content,
    DeliveryPolicy,
    DocumentFacts,
    DocumentRule,
    DocumentType,
    Need,
    Nothing,
    NumberingRule,
    PartyKind,
    PeriodKind,
    Reset,
    Visibility,
    billable_lines,
    hookimpl,
    payment_purpose,
)


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: payable, numbered on and on, made where somebody asks for it, and mailed to the client."""
    return DocumentType(
        key="receipt-slip",
        titles={"ru": "Квитанция", "en": "Payment slip"},
        is_payable=True,
        period_kinds=frozenset({PeriodKind.PERIOD, PeriodKind.AMOUNT}),
        needs=frozenset({Need.CHARGES}),
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", reset=Reset.NEVER),
            is_visible=True,
            delivery=DeliveryPolicy.CLIENT,
        ),
        file_names={"ru": "Квитанция {number} от {date}", "en": "Payment slip {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a charge, in the order of the charges; only for a person who has something above zero to pay."""
    if facts.buyer.kind is not PartyKind.PERSON:
        return Nothing(
            "buyer_is_no_person",
            f"{facts.buyer.name} is not a person, and a payment slip is for persons: make an invoice.",
        )
    lines = billable_lines(facts)
    if isinstance(lines, Nothing):
        return lines
    return Content(lines=lines, payment_purpose=payment_purpose(facts, lines, "contract"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "receipt-slip/receipt-slip.html"


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides slips."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF
