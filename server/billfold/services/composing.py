"""Composing: from facts to drafts, without a number and without a write; a broken plugin or template fails here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from billfold.database.parking import PARKED
from billfold.database.parties import BilledContract
from billfold.domain.charging import Charge
from billfold.domain.document import Document, DocumentReference, DocumentStatus, Party, Totals, total_up
from billfold.domain.errors import CallerError, Conflict, TemplateFailed
from billfold.domain.ids import new_id
from billfold.domain.money import ZERO, round_amount
from billfold.domain.rules import DocumentRule
from billfold.domain.snapshot import content_digest, sums_digest, to_json
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import Content, DocumentFacts, Nothing
from billfold.rendering.press import PrintOrder
from billfold.services.charging import Charged
from billfold.services.drafts import Assignment, Composed, Difference, Draft, Failed, Skipped
from billfold.services.facts import FactTables, charged_of, facts_of, issue_date_of, read_facts, rivals_of
from billfold.services.parts import Parts
from billfold.services.replacing import books_for
from billfold.services.validating import check_parties


async def compose(
    parts: Parts, type: str, assignments: Sequence[Assignment], *, with_trial: bool = True
) -> list[Composed]:
    """Compose the documents of one type, for assignments that share one period and issue date; the order is kept.

    Reads in a few set-based queries, asks the plugin, and with `with_trial` fills every template once, so that
    whatever is broken fails before a number is drawn. Writes nothing. May be repeated.
    """
    declared, now = parts.plugins.document_type(type), parts.clock.now()
    rivals = rivals_of(declared, parts.plugins.document_types.values())
    async with books_for(parts, assignments) as connection:
        tables = await read_facts(connection, declared, assignments, now, rivals=rivals)
    composed = [_compose_one(parts, declared, tables, assignment, now) for assignment in assignments]
    return await _tried(parts, declared, composed) if with_trial else composed


def _compose_one(
    parts: Parts, declared: DocumentType, tables: FactTables, assignment: Assignment, now: datetime
) -> Composed:
    contract = tables.contracts[assignment.contract_id]
    if contract.is_parked and not assignment.is_by_hand:
        return Skipped(assignment, PARKED, contract)
    issue_date = issue_date_of(declared, contract, assignment, now)
    try:
        charges, charged = charged_of(tables, assignment, issue_date)
        if (claim := tables.claims.get(contract.id)) is not None:
            message = f"These charges are claimed by {claim} already: void that first."
            return Skipped(assignment, "claimed_already", contract, message=message)
        facts = facts_of(declared, tables, assignment, issue_date=issue_date, charges=charges)
        content = parts.plugins.content(facts)
        if isinstance(content, Nothing):
            settled = _settled(assignment, charged, charges)
            return Skipped(assignment, content.reason, contract, settled, content.message)
        check_parties(contract)
        return _draft(parts, declared, tables, assignment, (facts, content, charged))
    except CallerError as error:
        return Failed(assignment, error)


def _draft(
    parts: Parts,
    declared: DocumentType,
    tables: FactTables,
    assignment: Assignment,
    made: tuple[DocumentFacts, Content, Charged | Difference | None],
) -> Draft:
    facts, content, charged = made
    contract: BilledContract = tables.contracts[assignment.contract_id]
    rule = tables.rules[contract.enterprise_id]
    document = _revised(_document(declared, facts, content, rule, id=assignment.document_id), assignment)
    _check_foreseen(assignment, document)
    draft = Draft(
        assignment=assignment,
        contract=contract,
        document=document,
        rule=rule,
        template=rule.template or parts.plugins.template(document),
        visibility=parts.plugins.visibility(document, rule),
        charged=charged if facts.charges else None,
        rivals=tables.rivals,
        rivalry=tables.rivalry.get(contract.id, 0),
    )
    # A plugin that cannot number its document must say so now, not inside the issuing transaction.
    parts.plugins.series(document, rule, draft.numbered)
    parts.plugins.number(document, rule, draft.numbered, rule.numbering.start)
    return draft


def _check_foreseen(assignment: Assignment, document: Document) -> None:
    """Refuse what is not what was shown of it before: of a draft what it says, of a plan what it comes to."""
    told = sums_digest if assignment.run_id else content_digest
    if assignment.foreseen and told(document) != assignment.foreseen:
        totals = document.totals
        mend = "retry the run to issue it so" if assignment.run_id else "look at it again"
        raise Conflict(
            f"What the document says has changed since it was shown, and is {totals.gross:f} {document.currency} now: "
            f"{mend}."
        )


def _settled(assignment: Assignment, charged: Charged | Difference | None, charges: Sequence[Charge]) -> Charged | None:
    """Give charges that come to nothing: no document tells them, but their period is through.

    Those of a draft are not: nobody has seen them.
    """
    is_nought = charges and assignment.edits is None and sum((charge.gross for charge in charges), ZERO) == 0
    return charged if is_nought and not isinstance(charged, Difference) else None


def _document(
    declared: DocumentType, facts: DocumentFacts, content: Content, rule: DocumentRule, *, id: UUID | None
) -> Document:
    return Document(
        id=str(id or new_id()),
        type=declared.key,
        title=content.title or declared.title(facts.locale),
        locale=facts.locale,
        currency=facts.currency,
        issue_date=facts.issue_date,
        due_date=facts.due_date,
        period=facts.period,
        seller=facts.seller if rule.prints_facsimile else _without_pictures(facts.seller),
        buyer=facts.buyer,
        brand=facts.brand,
        contract=facts.contract,
        lines=content.lines,
        totals=total_up(content.lines) if content.lines else _nought(facts.currency),
        status=DocumentStatus.DRAFT,
        is_payable=declared.is_payable,
        payment_purpose=content.payment_purpose,
        tax_note=facts.tax_note,
        details=dict(content.details),
        original=_reference(facts.original) if facts.original else None,
        corrected=facts.corrected,
    )


def _revised(document: Document, assignment: Assignment) -> Document:
    """Let a revision say which one it is, and of which day; a document that replaces none stays as it is."""
    if (replaces := assignment.replaces) is None:
        return document
    return replace(document, revision=replaces.revision, revised_on=replaces.revised_on)


def _nought(currency: str) -> Totals:
    """Give the sums of a document without lines, with the decimals of its currency."""
    nought = round_amount(ZERO, currency)
    return Totals(nought, nought, nought)


def _without_pictures(seller: Party) -> Party:
    """Leave out the pictures of signatures and stamp, which the rule does not print."""
    return replace(
        seller,
        stamp="",
        director=replace(seller.director, signature="") if seller.director else None,
        accountant=replace(seller.accountant, signature="") if seller.accountant else None,
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
        revision=document.revision,
        revised_on=document.revised_on,
    )


async def _tried(parts: Parts, declared: DocumentType, composed: list[Composed]) -> list[Composed]:
    drafts = [draft for draft in composed if isinstance(draft, Draft)]
    orders = [PrintOrder(to_json(draft.document), draft.template, declared.budget) for draft in drafts]
    verdicts = await parts.press.trial(orders) if orders else []
    name = parts.plugins.owner(declared.key).name
    broken: dict[int, TemplateFailed] = {
        id(draft): TemplateFailed(f"Plugin {name}: {verdict.message}")
        for draft, verdict in zip(drafts, verdicts, strict=True)
        if verdict is not None
    }
    return [Failed(one.assignment, broken[id(one)]) if id(one) in broken else one for one in composed]
