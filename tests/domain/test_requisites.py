"""Requisites: the table of domain.md 4.5 and the vectors of its chapter 8."""

import pytest

from billfold.domain import requisites
from billfold.domain.document import BankDetails, PartyKind
from billfold.domain.errors import InvalidInput
from billfold.domain.requisites import Requisites

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


@pytest.mark.parametrize("inn", ["7700000016", "7700000023", "7707083893", "770000000156", "500100732259"])
def test_right_inn_passes(inn: str) -> None:
    requisites.check_inn(inn)


@pytest.mark.parametrize("inn", ["7700000017", "770000000157", "770000000166", "0000000000", "000000000000"])
def test_wrong_check_digit_of_inn_is_refused(inn: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        requisites.check_inn(inn)

    assert caught.value.message == f"ИНН {inn} has a wrong check digit: check it against the registration papers."
    assert caught.value.field == "inn"


@pytest.mark.parametrize(
    "inn", ["770000001", "77000000160", "77OOOOOO16", "７７０００００００１６", "7700000016\n", "-770000001"]
)
def test_malformed_inn_is_refused(inn: str) -> None:
    with pytest.raises(InvalidInput, match="must have 10 or 12 digits"):
        requisites.check_inn(inn)


def test_company_has_a_short_inn_only() -> None:
    with pytest.raises(InvalidInput, match="ИНН 500100732259 must have 10 digits"):
        requisites.check_inn("500100732259", digits=10)


@pytest.mark.parametrize("kpp", ["770001001", "7700AB001"])
def test_right_kpp_passes(kpp: str) -> None:
    requisites.check_kpp(kpp)


@pytest.mark.parametrize("kpp", ["77000100", "7700010011", "7700АБ001", "A70001001", "770001001\n"])
def test_wrong_kpp_is_refused(kpp: str) -> None:
    with pytest.raises(InvalidInput, match="must be nine digits"):
        requisites.check_kpp(kpp)


@pytest.mark.parametrize("ogrn", ["1027700000019", "1027700132195"])
def test_right_ogrn_passes(ogrn: str) -> None:
    requisites.check_ogrn(ogrn)


@pytest.mark.parametrize(
    ("ogrn", "reason"),
    [
        ("1027700000010", "ОГРН 1027700000010 has a wrong check digit"),
        ("2027700000010", "must have 13 digits and start with 1 or 5"),
        ("304500116000157", "must have 13 digits and start with 1 or 5"),
    ],
)
def test_wrong_ogrn_is_refused(ogrn: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        requisites.check_ogrn(ogrn)


# The last one has a remainder of 10 to 12, which python-stdnum refuses.
@pytest.mark.parametrize("ogrnip", ["304500116000157", "304770000000019", "398386756508891"])
def test_right_ogrnip_passes(ogrnip: str) -> None:
    requisites.check_ogrnip(ogrnip)


@pytest.mark.parametrize(
    ("ogrnip", "reason"),
    [
        ("304500116000158", "ОГРНИП 304500116000158 has a wrong check digit"),
        ("104500116000157", "must have 15 digits and start with 3"),
        ("1027700000019", "must have 15 digits and start with 3"),
    ],
)
def test_wrong_ogrnip_is_refused(ogrnip: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        requisites.check_ogrnip(ogrnip)


@pytest.mark.parametrize("bic", [SBER, "044525000", "044525001", "044525002", "044525050", "044525999", "014525003"])
def test_right_bic_passes(bic: str) -> None:
    requisites.check_bic(bic)


@pytest.mark.parametrize("bic", ["044525003", "044525049", "04452522", "0445252255", "SABRRUMM"])
def test_wrong_bic_is_refused(bic: str) -> None:
    with pytest.raises(InvalidInput, match=f"БИК {bic}"):
        requisites.check_bic(bic)


@pytest.mark.parametrize(
    ("account", "bic"),
    [
        ("40702810200000000001", SBER),
        # A letter stands for its digit: A is 0.
        ("40702A10000000000001", SBER),
        # A unit of the Bank of Russia has the prefix of a correspondent account.
        ("40702810000000000001", "044525000"),
        ("03100643000000017300", "014525988"),
    ],
)
def test_right_account_passes(account: str, bic: str) -> None:
    requisites.check_account(account, bic)


@pytest.mark.parametrize(
    ("account", "bic", "reason"),
    [
        ("40702810100000000001", SBER, f"Account 40702810100000000001 does not belong to БИК {SBER}"),
        ("40702810200000000001", "044525226", "does not belong to БИК 044525226"),
        ("40702810200000000001", "044525000", "does not belong to БИК 044525000"),
        ("4070281020000000000", SBER, "must have 20 digits"),
        ("40702D10200000000001", SBER, "must have 20 digits"),
        ("0310064300000001730", "014525988", "must have 20 digits"),
    ],
)
def test_wrong_account_is_refused(account: str, bic: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        requisites.check_account(account, bic)


def test_right_corr_account_passes() -> None:
    requisites.check_corr_account("30101810400000000225", SBER)


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("30101810500000000225", "does not belong to БИК"),
        ("30101810400000000226", "does not belong to БИК"),
        ("40702810200000000001", "start with 30101"),
    ],
)
def test_wrong_corr_account_is_refused(account: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        requisites.check_corr_account(account, SBER)


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
