"""Checks of whole rows: what one cell cannot tell without the others. A row is given by its columns in the books."""

from collections.abc import Mapping
from typing import Any

from billfold.domain.document import BankDetails, PartyKind
from billfold.domain.errors import InvalidInput
from billfold.domain.money import ZERO, exponent, round_amount
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
        ogrn_on=row.get("ogrn_on"),
    )
    check_presence(party)
    check_numbers(party)
    check_bank(party, BankDetails(row["bank_name"], row["bic"], row["account"], row["corr_account"]))


def check_client(row: Row) -> None:
    """Check the requisites that a client gives; it may give none."""
    party = Requisites(
        kind=PartyKind(row["kind"]),
        country=row["country"],
        inn=row["inn"],
        kpp=row["kpp"],
        ogrn=row.get("ogrn", ""),
        # A file that leaves the number out leaves it as it is in the books.
        ogrn_on=row.get("ogrn_on") if "ogrn" in row else None,
    )
    check_numbers(party)
    check_bank(party, BankDetails("", row["bank_bic"], row["bank_account"]), prefix="bank_")


def check_bank_account(row: Row) -> None:
    """Check the codes of an account by their form; whose they are, a row of a file does not tell."""
    if not row["bic"]:
        raise InvalidInput("An account needs the code of its bank: fill it in.", field="bic")


def check_signer(row: Row) -> None:
    """Check that a signer does not end before the start."""
    if row["valid_until"] is not None and row["valid_until"] <= row["valid_from"]:
        raise InvalidInput(
            f"{row['valid_until']} is not after {row['valid_from']}: correct one of them.", field="valid_until"
        )


def check_contract(row: Row) -> None:
    """Check that a contract does not end before it is signed, and that its amounts exist in its currency."""
    _check_order(row, "signed_on", "valid_to")
    for name in ("opening_balance", "credit_limit"):
        amount, currency = row.get(name, ZERO), row["currency"]
        if round_amount(amount, currency) != amount:
            raise InvalidInput(
                f"{amount} is no amount of {currency}: write at most {exponent(currency)} decimals.", field=name
            )


def check_subscription(row: Row) -> None:
    """Check that a subscription does not end before it starts."""
    _check_order(row, "started_on", "ended_on")


def check_subscription_change(row: Row) -> None:
    """Check that a change holds from a later day than the start: until then the subscription itself says what it is."""
    if row["valid_from"] <= row["started_on"]:
        raise InvalidInput(
            f"{row['valid_from']} is not after started_on, {row['started_on']}: correct one of them, or change the "
            "subscription in subscriptions.csv.",
            field="valid_from",
        )


def _check_order(row: Row, start: str, end: str) -> None:
    if row[end] is not None and row[end] < row[start]:
        raise InvalidInput(f"{row[end]} is before {start}, {row[start]}: correct one of them.", field=end)
