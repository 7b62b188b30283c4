"""Reading bank statements: every way that banks write them, and every file that is none."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billfold.adapters import bank_statements
from billfold.adapters.bank_statements import read_statement, reading
from billfold.domain.errors import CallerError, InvalidInput, LimitExceeded
from billfold.domain.statements import StatementAccount, StatementDocument
from tests.statement_texts import ACCOUNT, PAYER_ACCOUNT, balances, payment, statement_file, statement_text


def read_one(text: str) -> StatementDocument:
    (document,) = read_statement(text.encode(), "bank.txt").documents
    return document


def read_payment(**changes: str) -> StatementDocument:
    return read_one(statement_text(payment(**changes)))


def test_a_statement_is_read_whole() -> None:
    found = read_statement(statement_file(balances(), payment()), "bank.txt")

    assert found.accounts == (
        StatementAccount(
            line=6,
            account=ACCOUNT,
            first_day=date(2026, 10, 31),
            last_day=date(2026, 10, 31),
            opening=Decimal("100.00"),
            received=Decimal("2200.00"),
            spent=Decimal("0.00"),
            closing=Decimal("2300.00"),
        ),
    )
    assert found.documents == (
        StatementDocument(
            line=15,
            number="315",
            amount=Decimal("2200.00"),
            dated_on=date(2026, 10, 30),
            received_on=date(2026, 10, 31),
            payer_name="ООО «Юпитер Логистик»",
            payer_inn="7707083893",
            payer_account=PAYER_ACCOUNT,
            payee_inn="7700000016",
            payee_accounts=(ACCOUNT,),
            purpose="За услуги связи",
        ),
    )
    assert found.warnings == ()


@pytest.mark.parametrize("claimed", ["Windows", "DOS", "UTF-8", "Nonsense"])
@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_is_found_whatever_the_file_claims(encoding: str, claimed: str) -> None:
    text = statement_text(payment(Плательщик1="АО Ёлка", Плательщик="-"))
    text = text.replace("Кодировка=Windows", f"Кодировка={claimed}")

    found = read_statement(text.encode(encoding), "bank.txt")

    assert [one.payer_name for one in found.documents] == ["АО Ёлка"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\n\n", "  \r\n"])
def test_lines_end_in_every_way(end: str) -> None:
    text = statement_text(payment()).replace("\n", end)

    assert read_one(text).number == "315"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("=", " = "),
        lambda text: text.replace("=", "\t=\t"),
        lambda text: text.replace("СекцияДокумент", "СЕКЦИЯДОКУМЕНТ").replace("Сумма", "сумма"),
        lambda text: text.replace("ПлательщикСчет", "ПлательщикСчёт").replace("ПолучательСчет", "ПОЛУЧАТЕЛЬСЧЁТ"),
        lambda text: text.replace("1CClientBankExchange", "1СClientBankExchange"),
        lambda text: "\ufeff\n\n" + text,
        lambda text: text.replace("ВерсияФормата=1.03", "ВерсияФормата=1.00"),
        lambda text: text.replace("Номер=", "НовыйКлюч=1\nНомер="),
        lambda text: text.replace("СекцияДокумент=Платежное поручение", "СекцияДокумент"),
        lambda text: text + "\n\x1a",
        lambda text: text.replace("Номер=315", "Номер=\x00315"),
    ],
)
def test_spaces_cases_and_unknown_keys_change_nothing(spoil: object) -> None:
    assert callable(spoil)

    found = read_statement(spoil(statement_text(payment())).encode(), "bank.txt").documents

    assert [(one.number, one.amount, one.payer_account) for one in found] == [
        ("315", Decimal("2200.00"), PAYER_ACCOUNT)
    ]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12200.00", "12200.00"),
        ("12200", "12200.00"),
        ("12200.5", "12200.50"),
        ("12200,50", "12200.50"),
        ("12 200,00", "12200.00"),
        ("12\u00a0200.00", "12200.00"),
        ("1 234 567", "1234567.00"),
        ("1,234.56", "1234.56"),
        ("1.234.567,89", "1234567.89"),
        ("12'200.00", "12200.00"),
        ("12200-50", "12200.50"),
        ("12200=", "12200.00"),
        ("12200.500", "12200.50"),
        ("0.01", "0.01"),
        ("+5.00", "5.00"),
    ],
)
def test_sums_are_read_in_every_hand(written: str, amount: str) -> None:
    found = read_payment(Сумма=written).amount

    assert str(found) == amount


@pytest.mark.parametrize(
    "written",
    ["", "-", "0", "0.00", "-5.00", "abc", "1,234", "1.234", "1,234,56", "1.2.3", "NaN", "1e5", "9" * 20, "1.00001"],
)
def test_a_wrong_sum_is_told_by_its_line(written: str) -> None:
    text = statement_text(payment(Сумма="SUM")).replace("SUM", written)

    with pytest.raises(InvalidInput, match=r"^bank\.txt, line (6|9): .*(sum|Сумма).* Nothing was imported\.$"):
        read_statement(text.encode(), "bank.txt")


@pytest.mark.parametrize(
    "written", ["31.10.2026", "31.10.26", "31/10/2026", "2026-10-31", "31.10.2026 12:30:00", "2026-10-31T00:00:00"]
)
def test_dates_are_read_in_every_hand(written: str) -> None:
    assert read_payment(ДатаПоступило=written).received_on == date(2026, 10, 31)


def test_short_days_and_months_are_read() -> None:
    assert read_payment(Дата="1.9.2026").dated_on == date(2026, 9, 1)


@pytest.mark.parametrize("written", ["31.02.2026", "00.00.0000", "01.01.1026", "01.01.2201", "yesterday 1", "1.1"])
def test_an_absurd_date_is_told_by_its_line(written: str) -> None:
    with pytest.raises(InvalidInput, match=r"^bank\.txt, line 15: the date '.*' .* Nothing was imported\.$"):
        read_payment(ДатаПоступило=written)


@pytest.mark.parametrize("written", ["", "  .  .    "])
def test_an_empty_date_is_none(written: str) -> None:
    assert read_payment(ДатаПоступило=written).received_on is None


@pytest.mark.parametrize(
    ("changes", "name", "inn"),
    [
        ({"Плательщик1": "-"}, "ООО «Юпитер Логистик»", "7707083893"),
        ({"ПлательщикИНН": "-", "Плательщик1": "-"}, "ООО «Юпитер Логистик»", "7707083893"),
        ({"ПлательщикИНН": "", "Плательщик": "ИНН 770000000156 КПП 0 ИП Ким"}, "ООО «Юпитер Логистик»", "770000000156"),
        ({"ПлательщикИНН": "7707083893/770701001"}, "ООО «Юпитер Логистик»", "7707083893"),
        ({"ПлательщикИНН": "0", "Плательщик": "Ким", "Плательщик1": "-"}, "Ким", ""),
        ({"ПлательщикИНН": "-", "Плательщик": "ИНН  Ким", "Плательщик1": "-"}, "Ким", ""),
        ({"ПлательщикИНН": "-", "Плательщик": "-", "ПлательщикНаименование": "ТОО", "Плательщик1": "-"}, "ТОО", ""),
    ],
)  # fmt: skip
def test_payers_are_read_from_every_key(changes: dict[str, str], name: str, inn: str) -> None:
    found = read_payment(**changes)

    assert (found.payer_name, found.payer_inn) == (name, inn)


def test_accounts_of_two_banks_are_both_the_payees() -> None:
    found = read_payment(ПолучательСчет="30232.810.1.00000000009", ПолучательРасчСчет=ACCOUNT)

    assert found.payee_accounts == ("30232810100000000009", ACCOUNT)


@pytest.mark.parametrize(
    ("lines", "purpose"),
    [
        ("НазначениеПлатежа=По счету 42", "По счету 42"),
        ("НазначениеПлатежа=По счету\n42 от 01.11.2026\nв т.ч. НДС", "По счету 42 от 01.11.2026 в т.ч. НДС"),
        ("НазначениеПлатежа=По счету\nсумма без налога = 5", "По счету сумма без налога = 5"),
        ("НазначениеПлатежа1=По счету\nНазначениеПлатежа2=42\nНазначениеПлатежа6=за связь", "По счету 42 за связь"),
        ("НазначениеПлатежа=По счету 42\nНазначениеПлатежа1=По счету\nНазначениеПлатежа2=42", "По счету 42"),
        ("НазначениеПлатежа=По счету\nНазначениеПлатежа1=По счету 42", "По счету 42"),
        ("НазначениеПлатежа=По счету\nНазначениеПлатежа2=42", "По счету 42"),
        ("НазначениеПлатежа=По  счету\t42  ", "По счету 42"),
        ("НазначениеПлатежа=", ""),
    ],
)
def test_purposes_are_joined(lines: str, purpose: str) -> None:
    text = statement_text(payment(НазначениеПлатежа="-").replace("КонецДокумента", f"{lines}\nКонецДокумента"))

    assert read_one(text).purpose == purpose


def test_a_missing_end_of_file_is_a_warning() -> None:
    found = read_statement(statement_text(payment(), end="").encode(), "bank.txt")

    assert len(found.documents) == 1
    assert found.warnings == ("The file has no last line КонецФайла: it may be cut off.",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (statement_text(payment()).partition("КонецДокумента")[0], "line 6: what begins here never ends"),
        (statement_text(balances()).partition("КонецРасчСчет")[0], "line 6: what begins here never ends"),
        (
            statement_text(payment().replace("КонецДокумента", ""), payment()),
            "line 19: a section begins before that of",
        ),
        (statement_text("КонецДокумента"), "line 6: a section ends here that has not begun"),
        (statement_text(payment().replace("КонецДокумента", "КонецРасчСчет")), "line 18: a section ends here that has"),
        (statement_text(payment(Сумма="-")), "line 6: the document has no sum"),
        (statement_text(payment(Номер="1" * 101)), "line 7: the document's number is longer than 100"),
        (statement_text(payment(НазначениеПлатежа="я" * 4_001)), "line 17: the text is longer than 4,000"),
        (statement_text(payment(ПлательщикСчет="4" * 35)), "line 10: the account"),
        (statement_text(balances(НачальныйОстаток="much")), "line 10: the sum 'much'"),
    ],
)
def test_a_broken_file_is_told_by_its_line(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_statement(text.encode(), "bank.txt")

    assert caught.value.message.startswith(f"bank.txt, {sentence}")
    assert caught.value.message.endswith("Nothing was imported.")
    assert caught.value.field == "file"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "an empty file"),
        (b" \r\n", "an empty file"),
        (b"PK\x03\x04\x14\x00", "an XLSX workbook or another ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an XLS workbook or another old Office file"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08\x00", "a gzipped file"),
        (b"date;amount;purpose\n1;2;3\n", "a CSV table"),
        (b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "a camt XML"),
        (b"<html><body>Error</body></html>", "an XML or HTML file"),
        (b":20:STARTUMSE\n:25:", "an MT940 statement"),
        (b"OFXHEADER:100", "an OFX file"),
        (b'{"payments": []}', "a JSON file"),
        (b"Hello", "another kind of file"),
        (bytes(range(256)), "another kind of file"),
    ],
)
def test_another_file_is_named_and_the_wanted_one_told(content: bytes, kind: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_statement(content, "file.bin")

    assert caught.value.message.startswith(f"file.bin looks like {kind}")
    assert "begins with the line 1CClientBankExchange" in caught.value.message


def test_a_title_without_readable_keys_is_told() -> None:
    with pytest.raises(InvalidInput, match="no key that can be read"):
        read_statement("1CClientBankExchange\nНомер=1".encode("koi8-r"), "bank.txt")


def test_text_that_leaves_its_encoding_is_told() -> None:
    content = statement_text(*[payment()] * 200).encode()

    with pytest.raises(InvalidInput, match="begins in utf-8 and does not keep to it"):
        read_statement(content[:90_000] + b"\xff\xff" + content[90_000:], "bank.txt")


def test_a_byte_that_windows_1251_has_not_is_a_blot_in_a_name() -> None:
    content = statement_file(payment(Плательщик1="QQ")).replace(b"QQ", b"A\x98B")

    assert read_statement(content, "bank.txt").documents[0].payer_name == "A\ufffdB"


def test_too_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FILE_LIMIT", 100)

    with pytest.raises(LimitExceeded, match="larger than 100 bytes"):
        read_statement(statement_file(payment()), "bank.txt")
    assert bank_statements.FILE_LIMIT == 52_428_800


def test_too_many_documents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "DOCUMENT_LIMIT", 1)

    with pytest.raises(LimitExceeded, match="more than 1 documents"):
        read_statement(statement_file(payment(), payment()), "bank.txt")


def test_two_statements_in_one_file_are_both_read() -> None:
    text = f"{statement_text(payment(Номер='1'))}\n{statement_text(payment(Номер='2'))}"

    assert [one.number for one in read_statement(text.encode(), "bank.txt").documents] == ["1", "2"]


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    content = statement_file(payment())
    spoiled = content[:200] + noise + content[200:]

    with suppress(CallerError):
        assert all(one.amount > 0 for one in read_statement(spoiled, "bank.txt").documents)
