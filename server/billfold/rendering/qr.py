"""The payment QR: the payload of GOST R 56042-2014 and its picture as a `data:` URI."""

import base64
import struct
import zlib
from contextlib import suppress
from decimal import Decimal
from math import isqrt
from typing import cast

import zxingcpp

from billfold.domain.document import BankDetails, Document, DocumentStatus, PartyKind
from billfold.domain.money import exponent
from billfold.rendering.purposes import payment_purpose

# The standard's sign, version 0001 and the digit of an encoding, the usual one first: in the second, letters that are
# not Latin take half the room.
_ENCODINGS = {"ST00012": "utf-8", "ST00011": "windows-1251"}
_MANDATORY_BYTES = 300
_NOT_IN_VALUES = str.maketrans({"|": " ", "\r": " ", "\n": " "})


def payment_payload(document: Document, due: Decimal | None = None) -> str | None:
    """Give the text of the payment QR, or None where none may be printed.

    It is for the document's sum, or for `due` where less is left to pay of it. None unless the document is payable,
    issued (a draft has no number to pay by), in roubles, above zero and of a Russian seller with a bank; None, too,
    where the mandatory block would be above the standard's 300 bytes in any encoding. A long name may be all too long
    in UTF-8, so there is windows-1251.
    """
    bank = document.seller.bank
    amount = document.totals.gross if due is None else min(due, document.totals.gross)
    if bank is None or amount <= 0 or not _may_be_paid_by_qr(document):
        return None
    mandatory, additional = _pairs(_mandatory(document, bank)), _pairs(_additional(document, amount))
    for sign, encoding in _ENCODINGS.items():
        with suppress(UnicodeEncodeError):
            additional.encode(encoding)
            if len(f"{sign}|{mandatory}".encode(encoding)) <= _MANDATORY_BYTES:
                return f"{sign}|{mandatory}|{additional}"
    return None


def _may_be_paid_by_qr(document: Document) -> bool:
    return (
        document.is_payable
        and document.status is DocumentStatus.ISSUED
        and document.currency == "RUB"
        and document.seller.country == "RU"
    )


def _mandatory(document: Document, bank: BankDetails) -> list[tuple[str, str]]:
    return [
        ("Name", _value(document.seller.name, 160)),
        ("PersonalAcc", _value(bank.account, 20)),
        ("BankName", _value(bank.name, 45)),
        ("BIC", _value(bank.bic, 9)),
        ("CorrespAcc", _value(bank.corr_account, 20) or "0"),
    ]


def _additional(document: Document, amount: Decimal) -> list[tuple[str, str]]:
    seller = document.seller
    kopecks = int(amount.scaleb(exponent(document.currency)))
    return [
        ("Sum", str(kopecks)),
        ("Purpose", _value(payment_purpose(document), 210)),
        ("PayeeINN", _value(seller.inn, 12)),
        ("KPP", _value(seller.kpp, 9) if seller.kind is PartyKind.COMPANY else ""),
        ("PersAcc", _value(document.contract.number if document.contract else "", 30)),
    ]


def _pairs(pairs: list[tuple[str, str]]) -> str:
    return "|".join(f"{key}={value}" for key, value in pairs if value)


def _value(text: str, limit: int) -> str:
    return " ".join(text.translate(_NOT_IN_VALUES).split())[:limit].strip()


def qr_image(payload: str) -> str:
    """Draw the payload as a QR of level M, one pixel a module, without the quiet zone: a `data:` URI of a PNG.

    It is written in the encoding that its first letters name.
    """
    encoding = _ENCODINGS[payload.partition("|")[0]]
    # Bytes, not text: given text the library may choose another encoding and say so in an ECI, which banks ignore.
    barcode = zxingcpp.create_barcode(payload.encode(encoding), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = barcode.to_image(scale=1, add_quiet_zones=False)
    # An image is a buffer of its pixels, which its stub does not say.
    pixels = bytes(cast("bytes", image))
    png = _png(pixels, isqrt(len(pixels)))
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _png(pixels: bytes, width: int) -> bytes:
    """Write 8-bit grey pixels as a PNG; an image library would take longer than the code itself."""
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, len(pixels) // width, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
