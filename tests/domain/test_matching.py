"""The ladder: each step, what it must not take, and that nothing is guessed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from billfold.domain.document_index import PaidDocument
from billfold.domain.matching import Ladder, Match, MatchRule, Money, PaidContract

OURS, OTHERS = UUID(int=1), UUID(int=2)
INN, SECOND_INN, STRANGER_INN = "7707083893", "7700000023", "500100732259"


def contract(id_: int, number: str, *, inn: str = INN, **changes: object) -> PaidContract:
    found = PaidContract(UUID(int=id_), number, OURS, "RUB", frozenset({inn} if inn else ()))
    return replace(found, **changes)  # type: ignore[arg-type]


def document(id_: int, of: int, number: str, open_: str = "2200.00", **changes: object) -> PaidDocument:
    issued = date(2026, 11, 1)
    found = PaidDocument(UUID(int=id_), UUID(int=of), number, issued, Decimal(open_), issued)
    return replace(found, **changes)  # type: ignore[arg-type]


def money(purpose: str, amount: str = "99.00", inn: str = INN, **changes: object) -> Money:
    found = Money(OURS, "7700000016", "RUB", Decimal(amount), date(2026, 11, 5), inn, purpose)
    return replace(found, **changes)  # type: ignore[arg-type]


# Two contracts of the first client, one of the second; four documents of the first, one of the second.
CONTRACTS = (
    contract(10, "157/1-2026"),
    contract(11, "157/2-2026"),
    contract(20, "Д-0099", inn=SECOND_INN),
)
DOCUMENTS = (
    document(100, 10, "42"),
    document(101, 10, "43", "500.00"),
    document(102, 10, "ИНВ-2026/00044", "0.00"),
    document(103, 11, "45", "500.00"),
    document(200, 20, "46", "700.00"),
)


def match(*asked: Money) -> list[tuple[str, int, list[int]]]:
    ladder = Ladder(CONTRACTS, DOCUMENTS)
    return [told(ladder.match(one)) for one in asked]


def told(found: Match) -> tuple[str, int, list[int]]:
    rule = found.rule.value if found.rule else ""
    return rule, found.contract_id.int if found.contract_id else 0, [id_.int for id_ in found.document_ids]


NOTHING = ("", 0, [])


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        ("по счету 42", ("invoice", 10, [100])),
        ("по счету № 0042", ("invoice", 10, [100])),
        ("по счету 42 от 01.11.2026", ("invoice", 10, [100])),
        ("по счетам 42 и 43", ("invoice", 10, [100, 101])),
        ("по счету ИНВ-2026/00044", ("invoice", 10, [])),
        ("за связь, ИНВ-2026/44", ("invoice", 10, [])),
        ("по счету 44 от 01.11.2026", ("invoice", 10, [])),
        ("по счету 45 договор 157/2-2026", ("invoice", 11, [103])),
        ("по счетам 42, 999", ("invoice", 10, [100])),
        # Near misses.
        ("по счету 44", NOTHING),
        ("по счету 46", NOTHING),
        ("по счету 4", NOTHING),
        ("по счету 420", NOTHING),
        ("по счету 42/1", NOTHING),
        ("по счету 42 от 01.11.2025", NOTHING),
        ("по счетам 42 и 45", NOTHING),
        ("за 42 дня", NOTHING),
        ("по счет-фактуре 42", NOTHING),
        ("за третье лицо по счету 42", NOTHING),
        ("за 3-е лицо, счет 42", NOTHING),
        ("по счету 42 за ИНН 7700000023", NOTHING),
        ("по счету 45 договор 157/1-2026", ("contract", 10, [])),
    ],
)
def test_an_invoices_number_and_the_payers_inn(purpose: str, expected: tuple[str, int, list[int]]) -> None:
    assert match(money(purpose)) == [expected]


@pytest.mark.parametrize("inn", ["", SECOND_INN, STRANGER_INN])
def test_an_invoices_number_says_nothing_of_another_payers_money(inn: str) -> None:
    (found,) = match(money("по счету 42", "2200.00", inn))

    assert found in (NOTHING, ("payer", 20, []))


def test_the_payers_own_inn_and_ours_name_no_third_party() -> None:
    assert match(money(f"счет 42, ИНН {INN}, получатель ИНН 7700000016")) == [("invoice", 10, [100])]


def test_of_two_documents_with_a_number_the_date_tells_which() -> None:
    last_year = document(110, 10, "42", issued_on=date(2025, 11, 1))
    ladder = Ladder(CONTRACTS, (*DOCUMENTS, last_year))

    whens = (" от 01.11.2025", " от 01.11.2026", " от 02.11.2026", "")
    found = [told(ladder.match(money(f"по счету 42{when}"))) for when in whens]

    assert found == [("invoice", 10, [110]), ("invoice", 10, [100]), NOTHING, NOTHING]


def test_of_two_documents_with_a_number_the_only_open_one_is_meant() -> None:
    paid = document(110, 10, "42", "0.00", issued_on=date(2025, 11, 1))

    found = Ladder(CONTRACTS, (*DOCUMENTS, paid)).match(money("по счету 42"))

    assert told(found) == ("invoice", 10, [100])


def test_an_exact_number_goes_before_one_without_its_noughts() -> None:
    ladder = Ladder(CONTRACTS, (*DOCUMENTS, document(110, 10, "042")))

    found = [told(ladder.match(money(f"по счету {number}"))) for number in ("42", "042", "0042")]

    assert found == [("invoice", 10, [100]), ("invoice", 10, [110]), NOTHING]


@pytest.mark.parametrize(
    ("amount", "inn", "purpose", "expected"),
    [
        ("2200.00", INN, "За услуги связи", ("amount", 10, [100])),
        ("700.00", SECOND_INN, "За услуги связи", ("amount", 20, [200])),
        ("2200.00", INN, "по счету 999", ("amount", 10, [100])),
        ("500.00", INN, "договор 157/2-2026", ("amount", 11, [103])),
        # Near misses: two are alike, none is exact, another pays, the purpose names another contract.
        ("500.00", INN, "За услуги связи", NOTHING),
        ("2200.01", INN, "За услуги связи", NOTHING),
        ("2200.00", STRANGER_INN, "За услуги связи", NOTHING),
        ("2200.00", "", "За услуги связи", NOTHING),
        ("2200.00", INN, "за третье лицо", NOTHING),
        ("2200.00", INN, "договор 157/2-2026", ("contract", 11, [])),
        ("2200.00", INN, "за клиента по договору Д-0099", ("contract", 20, [])),
    ],
)
def test_the_payers_inn_and_the_exact_amount(
    amount: str, inn: str, purpose: str, expected: tuple[str, int, list[int]]
) -> None:
    ladder = Ladder((*CONTRACTS[:2], replace(CONTRACTS[2], closed_on=date(2026, 1, 1))), DOCUMENTS)

    assert told(ladder.match(money(purpose, amount, inn))) == expected


def test_what_a_person_said_is_paid_is_meant_last() -> None:
    marked = document(110, 11, "50", is_marked=True)

    both = Ladder(CONTRACTS, (*DOCUMENTS, marked)).match(money("", "2200.00"))
    alone = Ladder(CONTRACTS, (*DOCUMENTS[1:], marked)).match(money("", "2200.00"))

    assert [told(both), told(alone)] == [("amount", 10, [100]), ("amount", 11, [110])]


@pytest.mark.parametrize("inn", [INN, SECOND_INN, STRANGER_INN, ""])
@pytest.mark.parametrize(
    ("purpose", "id_"),
    [
        ("по договору 157/1-2026", 10),
        ("по договору №157/2-2026 от 01.01.2026", 11),
        ("За связь 157/2-2026.", 11),
        ("договор Д-0099", 20),
        ("договор д – 0099", 20),
        ("договор Д-99", 20),
        ("за третье лицо по договору 157/1-2026", 10),
    ],
)
def test_a_contracts_number_whoever_pays(purpose: str, id_: int, inn: str) -> None:
    assert match(money(purpose, inn=inn)) == [("contract", id_, [])]


@pytest.mark.parametrize(
    "purpose",
    [
        "по договору 157/1-20260",
        "по договору 157/1",
        "по договору 1157/1-2026",
        "по договору 157/1-2026-А",
        "по договору А-157/1-2026",
        "по договору 157",
        "по договорам 157/1-2026 и 157/2-2026",
    ],
)
def test_a_contracts_number_is_whole_and_one(purpose: str) -> None:
    assert match(money(purpose, inn=STRANGER_INN)) == [NOTHING]


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        ("договор 22", ("contract", 30, [])),
        ("дог. № 22 за ноябрь", ("contract", 30, [])),
        ("За связь, НДС 22%", NOTHING),
        ("за 11.2026", NOTHING),
        ("сумма 22", NOTHING),
        ("№ 22", NOTHING),
        ("по счету 22", NOTHING),
        ("договор 11/2026", ("contract", 31, [])),
        ("оплата за 11/2026", NOTHING),
    ],
)
def test_plain_numbers_are_contracts_only_where_they_are_called_so(
    purpose: str, expected: tuple[str, int, list[int]]
) -> None:
    ladder = Ladder((contract(30, "22", inn=""), contract(31, "11/2026", inn="")), ())

    assert told(ladder.match(money(purpose))) == expected


def test_the_longest_number_is_the_one() -> None:
    ladder = Ladder((contract(30, "157", inn=""), contract(31, "157-1", inn="")), ())

    found = [told(ladder.match(money(f"договор {number}"))) for number in ("157-1", "157 - 1", "157", "157, 1")]

    assert found == [("contract", id_, []) for id_ in (31, 31, 30, 30)]


def test_numbers_that_only_look_alike_are_not_chosen_between() -> None:
    ladder = Ladder((contract(30, "А-100", inn=""), contract(31, "A-100", inn="")), ())

    found = ladder.match(money("договор А-100"))

    assert told(found) == NOTHING
    assert found.comment == "The purpose names several contracts: A-100, А-100."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([{}], ("payer", 30, [])),
        ([{}, {"closed_on": date(2026, 11, 5)}], ("payer", 30, [])),
        ([{}, {"valid_to": date(2026, 11, 4)}], ("payer", 30, [])),
        ([{"valid_to": date(2026, 11, 4)}], ("payer", 30, [])),
        ([{"closed_on": date(2026, 11, 6)}], ("payer", 30, [])),
        ([{}, {"currency": "USD"}], ("payer", 30, [])),
        ([{}, {"enterprise_id": OTHERS}], ("payer", 30, [])),
        ([{}, {}], NOTHING),
        ([{"closed_on": date(2026, 11, 5)}], NOTHING),
        ([{"currency": "USD"}], NOTHING),
        ([{"enterprise_id": OTHERS}], NOTHING),
        ([{"inns": frozenset({SECOND_INN})}], NOTHING),
    ],
)
def test_the_payers_only_contract(changes: list[dict[str, object]], expected: tuple[str, int, list[int]]) -> None:
    contracts = [contract(30 + at, f"A-{at}", **change) for at, change in enumerate(changes)]

    assert told(Ladder(contracts, ()).match(money("За связь"))) == expected


def test_several_contracts_of_a_payer_are_told() -> None:
    found = Ladder(CONTRACTS, DOCUMENTS).match(money("За связь"))

    assert found == Match(comment="The payer has several contracts: 157/1-2026, 157/2-2026.")


def test_nothing_is_found_across_enterprises_and_currencies() -> None:
    purposes = ("по счету 42", "договор 157/1-2026", "За связь")

    abroad = match(*(money(purpose, "2200.00", currency="USD") for purpose in purposes))
    elsewhere = match(*(money(purpose, "2200.00", enterprise_id=OTHERS) for purpose in purposes))

    assert abroad + elsewhere == [NOTHING] * 6


def test_what_one_payment_settles_the_next_does_not() -> None:
    ladder = Ladder(CONTRACTS, DOCUMENTS)
    twice = money("За услуги связи", "2200.00")

    first = ladder.match(twice)
    ladder.take(first, twice.amount)

    assert [told(first), told(ladder.match(twice))] == [("amount", 10, [100]), NOTHING]


def test_money_on_a_contract_pays_its_debt_and_then_the_oldest() -> None:
    ladder = Ladder((contract(10, "157/1-2026", debt=Decimal("300.00")),), DOCUMENTS[:2])
    credit = Match(MatchRule.CONTRACT, UUID(int=10))

    ladder.take(credit, Decimal("2500.00"))

    assert told(ladder.match(money("", "500.00"))) == ("amount", 10, [101])
    assert told(ladder.match(money("по счету 42"))) == ("invoice", 10, [])
