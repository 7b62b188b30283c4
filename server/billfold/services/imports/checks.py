"""Checks of whole rows: what one cell cannot tell without the others. A row is given by its columns in the books."""

from collections.abc import Mapping
from typing import Any

from billfold.domain.document import BankDetails, PartyKind
from billfold.domain.errors import InvalidInput
from billfold.domain.money import exponent, round_amount
from billfold.domain.requisites import Requisites, check_bank, check_numbers, check_presence

Row = Mapping[str, Any]


def check_enterprise(row: Row) -> None:
    """Check the requisites of a seller: all that its kind must have, and rightly."""
    party = Requisites(
        kind=PartyKind(row["kind"]),
        country=row["country"],
        name=row["legal_name"],
        inn=row["inn"],
        kpp=row["kpp"],
        ogrn=row["ogrn"],
        address=row["address"],
        director=row["director"],
    )
    check_presence(party)
    check_numbers(party)
    check_bank(party, BankDetails(row["bank_name"], row["bic"], row["account"], row["corr_account"]))


def check_client(row: Row) -> None:
    """Check the requisites that a client gives; it may give none."""
    party = Requisites(kind=PartyKind(row["kind"]), country=row["country"], inn=row["inn"], kpp=row["kpp"])
    check_numbers(party)
    check_bank(party, BankDetails("", row["bank_bic"], row["bank_account"]), prefix="bank_")


def check_contract(row: Row) -> None:
    """Check that a contract does not end before it is signed, and that its balance exists in its currency."""
    _check_order(row, "signed_on", "valid_to")
    balance, currency = row["opening_balance"], row["currency"]
    if round_amount(balance, currency) != balance:
        raise InvalidInput(
            f"{balance} is no amount of {currency}: write at most {exponent(currency)} decimals.",
            field="opening_balance",
        )


def check_subscription(row: Row) -> None:
    """Check that a subscription does not end before it starts."""
    _check_order(row, "started_on", "ended_on")


def _check_order(row: Row, start: str, end: str) -> None:
    if row[end] is not None and row[end] < row[start]:
        raise InvalidInput(f"{row[end]} is before {start}, {row[start]}: correct one of them.", field=end)
