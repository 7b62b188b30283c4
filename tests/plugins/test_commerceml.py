"""CommerceML: what 1C is told of each document, and what it is not told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import etree

from billfold.plugin_api import (
    Document,
    DocumentReference,
    DocumentStatus,
    ExportedFile,
    PartyKind,
    Refused,
    total_up,
)
from billfold.plugin_host import load_plugins
from plugins.commerceml import plugin
from tests.factories import make_buyer, make_document, make_line, make_lines, make_seller, make_sole_seller

REPOSITORY = Path(__file__).parents[2]
SCHEMA = REPOSITORY.parent / "shared" / "xsd" / "CommerceML2.0.8.xsd"
NAMESPACE = {"": "urn:1C.ru:commerceml_2"}


def exported(*documents: Document) -> ExportedFile:
    (answer,) = plugin.export_documents(documents=documents)
    assert isinstance(answer, ExportedFile), answer
    return answer


def content(*documents: Document) -> bytes:
    written = exported(*documents).content
    assert isinstance(written, bytes)
    return written


def written(document: Document) -> ElementTree.Element:
    found = ElementTree.fromstring(content(document)).find("Документ", NAMESPACE)  # noqa: S314  # Our own bytes.
    assert found is not None
    return found


def text(document: Document, path: str) -> str | None:
    return written(document).findtext(path, namespaces=NAMESPACE)


def texts(document: Document, path: str, place: int = 0) -> list[tuple[str, str | None]]:
    """Give the leaves of the element at a place among those at the path: their names and their texts."""
    found = written(document).findall(path, NAMESPACE)[place]
    return [(child.tag.rpartition("}")[2], child.text) for child in found if len(child) == 0]


def requisites(document: Document) -> dict[str | None, str | None]:
    return {
        one.findtext("Наименование", namespaces=NAMESPACE): one.findtext("Значение", namespaces=NAMESPACE)
        for one in written(document).iterfind("ЗначенияРеквизитов/ЗначениеРеквизита", NAMESPACE)
    }


def refusal(document: Document) -> str:
    (answer,) = plugin.export_documents(documents=[document])
    assert isinstance(answer, Refused)
    assert answer.document is document
    return answer.reason


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The public schema of version 2.08."""
    if not SCHEMA.is_file():
        pytest.skip(f"The public schema is not beside the repository: put {SCHEMA.name} into ../shared/xsd to check.")
    return etree.XMLSchema(etree.parse(SCHEMA))


def errors(schema: etree.XMLSchema, *documents: Document) -> list[str]:
    schema.validate(etree.fromstring(content(*documents)))
    return [str(error) for error in schema.error_log]


# --- The file ---


def test_the_format_takes_what_1c_has_operations_for() -> None:
    (declared,) = plugin.export_formats()

    assert declared.key == "commerceml"
    assert declared.types == {"invoice", "act", "universal-transfer", "tax-invoice"}
    assert declared.titles == {"ru": "1С: CommerceML 2.08", "en": "1C: CommerceML 2.08"}


def test_many_documents_are_one_file_of_the_newest_day() -> None:
    older = make_document(number="41", issue_date=date(2026, 10, 31))

    file = exported(make_document(), older)

    assert file.name == "commerceml-1.xml"
    assert file.media_type == "application/xml"
    root = ElementTree.fromstring(file.content)  # type: ignore[arg-type]  # noqa: S314  # Our own bytes.
    assert root.attrib == {"ВерсияСхемы": "2.08", "ДатаФормирования": "2026-11-01T00:00:00"}
    assert [one.findtext("Номер", namespaces=NAMESPACE) for one in root] == ["42", "41"]


def test_another_file_begins_after_5000_lines() -> None:
    big = make_document(2_500)

    answers = list(plugin.export_documents(documents=[big, big, make_document(number="43")]))

    assert [answer.name for answer in answers if isinstance(answer, ExportedFile)] == [
        "commerceml-1.xml",
        "commerceml-2.xml",
    ]


def test_the_same_documents_give_the_same_bytes() -> None:
    assert content(make_document()) == content(make_document())


def test_documents_are_read_one_by_one() -> None:
    taken: list[str] = []

    def documents() -> Iterator[Document]:
        for type_ in ("contract", "invoice"):
            taken.append(type_)
            yield make_document(type=type_)

    answers = plugin.export_documents(documents=documents())
    first = next(answers)

    assert isinstance(first, Refused)
    assert taken == ["contract"]


def test_the_host_asks_it_for_its_format(tmp_path: Path) -> None:
    (tmp_path / "commerceml").symlink_to(REPOSITORY / "plugins" / "commerceml")
    host = load_plugins([tmp_path])

    answers = list(host.export("commerceml", [make_document(), make_document(type="contract")]))

    assert [type(answer) for answer in answers] == [Refused, ExportedFile]


def test_without_documents_there_is_no_file() -> None:
    assert list(plugin.export_documents(documents=[])) == []


def test_a_refusal_stops_no_other_document() -> None:
    answers = list(plugin.export_documents(documents=[make_document(type="contract"), make_document()]))

    assert [type(answer) for answer in answers] == [Refused, ExportedFile]


def test_letters_of_every_language_are_kept_and_what_xml_has_not_is_left_out() -> None:
    document = make_document(lines=(make_line(description="Связь სილქ <&> 📞\x0b"),))

    assert text(document, "Товары/Товар/Наименование") == "Связь სილქ <&> 📞"


# --- The document ---


@pytest.mark.parametrize(
    ("type_", "operation"),
    [
        ("invoice", "Счет на оплату"),
        ("act", "Отпуск товара"),
        ("universal-transfer", "Отпуск товара"),
        ("tax-invoice", "Счет-фактура"),
    ],
)
def test_the_type_decides_the_operation(type_: str, operation: str) -> None:
    assert text(make_document(type=type_), "ХозОперация") == operation


def test_the_head_tells_what_the_document_says() -> None:
    assert texts(make_document(lines=(make_line(),)), ".") == [
        ("Ид", "019a5f00-0000-7000-8000-000000000042"),
        ("Номер", "42"),
        ("Дата", "2026-11-01"),
        ("ХозОперация", "Счет на оплату"),
        ("Роль", "Продавец"),
        ("Валюта", "RUB"),
        ("Курс", "1"),
        ("Сумма", "2200.00"),
        ("Время", "00:00:00"),
        ("СрокПлатежа", "2026-11-15"),
        ("Комментарий", "Договор 100042 от 01.02.2024"),
    ]


def test_the_contract_is_a_requisite_too() -> None:
    assert requisites(make_document()) == {"Договор": "100042 от 01.02.2024"}


def test_a_revision_says_which_one_it_is_and_of_when() -> None:
    document = make_document(revision=1, revised_on=date(2026, 11, 3), contract=None)

    assert requisites(document) == {"НомерИсправления": "1", "ДатаИсправления": "2026-11-03"}


def test_a_void_document_is_marked_for_deletion() -> None:
    document = make_document(status=DocumentStatus.VOID)

    assert requisites(document) == {"Договор": "100042 от 01.02.2024", "ПометкаУдаления": "true"}


def test_the_rate_of_foreign_money_is_not_told() -> None:
    assert text(make_document(currency="USD"), "Курс") == ""


def test_the_money_of_the_sellers_own_country_has_the_rate_of_one() -> None:
    document = make_document(currency="KZT", seller=make_seller(country="KZ"))

    assert text(document, "Курс") == "1"


def test_each_rate_has_its_tax() -> None:
    lines = (make_line(1), make_line(2, rate=Decimal(10), price=Decimal("110.00")), make_line(3, rate=None))

    taxes = written(make_document(lines=lines)).findall("Налоги/Налог", NAMESPACE)

    assert [[child.text for child in tax] for tax in taxes] == [
        ["НДС", "true", "396.72", "22"],
        ["НДС", "true", "10.00", "10"],
        ["НДС", "true", "0.00", "Без НДС"],
    ]


def test_an_advance_invoice_has_the_computed_rate() -> None:
    document = make_document(lines=(make_line(),), type="tax-invoice", details={"is_advance": True})

    assert text(document, "Налоги/Налог/Ставка") == "22/122"
    assert text(document, "Товары/Товар/Налоги/Налог/Ставка") == "22/122"


# --- Lines ---


def test_a_line_tells_its_service_its_sum_and_its_tax() -> None:
    document = make_document(lines=(make_line(),))

    assert texts(document, "Товары/Товар") == [
        ("Ид", "internet-100"),
        ("Наименование", "Доступ в интернет 100 Мбит/с, октябрь 2026 г."),
        ("БазоваяЕдиница", "мес"),
        ("ЦенаЗаЕдиницу", "2200.00"),
        ("Количество", "1"),
        ("Сумма", "2200.00"),
    ]
    assert texts(document, "Товары/Товар/Налоги/Налог") == [
        ("Наименование", "НДС"),
        ("УчтеноВСумме", "true"),
        ("Сумма", "396.72"),
        ("Ставка", "22"),
    ]


def test_a_line_is_a_service_and_not_goods() -> None:
    document = make_document(lines=(make_line(),))

    found = written(document).findall("Товары/Товар/ЗначенияРеквизитов/ЗначениеРеквизита", NAMESPACE)

    assert [[child.text for child in one] for one in found] == [
        ["ВидНоменклатуры", "Услуга"],
        ["ТипНоменклатуры", "Услуга"],
    ]


def test_a_price_without_tax_is_told_with_it_as_the_sum_is() -> None:
    line = make_line(price=Decimal("100.00"), quantity=Decimal(3), tax_included=False)

    document = make_document(lines=(line,))

    assert text(document, "Товары/Товар/ЦенаЗаЕдиницу") == "122.00"
    assert text(document, "Товары/Товар/Сумма") == "366.00"


def test_a_part_of_a_month_is_told_by_what_a_unit_comes_to() -> None:
    line = make_line(price=Decimal("350.00"), quantity=Decimal(12))
    part = replace(line, net=Decimal("666.31"), tax=Decimal("146.59"), gross=Decimal("812.90"))

    document = make_document(lines=(part,))

    assert text(document, "Товары/Товар/ЦенаЗаЕдиницу") == "67.74"
    assert text(document, "Товары/Товар/Количество") == "12"
    assert text(document, "Товары/Товар/Сумма") == "812.90"


def test_a_price_in_yens_has_two_decimals_where_the_sum_asks_for_them() -> None:
    line = make_line(price=Decimal(1001), quantity=Decimal(7), tax_included=False, currency="JPY")

    document = make_document(lines=(line,), currency="JPY")

    assert text(document, "Товары/Товар/ЦенаЗаЕдиницу") == "1221.29"
    assert text(document, "Товары/Товар/Сумма") == "8549.00"


def test_a_long_description_stays_whole_beside_its_beginning() -> None:
    document = make_document(lines=(make_line(description="д" * 300),))

    assert text(document, "Товары/Товар/Наименование") == "д" * 255
    assert text(document, "Товары/Товар/Описание") == "д" * 300


# --- Parties ---


def test_a_company_is_known_by_its_numbers() -> None:
    assert texts(make_document(), "Контрагенты/Контрагент") == [
        ("Ид", "7700000016#770001001"),
        ("Наименование", "ООО «Пример Связь»"),
        ("ОфициальноеНаименование", "ООО «Пример Связь»"),
        ("ИНН", "7700000016"),
        ("КПП", "770001001"),
        ("Роль", "Продавец"),
    ]
    assert text(make_document(), "Контрагенты/Контрагент/ЮридическийАдрес/Представление") == (
        "101000, г. Москва, ул. Примерная, д. 78"
    )


def test_a_sole_proprietor_is_a_person_with_a_number() -> None:
    document = make_document(seller=make_sole_seller())

    assert texts(document, "Контрагенты/Контрагент") == [
        ("Ид", "500100732259"),
        ("Наименование", "ИП Орлов Сергей Петрович"),
        ("ПолноеНаименование", "ИП Орлов Сергей Петрович"),
        ("ИНН", "500100732259"),
        ("Роль", "Продавец"),
    ]


@pytest.mark.parametrize(
    ("kind", "id_", "name"),
    [
        (PartyKind.PERSON, "c0002", "ПолноеНаименование"),
        (PartyKind.FOREIGN, "c0200", "ОфициальноеНаименование"),
    ],
)
def test_who_has_no_russian_number_is_known_by_the_code(kind: PartyKind, id_: str, name: str) -> None:
    buyer = make_buyer(kind)

    assert texts(make_document(buyer=buyer), "Контрагенты/Контрагент", place=1) == [
        ("Ид", id_),
        ("Наименование", buyer.name),
        (name, buyer.name),
        ("Роль", "Покупатель"),
    ]


def test_a_person_from_abroad_has_no_russian_number(schema: etree.XMLSchema) -> None:
    document = make_document(buyer=make_buyer(PartyKind.PERSON, inn="FR12345678901", country="FR"))

    assert texts(document, "Контрагенты/Контрагент", place=1)[0] == ("Ид", document.buyer.code)
    assert text(document, "Контрагенты/Контрагент[2]/ИНН") is None
    assert errors(schema, document) == []


# --- The schema ---


@pytest.mark.parametrize("kind", PartyKind)
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_every_kind_of_buyer_is_valid_against_the_schema(schema: etree.XMLSchema, kind: PartyKind, locale: str) -> None:
    assert errors(schema, make_document(100, locale=locale, buyer=make_buyer(kind))) == []


@pytest.mark.parametrize("type_", ["invoice", "act", "universal-transfer", "tax-invoice"])
def test_every_operation_is_valid_against_the_schema(schema: etree.XMLSchema, type_: str) -> None:
    assert errors(schema, make_document(type=type_), make_document(type=type_, status=DocumentStatus.VOID)) == []


def test_what_is_long_is_valid_against_the_schema(schema: etree.XMLSchema) -> None:
    party = make_buyer(name="Ж" * 300, address="ж" * 300)
    lines = (make_line(description="д" * 4000, service="s" * 100), *make_lines(3, tax_included=False))

    assert errors(schema, make_document(lines=lines, buyer=party)) == []


def test_what_is_optional_may_be_absent(schema: etree.XMLSchema) -> None:
    bare = make_document(
        lines=(make_line(unit="", unit_code="", service="", quantity=Decimal(0), tax_included=False),),
        buyer=make_buyer(PartyKind.PERSON, address=""),
        contract=None,
        due_date=None,
        period=None,
    )

    assert errors(schema, bare, replace(bare, lines=(), totals=total_up(()))) == []


def test_a_credit_in_a_currency_without_decimals_is_valid_against_the_schema(schema: etree.XMLSchema) -> None:
    document = make_document(lines=(make_line(price=Decimal(-1220), currency="JPY"),), currency="JPY")

    assert errors(schema, document) == []
    assert text(document, "Сумма") == "-1220.00"


# --- Refusals ---


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        (
            {"type": "contract"},
            "CommerceML knows no operation for a contract: it takes act, invoice, tax-invoice, universal-transfer.",
        ),
        ({"status": DocumentStatus.DRAFT, "number": ""}, "It is a draft without a number: issue it first."),
        (
            {"currency": "KWD"},
            "Its sums in KWD have three decimals, and CommerceML takes two: enter it in 1C by hand.",
        ),
    ],
)
def test_what_the_format_cannot_hold_is_refused(overrides: dict[str, Any], reason: str) -> None:
    assert refusal(make_document(**overrides)) == reason


def test_a_correction_is_refused() -> None:
    zero = Decimal(0)
    original = DocumentReference("a", "tax-invoice", "Счёт-фактура", "7", date(2026, 9, 30), zero, zero, zero)

    assert refusal(make_document(original=original)) == (
        "It corrects another document, and CommerceML has no corrections: enter it in 1C by hand."
    )
