"""The reconciliation plugin: what it makes of an account."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billfold.plugin_api import (
    Account,
    AccountEntry,
    Content,
    ContractReference,
    DocumentFacts,
    DocumentReference,
    DocumentRule,
    EntryKind,
    IssueDay,
    Need,
    Nothing,
    PeriodKind,
    Visibility,
)
from plugins.reconciliation import plugin
from tests.factories import OCTOBER, make_brand, make_buyer, make_seller


def make_facts(account: Account | None, **overrides: Any) -> DocumentFacts:
    values: dict[str, Any] = {
        "type": "reconciliation",
        "locale": "ru",
        "currency": "RUB",
        "issue_date": date(2026, 10, 31),
        "due_date": None,
        "seller": make_seller(),
        "buyer": make_buyer(),
        "brand": make_brand(),
        "contract": ContractReference("100042", date(2024, 2, 1), "RUB"),
        "charges": (),
        "period": OCTOBER,
        "account": account,
    }
    return DocumentFacts(**{**values, **overrides})


def make_reference(type: str, title: str, number: str) -> DocumentReference:
    return DocumentReference(
        id="019a5f00-0000-7000-8000-000000000001",
        type=type,
        title=title,
        number=number,
        issue_date=date(2026, 10, 31),
        net=Decimal("737.70"),
        tax=Decimal("162.30"),
        gross=Decimal("900.00"),
    )


INVOICE = make_reference("invoice", "Счёт на оплату", "42")
ACT = make_reference("act", "Акт об оказании услуг", "17")
TRANSFER = make_reference("universal-transfer", "Универсальный передаточный документ", "9")


def charge(*documents: DocumentReference, amount: str = "900.00") -> AccountEntry:
    return AccountEntry(EntryKind.CHARGE, date(2026, 10, 31), Decimal(amount), documents=documents)


def details_of(opening: str, *entries: AccountEntry, **overrides: Any) -> Any:
    content = plugin.document_content(make_facts(Account(Decimal(opening), entries), **overrides))
    assert isinstance(content, Content)
    assert content.lines == ()
    return content.details


def operation_of(entry: AccountEntry, **overrides: Any) -> str:
    text: str = details_of("0.00", entry, **overrides)["rows"][0]["operation"]
    return text.replace("\u00a0", " ")


def test_the_type_is_made_of_the_account_at_the_end_of_a_period() -> None:
    declared = plugin.document_type()

    assert declared.key == "reconciliation"
    assert not declared.is_payable
    assert declared.period_kinds == {PeriodKind.PERIOD}
    assert declared.needs == {Need.ACCOUNT}
    assert declared.issue_day is IssueDay.PERIOD_END
    assert not declared.rule.is_automatic
    assert declared.title("ru") == "Акт сверки взаимных расчётов"
    assert declared.file_names["ru"].format(number="5", date="31.10.2026") == "Акт сверки 5 от 31.10.2026"


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "reconciliation/reconciliation.html"


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_charges_are_debit_and_payments_credit() -> None:
    payment = AccountEntry(EntryKind.PAYMENT, date(2026, 10, 5), Decimal("-500.00"), "118")

    details = details_of("-320.50", payment, charge(ACT))

    assert details["opening"] == {"debit": "320.50", "credit": None}
    assert [(row["position"], row["on"], row["debit"], row["credit"]) for row in details["rows"]] == [
        (1, "2026-10-05", None, "500.00"),
        (2, "2026-10-31", "900.00", None),
    ]
    assert details["turnover"] == {"debit": "900.00", "credit": "500.00"}
    assert details["closing"] == {"debit": "720.50", "credit": None}


def test_money_of_the_client_is_credit() -> None:
    details = details_of("1000.00", charge(ACT))

    assert details["opening"] == {"debit": None, "credit": "1000.00"}
    assert details["closing"] == {"debit": None, "credit": "100.00"}


def test_a_balance_of_nought_is_nought_on_both_sides() -> None:
    assert details_of("900", charge(ACT))["closing"] == {"debit": "0.00", "credit": "0.00"}


@pytest.mark.parametrize(
    ("documents", "operation"),
    [
        ((INVOICE, ACT, TRANSFER), "Универсальный передаточный документ № 9 от 31.10.2026"),
        ((INVOICE, ACT), "Акт об оказании услуг № 17 от 31.10.2026"),
        ((INVOICE,), "Счёт на оплату № 42 от 31.10.2026"),
        ((), "Услуги за октябрь 2026 г."),
    ],
)
def test_a_charge_is_named_by_its_best_document(documents: tuple[DocumentReference, ...], operation: str) -> None:
    assert operation_of(charge(*documents)) == operation


def test_a_charge_of_december_without_documents_is_of_its_month() -> None:
    december = AccountEntry(EntryKind.CHARGE, date(2026, 12, 31), Decimal("900.00"))

    assert operation_of(december) == "Услуги за декабрь 2026 г."


@pytest.mark.parametrize(
    ("kind", "reference", "operation"),
    [
        (EntryKind.PAYMENT, "118", "Оплата (п/п № 118 от 05.10.2026)"),
        (EntryKind.PAYMENT, "", "Оплата от 05.10.2026"),
        (EntryKind.REFUND, "7", "Возврат (п/п № 7 от 05.10.2026)"),
        (EntryKind.REFUND, "", "Возврат от 05.10.2026"),
        (EntryKind.CORRECTION, "", "Корректировка"),
    ],
)
def test_money_and_corrections_are_named(kind: EntryKind, reference: str, operation: str) -> None:
    assert operation_of(AccountEntry(kind, date(2026, 10, 5), Decimal("10.00"), reference)) == operation


def test_a_correction_is_named_by_its_document() -> None:
    document = make_reference("corrective-tax-invoice", "Корректировочный счёт-фактура", "8")
    entry = AccountEntry(EntryKind.CORRECTION, date(2026, 10, 31), Decimal("-10.00"), documents=(document,))

    assert operation_of(entry) == "Корректировочный счёт-фактура № 8 от 31.10.2026"


def test_english_statements_are_english() -> None:
    payment = AccountEntry(EntryKind.PAYMENT, date(2026, 10, 5), Decimal("-500.00"), "118")

    assert operation_of(payment, locale="en") == "Payment (order No. 118 of 05.10.2026)"


def test_amounts_have_the_digits_of_their_currency() -> None:
    details = details_of("-3", charge(ACT, amount="12"), currency="KWD")

    assert details["closing"] == {"debit": "15.000", "credit": None}


@pytest.mark.parametrize("account", [None, Account(Decimal("0.00"))])
def test_a_run_makes_none_where_nothing_moved(account: Account | None) -> None:
    assert plugin.document_content(make_facts(account)) == Nothing(
        "nothing_to_reconcile", "Nothing was charged or paid under contract 100042: ask for another period."
    )


def test_one_asked_for_by_hand_says_that_nothing_moved() -> None:
    details = details_of("0.00", is_by_hand=True)

    assert details["rows"] == []
    assert details["closing"] == {"debit": "0.00", "credit": "0.00"}


def test_a_balance_that_did_not_move_is_told() -> None:
    assert details_of("-100.00")["closing"] == {"debit": "100.00", "credit": None}
