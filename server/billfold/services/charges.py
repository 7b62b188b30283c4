"""One-off charges: entered by hand, as a credit too, and cancelled while they wait for a document."""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg

from billfold.database import charges as rows
from billfold.database.audit import record_event
from billfold.database.charges import ChargedContract, EnteredCharge
from billfold.database.connection import writing
from billfold.domain.access import Scope, Viewer
from billfold.domain.charging import Charge, ChargeKind, Sold, charge_sold
from billfold.domain.errors import IllegalState, InvalidInput, LimitExceeded, NotFound
from billfold.domain.money import AMOUNT_LIMIT, fits_rate
from billfold.domain.payments import check_reason
from billfold.domain.periods import Period
from billfold.services.idempotency import Remember, Request, once
from billfold.services.parts import Parts

DESCRIPTION_LIMIT = 1_000
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A one-off charge: quantity times price in the contract's currency, supplied on the day `on`.

    Below zero it is a credit. `unit_price` is with tax when `tax_included`.
    """

    contract_id: UUID
    service_id: UUID
    on: date
    unit_price: Decimal
    tax_included: bool
    quantity: Decimal = Decimal(1)
    description: str = ""


async def create(parts: Parts, viewer: Viewer, *, new: NewCharge, idempotency_key: str | None = None) -> UUID:
    """Enter a one-off charge; gives its id. It counts in the balance at once, and waits for the next document.

    Locks the contract. Raises NotFound for a contract or a service that is not there, IllegalState for a day in closed
    books or after the contract's end, InvalidInput for what comes to nothing or for a day of which the enterprise's tax
    regime is not told, LimitExceeded for too much. Asked twice without a key, it makes two charges.
    """
    viewer.require(Scope.BOOKS_WRITE)
    new = _checked(new)

    async def act(remember: Remember) -> str:
        now = parts.clock.now()
        async with writing() as connection:
            charge_id = await _enter(connection, new, viewer.name, parts)
            details = {"contract": new.contract_id, "service": new.service_id, "on": new.on, "price": new.unit_price}
            await record_event(
                connection, "createCharge", ("charge", charge_id), actor=viewer.name, now=now, details=details
            )
            await remember(connection, str(charge_id))
        return str(charge_id)

    return UUID(await once(viewer, Request("createCharge", idempotency_key, asdict(new)), act))


async def cancel(parts: Parts, viewer: Viewer, *, charge_id: UUID, reason: str) -> UUID:
    """Cancel a one-off charge that waits for a document; its amount comes back to the balance.

    Locks the contract. Raises NotFound, InvalidInput without a reason, and IllegalState for a charge that was computed,
    was cancelled, was taken by a document, or lies in closed books.
    """
    viewer.require(Scope.BOOKS_WRITE)
    reason, now = check_reason(reason, "the charge is cancelled"), parts.clock.now()
    async with writing() as connection:
        charge = await rows.lock_charge(connection, charge_id)
        if charge is None:
            raise NotFound("There is no such charge.", field="charge")
        _check_cancellable(charge)
        await rows.cancel_charge(connection, charge_id, reason=reason, actor=viewer.name, now=now)
        await record_event(
            connection,
            "cancelCharge",
            ("charge", charge_id),
            actor=viewer.name,
            now=now,
            details={"contract": charge.contract_id, "reason": reason},
        )
    return charge_id


async def _enter(connection: asyncpg.Connection, new: NewCharge, actor: str, parts: Parts) -> UUID:
    contract = await rows.lock_charged_contract(connection, new.contract_id)
    if contract is None:
        raise NotFound("There is no such contract.", field="contract")
    service = await rows.charged_service(connection, new.service_id)
    if service is None:
        raise NotFound("There is no such service.", field="service")
    _check_day(contract, new.on)
    sold = Sold(
        service=service,
        period=Period(new.on, new.on + timedelta(days=1)),
        quantity=new.quantity,
        unit_price=new.unit_price,
        tax_included=new.tax_included,
        tax_rate=contract.taxation.rate(service.tax_category, new.on),
    )
    charge = replace(charge_sold(ChargeKind.ONE_OFF, sold, currency=contract.currency), description=new.description)
    _check_amount(contract, charge)
    return await rows.insert_one_off(
        connection, contract.id, new.service_id, charge, actor=actor, now=parts.clock.now()
    )


def _checked(new: NewCharge) -> NewCharge:
    """Check what needs no look at the books."""
    if not _EARLIEST <= new.on <= _LATEST:
        raise InvalidInput(f"The day {new.on} must be from {_EARLIEST} to {_LATEST}.", field="on")
    for name, number in (("quantity", new.quantity), ("unitPrice", new.unit_price)):
        if not number or not fits_rate(number):
            raise InvalidInput(f"{name} must not be 0, with at most 15 digits and 11 decimals.", field=name)
    description = new.description.strip()
    if len(description) > DESCRIPTION_LIMIT or not description.isprintable():
        raise InvalidInput(
            f"The description must be one line of at most {DESCRIPTION_LIMIT} printable characters.",
            field="description",
        )
    return replace(new, description=description)


def _check_day(contract: ChargedContract, on: date) -> None:
    if contract.closed_until is not None and on < contract.closed_until:
        raise IllegalState(
            f"The books are closed until {contract.closed_until}: date the charge then or later, not {on}.", field="on"
        )
    if contract.closed_on is not None and on >= contract.closed_on:
        raise IllegalState(
            f"Contract {contract.number} is closed since {contract.closed_on}: date the charge before.", field="on"
        )


def _check_amount(contract: ChargedContract, charge: Charge) -> None:
    if not charge.gross:
        raise InvalidInput(
            f"The charge comes to 0 {contract.currency} when it is rounded: mend its price or quantity.",
            field="unitPrice",
        )
    if abs(contract.balance - charge.gross) > AMOUNT_LIMIT:
        raise LimitExceeded(
            f"Contract {contract.number} would hold or owe more than {AMOUNT_LIMIT} {contract.currency}: mend the "
            "price or the quantity.",
            field="unitPrice",
        )


def _check_cancellable(charge: EnteredCharge) -> None:
    if charge.kind is not ChargeKind.ONE_OFF:
        raise IllegalState(
            "The charge was computed: void its document, or enter a credit with a negative quantity.", field="charge"
        )
    if charge.is_cancelled:
        raise IllegalState("The charge is cancelled already.", field="charge")
    if charge.is_carried_over:
        raise IllegalState(
            "The charge was carried over from an earlier period: open that one with reopenPeriod, or enter a credit.",
            field="charge",
        )
    if charge.is_taken:
        by = f"Document {charge.document}" if charge.document else "A charged period"
        raise IllegalState(
            f"{by} has the charge already: void the document, or enter a credit with a negative quantity.",
            field="charge",
        )
    if charge.closed_until is not None and charge.on < charge.closed_until:
        raise IllegalState(
            f"The books are closed until {charge.closed_until}, and the charge is of {charge.on}: enter a credit of a "
            "later day.",
            field="charge",
        )
