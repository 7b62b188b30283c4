"""The corrective tax invoice («корректировочный счёт-фактура»): how the value of an invoiced supply has changed.

It tells each corrected line before and after, and by how much it grew or fell; its own lines are the differences.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Context, Decimal

from billfold.plugin_api import (
    Budget,
    Content,
    CorrectedLine,
    DeliveryPolicy,
    Document,
    DocumentFacts,
    DocumentLine,
    DocumentRule,
    DocumentType,
    Nothing,
    NumberingRule,
    PeriodKind,
    Reset,
    Scope,
    Visibility,
    currency_words,
    hookimpl,
    net_price,
    round_amount,
    shared_series,
    total_up,
)

from .details import Change, CorrectedOriginal, Correction, CorrectiveTaxInvoiceDetails, LineState  # noqa: TID252  # The host names the package.

# A product of a price and a quantity has more digits than the usual context keeps.
_EXACT = Context(prec=100)


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: it corrects tax documents, and is numbered in their series."""
    return DocumentType(
        key="corrective-tax-invoice",
        titles={"ru": "Корректировочный счёт-фактура", "en": "Corrective invoice"},
        is_payable=False,
        period_kinds=frozenset({PeriodKind.CORRECTION}),
        corrects=frozenset({"tax-invoice", "universal-transfer"}),
        details=CorrectiveTaxInvoiceDetails,
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", scope=Scope.TYPE, reset=Reset.NEVER),
            is_visible=True,
            is_automatic=False,
            delivery=DeliveryPolicy.CLIENT,
        ),
        budget=Budget(lines=1_000, pages=300, seconds=240),
        file_names={
            "ru": "Корректировочный счёт-фактура {number} от {date}",
            "en": "Corrective invoice {number} of {date}",
        },
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a corrected line, with the differences, and its rows as details; or say why none can be made."""
    original = facts.original
    changed = [one for one in facts.corrected if _is_changed(one)]
    if original is None or not changed:
        named = f"{original.title} {original.number}" if original else "The correction"
        return Nothing("nothing_corrected", f"{named} changes no sum: correct the price or quantity of a line.")
    if (refusal := _refusal(original)) is not None:
        return refusal
    lines = tuple(_difference(place, one, facts.currency) for place, one in enumerate(changed, start=1))
    corrections = [_correction(one, facts.currency) for one in changed]
    details = CorrectiveTaxInvoiceDetails(
        original=CorrectedOriginal(
            number=original.number,
            date=original.issue_date,
            revision=original.revision,
            revised_on=original.revised_on,
        ),
        corrections=corrections,
        increase=_sum(one.increase for one in corrections),
        decrease=_sum(one.decrease for one in corrections),
        **currency_words(facts),
    )
    return Content(lines=lines, title=_title(lines, facts.locale), details=details.model_dump(mode="json"))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "corrective-tax-invoice/corrective-tax-invoice.html"


@hookimpl
def document_number_series(document: Document, rule: DocumentRule) -> str:
    """Number it along with tax invoices and universal transfer documents."""
    return shared_series("tax-invoice", document.issue_date, rule.numbering)


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides corrective invoices."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF


def _is_changed(one: CorrectedLine) -> bool:
    before, after = one.before, one.after
    return (before.net, before.tax, before.gross) != (after.net, after.tax, after.gross)


def _refusal(original: Document) -> Nothing | None:
    named = f"{original.title} {original.number}"
    if original.details.get("is_advance"):
        return Nothing(
            "advance_not_corrected",
            f"{named} is of an advance, whose value no supply has changed: void it, and issue another one.",
        )
    if original.details.get("status") == 2:
        return Nothing(
            "no_tax_document",
            f"{named} has status 2 and is no tax invoice: void it, and issue another one.",
        )
    return None


def _difference(position: int, one: CorrectedLine, currency: str) -> DocumentLine:
    """Give the difference as a line: so many units more or less at the same price, or else one of the whole sum."""
    before, after = one.before, one.after
    net, gross = after.net - before.net, after.gross - before.gross
    quantity, price = after.quantity - before.quantity, after.unit_price
    amount = gross if after.tax_included else net
    is_by_quantity = (before.unit_price, before.tax_included) == (price, after.tax_included)
    if not is_by_quantity or round_amount(_EXACT.multiply(quantity, price), currency) != amount:
        quantity, price = Decimal(1), amount
    tax = after.tax - before.tax
    return replace(after, position=position, quantity=quantity, unit_price=price, net=net, tax=tax, gross=gross)


def _correction(one: CorrectedLine, currency: str) -> Correction:
    before, after = one.before, one.after
    return Correction(
        position=before.position,
        description=before.description,
        unit=before.unit,
        unit_code=before.unit_code,
        before=_state(before, currency),
        after=_state(after, currency),
        increase=_growth(before, after),
        decrease=_growth(after, before),
    )


def _state(line: DocumentLine, currency: str) -> LineState:
    return LineState(
        quantity=line.quantity,
        price=net_price(line, currency),
        tax_rate=line.tax_rate,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
    )


def _growth(low: DocumentLine, high: DocumentLine) -> Change:
    return Change(
        net=_above_zero(high.net - low.net),
        tax=_above_zero(high.tax - low.tax),
        gross=_above_zero(high.gross - low.gross),
    )


def _above_zero(amount: Decimal) -> Decimal | None:
    return amount if amount > 0 else None


def _sum(found: Iterable[Change]) -> Change:
    changes = tuple(found)
    return Change(
        net=_above_zero(sum((one.net or Decimal(0) for one in changes), Decimal(0))),
        tax=_above_zero(sum((one.tax or Decimal(0) for one in changes), Decimal(0))),
        gross=_above_zero(sum((one.gross or Decimal(0) for one in changes), Decimal(0))),
    )


def _title(lines: tuple[DocumentLine, ...], locale: str) -> str:
    """Name what lowers the sum a credit note; in Russian both are called the same."""
    is_russian = locale.lower().startswith("ru")
    return "Credit note" if total_up(lines).gross < 0 and not is_russian else ""
