"""The reconciliation statement («акт сверки взаимных расчётов»): every change of a contract's account over a period."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from billfold.plugin_api import (
    Account,
    AccountEntry,
    Budget,
    Content,
    DeliveryPolicy,
    DocumentFacts,
    DocumentReference,
    DocumentRule,
    DocumentType,
    EntryKind,
    IssueDay,
    Need,
    Nothing,
    NumberingRule,
    Period,
    PeriodKind,
    Reset,
    Visibility,
    hookimpl,
    round_amount,
    wording,
    written_period,
)

# Which document names a charge best: the one by which the service was accepted.
_BEST_FIRST = ("universal-transfer", "act")


class Balance(BaseModel):
    """A sum on one side of the account, in the seller's books; the other side is empty, unless it is 0 on both."""

    model_config = ConfigDict(
        json_schema_extra={"ru": {"debit": "Задолженность клиента.", "credit": "Задолженность исполнителя."}}
    )

    debit: Decimal | None = Field(default=None, description="What the client owes.")
    credit: Decimal | None = Field(default=None, description="What the seller owes.")


class ReconciliationRow(Balance):
    """One change of the account."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "position": "Номер строки, с 1.",
                "on": "День операции.",
                "operation": "Документ, оплата, возврат или услуги за период.",
                "debit": "Дебет.",
                "credit": "Кредит.",
            }
        }
    )

    position: int = Field(description="The number of the row, from 1.")
    on: date = Field(description="The day of the operation.")
    operation: str = Field(description="What it was: a document, a payment, a refund, or services of a period.")


class ReconciliationDetails(BaseModel):
    """The account over the period, in the seller's books."""

    model_config = ConfigDict(
        json_schema_extra={
            "ru": {
                "opening": "Сальдо на начало периода.",
                "rows": "Операции по порядку дней.",
                "turnover": "Обороты за период.",
                "closing": "Сальдо на конец периода.",
            }
        }
    )

    opening: Balance = Field(default_factory=Balance, description="The balance at the start of the period.")
    rows: list[ReconciliationRow] = Field(default_factory=list, description="The changes, in the order of days.")
    turnover: Balance = Field(default_factory=Balance, description="The sums of both columns.")
    closing: Balance = Field(default_factory=Balance, description="The balance at the end of the period.")


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: it asks for no money, and bears the last day of its period."""
    return DocumentType(
        key="reconciliation",
        titles={"ru": "Акт сверки взаимных расчётов", "en": "Reconciliation statement"},
        is_payable=False,
        period_kinds=frozenset({PeriodKind.PERIOD}),
        needs=frozenset({Need.ACCOUNT}),
        issue_day=IssueDay.PERIOD_END,
        details=ReconciliationDetails,
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", reset=Reset.NEVER),
            is_visible=True,
            delivery=DeliveryPolicy.CLIENT,
        ),
        budget=Budget(pages=600, seconds=300, megabytes=2_048),
        file_names={"ru": "Акт сверки {number} от {date}", "en": "Reconciliation statement {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give the account as details, without lines; in a run, nothing where the account stood at 0 and did not move."""
    account = facts.account or Account(Decimal(0))
    if not account.entries and account.opening == 0 and not facts.is_by_hand:
        return Nothing(
            "nothing_to_reconcile",
            f"Nothing was charged or paid under contract {facts.contract.number}: ask for another period.",
        )
    details = ReconciliationDetails(
        opening=_balance(account.opening, facts.currency),
        rows=[_row(position, entry, facts) for position, entry in enumerate(account.entries, start=1)],
        turnover=Balance(
            debit=round_amount(account.debit, facts.currency), credit=round_amount(account.credit, facts.currency)
        ),
        closing=_balance(account.closing, facts.currency),
    )
    return Content(lines=(), details=details.model_dump(mode="json"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "reconciliation/reconciliation.html"


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides these statements."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF


def _balance(held: Decimal, currency: str) -> Balance:
    """Put what the contract holds on its side: the client's money is the seller's credit."""
    amount = round_amount(abs(held), currency)
    return Balance(debit=amount if held <= 0 else None, credit=amount if held >= 0 else None)


def _row(position: int, entry: AccountEntry, facts: DocumentFacts) -> ReconciliationRow:
    balance = _balance(-entry.amount, facts.currency)
    return ReconciliationRow(
        position=position,
        on=entry.on,
        operation=_operation(entry, facts.locale),
        debit=balance.debit,
        credit=balance.credit,
    )


def _operation(entry: AccountEntry, locale: str) -> str:
    if entry.kind in {EntryKind.PAYMENT, EntryKind.REFUND}:
        key = entry.kind.value if entry.reference else f"{entry.kind.value}_plain"
        return wording(locale, f"reconciliation.{key}", reference=entry.reference, date=_written(entry.on))
    if entry.documents:
        best = min(entry.documents, key=_rank)
        return wording(
            locale,
            "reconciliation.document",
            title=best.title,
            number=best.number,
            date=_written(best.issue_date),
        )
    if entry.kind is EntryKind.CORRECTION:
        return wording(locale, "reconciliation.correction")
    return wording(locale, "reconciliation.charge", period=written_period(_month(entry.on), locale))


def _rank(document: DocumentReference) -> int:
    return _BEST_FIRST.index(document.type) if document.type in _BEST_FIRST else len(_BEST_FIRST)


def _written(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _month(day: date) -> Period:
    """Give the month of a day; a charge is of the month on whose day it stands."""
    first = day.replace(day=1)
    return Period(first, date(first.year + first.month // 12, first.month % 12 + 1, 1))
