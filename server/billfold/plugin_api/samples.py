"""Samples: made-up facts and documents of any type, to try a plugin's hooks and its template on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from billfold.domain.account import Account, AccountEntry, Advance, EntryKind
from billfold.domain.charging import Charge, ChargeKind
from billfold.domain.document import (
    CorrectedLine,
    Document,
    DocumentLine,
    DocumentReference,
    DocumentStatus,
    TaxRegime,
    total_up,
)
from billfold.plugin_api.document_type import DocumentType, IssueDay, Need, PeriodKind
from billfold.plugin_api.facts import AttachmentFacts, Content, DocumentFacts, UsageRecord
from billfold.plugin_api.lines import charge_lines
from billfold.plugin_api.sample_charges import (
    CALLS,
    SAMPLE_PERIOD,
    amount_charge,
    sample_charges,
    sample_subscriptions,
    sample_usage,
)
from billfold.plugin_api.sample_parties import SAMPLE_BRAND, SAMPLE_CONTRACT, sample_buyer, sample_seller

_ID = "00000000-0000-7000-8000-00000000000{}"
_AMOUNT = Decimal("12200.00")


def sample_document(declared: DocumentType, locale: str = "en", *, lines: int = 1) -> Document:
    """Give a document of the type between invented parties; it has no number and no details."""
    facts = sample_facts(replace(declared, period_kinds=frozenset({PeriodKind.PERIOD})), locale, lines=lines)
    charged = charge_lines(replace(facts, charges=sample_charges(lines)))
    return document_of(declared, replace(facts, due_date=date(2026, 11, 11)), Content(lines=charged))


def sample_facts(
    declared: DocumentType, locale: str = "en", *, lines: int = 1, kind: PeriodKind | None = None
) -> DocumentFacts:
    """Give the facts of a document of the type for October 2026, with all that the type needs, `lines` times.

    `kind` is what is asked for, by default a period where the type is made by one. For anything else take
    `dataclasses.replace`. The same arguments give the same facts.
    """
    kind = kind or next(one for one in PeriodKind if one in declared.period_kinds)
    is_period_end = kind is PeriodKind.PERIOD and declared.issue_day is IssueDay.PERIOD_END
    issue_date = SAMPLE_PERIOD.last_day if is_period_end else SAMPLE_PERIOD.until
    facts = DocumentFacts(
        type=declared.key,
        locale=locale,
        currency="RUB",
        issue_date=issue_date,
        due_date=issue_date + timedelta(days=10) if declared.is_payable else None,
        seller=sample_seller(),
        buyer=sample_buyer(),
        brand=SAMPLE_BRAND,
        contract=SAMPLE_CONTRACT,
        charges=(),
        tax_regime=TaxRegime.VAT,
        is_by_hand=True,
    )
    return _needed(declared, _asked_for(declared, facts, kind, lines), lines)


def document_of(declared: DocumentType, facts: DocumentFacts, content: Content) -> Document:
    """Give the draft that is made of facts and content, with an id of its own and no number."""
    original = facts.original
    return Document(
        id=_ID.format(0),
        type=declared.key,
        title=content.title or declared.title(facts.locale),
        locale=facts.locale,
        currency=facts.currency,
        issue_date=facts.issue_date,
        due_date=facts.due_date,
        period=facts.period,
        seller=facts.seller,
        buyer=facts.buyer,
        brand=facts.brand,
        contract=facts.contract,
        lines=content.lines,
        totals=total_up(content.lines),
        is_payable=declared.is_payable,
        payment_purpose=content.payment_purpose,
        tax_note=facts.tax_note,
        details=dict(content.details),
        original=_reference(original) if original else None,
        corrected=facts.corrected,
    )


def sample_attachment_facts(records: int = 3) -> AttachmentFacts:
    """Give the usage that attachments are made of: so many records of October 2026, in Moscow."""

    def usage() -> Iterator[UsageRecord]:
        zone, first = ZoneInfo("Europe/Moscow"), datetime(2026, 10, 1, 6, tzinfo=UTC)
        for index in range(records):
            price = None if index % 5 == 4 else Decimal("2.4045")
            yield UsageRecord(
                used_at=(first + timedelta(minutes=17 * (index % 2_500))).astimezone(zone),
                service=CALLS,
                destination="Казань",
                quantity=Decimal("1.5"),
                unit_price=price,
                tax_included=False,
                amount=price and price * Decimal("1.5"),
                external_id=f"sample-{index + 1}",
                is_late=index % 7 == 6,
            )

    return AttachmentFacts(timezone="Europe/Moscow", usage_count=records, usage=usage)


def _asked_for(declared: DocumentType, facts: DocumentFacts, kind: PeriodKind, lines: int) -> DocumentFacts:
    if kind is PeriodKind.AMOUNT:
        charge = amount_charge(_AMOUNT, facts.issue_date, facts.currency)
        return replace(facts, amount=_AMOUNT, charges=(charge,))
    if kind is PeriodKind.CORRECTION:
        return _correction(declared, facts, lines)
    if kind is PeriodKind.PERIOD:
        charges = sample_charges(lines) if Need.CHARGES in declared.needs else ()
        return replace(facts, period=SAMPLE_PERIOD, charges=charges)
    return facts


def _needed(declared: DocumentType, facts: DocumentFacts, lines: int) -> DocumentFacts:
    needs = declared.needs
    return replace(
        facts,
        account=_account(lines) if Need.ACCOUNT in needs else None,
        advances=(Advance("118", date(2026, 9, 28), _AMOUNT),) if Need.ADVANCES in needs else (),
        documents=(_paid_for("invoice", 1), _paid_for("act", 2)) if Need.DOCUMENTS in needs else (),
        subscriptions=sample_subscriptions(lines) if Need.SUBSCRIPTIONS in needs else (),
        usage=sample_usage(lines) if Need.USAGE in needs else (),
    )


def _correction(declared: DocumentType, facts: DocumentFacts, lines: int) -> DocumentFacts:
    """Correct an invented document: of each line half the quantity was not delivered after all."""
    type = sorted(declared.corrects)[0] if declared.corrects else "invoice"
    charges = tuple(_of_two(charge) for charge in sample_charges(1) * lines)
    billed = replace(facts, charges=charges, period=SAMPLE_PERIOD)
    before = charge_lines(billed)
    corrected = tuple(CorrectedLine(line, _halved(line)) for line in before)
    original = replace(
        document_of(declared, billed, Content(lines=before)),
        id=_ID.format(9),
        type=type,
        number="41",
        status=DocumentStatus.ISSUED,
    )
    differences = tuple(
        replace(
            charge, kind=ChargeKind.CORRECTION, quantity=Decimal(-1), net=-half.net, tax=-half.tax, gross=-half.gross
        )
        for charge, half in zip(charges, sample_charges(1) * lines, strict=True)
    )
    return replace(facts, charges=differences, original=original, corrected=corrected)


def _of_two(charge: Charge) -> Charge:
    return replace(charge, quantity=Decimal(2), net=2 * charge.net, tax=2 * charge.tax, gross=2 * charge.gross)


def _halved(line: DocumentLine) -> DocumentLine:
    return replace(line, quantity=Decimal(1), net=line.net / 2, tax=line.tax / 2, gross=line.gross / 2)


def _account(months: int) -> Account:
    entries = [
        AccountEntry(EntryKind.CHARGE, SAMPLE_PERIOD.last_day, _AMOUNT, documents=(_paid_for("act", 2),)),
        AccountEntry(EntryKind.PAYMENT, date(2026, 10, 12), Decimal("-10000.00"), reference="118"),
        AccountEntry(EntryKind.REFUND, date(2026, 10, 20), Decimal("500.00"), reference="12"),
        AccountEntry(EntryKind.CORRECTION, date(2026, 10, 25), Decimal("-610.00")),
    ]
    listed = sorted((entries[index % len(entries)] for index in range(months)), key=lambda entry: entry.on)
    return Account(opening=Decimal("-1500.00"), entries=tuple(listed))


def _paid_for(type: str, index: int) -> DocumentReference:
    return DocumentReference(
        id=_ID.format(index),
        type=type,
        title={"act": "Акт"}.get(type, "Счёт на оплату"),
        number=str(40 + index),
        issue_date=date(2026, 10, index),
        net=Decimal("10000.00"),
        tax=Decimal("2200.00"),
        gross=_AMOUNT,
        period=SAMPLE_PERIOD,
    )


def _reference(document: Document) -> DocumentReference:
    return DocumentReference(
        id=document.id,
        type=document.type,
        title=document.title,
        number=document.number,
        issue_date=document.issue_date,
        net=document.totals.net,
        tax=document.totals.tax,
        gross=document.totals.gross,
        period=document.period,
        details=document.details,
    )
