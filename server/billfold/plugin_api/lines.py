"""Lines: how charges become the lines of a document, and what a payer writes into the order."""

from billfold.domain.charging import Charge, ChargeKind
from billfold.domain.document import DocumentLine, total_up
from billfold.plugin_api.facts import DocumentFacts, Nothing
from billfold.plugin_api.wording import wording, written_period


def charge_lines(facts: DocumentFacts) -> tuple[DocumentLine, ...]:
    """Give one line a charge, in the order of the charges, with the sums of the charges."""
    return tuple(
        DocumentLine(
            position=position,
            description=describe(charge, facts),
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
        for position, charge in enumerate(facts.charges, start=1)
    )


def billable_lines(facts: DocumentFacts) -> tuple[DocumentLine, ...] | Nothing:
    """Give the lines of the charges, or say why they make no document: there are none, or no money is due for them."""
    if not facts.charges:
        return Nothing("nothing_to_bill")
    lines = charge_lines(facts)
    gross = total_up(lines).gross
    if gross <= 0:
        return Nothing("zero_amount" if gross == 0 else "negative_amount")
    return lines


def describe(charge: Charge, facts: DocumentFacts) -> str:
    """Say what is charged.

    A month charged in part says so in days, because its quantity and monthly price do not multiply to its sum; usage
    that came after its period was billed says so too.
    """
    locale = facts.locale
    if charge.kind is ChargeKind.AMOUNT:
        return facts.description or wording(locale, "line.amount", contract=facts.contract.number)
    if charge.description:
        return charge.description
    parts = [charge.service.name(locale), charge.destination, written_period(charge.period, locale)]
    text = ", ".join(part for part in parts if part)
    if charge.is_late:
        return wording(locale, "line.late", text=text)
    if charge.active_days == charge.month_days:
        return text
    return wording(locale, "line.part", text=text, days=charge.active_days, of=charge.month_days)


def payment_purpose(facts: DocumentFacts, lines: tuple[DocumentLine, ...], key: str = "invoice") -> str:
    """Write what the payer puts into the order, by the text `purpose.<key>`.

    `{number}` and `{date}` stay in it; they are filled when the document is issued.
    """
    return wording(
        facts.locale,
        f"purpose.{key}",
        number="{number}",
        date="{date}",
        contract=facts.contract.number,
        vat=_vat(facts.locale, lines),
    )


def _vat(locale: str, lines: tuple[DocumentLine, ...]) -> str:
    totals = total_up(lines)
    rates = [tax.rate for tax in totals.taxes if tax.rate is not None]
    if not rates:
        return wording(locale, "purpose.without_vat")
    if len(rates) > 1:
        return wording(locale, "purpose.vat", tax=totals.tax)
    return wording(locale, "purpose.vat_rate", rate=f"{rates[0].normalize():f}", tax=totals.tax)
