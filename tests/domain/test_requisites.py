"""Requisites: which a party must have, and all that is wrong with them at once."""

from dataclasses import replace
from datetime import date

import pytest

from billfold.domain import requisites
from billfold.domain.document import BankDetails, Party, PartyKind, Signer
from billfold.domain.errors import InvalidInput
from billfold.domain.requisites import Fault, Requisites

SBER = "044525225"
COMPANY = Requisites(
    kind=PartyKind.COMPANY,
    name="ООО «Пример Связь»",
    inn="7700000016",
    kpp="770001001",
    ogrn="1027700000019",
    address="101000, г. Москва, ул. Примерная, д. 78",
    director="Андреева А. В.",
)
SOLE = Requisites(
    kind=PartyKind.SOLE_PROPRIETOR,
    name="ИП Орлов Пётр Ильич",
    inn="500100732259",
    ogrn="304500116000157",
    address="101000, г. Москва, ул. Примерная, д. 71",
)
FOREIGN = Requisites(kind=PartyKind.FOREIGN, country="NO", name="Fjordlight AS", inn="NO 900 000 001")


@pytest.mark.parametrize("party", [COMPANY, SOLE, FOREIGN])
def test_complete_seller_passes(party: Requisites) -> None:
    requisites.check_presence(party)
    requisites.check_numbers(party)


@pytest.mark.parametrize("field", ["name", "inn", "kpp", "ogrn", "address", "director"])
def test_company_that_bills_needs_its_requisites(field: str) -> None:
    values = {name: getattr(COMPANY, name) for name in ("kind", "name", "inn", "kpp", "ogrn", "address", "director")}

    with pytest.raises(InvalidInput) as caught:
        requisites.check_presence(Requisites(**{**values, field: ""}))

    assert caught.value.field == field


def test_sole_proprietor_that_bills_has_no_kpp() -> None:
    party = Requisites(SOLE.kind, "RU", SOLE.name, SOLE.inn, "770001001", SOLE.ogrn, SOLE.address)

    with pytest.raises(InvalidInput, match="A sole proprietor has no КПП: remove 770001001"):
        requisites.check_presence(party)


def test_sole_proprietor_has_an_ogrnip() -> None:
    with pytest.raises(InvalidInput, match="ОГРНИП 1027700000019"):
        requisites.check_numbers(Requisites(PartyKind.SOLE_PROPRIETOR, ogrn="1027700000019"))


def test_client_may_give_no_numbers() -> None:
    requisites.check_numbers(Requisites(PartyKind.PERSON))
    requisites.check_bank(Requisites(PartyKind.PERSON), BankDetails("", "", ""))


def test_account_without_its_bank_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        requisites.check_bank(COMPANY, BankDetails("", "", "40702810200000000001"), prefix="bank_")

    assert caught.value.field == "bank_bic"


@pytest.mark.parametrize(
    ("bank", "field"),
    [
        (BankDetails("", "044525003", ""), "bic"),
        (BankDetails("", SBER, "40702810100000000001"), "account"),
        (BankDetails("", SBER, "40702810200000000001", "30101810500000000225"), "corr_account"),
    ],
)
def test_bank_names_the_column_at_fault(bank: BankDetails, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        requisites.check_bank(COMPANY, bank)

    assert caught.value.field == field


def test_foreign_bank_follows_no_russian_rule() -> None:
    requisites.check_bank(FOREIGN, BankDetails("Fjord Bank", "FJRDNOBB", "NO9386011117947"))


@pytest.mark.parametrize(
    "bank", [BankDetails("", "fjord", ""), BankDetails("", "FJRDNOBB", "no93'; --"), BankDetails("", "", "NO93")]
)
def test_malformed_foreign_bank_is_refused(bank: BankDetails) -> None:
    with pytest.raises(InvalidInput):
        requisites.check_bank(FOREIGN, bank)


SELLER = Party(
    code="example",
    kind=PartyKind.COMPANY,
    name="ООО «Пример Связь»",
    inn="7700000016",
    kpp="770001001",
    ogrn="1027700000019",
    address="101000, г. Москва, ул. Примерная, д. 78",
    bank=BankDetails("ПАО СБЕРБАНК", SBER, "40702810200000000001", "30101810400000000225"),
    director=Signer("", "Андреева А. В."),
)


def test_a_right_party_has_no_faults() -> None:
    assert requisites.faults(SELLER) == []


def test_all_faults_of_a_party_are_told_at_once() -> None:
    bank = BankDetails("", SBER, "40702810300000000001")
    party = replace(SELLER, inn="7700000017", ogrn="", director=None, bank=bank)

    found = requisites.faults(party)

    assert [(fault.field, fault.is_missing) for fault in found] == [
        ("ogrn", True),
        ("director", True),
        ("inn", False),
        ("account", False),
    ]
    assert found[2] == Fault("inn", "ИНН 7700000017 has a wrong check digit: check it against the registration papers.")


def test_a_kpp_of_a_sole_proprietor_is_a_fault() -> None:
    party = Party(code="p", kind=PartyKind.SOLE_PROPRIETOR, name="ИП Орлов", kpp="770001001")

    assert Fault("kpp", "A sole proprietor has no КПП: remove 770001001.") in requisites.faults(party)


def test_a_day_of_registration_needs_its_number() -> None:
    with pytest.raises(InvalidInput, match="A registration of 2020-03-01 has its ОГРН") as caught:
        requisites.check_numbers(Requisites(PartyKind.COMPANY, ogrn_on=date(2020, 3, 1)))

    assert caught.value.field == "ogrn_on"


def test_a_day_of_registration_with_its_number_is_right() -> None:
    party = replace(SELLER, ogrn_on=date(2002, 8, 26))

    assert requisites.faults(party) == []
    assert requisites.requisites_of(party).ogrn_on == date(2002, 8, 26)


@pytest.mark.parametrize("address", ["", "2BM-7700000016-770001001-202001010000000000001", "0195:SGUEN01", "x" * 200])
def test_an_electronic_address_is_one_printable_word(address: str) -> None:
    requisites.check_electronic_address(address)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("2BM 77", "holds a space or a control character"),
        ("2BM\u00a077", "holds a space or a control character"),
        ("2BM\x0077", "holds a space or a control character"),
        ("2BM\u202e77", "holds a space or a control character"),
        ("x" * 201, "has 201 characters: shorten it to 200"),
    ],
)
def test_an_electronic_address_that_cannot_be_is_refused(address: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        requisites.check_electronic_address(address)

    assert caught.value.field == "electronic_address"


@pytest.mark.parametrize("family", ["", "PT Sans", "Lato", "IBM-Plex Sans 3", "x" * 100])
def test_a_font_is_a_plain_name(family: str) -> None:
    requisites.check_font(family)


@pytest.mark.parametrize("family", ["Лато", "Lato'; color: red", "Lato\n", " Lato", "Lato ", "-Lato", "x" * 101])
def test_a_font_that_could_break_a_style_is_refused(family: str) -> None:
    with pytest.raises(InvalidInput, match="such as PT Sans") as caught:
        requisites.check_font(family)

    assert caught.value.field == "font"
