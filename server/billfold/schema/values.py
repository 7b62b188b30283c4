"""Values that both faces share: money, periods, totals, and the spans that filters take."""

from datetime import date

import strawberry
from strawberry import field

from billfold.database.reading.conditions import Span
from billfold.domain import periods
from billfold.schema.scalars import DateText, DecimalText


@strawberry.type(description="An amount of money in a currency.")
class Money:
    amount: DecimalText = field(description="The amount, in the currency's own number of decimals.")
    currency: str = field(description="The ISO 4217 code of the currency, such as RUB.")


@strawberry.type(description="A half-open run of days: from the first day up to, but without, `until`.")
class Period:
    from_: DateText = field(name="from", description="The first day.")
    until: DateText = field(description="The day after the last one.")


@strawberry.type(description="What one tax rate makes of a document.")
class TaxLine:
    rate: DecimalText | None = field(description='The rate in percent; null is "without VAT", which is not 0 %.')
    net: Money = field(description="The sum without tax.")
    tax: Money = field(description="The tax.")


@strawberry.type(description="The sums of a document.")
class Totals:
    net: Money = field(description="The sum without tax.")
    tax: Money = field(description="The tax.")
    gross: Money = field(description="The sum with tax.")
    taxes: list[TaxLine] = field(description="The tax by rate, the highest rate first.")


@strawberry.input(description="A half-open run of days: from the first day up to, but without, `until`.")
class PeriodInput:
    from_: date = field(name="from", description="The first day.")
    until: date = field(description="The day after the last one.")

    def span(self) -> Span:
        """Give the period as filters take it."""
        return Span(self.from_, self.until)

    def period(self) -> periods.Period:
        """Give the period as services take it. Raises InvalidInput when it is empty."""
        return periods.Period(self.from_, self.until)


@strawberry.input(description="A half-open run of days, open where an end is left out.")
class DateRange:
    from_: date | None = field(name="from", default=None, description="The first day.")
    until: date | None = field(default=None, description="The day after the last one.")

    def span(self) -> Span:
        """Give the range as filters take it."""
        return Span(self.from_, self.until)
