"""The invoice («счёт на оплату»): what a contract owes for a period, or an amount asked for by hand."""

from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date

from billfold.plugin_api import (
    Charge,
    ChargeKind,
    Content,
    DeliveryPolicy,
    DocumentFacts,
    DocumentLine,
    DocumentRule,
    DocumentType,
    Nothing,
    NumberingRule,
    Period,
    PeriodKind,
    Reset,
    Visibility,
    hookimpl,
    total_up,
)


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: payable, numbered on and on, made by schedule and mailed to the client."""
    return DocumentType(
        key="invoice",
        titles={"ru": "Счёт на оплату", "en": "Invoice"},
        is_payable=True,
        period_kinds=frozenset({PeriodKind.PERIOD, PeriodKind.AMOUNT}),
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", reset=Reset.NEVER),
            is_visible=True,
            is_automatic=True,
            delivery=DeliveryPolicy.CLIENT,
        ),
        file_names={"ru": "Счёт {number} от {date}", "en": "Invoice {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a charge, in the order of the charges; nothing where there is nothing above zero to pay."""
    if not facts.charges:
        return Nothing("nothing_to_bill")
    lines = tuple(_line(facts, position, charge) for position, charge in enumerate(facts.charges, start=1))
    gross = total_up(lines).gross
    if gross <= 0:
        return Nothing("zero_amount" if gross == 0 else "negative_amount")
    return Content(lines=lines, payment_purpose=_payment_purpose(facts, lines))


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "invoice/invoice.html"


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides invoices."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF


def _line(facts: DocumentFacts, position: int, charge: Charge) -> DocumentLine:
    return DocumentLine(
        position=position,
        description=_description(facts, charge),
        quantity=charge.quantity,
        unit=charge.service.unit_name(facts.locale),
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


def _description(facts: DocumentFacts, charge: Charge) -> str:
    """Say what is charged.

    A month charged in part says so in days, because its quantity and monthly price do not multiply to its sum; usage
    that came after its period was billed says so too.
    """
    if charge.kind is ChargeKind.AMOUNT:
        return facts.description or _amount_description(facts)
    if charge.description:
        return charge.description
    parts = [charge.service.name(facts.locale), charge.destination, _period(charge.period, facts.locale)]
    text = ", ".join(part for part in parts if part)
    if charge.is_late:
        return f"{text} ({'прошлый период' if _is_russian(facts.locale) else 'past period'})"
    if charge.active_days == charge.month_days:
        return text
    share = "из {} дн." if _is_russian(facts.locale) else "of {} days"
    return f"{text} ({charge.active_days} {share.format(charge.month_days)})"


def _amount_description(facts: DocumentFacts) -> str:
    if _is_russian(facts.locale):
        return f"Оплата услуг по договору № {facts.contract.number}"
    return f"Payment for services under contract No. {facts.contract.number}"


def _period(period: Period, locale: str) -> str:
    """Write a whole month by its name, one day by its date, anything else by its first and last day."""
    if period.start.day == 1 and period.until == _next_month(period.start):
        return format_date(period.start, "LLLL y 'г'." if _is_russian(locale) else "LLLL y", _babel_locale(locale))
    days = [period.start, period.last_day] if period.days > 1 else [period.start]
    style = "dd.MM.yyyy" if _is_russian(locale) else "d MMM y"
    return "–".join(format_date(day, style, _babel_locale(locale)) for day in days)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _payment_purpose(facts: DocumentFacts, lines: tuple[DocumentLine, ...]) -> str:
    """Write what the payer puts into the order; `{number}` and `{date}` are filled when the document is issued."""
    if _is_russian(facts.locale):
        return f"Оплата по счёту № {{number}} от {{date}}, договор № {facts.contract.number}, {_vat_ru(lines)}"
    return f"Payment of invoice No. {{number}} of {{date}}, contract No. {facts.contract.number}, {_vat_en(lines)}"


def _vat_ru(lines: tuple[DocumentLine, ...]) -> str:
    rates, tax = _taxed(lines)
    return f"в т.ч. НДС{_single(rates)} {tax}" if rates else "НДС не облагается"


def _vat_en(lines: tuple[DocumentLine, ...]) -> str:
    rates, tax = _taxed(lines)
    return f"incl. VAT{_single(rates)} {tax}" if rates else "VAT not charged"


def _taxed(lines: tuple[DocumentLine, ...]) -> tuple[list[Decimal], Decimal]:
    totals = total_up(lines)
    return [tax.rate for tax in totals.taxes if tax.rate is not None], totals.tax


def _single(rates: list[Decimal]) -> str:
    return f" {rates[0].normalize():f}%" if len(rates) == 1 else ""


def _is_russian(locale: str) -> bool:
    return locale.lower().startswith("ru")


def _babel_locale(locale: str) -> str:
    return "ru" if _is_russian(locale) else "en_GB"
