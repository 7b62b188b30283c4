"""Reopening: the days of a contract that were charged without a document may change again."""

from uuid import UUID

from billfold.database import issuing as rows
from billfold.database.audit import record_event
from billfold.database.connection import writing
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import IllegalState, NotFound
from billfold.domain.payments import check_reason
from billfold.domain.periods import Period
from billfold.services.parts import Parts


async def reopen_period(parts: Parts, viewer: Viewer, *, contract_id: UUID, period: Period, reason: str) -> UUID:
    """Free a charged period of a contract that no document stands on, such as one that came to nothing.

    Its charges count no more, one-off charges wait again, and usage is open or late as before; gives the contract.
    Locks the contract. Raises NotFound for a contract or a charged period that is not there, InvalidInput without a
    reason, IllegalState where a document stands on it or the books are closed.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason, now = check_reason(reason, "the period is opened again"), parts.clock.now()
    async with writing() as connection:
        if contract_id not in await rows.lock_contracts(connection, [contract_id]):
            raise NotFound("There is no such contract.", field="contract")
        found = await rows.find_charged_period(connection, contract_id, period)
        if found is None:
            raise NotFound(
                f"The contract is not charged for {period}: name a period as it was charged.", field="period"
            )
        if found.documents:
            raise IllegalState(f"Document {found.documents[0]} rests on {period}: void it first.", field="period")
        if found.is_closed:
            raise IllegalState(
                f"The books that hold {period} are closed: enter a credit of a later day.", field="period"
            )
        await rows.free_charged_period(connection, found.id)
        details = {"from": period.start, "until": period.until, "reason": reason}
        await record_event(
            connection, "reopenPeriod", ("contract", contract_id), actor=viewer.name, now=now, details=details
        )
    return contract_id
