"""Composing: from facts to drafts, without a number and without a write; a broken plugin or template fails here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database.connection import reading
from billfold.database.parties import BilledContract, billed_contracts
from billfold.database.rules import rules_of
from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold
from billfold.domain.document import Document, DocumentStatus, total_up
from billfold.domain.errors import CallerError, TemplateFailed
from billfold.domain.ids import new_id
from billfold.domain.money import ZERO
from billfold.domain.periods import Period, local_date
from billfold.domain.rules import DocumentRule
from billfold.domain.snapshot import to_json
from billfold.domain.tax import EXEMPTION_GROUNDS, TaxCategory
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import Content, DocumentFacts, Nothing
from billfold.rendering.press import PrintOrder
from billfold.services.charging import Charged, charge_contracts, taxation_of
from billfold.services.drafts import Assignment, Composed, Draft, Failed, Skipped
from billfold.services.parts import Parts
from billfold.services.validating import check_parties


async def compose(
    parts: Parts, type: str, assignments: Sequence[Assignment], *, with_trial: bool = True
) -> list[Composed]:
    """Compose the documents of one type, for assignments that share one period and issue date; the order is kept.

    Reads in a few set-based queries, asks the plugin, and with `with_trial` fills every template once, so that
    whatever is broken fails before a number is drawn. Writes nothing. May be repeated.
    """
    document_type = parts.plugins.document_type(type)
    async with reading() as connection:
        tables = await _read(parts, connection, document_type, assignments)
    composed = [_compose_one(parts, document_type, tables, assignment) for assignment in assignments]
    return await _tried(parts, document_type, composed) if with_trial else composed


@dataclass(frozen=True, slots=True)
class _Tables:
    contracts: Mapping[UUID, BilledContract]
    charged: Mapping[UUID, Charged | CallerError]
    rules: Mapping[UUID, DocumentRule]


async def _read(
    parts: Parts, connection: asyncpg.Connection, document_type: DocumentType, assignments: Sequence[Assignment]
) -> _Tables:
    first, period = assignments[0], assignments[0].period
    ids = [assignment.contract_id for assignment in assignments]
    contracts = await billed_contracts(connection, ids, issue_date=first.issue_date, now=parts.clock.now())
    charged = await charge_contracts(connection, contracts, period) if period else {}
    enterprises = {contract.enterprise_id for contract in contracts.values()}
    rules = await rules_of(connection, enterprises, document_type.key, document_type.rule)
    return _Tables(contracts, charged, rules)


def _compose_one(parts: Parts, document_type: DocumentType, tables: _Tables, assignment: Assignment) -> Composed:
    contract = tables.contracts[assignment.contract_id]
    rule = tables.rules[contract.enterprise_id]
    issue_date = assignment.issue_date or local_date(parts.clock.now(), contract.timezone)
    charged = tables.charged.get(contract.id)
    if isinstance(charged, CallerError):
        return Failed(assignment, charged)
    charges = charged.charges if charged else ()
    try:
        if assignment.amount is not None:
            charges = (_amount_charge(assignment.amount, contract, issue_date),)
        facts = _facts(document_type, contract, assignment, rule=rule, issue_date=issue_date, charges=charges)
        content = parts.plugins.content(facts)
        if isinstance(content, Nothing):
            return Skipped(assignment, content.reason, contract, _settled(charged))
        check_parties(contract)
        draft = Draft(
            assignment=assignment,
            contract=contract,
            document=(document := _document(document_type, facts, content)),
            rule=rule,
            template=rule.template or parts.plugins.template(document),
            visibility=parts.plugins.visibility(document, rule),
            charged=charged if charges and assignment.period else None,
        )
        # A plugin that cannot number its document must say so now, not inside the issuing transaction.
        parts.plugins.series(document, rule, draft.numbered)
        parts.plugins.number(document, rule, draft.numbered, rule.numbering.start)
        return draft
    except CallerError as error:
        return Failed(assignment, error)


def _settled(charged: Charged | None) -> Charged | None:
    """Give charges that come to nothing: no document tells them, but their period is through."""
    is_nought = charged and charged.charges and sum((charge.gross for charge in charged.charges), ZERO) == 0
    return charged if is_nought else None


def _amount_charge(amount: Decimal, contract: BilledContract, issue_date: date) -> Charge:
    """Charge an amount asked for by hand, tax included, as of the day of the document."""
    sold = Sold(
        service=ServiceReference("", {"": ""}, "", ""),
        period=Period(issue_date, issue_date + timedelta(days=1)),
        quantity=Decimal(1),
        unit_price=amount,
        tax_included=True,
        tax_rate=taxation_of(contract).rate(TaxCategory.STANDARD, issue_date),
    )
    return charge_sold(ChargeKind.AMOUNT, sold, currency=contract.reference.currency)


def _facts(
    document_type: DocumentType,
    contract: BilledContract,
    assignment: Assignment,
    *,
    rule: DocumentRule,
    issue_date: date,
    charges: tuple[Charge, ...],
) -> DocumentFacts:
    terms = contract.payment_terms_days if rule.payment_terms_days is None else rule.payment_terms_days
    supplied_on = assignment.period.last_day if assignment.period else issue_date
    grounds = EXEMPTION_GROUNDS.get(taxation_of(contract).regime(supplied_on), {})
    return DocumentFacts(
        type=document_type.key,
        locale=contract.locale,
        currency=contract.reference.currency,
        issue_date=issue_date,
        due_date=issue_date + timedelta(days=terms) if document_type.is_payable else None,
        seller=contract.seller,
        buyer=contract.buyer,
        brand=contract.brand,
        contract=contract.reference,
        charges=charges,
        period=assignment.period,
        amount=assignment.amount,
        description=assignment.description,
        tax_note=grounds.get(contract.locale) or grounds.get("en", ""),
    )


def _document(document_type: DocumentType, facts: DocumentFacts, content: Content) -> Document:
    return Document(
        id=str(new_id()),
        type=document_type.key,
        title=content.title or document_type.title(facts.locale),
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
        status=DocumentStatus.DRAFT,
        is_payable=document_type.is_payable,
        payment_purpose=content.payment_purpose,
        tax_note=facts.tax_note,
        details=dict(content.details),
    )


async def _tried(parts: Parts, document_type: DocumentType, composed: list[Composed]) -> list[Composed]:
    drafts = [draft for draft in composed if isinstance(draft, Draft)]
    orders = [PrintOrder(to_json(draft.document), draft.template, document_type.budget) for draft in drafts]
    verdicts = await parts.press.trial(orders) if orders else []
    broken: dict[int, TemplateFailed] = {
        id(draft): verdict for draft, verdict in zip(drafts, verdicts, strict=True) if verdict is not None
    }
    return [Failed(one.assignment, broken[id(one)]) if id(one) in broken else one for one in composed]
