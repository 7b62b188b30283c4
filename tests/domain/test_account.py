"""The account of a contract, and whose money pays for a supply."""

from datetime import date
from decimal import Decimal

import pytest

from billfold.domain.account import Account, AccountEntry, Advance, EntryKind, advances_for

FIRST = Advance("101", date(2026, 9, 1), Decimal("100.00"))
SECOND = Advance("102", date(2026, 10, 5), Decimal("50.00"))


def test_turnovers_and_what_is_left_follow_from_the_entries() -> None:
    account = Account(
        Decimal("-10.00"),
        (
            AccountEntry(EntryKind.PAYMENT, date(2026, 10, 1), Decimal("-100.00")),
            AccountEntry(EntryKind.REFUND, date(2026, 10, 2), Decimal("20.00")),
            AccountEntry(EntryKind.CHARGE, date(2026, 10, 31), Decimal("61.00")),
            AccountEntry(EntryKind.CORRECTION, date(2026, 11, 1), Decimal("-1.00")),
        ),
    )

    assert (account.debit, account.credit, account.closing) == (Decimal("81.00"), Decimal("101.00"), Decimal("10.00"))


@pytest.mark.parametrize(
    ("spent", "due", "shares"),
    [
        ("0.00", "30.00", [("101", "30.00")]),
        ("0.00", "120.00", [("101", "100.00"), ("102", "20.00")]),
        ("90.00", "30.00", [("101", "10.00"), ("102", "20.00")]),
        ("100.00", "30.00", [("102", "30.00")]),
        ("149.00", "30.00", [("102", "1.00")]),
        ("150.00", "30.00", []),
        ("0.00", "0.00", []),
    ],
)
def test_the_oldest_money_that_is_left_pays_for_a_supply(spent: str, due: str, shares: list[tuple[str, str]]) -> None:
    found = advances_for([FIRST, SECOND], spent=Decimal(spent), due=Decimal(due))

    assert [(one.reference, str(one.amount)) for one in found] == shares
