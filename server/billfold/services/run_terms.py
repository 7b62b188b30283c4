"""Terms of runs: what a run may be asked for, checked before anything is written of it."""

from collections.abc import Sequence
from decimal import Decimal

from billfold.database.runs import RunTerms
from billfold.domain.errors import InvalidInput
from billfold.domain.money import exponent
from billfold.domain.payments import AMOUNT_LIMIT, check_amount
from billfold.domain.periods import check_billable, check_issue_date
from billfold.plugin_api.document_type import PeriodKind
from billfold.services.asked import check_description
from billfold.services.parts import Parts

_WORDS = {PeriodKind.PERIOD: "a period", PeriodKind.AMOUNT: "an amount"}


def check_terms(parts: Parts, terms: RunTerms) -> None:
    """Refuse a run that cannot be made. Raises UnknownDocumentType, InvalidInput or LimitExceeded."""
    kind = PeriodKind.PERIOD if terms.amount is None else PeriodKind.AMOUNT
    if kind not in parts.plugins.document_type(terms.type).period_kinds:
        raise InvalidInput(
            f"Document type {terms.type!r} is not made for {_WORDS[kind]}, so no run can make it.", field="type"
        )
    if terms.amount is None:
        _check_period(terms)
    else:
        _check_amount(terms, terms.amount)
    if terms.issue_date is not None:
        check_issue_date(terms.issue_date)
    for currency in terms.scope.get("currencies", ()):
        try:
            exponent(currency)
        except InvalidInput as error:
            raise InvalidInput(error.message, field="currencies") from error


def _check_period(terms: RunTerms) -> None:
    if terms.period is None:
        raise InvalidInput("Give a period or an amount.", field="period")
    check_billable(terms.period)
    if terms.description:
        raise InvalidInput("A description is of an amount: leave it out, or give an amount.", field="description")


def _check_amount(terms: RunTerms, amount: Decimal) -> None:
    if terms.period is not None:
        raise InvalidInput("Give either a period or an amount, and not both.", field="amount")
    if not amount.is_finite() or not 0 < amount <= AMOUNT_LIMIT:
        raise InvalidInput(f"The amount must be above 0 and at most {AMOUNT_LIMIT}.", field="amount")
    check_description(terms.description)


def check_currencies(terms: RunTerms, amount: Decimal, currencies: Sequence[str]) -> None:
    """Refuse an amount for contracts of these currencies. Raises InvalidInput.

    It is refused where they are several and the run names none, or where none of them can bear it; where some can, each
    contract of the others fails on its own.
    """
    if len(currencies) > 1 and not terms.scope.get("currencies"):
        raise InvalidInput(
            f"The contracts are in {', '.join(currencies)}, and an amount is of one currency: give currencies.",
            field="currencies",
        )
    refused = [error for currency in currencies if (error := _refusal(amount, currency)) is not None]
    if refused and len(refused) == len(currencies):
        raise refused[0]


def _refusal(amount: Decimal, currency: str) -> InvalidInput | None:
    try:
        check_amount(amount, currency)
    except InvalidInput as error:
        return error
    return None
