"""The act plugin: what it declares and what it makes of charges."""

from decimal import Decimal

import pytest

from billfold.plugin_api import (
    Content,
    DeliveryPolicy,
    DocumentRule,
    IssueDay,
    Need,
    Nothing,
    PeriodKind,
    Visibility,
)
from plugins.act import plugin
from tests.plugins.supplies import make_charge, make_facts


def test_the_type_is_of_a_period_and_dated_with_its_last_day() -> None:
    declared = plugin.document_type()

    assert declared.key == "act"
    assert not declared.is_payable
    assert declared.period_kinds == {PeriodKind.PERIOD}
    assert declared.needs == {Need.CHARGES}
    assert declared.issue_day is IssueDay.PERIOD_END
    assert declared.title("ru") == "Акт об оказании услуг"
    assert declared.title("en") == "Certificate of services rendered"
    assert declared.file_names["ru"].format(number="42", date="31.10.2026") == "Акт 42 от 31.10.2026"


def test_by_default_acts_are_made_by_schedule_and_mailed_to_the_client() -> None:
    rule = plugin.document_type().rule

    assert (rule.numbering.mask, rule.numbering.reset, rule.numbering.scope) == ("{N}", "never", "type")
    assert rule.is_visible
    assert rule.is_automatic
    assert rule.delivery is DeliveryPolicy.CLIENT


def test_the_template_is_the_shipped_one() -> None:
    assert plugin.document_template() == "act/act.html"


@pytest.mark.parametrize(("is_visible", "vote"), [(True, Visibility.CLIENT), (False, Visibility.STAFF)])
def test_the_operators_rule_decides_who_sees_it(is_visible: bool, vote: Visibility) -> None:
    assert plugin.document_visibility(DocumentRule(is_visible=is_visible)) is vote


def test_an_act_has_one_line_a_charge_and_asks_for_no_payment() -> None:
    content = plugin.document_content(make_facts(make_charge(), make_charge("100.00", "22.00")))

    assert isinstance(content, Content)
    assert [(line.position, line.gross) for line in content.lines] == [
        (1, Decimal("12200.00")),
        (2, Decimal("122.00")),
    ]
    assert content.payment_purpose == ""


@pytest.mark.parametrize(
    ("charges", "reason"),
    [
        ((), "nothing_to_bill"),
        ((make_charge("0.00", "0.00"),), "zero_amount"),
        ((make_charge("-10.00", "-2.20"),), "negative_amount"),
    ],
)
def test_without_a_supply_for_money_there_is_no_act(charges: tuple[object, ...], reason: str) -> None:
    assert plugin.document_content(make_facts(charges=charges)) == Nothing(reason)
