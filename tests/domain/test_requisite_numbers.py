"""Numbers of requisites: the table of domain.md 4.5 and the vectors of its chapter 8."""

import pytest

from billfold.domain import requisite_numbers
from billfold.domain.errors import InvalidInput

SBER = "044525225"


@pytest.mark.parametrize("inn", ["7700000016", "7700000023", "7707083893", "770000000156", "500100732259"])
def test_right_inn_passes(inn: str) -> None:
    requisite_numbers.check_inn(inn)


@pytest.mark.parametrize("inn", ["7700000017", "770000000157", "770000000166", "0000000000", "000000000000"])
def test_wrong_check_digit_of_inn_is_refused(inn: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        requisite_numbers.check_inn(inn)

    assert caught.value.message == f"ИНН {inn} has a wrong check digit: check it against the registration papers."
    assert caught.value.field == "inn"


@pytest.mark.parametrize(
    "inn", ["770000001", "77000000160", "77OOOOOO16", "７７０００００００１６", "7700000016\n", "-770000001"]
)
def test_malformed_inn_is_refused(inn: str) -> None:
    with pytest.raises(InvalidInput, match="must have 10 or 12 digits"):
        requisite_numbers.check_inn(inn)


def test_company_has_a_short_inn_only() -> None:
    with pytest.raises(InvalidInput, match="ИНН 500100732259 must have 10 digits"):
        requisite_numbers.check_inn("500100732259", digits=10)


@pytest.mark.parametrize("kpp", ["770001001", "7700AB001"])
def test_right_kpp_passes(kpp: str) -> None:
    requisite_numbers.check_kpp(kpp)


@pytest.mark.parametrize("kpp", ["77000100", "7700010011", "7700АБ001", "A70001001", "770001001\n"])
def test_wrong_kpp_is_refused(kpp: str) -> None:
    with pytest.raises(InvalidInput, match="must be nine digits"):
        requisite_numbers.check_kpp(kpp)


@pytest.mark.parametrize("ogrn", ["1027700000019", "1027700132195"])
def test_right_ogrn_passes(ogrn: str) -> None:
    requisite_numbers.check_ogrn(ogrn)


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
        requisite_numbers.check_ogrn(ogrn)


# The last one has a remainder of 10 to 12, which python-stdnum refuses.
@pytest.mark.parametrize("ogrnip", ["304500116000157", "304770000000019", "398386756508891"])
def test_right_ogrnip_passes(ogrnip: str) -> None:
    requisite_numbers.check_ogrnip(ogrnip)


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
        requisite_numbers.check_ogrnip(ogrnip)


@pytest.mark.parametrize("bic", [SBER, "044525000", "044525001", "044525002", "044525050", "044525999", "014525003"])
def test_right_bic_passes(bic: str) -> None:
    requisite_numbers.check_bic(bic)


@pytest.mark.parametrize("bic", ["044525003", "044525049", "04452522", "0445252255", "SABRRUMM"])
def test_wrong_bic_is_refused(bic: str) -> None:
    with pytest.raises(InvalidInput, match=f"БИК {bic}"):
        requisite_numbers.check_bic(bic)


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
    requisite_numbers.check_account(account, bic)


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
        requisite_numbers.check_account(account, bic)


def test_right_corr_account_passes() -> None:
    requisite_numbers.check_corr_account("30101810400000000225", SBER)


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
        requisite_numbers.check_corr_account(account, SBER)
