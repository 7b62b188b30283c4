"""Previews: what a period will cost a contract, and why, before anything of it is charged."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from billfold.database.connection import reading
from billfold.database.facts import ChargedPeriod
from billfold.database.parties import billed_contracts
from billfold.domain.access import Scope, Viewer
from billfold.domain.adjustments import merged
from billfold.domain.charging import Charge
from billfold.domain.errors import CallerError, NotFound
from billfold.domain.money import ZERO
from billfold.domain.periods import Period, check_billable
from billfold.services.charging import charge_contracts
from billfold.services.parts import Parts


@dataclass(frozen=True, slots=True)
class ChargePreview:
    """The charges of a period in the order of their lines; `waiting` is what goes on to the next period, 0 or below."""

    currency: str
    is_charged: bool
    charges: tuple[Charge, ...]
    waiting: Decimal


async def preview_charges(parts: Parts, viewer: Viewer, *, contract_id: UUID, period: Period) -> ChargePreview:
    """Compute what a contract is or was charged for a period; writes nothing.

    Raises NotFound, LimitExceeded for a period that nobody bills, and what charging it would raise, such as
    InvalidInput for usage without a price.
    """
    viewer.require(Scope.BOOKS_READ)
    check_billable(period)
    async with reading() as connection:
        contracts = await billed_contracts(connection, [contract_id], issue_date=None, now=parts.clock.now())
        if contract_id not in contracts:
            raise NotFound("There is no such contract.", field="contract")
        charged = (await charge_contracts(connection, contracts, period))[contract_id]
    if isinstance(charged, CallerError):
        raise charged
    is_charged = isinstance(charged, ChargedPeriod)
    waiting = ZERO if isinstance(charged, ChargedPeriod) else charged.billed.waiting
    return ChargePreview(contracts[contract_id].reference.currency, is_charged, merged(charged.charges), waiting)
