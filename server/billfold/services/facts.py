"""Facts: what plugins are told about a chunk of contracts, read in a few set-based queries, as their types need it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database.accounts import Money, accounts_of, claims_on, count_documents, documents_of, money_before
from billfold.database.document_usage import usage_totals
from billfold.database.facts import ChargedPeriod, subscribed_services
from billfold.database.parties import BilledContract, billed_contracts
from billfold.database.rules import rules_of
from billfold.domain.account import Account, Advance, advances_for
from billfold.domain.adjustments import merged
from billfold.domain.charging import Charge, ChargeKind, ServiceReference, Sold, charge_sold
from billfold.domain.corrections import differences
from billfold.domain.document import DocumentReference
from billfold.domain.errors import CallerError, LimitExceeded
from billfold.domain.money import AMOUNT_LIMIT, ZERO
from billfold.domain.payments import check_amount
from billfold.domain.periods import Period, local_date
from billfold.domain.rules import DocumentRule
from billfold.domain.subscriptions import SubscribedService
from billfold.domain.tax import EXEMPTION_GROUNDS, TaxCategory
from billfold.plugin_api.document_type import DocumentType, IssueDay, Need
from billfold.plugin_api.facts import DocumentFacts, UsageTotal
from billfold.services.charging import Charged, as_edited, charge_contracts, taxation_of
from billfold.services.drafts import Assignment, Difference


@dataclass(frozen=True, slots=True)
class FactTables:
    """What was read of the contracts of a chunk, by contract; what the type does not need is empty."""

    contracts: Mapping[UUID, BilledContract]
    rules: Mapping[UUID, DocumentRule]
    charged: Mapping[UUID, Charged | CallerError] = field(default_factory=dict)
    claims: Mapping[UUID, str] = field(default_factory=dict)
    accounts: Mapping[UUID, Account] = field(default_factory=dict)
    money: Mapping[UUID, Money] = field(default_factory=dict)
    documents: Mapping[UUID, tuple[DocumentReference, ...]] = field(default_factory=dict)
    subscriptions: Mapping[UUID, Sequence[SubscribedService]] = field(default_factory=dict)
    usage: Mapping[UUID, tuple[UsageTotal, ...]] = field(default_factory=dict)
    rivals: tuple[str, ...] = ()
    rivalry: Mapping[UUID, int] = field(default_factory=dict)


async def read_facts(
    connection: asyncpg.Connection,
    declared: DocumentType,
    assignments: Sequence[Assignment],
    now: datetime,
    *,
    rivals: tuple[str, ...] = (),
) -> FactTables:
    """Read what documents of the type need, for assignments that share one period and issue date.

    The documents of `rivals` are counted before anything else, so that whoever issues one of them later is noticed.
    """
    first, ids = assignments[0], [assignment.contract_id for assignment in assignments]
    rivalry = await count_documents(connection, ids, rivals) if rivals else {}
    period, needs = first.period, declared.needs
    issue_date = first.issue_date or _declared_day(declared, period, now.date())
    # Who is asked once more to pay is told where money is taken now; other paper names the parties as of its date.
    named_on = None if first.replaces and declared.is_payable else issue_date
    contracts = await billed_contracts(connection, ids, issue_date=named_on, now=now)
    enterprises = {contract.enterprise_id for contract in contracts.values()}
    rules = await rules_of(connection, enterprises, declared.key, declared.rule)
    charged = await charge_contracts(connection, contracts, period) if period and Need.CHARGES in needs else {}
    on = issue_date or now.date() + timedelta(days=1)
    days = period or Period(on, on + timedelta(days=1))
    return FactTables(
        contracts=contracts,
        rules=rules,
        charged=charged,
        claims=await _claims(connection, declared, charged),
        accounts=await accounts_of(connection, ids, days) if Need.ACCOUNT in needs else {},
        money=await money_before(connection, ids, days) if Need.ADVANCES in needs else {},
        documents=await documents_of(connection, ids, on, period) if Need.DOCUMENTS in needs else {},
        subscriptions=await subscribed_services(connection, ids, days) if Need.SUBSCRIPTIONS in needs else {},
        usage=await usage_totals(connection, ids, period) if period and Need.USAGE in needs else {},
        rivals=rivals,
        rivalry=rivalry,
    )


def rivals_of(declared: DocumentType, types: Iterable[DocumentType]) -> tuple[str, ...]:
    """Give the types whose documents decide what this type says: those that tell, or claim, what it does."""
    return tuple(
        sorted(
            one.key
            for one in types
            if (Need.DOCUMENTS in one.needs and Need.DOCUMENTS in declared.needs)
            or (one.is_payable and declared.is_payable and one.key != declared.key)
        )
    )


async def _claims(
    connection: asyncpg.Connection, declared: DocumentType, charged: Mapping[UUID, Charged | CallerError]
) -> dict[UUID, str]:
    """Find what claims the charges of contracts already, for a type that would claim them once more."""
    there = {one.id: contract for contract, one in charged.items() if isinstance(one, ChargedPeriod)}
    if not declared.is_payable or not there:
        return {}
    claims = await claims_on(connection, list(there), declared.key)
    return {there[period]: claim for period, claim in claims.items()}


def _declared_day(declared: DocumentType, period: Period | None, today: date) -> date | None:
    """Give the date that the type declares; None is today in the zone of each enterprise."""
    is_over = declared.issue_day is IssueDay.PERIOD_END and period is not None and period.last_day <= today
    return period.last_day if is_over and period else None


def issue_date_of(declared: DocumentType, contract: BilledContract, assignment: Assignment, now: datetime) -> date:
    """Give the date that a document bears: the one asked for, the one the type declares, or today."""
    declared_day = _declared_day(declared, assignment.period, now.date())
    return assignment.issue_date or declared_day or local_date(now, contract.timezone)


def charged_of(
    tables: FactTables, assignment: Assignment, issue_date: date
) -> tuple[tuple[Charge, ...], Charged | Difference | None]:
    """Give the charges that a document tells, and what of them is to be written. Raises what keeps them from it."""
    contract = tables.contracts[assignment.contract_id]
    if assignment.amount is not None:
        # A run asks for one amount of contracts whose currencies may have too few decimals for it.
        check_amount(assignment.amount, contract.reference.currency)
        return (_amount_charge(assignment.amount, contract, issue_date),), None
    if (correction := assignment.correction) is not None:
        currency = contract.reference.currency
        charges = differences(correction.corrected, correction.services, on=issue_date, currency=currency)
        return charges, Difference(charges)
    charged = tables.charged.get(contract.id)
    if isinstance(charged, CallerError):
        raise charged
    if charged is None or assignment.period is None:
        return (), None
    # A revision that finds its period charged finds it edited, too.
    if assignment.replaces is None or not isinstance(charged, ChargedPeriod):
        charged = as_edited(charged, assignment.edits, contract, assignment.period)
    return merged(charged.charges), charged


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
    currency = contract.reference.currency
    try:
        return charge_sold(ChargeKind.AMOUNT, sold, currency=currency)
    except LimitExceeded as error:
        # That message names a service, which an amount has not.
        raise LimitExceeded(
            f"The amount {amount:f} {currency} is more than a document may be for: ask for less than "
            f"{AMOUNT_LIMIT / 2:.0f}.",
            field="amount",
        ) from error


def facts_of(
    declared: DocumentType,
    tables: FactTables,
    assignment: Assignment,
    *,
    issue_date: date,
    charges: tuple[Charge, ...],
) -> DocumentFacts:
    """Give what the plugin is told about one document."""
    contract = tables.contracts[assignment.contract_id]
    rule, period, correction = tables.rules[contract.enterprise_id], assignment.period, assignment.correction
    terms = contract.terms.payment_terms_days if rule.payment_terms_days is None else rule.payment_terms_days
    regime = taxation_of(contract).regime(period.last_day if period else issue_date)
    grounds = EXEMPTION_GROUNDS.get(regime, {})
    return DocumentFacts(
        type=declared.key,
        locale=contract.locale,
        currency=contract.reference.currency,
        issue_date=issue_date,
        due_date=issue_date + timedelta(days=terms) if declared.is_payable else None,
        seller=contract.seller,
        buyer=contract.buyer,
        brand=contract.brand,
        contract=contract.reference,
        charges=charges,
        period=period,
        amount=assignment.amount,
        description=assignment.description,
        tax_note=grounds.get(contract.locale) or grounds.get("en", ""),
        tax_regime=regime,
        is_by_hand=assignment.is_by_hand,
        sends_statistics=contract.sends_statistics,
        terms=contract.terms,
        account=tables.accounts.get(contract.id),
        advances=_advances(tables.money.get(contract.id), charges, is_all=assignment.amount is not None),
        documents=tables.documents.get(contract.id, ()),
        subscriptions=tuple(tables.subscriptions.get(contract.id, ())),
        usage=tables.usage.get(contract.id, ()),
        original=correction.original if correction else None,
        corrected=correction.corrected if correction else (),
    )


def _advances(money: Money | None, charges: Sequence[Charge], *, is_all: bool) -> tuple[Advance, ...]:
    """Give the money that pays for the charges; of an amount, which charges nothing, all that is not spent."""
    if money is None:
        return ()
    parts = (one.amount for one in money.payments) if is_all else (charge.gross for charge in charges)
    return advances_for(money.payments, spent=money.spent, due=sum(parts, ZERO))
