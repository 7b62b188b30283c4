"""Terms: how a change, a rest and a resumption are laid over what a subscription is from day to day.

A history is the terms of a subscription in the order of their days; the first are those of its start.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billfold.domain.subscriptions import SubscriptionTerms

History = tuple[SubscriptionTerms, ...]


def in_force(history: History, day: date) -> SubscriptionTerms:
    """Give the terms that hold on a day; the day is not before the first of the history."""
    return [terms for terms in history if terms.valid_from <= day][-1]


def changed(
    history: History,
    day: date,
    *,
    price: Decimal | None = None,
    quantity: Decimal | None = None,
    tax_included: bool | None = None,
) -> History:
    """Change what is told, from a day up to the next terms; None is as it was on that day. Later terms stay."""
    now = in_force(history, day)
    terms = replace(
        now,
        valid_from=day,
        price=now.price if price is None else price,
        quantity=now.quantity if quantity is None else quantity,
        tax_included=now.tax_included if tax_included is None else tax_included,
    )
    return _with(history, terms)


def suspended(history: History, start: date, until: date | None) -> History:
    """Let a subscription rest from a day until, but without, another one; without it, until it is resumed.

    Changes between the two keep their values and rest too; from `until` on it runs with the values of then.
    """
    resumed = None if until is None else replace(in_force(history, until), valid_from=until, is_suspended=False)
    resting = _with(history, replace(in_force(history, start), valid_from=start))
    rested = tuple(
        replace(terms, is_suspended=True)
        if start <= terms.valid_from and (until is None or terms.valid_from < until)
        else terms
        for terms in resting
    )
    return rested if resumed is None else _with(rested, resumed)


def resumed(history: History, day: date) -> History:
    """End the rest that holds on a day, from that day on; changes within it run too, a later rest stays."""
    history = _with(history, replace(in_force(history, day), valid_from=day))
    until = next((one.valid_from for one in history if one.valid_from > day and not one.is_suspended), None)
    return tuple(
        replace(terms, is_suspended=False)
        if day <= terms.valid_from and (until is None or terms.valid_from < until)
        else terms
        for terms in history
    )


def differ_until(before: History, after: History, day: date) -> date | None:
    """Give the end of the last run of days, from `day` on, on which two histories differ; None is open.

    Where they do not differ, that is the next day.
    """
    borders = sorted({day, *(one.valid_from for one in (*before, *after) if one.valid_from > day)})
    ends = [*borders[1:], None]
    differing = [end for start, end in zip(borders, ends, strict=True) if not _agree(before, after, start)]
    return differing[-1] if differing else day + timedelta(days=1)


def _agree(before: History, after: History, day: date) -> bool:
    return replace(in_force(before, day), valid_from=day) == replace(in_force(after, day), valid_from=day)


def _with(history: History, terms: SubscriptionTerms) -> History:
    others = [one for one in history if one.valid_from != terms.valid_from]
    return tuple(sorted([*others, terms], key=lambda one: one.valid_from))
