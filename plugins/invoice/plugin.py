"""The invoice («счёт на оплату»): what a contract owes for a period, or an amount asked for by hand."""

from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from billfold.plugin_api import (
    Account,
    Attachment,
    AttachmentFacts,
    Budget,
    Content,
    DeliveryPolicy,
    Document,
    DocumentFacts,
    DocumentRule,
    DocumentType,
    EntryKind,
    Need,
    Nothing,
    NumberingRule,
    PeriodKind,
    Reset,
    Visibility,
    billable_lines,
    hookimpl,
    payment_purpose,
    round_amount,
    total_up,
    usage_tables,
    wording,
)

_MONEY = frozenset({EntryKind.PAYMENT, EntryKind.REFUND})


class AccountSummary(BaseModel):
    """How the account of the contract stands with this invoice; sums in the invoice's currency."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "opening": "Сальдо на начало периода: выше нуля — деньги клиента.",
                "charged": "Начислено этим счётом.",
                "corrected": "Корректировки за период.",
                "paid": "Оплачено за период, за вычетом возвратов.",
                "to_pay": "Осталось оплатить.",
                "left": "Остаток денег клиента.",
            }
        }
    )

    opening: Decimal = Field(description="The balance at the start of the period: above zero it is the client's money.")
    charged: Decimal = Field(description="What this invoice charges.")
    corrected: Decimal = Field(description="Corrections in the period: above zero they raise what is owed.")
    paid: Decimal = Field(description="What was paid in the period, less what was refunded.")
    to_pay: Decimal = Field(description="What is left to pay; 0 where the client's money covers it.")
    left: Decimal = Field(default=Decimal(0), description="What is left of the client's money; 0 where there is none.")


class InvoiceDetails(BaseModel):
    """What an invoice says beside its lines."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {"account": "Состояние лицевого счёта.", "has_statistics": "Приложена ли детализация периода."}
        }
    )

    account: AccountSummary | None = Field(
        default=None, description="The account; None where there is nothing to tell beside this invoice."
    )
    has_statistics: bool = Field(default=False, description="Whether the usage of the period goes with it, as files.")


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: payable, numbered on and on, made by schedule and mailed to the client."""
    return DocumentType(
        key="invoice",
        titles={"ru": "Счёт на оплату", "en": "Invoice"},
        is_payable=True,
        is_revised_once_received=True,
        period_kinds=frozenset({PeriodKind.PERIOD, PeriodKind.AMOUNT}),
        needs=frozenset({Need.CHARGES, Need.ACCOUNT}),
        details=InvoiceDetails,
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", reset=Reset.NEVER),
            is_visible=True,
            is_automatic=True,
            delivery=DeliveryPolicy.CLIENT,
        ),
        budget=Budget(lines=5_000, pages=600, seconds=300, megabytes=2_048),
        file_names={"ru": "Счёт {number} от {date}", "en": "Invoice {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a charge, in the order of the charges; nothing where there is nothing above zero to pay.

    An amount asked for by hand is asked for before the service: its title says so.
    """
    lines = billable_lines(facts)
    if isinstance(lines, Nothing):
        return lines
    details = InvoiceDetails(
        account=_summary(facts.account, total_up(lines).gross, facts.currency)
        if facts.account and facts.period
        else None,
        has_statistics=facts.sends_statistics and facts.period is not None,
    )
    return Content(
        lines=lines,
        payment_purpose=payment_purpose(facts, lines),
        title=wording(facts.locale, "title.prepayment_invoice") if facts.amount is not None else "",
        details=details.model_dump(mode="json"),
    )


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "invoice/invoice.html"


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides invoices."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF


@hookimpl
def document_attachments(document: Document, facts: AttachmentFacts) -> Sequence[Attachment] | None:
    """Give the usage of the period as tables, to a client that takes statistics."""
    return usage_tables(document, facts) if document.details.get("has_statistics") else None


def _summary(account: Account, charged: Decimal, currency: str) -> AccountSummary | None:
    """Sum the account up; None where it was at 0 and nobody paid, so that the invoice alone says it all.

    What else was charged in the period is the same money as this invoice's, and does not count twice.
    """
    paid = -sum((entry.amount for entry in account.entries if entry.kind in _MONEY), Decimal(0))
    corrected = sum((entry.amount for entry in account.entries if entry.kind is EntryKind.CORRECTION), Decimal(0))
    if account.opening == 0 and paid == 0:
        return None
    owed = charged + corrected - account.opening - paid
    return AccountSummary(
        opening=round_amount(account.opening, currency),
        charged=round_amount(charged, currency),
        corrected=round_amount(corrected, currency),
        paid=round_amount(paid, currency),
        to_pay=round_amount(max(owed, Decimal(0)), currency),
        left=round_amount(max(-owed, Decimal(0)), currency),
    )
