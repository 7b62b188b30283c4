"""The command on the books of an enterprise: close them."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import ID, field

from billfold.database.reading.conditions import Condition
from billfold.domain.errors import InvalidInput
from billfold.schema.context import Info
from billfold.schema.manager.books import Enterprise
from billfold.schema.manager.dashboards import ChargeSums
from billfold.schema.manager.inputs import INPUT, key_of
from billfold.schema.problems import Problem
from billfold.schema.reads import read_many
from billfold.schema.resolvers import resolver
from billfold.schema.scalars import DateText, DecimalText
from billfold.schema.values import Money, PeriodInput
from billfold.services.closing_books import ChargedSums, close_books


@strawberry.input(description="Whose books to close, and how far: give a period or `until`. It cannot be undone.")
class ClosePeriodInput:
    enterprise: ID = field(description="The enterprise.")
    period: PeriodInput | None = field(
        default=None,
        description=(
            "The days to charge and to close. At the first closing all days before them are closed too, uncharged:"
            " what was then is in the opening balances. Later on it must not begin after the last closing."
        ),
    )
    until: date | None = field(
        default=None,
        description=(
            "The first day that stays open, today at most: everything before it is charged, at the first closing since"
            " the first month that anything of the enterprise was charged for, or else in the last month before."
        ),
    )


@strawberry.type(description="Books that are closed: nothing that is dated before changes any more.")
class ClosedPeriod:
    enterprise: Enterprise = field(description="The enterprise.")
    closed_until: DateText = field(description="The first day that is open.")
    contracts: int = field(description="How many contracts had something to charge.")
    charged: list[ChargeSums] = field(description="What they were charged, by currency.")


ClosePeriodResult = Annotated[
    ClosedPeriod | Problem,
    strawberry.union("ClosePeriodResult", description="The closed books, or why they stay open."),
]


@strawberry.type
class ClosingCommands:
    """The command on the books of an enterprise."""

    @resolver(
        "Close the books of an enterprise: charge what is not charged yet, on documents or not, and let nothing dated"
        " before change any more. May be repeated."
    )
    async def close_period(self, info: Info, input: Annotated[ClosePeriodInput, INPUT]) -> ClosePeriodResult:
        context = info.context
        closed = await close_books(
            context.parts,
            context.viewer,
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            until=_until(input),
            start=input.period.from_ if input.period else None,
        )
        asked = Condition("{t}.id = ?", (closed.enterprise_id,))
        (enterprise,) = await read_many(info, Enterprise, asked, "{t}.id", via=("ClosedPeriod", "enterprise"))
        return ClosedPeriod(
            enterprise=enterprise,
            closed_until=DateText(closed.until.isoformat()),
            contracts=closed.contracts,
            charged=[_sums(one) for one in closed.charged],
        )


def _until(input: ClosePeriodInput) -> date:
    if input.until is not None and input.period is None:
        return input.until
    if input.period is not None and input.until is None:
        return input.period.period().until
    raise InvalidInput("Give either a period or the day until which the books are closed.", field="until")


def _sums(one: ChargedSums) -> ChargeSums:
    net, tax, gross = (
        Money(amount=DecimalText(str(amount)), currency=one.currency) for amount in (one.net, one.tax, one.gross)
    )
    return ChargeSums(currency=one.currency, charges=one.charges, net=net, tax=tax, gross=gross)
