"""Allocation: whose turn it is, how much it takes, and the money of advances that works twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from billfold.domain.allocation import Funds, OpenItem, Share, Use, allocate, natural, shrink, tied

PAYMENT, OTHER = UUID(int=100), UUID(int=101)
START = datetime(2026, 11, 1, tzinfo=UTC)


def document(id_: int, open_: str, **changes: object) -> OpenItem:
    item = OpenItem(
        document_id=UUID(int=id_),
        open=Decimal(open_),
        due_on=date(2026, 11, 15),
        number=str(id_),
        issued=(START + timedelta(hours=id_), UUID(int=id_)),
    )
    return replace(item, **changes)  # type: ignore[arg-type]  # The names are those of the item.


def paid(amount: str, id_: UUID | None = PAYMENT, *uses: Use) -> Funds:
    return Funds(id_, Decimal(amount), uses)


def told(shares: list[Share]) -> list[tuple[int, str]]:
    return [(share.document_id.int if share.document_id else 0, str(share.amount)) for share in shares]


DEBT = OpenItem(None, Decimal("50.00"))


def test_the_opening_debt_comes_before_the_oldest_due() -> None:
    older, newer = document(1, "100.00", due_on=date(2026, 10, 1)), document(2, "100.00")

    shares = allocate([newer, older, DEBT], [paid("170.00")])

    assert told(shares) == [(0, "50.00"), (1, "100.00"), (2, "20.00")]


def test_referenced_documents_come_first_in_their_order() -> None:
    items = [document(id_, "100.00") for id_ in (1, 2, 3)]

    shares = allocate([*items, DEBT], [paid("260.00")], referenced=[UUID(int=3), UUID(int=2)])

    assert told(shares) == [(3, "100.00"), (2, "100.00"), (0, "50.00"), (1, "10.00")]


def test_a_document_without_a_due_date_is_the_last() -> None:
    items = [document(1, "100.00", due_on=None), document(2, "100.00")]

    assert told(allocate(items, [paid("150.00")])) == [(2, "100.00"), (1, "50.00")]


def test_of_one_due_date_the_lowest_number_in_natural_order_comes_first() -> None:
    items = [document(1, "100.00", number="А-10"), document(2, "100.00", number="А-9")]

    assert told(allocate(items, [paid("100.00")])) == [(2, "100.00")]


def test_of_one_number_the_first_issued_comes_first() -> None:
    items = [document(2, "100.00", number="1"), document(1, "100.00", number="1")]

    assert told(allocate(items, [paid("100.00")])) == [(1, "100.00")]


def test_what_a_person_marked_as_paid_gives_way_to_what_is_open() -> None:
    items = [document(1, "100.00", due_on=date(2026, 1, 1), is_marked=True), document(2, "100.00")]

    assert told(allocate(items, [paid("150.00")])) == [(2, "100.00"), (1, "50.00")]


def test_the_first_money_is_used_first() -> None:
    shares = allocate([document(1, "100.00")], [paid("30.00", None), paid("30.00"), paid("90.00", OTHER)])

    assert [(share.payment_id, str(share.amount)) for share in shares] == [
        (None, "30.00"),
        (PAYMENT, "30.00"),
        (OTHER, "40.00"),
    ]


def test_money_of_an_advance_settles_charges_issued_later() -> None:
    items = [document(1, "100.00", is_advance=True), document(2, "100.00")]

    assert told(allocate(items, [paid("100.00")])) == [(1, "100.00"), (2, "100.00")]


def test_money_of_an_advance_settles_no_charges_issued_before() -> None:
    items = [document(1, "100.00"), document(2, "100.00", is_advance=True, due_on=date(2026, 11, 1))]

    assert told(allocate(items, [paid("100.00")])) == [(2, "100.00")]


def test_money_of_an_advance_settles_no_opening_debt_and_no_other_advance() -> None:
    advance = Use(Decimal("100.00"), document(1, "0").issued, is_advance=True)

    assert allocate([DEBT, document(2, "100.00", is_advance=True)], [paid("100.00", PAYMENT, advance)]) == []


def test_money_of_charges_settles_the_advance_that_was_issued_before_them() -> None:
    charges = Use(Decimal("100.00"), document(2, "0").issued)

    assert told(allocate([document(1, "70.00", is_advance=True)], [paid("100.00", PAYMENT, charges)])) == [(1, "70.00")]


def test_an_opening_balance_that_settles_an_advance_settles_later_charges_too() -> None:
    items = [document(1, "100.00", is_advance=True), document(2, "120.00")]

    assert told(allocate(items, [paid("100.00", None)])) == [(1, "100.00"), (2, "100.00")]


def test_a_refund_takes_from_the_newest_uses_and_from_both_sides_of_an_advance() -> None:
    advance = Use(Decimal("100.00"), document(1, "0").issued, is_advance=True)
    charges = Use(Decimal("100.00"), document(2, "0").issued)

    assert shrink([charges, advance], Decimal("60.00")) == [Decimal("40.00"), Decimal("40.00")]
    assert shrink([charges, advance], Decimal("100.00")) == [0, 0]


def test_natural_order_compares_digits_as_numbers() -> None:
    assert sorted(["2026/10", "2026/9", "A-1", "2026/9-A"], key=natural) == ["2026/9", "2026/9-A", "2026/10", "A-1"]


amounts = st.integers(1, 300).map(lambda cents: Decimal(cents) / 100)
items_ = st.lists(
    st.builds(
        lambda open_, due, is_advance, is_marked: document(
            1,
            str(open_),
            due_on=None if due is None else START.date() + timedelta(days=due),
            is_advance=is_advance,
            is_marked=is_marked,
        ),
        amounts,
        st.none() | st.integers(0, 3),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
).map(
    lambda found: [
        replace(one, document_id=UUID(int=at), number=str(at), issued=(START + timedelta(hours=at), UUID(int=at)))
        for at, one in enumerate(found, start=1)
    ]
)
funds_ = st.lists(amounts, max_size=4).map(
    lambda found: [Funds(UUID(int=100 + at) if at else None, amount) for at, amount in enumerate(found)]
)


def settled(items: list[OpenItem], funds: list[Funds], shares: list[Share]) -> tuple[list[OpenItem], list[Funds]]:
    """Give the two sides as the shares leave them."""
    by_id = {item.document_id: item for item in items}
    left = {source.payment_id: source for source in funds}
    rest = {item.document_id: item.open for item in items}
    for share in shares:
        left[share.payment_id] = left[share.payment_id].spent(by_id[share.document_id], share.amount)
        rest[share.document_id] -= share.amount
    return [replace(item, open=rest[item.document_id]) for item in items], list(left.values())


@given(items_, funds_, st.booleans())
def test_nothing_is_settled_twice_and_no_money_is_spent_twice(
    items: list[OpenItem], funds: list[Funds], has_debt: bool
) -> None:
    items = [*items, DEBT] if has_debt else items

    rest, left = settled(items, funds, allocate(items, funds))

    assert all(item.open >= 0 for item in rest)
    assert all(tied(source.uses) <= source.amount for source in left)
    for source in left:
        for pool in (True, False):
            assert sum(use.amount for use in source.uses if use.is_advance is pool) <= source.amount


@given(items_, funds_)
def test_all_that_can_be_settled_is_and_a_second_time_settles_nothing(
    items: list[OpenItem], funds: list[Funds]
) -> None:
    rest, left = settled(items, funds, allocate(items, funds))

    assert all(source.share(item) == 0 for source in left for item in rest if item.open)
    assert allocate([item for item in rest if item.open], left) == []


@given(items_, funds_, st.permutations(range(1, 7)))
def test_who_comes_later_takes_nothing_from_who_comes_before(
    items: list[OpenItem], funds: list[Funds], order: list[int]
) -> None:
    referenced = [UUID(int=at) for at in order]
    shares = allocate(items, funds, referenced=referenced)

    first = min(items, key=lambda item: order.index(item.document_id.int if item.document_id else 0), default=None)

    alone = [] if first is None else allocate([first], funds)
    assert shares[: len(alone)] == alone


@given(items_, funds_)
def test_money_without_advances_is_spent_as_far_as_there_is_debt(items: list[OpenItem], funds: list[Funds]) -> None:
    charges = [replace(item, is_advance=False) for item in items]

    shares = allocate(charges, funds)

    owed, there = sum(item.open for item in charges), sum(source.amount for source in funds)
    assert sum(share.amount for share in shares) == min(owed, there)


@given(items_, amounts)
def test_a_refund_leaves_no_more_than_is_there(items: list[OpenItem], amount: Decimal) -> None:
    uses = [Use(item.open, item.issued, item.is_advance) for item in items]

    taken = shrink(uses, amount)

    kept = [replace(use, amount=use.amount - less) for use, less in zip(uses, taken, strict=True)]
    assert tied(kept) <= amount
    assert all(use.amount >= 0 for use in kept)
