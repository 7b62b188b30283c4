"""The payment QR: the payload of GOST R 56042-2014, and when there is none."""

import base64
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from billfold.domain.document import BankDetails, DocumentStatus
from billfold.rendering.qr import payment_payload, qr_image
from tests.factories import make_document, make_line, make_seller, make_sole_seller

# domain.md 4.8.
PAYLOAD = (
    "ST00012|Name=ООО «Пример Связь»|PersonalAcc=40702810200000000001|BankName=ПАО СБЕРБАНК|BIC=044525225"
    "|CorrespAcc=30101810400000000225|Sum=1220000|Purpose=Оплата по счету № 42 от 01.11.2026, в т.ч. НДС 22% 2200.00"
    "|PayeeINN=7700000016|KPP=770001001|PersAcc=100042"
)


def payload(**overrides: Any) -> str:
    text = payment_payload(make_document(lines=(make_line(price=Decimal("12200.00")),), **overrides))
    assert text is not None
    return text


def test_the_payload_is_that_of_the_standard() -> None:
    assert payload() == PAYLOAD


def test_separators_and_line_breaks_are_taken_out_of_values() -> None:
    text = payload(payment_purpose="Счёт|42\r\nот ноября")

    assert "|Purpose=Счёт 42 от ноября|" in text


def test_values_are_cut_at_their_limits() -> None:
    text = payload(payment_purpose="ж" * 300)

    assert f"|Purpose={'ж' * 210}|" in text


def test_a_bank_without_a_correspondent_account_is_a_zero() -> None:
    seller = make_seller(bank=BankDetails("Банк России", "044525000", "40702810200000000001"))

    assert "|CorrespAcc=0|" in payload(seller=seller)


def test_a_sole_proprietor_has_no_kpp() -> None:
    assert "KPP=" not in payload(seller=make_sole_seller(kpp="770001001"))


def test_a_long_name_is_written_in_the_encoding_that_has_room() -> None:
    text = payload(seller=make_seller(name="Ж" * 160))

    assert text.startswith(f"ST00011|Name={'Ж' * 160}|PersonalAcc=40702810200000000001|")


def test_a_long_name_has_no_room_beside_letters_that_only_utf_8_has() -> None:
    document = make_document(seller=make_seller(name="Ж" * 160), payment_purpose="საქართველო")

    assert payment_payload(document) is None


def test_without_a_contract_there_is_no_personal_account() -> None:
    assert payload(contract=None).endswith("|KPP=770001001")


@pytest.mark.parametrize(
    "overrides",
    [
        {"currency": "USD"},
        {"status": DocumentStatus.VOID},
        {"status": DocumentStatus.DRAFT, "number": ""},
        {"is_payable": False},
        {"seller": make_seller(country="KZ")},
        {"seller": make_seller(bank=None)},
        {"seller": make_seller(name="ჟ" * 160)},
    ],
    ids=["not roubles", "void", "draft", "not payable", "foreign seller", "no bank", "above 300 bytes"],
)
def test_there_is_no_qr_where_nobody_could_pay_by_it(overrides: dict[str, Any]) -> None:
    assert payment_payload(make_document(**overrides)) is None


@pytest.mark.parametrize(("due", "kopecks"), [("450.05", "45005"), ("99999.00", "1220000")], ids=["less", "more"])
def test_it_asks_for_no_more_than_is_due(due: str, kopecks: str) -> None:
    document = make_document(lines=(make_line(price=Decimal("12200.00")),))

    assert f"|Sum={kopecks}|" in str(payment_payload(document, Decimal(due)))


def test_there_is_no_qr_where_nothing_is_due() -> None:
    assert payment_payload(make_document(), Decimal("0.00")) is None


def test_there_is_no_qr_for_nothing() -> None:
    assert payment_payload(make_document(lines=())) is None


def codes_in(picture: str) -> tuple[list[bytes], tuple[int, int]]:
    """Give what the codes of a picture say, and its size."""
    png = base64.b64decode(picture.removeprefix("data:image/png;base64,"))
    modules = Image.open(BytesIO(png))
    enlarged = modules.resize((modules.width * 4, modules.height * 4), Image.Resampling.NEAREST)
    paper = Image.new("L", (enlarged.width + 80, enlarged.height + 80), 255)
    paper.paste(enlarged, (40, 40))
    return [code.bytes for code in zxingcpp.read_barcodes(paper)], modules.size


def test_the_picture_reads_as_the_payload() -> None:
    codes, size = codes_in(qr_image(PAYLOAD))

    assert codes == [PAYLOAD.encode()]
    assert size == (69, 69)


def test_the_picture_is_in_the_encoding_that_it_names() -> None:
    codes, _ = codes_in(qr_image("ST00011|Name=Пример"))

    assert codes == [b"ST00011|Name=\xcf\xf0\xe8\xec\xe5\xf0"]
