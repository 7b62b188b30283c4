"""What a period will cost a contract, on the managers' face, and why."""

from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.domain import charging
from billfold.domain.charging import ChargeKind
from billfold.domain.money import ZERO, round_amount
from billfold.schema.context import Info
from billfold.schema.manager.inputs import key_of
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, DecimalText
from billfold.schema.values import Money, Period, PeriodInput
from billfold.services.previews import preview_charges


@strawberry.type(description="One charge that a period will have, with the reason of its sum.")
class PreviewedCharge:
    kind: ChargeKind = field(description="Where it comes from.")
    service: str = field(description="The code of the service.")
    description: str = field(description="What a one-off charge is for, or the service's name.")
    destination: str = field(description="Where the usage went, or empty.")
    period: Period = field(description="The days that it is for.")
    quantity: DecimalText = field(description="How much is charged.")
    unit_price: Money = field(description="The price of one unit, a month's for a subscription.")
    tax_included: bool = field(description="Whether the price holds the tax.")
    active_days: int = field(description="On how many days of the month a subscription is charged; 0 for usage.")
    month_days: int = field(description="How many days the month has; 0 for usage.")
    tax_rate: DecimalText | None = field(description='The rate in percent; null is "without VAT", which is not 0 %.')
    net: Money = field(description="The sum without tax.")
    tax: Money = field(description="The tax.")
    gross: Money = field(description="The sum with tax.")
    is_late: bool = field(description="Whether it is usage of an earlier period that came after that was charged.")
    reason: str = field(description="How the sum comes about, such as `1000.00 x 2 x 10/31 days`, or `100 free`.")


@strawberry.type(description="What a period will cost a contract, charge by charge; nothing is written.")
class ChargePreview:
    is_charged: bool = field(description="Whether the period is charged already: then these are its charges.")
    charges: list[PreviewedCharge] = field(description="The charges, in the order of a document's lines.")
    net: Money = field(description="The sum without tax.")
    tax: Money = field(description="The tax.")
    gross: Money = field(description="The sum with tax.")
    carried_over: Money | None = field(
        description="What of credits finds no room in the period and waits for the next one, below zero; else null."
    )


@strawberry.type
class Previews:
    """The fields of the query that work something out."""

    @resolver("What a period will cost a contract, and why. Nothing is written.")
    async def charge_preview(
        self,
        info: Info,
        contract: Annotated[ID, strawberry.argument(description="The contract.")],
        period: Annotated[PeriodInput, strawberry.argument(description="The days.")],
    ) -> ChargePreview:
        context, contract_id = info.context, key_of("contract", contract, "contract")
        found = await preview_charges(context.parts, context.viewer, contract_id=contract_id, period=period.period())
        charges = found.charges
        sums = {
            name: _money(sum((getattr(one, name) for one in charges), ZERO), found.currency)
            for name in ("net", "tax", "gross")
        }
        return ChargePreview(
            is_charged=found.is_charged,
            charges=[_previewed(charge) for charge in charges],
            carried_over=_money(found.waiting, found.currency) if found.waiting else None,
            **sums,
        )


def _previewed(charge: charging.Charge) -> PreviewedCharge:
    currency = charge.currency
    return PreviewedCharge(
        kind=charge.kind,
        service=charge.service.code,
        description=charge.description or charge.service.name(""),
        destination=charge.destination,
        period=Period(from_=DateText(f"{charge.period.start}"), until=DateText(f"{charge.period.until}")),
        quantity=DecimalText(f"{charge.quantity:f}"),
        unit_price=Money(amount=DecimalText(f"{charge.unit_price:f}"), currency=currency),
        tax_included=charge.tax_included,
        active_days=charge.active_days,
        month_days=charge.month_days,
        tax_rate=None if charge.tax_rate is None else DecimalText(f"{charge.tax_rate:f}"),
        net=_money(charge.net, currency),
        tax=_money(charge.tax, currency),
        gross=_money(charge.gross, currency),
        is_late=charge.is_late,
        reason=_reason(charge),
    )


def _reason(charge: charging.Charge) -> str:
    if charge.kind is ChargeKind.USAGE and not charge.unit_price:
        return f"{charge.quantity:f} free"
    product = f"{charge.unit_price:f} x {charge.quantity:f}"
    share = f" x {charge.active_days}/{charge.month_days} days" if charge.active_days < charge.month_days else ""
    tax = "without VAT" if charge.tax_rate is None else f"{charge.tax_rate:f}% VAT {_side(charge)}"
    return f"{product}{share}, {tax}"


def _side(charge: charging.Charge) -> str:
    return "included" if charge.tax_included else "on top"


def _money(amount: object, currency: str) -> Money:
    rounded = round_amount(amount, currency)  # type: ignore[arg-type]  # Sums of decimals, which `sum` types as Any.
    return Money(amount=DecimalText(f"{rounded:f}"), currency=currency)
