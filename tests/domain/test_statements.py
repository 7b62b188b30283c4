"""Statements as values: whether sums add up, and which documents are payments to us."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.domain.errors import Conflict, InvalidInput
from billfold.domain.statement_lines import OwnAccount, currency_of, lines_for
from billfold.domain.statements import BankStatement, StatementAccount, StatementDocument, balance_warnings

ACCOUNT, PAYER_ACCOUNT = "40702810200000000001", "40702810500000000002"
OWN = OwnAccount(ACCOUNT, UUID(int=1), "sever", "7700000016", "RUB")
PAYMENT = StatementDocument(
    line=20,
    number="315",
    amount=Decimal("2200.00"),
    dated_on=date(2026, 11, 3),
    received_on=date(2026, 11, 4),
    payer_account=PAYER_ACCOUNT,
    payee_accounts=(ACCOUNT,),
)
SECTION = StatementAccount(
    line=6,
    account=ACCOUNT,
    first_day=date(2026, 11, 4),
    last_day=date(2026, 11, 4),
    opening=Decimal("100.00"),
    received=Decimal("2200.00"),
    spent=Decimal("0.00"),
    closing=Decimal("2300.00"),
)
NEXT_DAY = replace(
    SECTION,
    line=12,
    first_day=date(2026, 11, 5),
    last_day=date(2026, 11, 5),
    opening=Decimal("2300.00"),
    received=Decimal("0.00"),
    closing=Decimal("2300.00"),
)


def told(*sections: StatementAccount, documents: tuple[StatementDocument, ...] = (PAYMENT,)) -> tuple[str, ...]:
    return balance_warnings(BankStatement(sections, documents))


def test_sums_that_add_up_are_passed_over() -> None:
    assert told(SECTION, NEXT_DAY) == ()


def test_sections_that_tell_nothing_are_passed_over() -> None:
    assert told(StatementAccount(line=6, account=ACCOUNT)) == ()


@pytest.mark.parametrize(
    ("sections", "warning"),
    [
        (
            (replace(SECTION, closing=Decimal("2300.01")),),
            "Line 6, account 40702810200000000001: the balance comes to 2300.00, and the statement says 2300.01.",
        ),
        (
            (replace(SECTION, received=Decimal("2201.00"), closing=Decimal("2301.00")),),
            "Line 6, account 40702810200000000001: the incoming documents come to 2200.00,"
            " and the statement says 2201.00.",
        ),
        (
            (replace(SECTION, spent=Decimal("5.00"), closing=Decimal("2295.00")),),
            "Line 6, account 40702810200000000001: the outgoing documents come to 0, and the statement says 5.00.",
        ),
        (
            (SECTION, replace(NEXT_DAY, opening=Decimal("1.00"), closing=Decimal("1.00"))),
            "Line 12, account 40702810200000000001: it opens with 1.00, and closed before with 2300.00.",
        ),
    ],
)
def test_each_sum_that_does_not_add_up_is_told(sections: tuple[StatementAccount, ...], warning: str) -> None:
    assert told(*sections) == (warning,)


def test_outgoing_documents_count_on_the_day_they_left() -> None:
    paid = replace(
        PAYMENT, payer_account=ACCOUNT, payee_accounts=(PAYER_ACCOUNT,), received_on=None, spent_on=date(2026, 11, 4)
    )

    assert told(
        replace(SECTION, spent=Decimal("2200.00"), closing=Decimal("100.00")), documents=(PAYMENT, paid)
    ) == ()  # fmt: skip


def lines(
    *documents: StatementDocument, own: tuple[OwnAccount, ...] = (OWN,)
) -> tuple[list[str], int, tuple[str, ...]]:
    found = lines_for(BankStatement((), documents), own, "bank.txt")
    return [one.document.number for one in found.lines], found.ignored, found.warnings


def test_only_payments_to_our_accounts_are_taken() -> None:
    outgoing = replace(PAYMENT, number="2", payer_account=ACCOUNT, payee_accounts=(PAYER_ACCOUNT,))
    foreign = replace(PAYMENT, number="3", payee_accounts=("40702810900000000009",))
    through_another_bank = replace(PAYMENT, number="4", payee_accounts=("30232810100000000009", ACCOUNT))

    found = lines(PAYMENT, outgoing, foreign, through_another_bank)

    assert found == (["315", "4"], 2, ())


def test_transfers_between_accounts_of_one_enterprise_are_not() -> None:
    second = replace(OWN, account=PAYER_ACCOUNT)
    sister = replace(second, enterprise_id=UUID(int=2), enterprise_code="volna")

    assert lines(PAYMENT, own=(OWN, second)) == ([], 1, ())
    assert lines(PAYMENT, own=(OWN, sister)) == (["315"], 0, ())


def test_a_payment_without_its_day_takes_its_own_date_and_says_so() -> None:
    found = lines_for(BankStatement((), (replace(PAYMENT, received_on=None),)), (OWN,), "bank.txt")

    assert found.lines[0].received_on == date(2026, 11, 3)
    assert found.warnings == ("Line 20, payment 315: it has no ДатаПоступило; its own date 2026-11-03 was taken.",)


def test_money_that_has_only_left_its_payer_is_not_counted_and_told() -> None:
    found = lines(replace(PAYMENT, received_on=None, spent_on=date(2026, 11, 3)))

    assert found == (
        [],
        1,
        ("Line 20, payment 315: it has left the payer and has no ДатаПоступило; it was not counted.",),
    )


def test_a_payment_without_any_date_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^bank\.txt, line 20: the payment has no date\. Nothing was imported\.$"):
        lines(replace(PAYMENT, received_on=None, dated_on=None))


def test_a_file_for_nobody_of_the_books_is_told() -> None:
    found = lines(replace(PAYMENT, payee_accounts=("40702810900000000009",)))

    assert found[2] == ("No document is paid to an account of the books: check the accounts of the enterprises.",)


def test_an_account_of_two_enterprises_is_told_apart_by_inn_or_refused() -> None:
    other = replace(OWN, enterprise_id=UUID(int=2), enterprise_code="volna", inn="7700000023")

    known = lines_for(BankStatement((), (replace(PAYMENT, payee_inn="7700000023"),)), (OWN, other), "bank.txt")

    assert known.lines[0].own is other
    with pytest.raises(Conflict, match="of several enterprises: sever, volna"):
        lines(PAYMENT, own=(OWN, other))


def test_a_payment_has_the_same_key_in_every_file_and_twins_have_two() -> None:
    elsewhere = replace(PAYMENT, line=999, purpose="Иначе", payer_name="Иначе")

    keys = [one.key for one in lines_for(BankStatement((), (PAYMENT, PAYMENT)), (OWN,), "a").lines]
    again = [one.key for one in lines_for(BankStatement((), (elsewhere,)), (OWN,), "b").lines]

    assert len(set(keys)) == 2
    assert again == keys[:1]


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "316"},
        {"dated_on": date(2026, 11, 2)},
        {"received_on": date(2026, 11, 5)},
        {"amount": Decimal("2200.01")},
        {"payer_account": "40702810500000000003"},
    ],
)
def test_each_part_of_the_key_makes_another_payment(changes: dict[str, object]) -> None:
    documents = (PAYMENT, replace(PAYMENT, **changes))  # type: ignore[arg-type]

    assert len({one.key for one in lines_for(BankStatement((), documents), (OWN,), "a").lines}) == 2


@pytest.mark.parametrize(
    ("account", "currency"),
    [
        ("40702810200000000001", "RUB"),
        ("40702643200000000001", "RUB"),
        ("40702840200000000001", "USD"),
        ("40702978200000000001", "EUR"),
        ("40702156200000000001", "CNY"),
        ("40702398200000000001", "KZT"),
        ("40702933200000000001", "BYN"),
        ("40702000200000000001", "GBP"),
        ("DE89370400440532013000", "GBP"),
        ("KZ86125KZT5004100100", "GBP"),
    ],
)
def test_an_account_tells_its_currency(account: str, currency: str) -> None:
    assert currency_of(replace(OWN, account=account, currency="GBP")) == currency
