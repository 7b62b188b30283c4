"""УПД as XML: what the files say, and why a document is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import etree

from billfold.plugin_api import (
    ContractReference,
    Document,
    DocumentReference,
    DocumentStatus,
    ExportedFile,
    PartyKind,
    Refused,
    Signer,
)
from billfold.plugin_host import load_plugins
from plugins.upd_xml import plugin
from plugins.upd_xml.participants import person_name
from tests.factories import make_buyer, make_document, make_line, make_lines, make_seller, make_sole_seller

REPOSITORY = Path(__file__).parents[2]
SCHEMA = REPOSITORY.parent / "shared" / "xsd" / "ON_NSCHFDOPPR_1_997_01_05_02_01.xsd"
SCHEMA_LANGUAGE = "{http://www.w3.org/2001/XMLSchema}"
SCHEMATRON = "{http://purl.oclc.org/dsdl/schematron}"
RULES_LANGUAGE = "http://www.unisoftware.ru/schematron-extensions"
# What version 5.03 takes beyond the public schema of version 5.02.
NEW_RATES = ("5%", "7%", "22%", "5/105", "7/107", "22/122")

SELLER_ID = "2BM-7700000016-770001001-000000000000000000001"
BUYER_ID = "2BM-7707083893-770701001-000000000000000000002"
ANEW = "What is issued keeps its requisites: when they are mended, void the document and make it again."
SUPPLY = {"title": "Акт об оказании услуг", "number": "40", "date": "2026-10-31"}
ADVANCE = {"is_advance": True, "payments": [{"number": "77", "date": "2026-10-05"}]}


def make_upd(type_: str = "universal-transfer", **overrides: Any) -> Document:
    values: dict[str, Any] = {
        "lines": (make_line(),),
        "title": "Универсальный передаточный документ",
        "issue_date": date(2026, 10, 31),
        "seller": make_seller(electronic_address=SELLER_ID),
        "buyer": make_buyer(electronic_address=BUYER_ID),
        "contract": ContractReference("17/2025", date(2025, 3, 15), "RUB"),
    }
    return make_document(type=type_, **{**values, **overrides})


def buyer(kind: PartyKind, **overrides: Any) -> Any:
    return make_buyer(kind, electronic_address=BUYER_ID, **overrides)


def exported(document: Document) -> ExportedFile:
    (answer,) = plugin.export_documents(documents=[document])
    assert isinstance(answer, ExportedFile), answer
    return answer


def tree(document: Document) -> ElementTree.Element:
    content = exported(document).content
    assert isinstance(content, bytes)
    return ElementTree.fromstring(content)  # noqa: S314  # Our own bytes.


def at(document: Document, path: str) -> Mapping[str, str]:
    found = tree(document).find(path)
    assert found is not None, path
    return found.attrib


def refusal(document: Document) -> str:
    (answer,) = plugin.export_documents(documents=[document])
    assert isinstance(answer, Refused)
    assert answer.document is document
    return answer.reason


@dataclass(frozen=True)
class Schema:
    """The public schema, and the rules that stand in it as Schematron, which its validator does not look at."""

    validator: etree.XMLSchema
    rules: tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def schema() -> Schema:
    """The public schema, with what version 5.03 changed."""
    if not SCHEMA.is_file():
        pytest.skip(f"The public schema is not beside the repository: put {SCHEMA.name} into ../shared/xsd to check.")
    source = etree.parse(SCHEMA)
    rules = [
        (rule.get("context"), check.get("test"))
        for rule in source.iter(f"{SCHEMATRON}rule")
        for check in rule.iterchildren(f"{SCHEMATRON}assert")
    ]
    for element in source.iter(f"{SCHEMA_LANGUAGE}enumeration"):
        if element.get("value") == "5.02":
            element.set("value", "5.03")
        if element.get("value") == "20/120":
            for rate in NEW_RATES:
                element.addprevious(etree.Element(f"{SCHEMA_LANGUAGE}enumeration", value=rate))
    return Schema(etree.XMLSchema(source), tuple(rules))


def errors(schema: Schema, document: Document) -> list[str]:
    file = exported(document)
    return errors_in(schema, etree.fromstring(file.content), file.name.removesuffix(".xml"))


def errors_in(schema: Schema, root: Any, name: str) -> list[str]:
    schema.validator.validate(root)
    functions = {
        (RULES_LANGUAGE, "iif"): lambda _, condition, then, otherwise: then if condition else otherwise,
        (RULES_LANGUAGE, "getFileName"): lambda _: name,
    }
    broken = [
        f"{context}: {test}"
        for context, test in schema.rules
        for element in root.iter(context)
        if not element.xpath(test, namespaces={"usch": RULES_LANGUAGE}, extensions=functions)
    ]
    return [*(str(error) for error in schema.validator.error_log), *broken]


# --- The file ---


def test_the_format_takes_acts_tax_invoices_and_transfer_documents() -> None:
    (declared,) = plugin.export_formats()

    assert declared.key == "upd-xml"
    assert declared.types == {"act", "tax-invoice", "universal-transfer"}
    assert declared.titles["ru"] == "УПД, XML 5.03 для ЭДО"


def test_the_host_asks_it_for_its_format(tmp_path: Path) -> None:
    (tmp_path / "upd_xml").symlink_to(REPOSITORY / "plugins" / "upd_xml")
    host = load_plugins([tmp_path])

    answers = list(host.export("upd-xml", [make_upd(), make_upd(number="")]))

    assert [type(answer) for answer in answers] == [ExportedFile, Refused]


def test_the_file_is_named_by_its_id_with_the_receiver_first() -> None:
    document = make_upd()

    name = exported(document).name

    assert name == (
        "ON_NSCHFDOPPR_2BM-7707083893-770701001-000000000000000000002_2BM-7700000016-770001001-000000000000000000001_"
        "20261031_019a5f00-0000-7000-8000-000000000042_0_0_0_0_0_00.xml"
    )
    assert tree(document).attrib["ИдФайл"] + ".xml" == name


def test_the_declaration_stands_at_the_first_byte() -> None:
    content = exported(make_upd()).content

    assert isinstance(content, bytes)
    assert content.startswith('<?xml version="1.0" encoding="windows-1251"?>\n<Файл ИдФайл='.encode("windows-1251"))


def test_letters_beyond_the_code_page_become_numeric_references() -> None:
    document = make_upd(lines=(make_line(description="Связь სილქ Қазақ 📞"),))

    content = exported(document).content

    assert isinstance(content, bytes)
    assert "Связь &#4321;&#4312;&#4314;&#4325; &#1178;аза&#1179; &#128222;".encode("windows-1251") in content
    assert at(document, ".//СведТов")["НаимТов"] == "Связь სილქ Қазақ 📞"


def test_a_character_that_xml_has_not_is_left_out() -> None:
    document = make_upd(lines=(make_line(description="До\x0bступ"),))

    assert at(document, ".//СведТов")["НаимТов"] == "Доступ"


def test_the_same_document_gives_the_same_bytes() -> None:
    assert exported(make_upd()) == exported(make_upd())


def test_the_moment_is_the_documents_own() -> None:
    head = at(make_upd(), "Документ")

    assert (head["ДатаИнфПр"], head["ВремИнфПр"]) == ("31.10.2026", "00.00.00")


def test_a_revision_is_told_in_line_1a_and_dated_with_its_own_day() -> None:
    document = make_upd(revision=2, revised_on=date(2026, 11, 3))

    assert at(document, "Документ/СвСчФакт/ИспрДок") == {"НомИспр": "2", "ДатаИспр": "03.11.2026"}
    assert at(document, "Документ/СвСчФакт")["ДатаДок"] == "31.10.2026"
    assert at(document, "Документ")["ДатаИнфПр"] == "03.11.2026"
    assert tree(make_upd()).find("Документ/СвСчФакт/ИспрДок") is None


def test_documents_are_read_one_by_one() -> None:
    taken: list[str] = []

    def documents() -> Iterable[Document]:
        for number in ("1", "2"):
            taken.append(number)
            yield make_upd(number=number)

    answers = iter(plugin.export_documents(documents=documents()))
    next(answers)

    assert taken == ["1"]


# --- Functions ---


@pytest.mark.parametrize(
    ("type_", "details", "function"),
    [
        ("universal-transfer", {"status": 1}, "СЧФДОП"),
        ("universal-transfer", {"status": 2}, "ДОП"),
        ("universal-transfer", {}, "СЧФДОП"),
        ("tax-invoice", {"shipments": [SUPPLY]}, "СЧФ"),
        ("tax-invoice", ADVANCE, "СЧФ"),
        ("act", {}, "ДОП"),
    ],
)
def test_the_type_and_the_status_decide_the_function(type_: str, details: Mapping[str, Any], function: str) -> None:
    assert at(make_upd(type_, details=details), "Документ")["Функция"] == function


def test_without_a_status_a_document_without_vat_is_an_act() -> None:
    assert at(make_upd(lines=(make_line(rate=None),)), "Документ")["Функция"] == "ДОП"


def test_a_transfer_document_tells_who_made_it_and_what_it_is() -> None:
    head = at(make_upd(), "Документ")

    assert head["КНД"] == "1115131"
    assert head["НаимДокОпр"] == "Универсальный передаточный документ"
    assert head["НаимЭконСубСост"] == "ООО «Пример Связь», ИНН 7700000016, КПП 770001001"


def test_a_transfer_document_is_the_document_of_its_own_supply() -> None:
    shown = at(make_upd(), ".//ДокПодтвОтгрНом")

    assert shown == {
        "РеквНаимДок": "Универсальный передаточный документ",
        "РеквНомерДок": "42",
        "РеквДатаДок": "31.10.2026",
    }


def test_a_tax_invoice_names_the_act_of_the_supply() -> None:
    document = make_upd("tax-invoice", details={"shipments": [SUPPLY]})

    assert at(document, ".//ДокПодтвОтгрНом") == {
        "РеквНаимДок": "Акт об оказании услуг",
        "РеквНомерДок": "40",
        "РеквДатаДок": "31.10.2026",
    }
    assert tree(document).find(".//СвПродПер") is None


def test_an_act_says_nothing_of_payments_and_documents_of_the_supply() -> None:
    invoice = tree(make_upd("act")).find(".//СвСчФакт")

    assert invoice is not None
    assert [element.tag for element in invoice] == ["СвПрод", "СвПокуп", "ДенИзм"]


def test_the_supply_tells_its_period_and_the_contract() -> None:
    document = make_upd()

    assert at(document, ".//СвПер") == {
        "СодОпер": "Услуги оказаны",
        "ДатаПер": "31.10.2026",
        "ДатаНачПер": "01.10.2026",
        "ДатаОконПер": "31.10.2026",
    }
    assert at(document, ".//ОснПер") == {
        "РеквНаимДок": "Договор",
        "РеквНомерДок": "17/2025",
        "РеквДатаДок": "15.03.2025",
    }


def test_without_a_contract_the_supply_rests_on_no_document() -> None:
    assert tree(make_upd(contract=None)).findtext(".//БезДокОснПер") == "1"


# --- Advances ---


def test_an_advance_invoice_bears_the_computed_rate_and_no_net_sums() -> None:
    document = make_upd("tax-invoice", details=ADVANCE, period=None)

    assert at(document, ".//ДопСвФХЖ1") == {"СпОбстФСЧФ": "2"}
    assert at(document, ".//СвПРД") == {"НомерПРД": "77", "ДатаПРД": "05.10.2026"}
    assert at(document, ".//СведТов") == {
        "НомСтр": "1",
        "НаимТов": "Доступ в интернет 100 Мбит/с, октябрь 2026 г.",
        "НалСт": "22/122",
        "СтТовУчНал": "2200.00",
    }
    assert at(document, ".//ВсегоОпл") == {"СтТовУчНалВсего": "2200.00"}
    assert tree(document).findtext(".//ВсегоОпл//СумНал") == "396.72"
    assert tree(document).find(".//ДокПодтвОтгрНом") is None


def test_advance_invoices_that_are_used_up_are_told_as_text() -> None:
    offset = {"id": "a", "number": "12", "date": "2026-09-30", "amount": "100.00"}

    document = make_upd(details={"status": 1, "offsets": [offset]})

    assert at(document, ".//ИнфПолФХЖ1/ТекстИнф") == {
        "Идентиф": "СчетФактураНаАванс",
        "Значен": "№ 12 от 30.09.2026",
    }


# --- Lines ---


def test_a_line_shows_the_price_without_tax_and_the_sums_of_the_document() -> None:
    document = make_upd()

    assert at(document, ".//СведТов") == {
        "НомСтр": "1",
        "НаимТов": "Доступ в интернет 100 Мбит/с, октябрь 2026 г.",
        "ОКЕИ_Тов": "362",
        "НаимЕдИзм": "мес",
        "КолТов": "1",
        "ЦенаТов": "1803.28",
        "СтТовБезНДС": "1803.28",
        "НалСт": "22%",
        "СтТовУчНал": "2200.00",
    }
    assert tree(document).findtext(".//СведТов//СумНал/СумНал") == "396.72"
    assert tree(document).findtext(".//СведТов//БезАкциз") == "без акциза"
    assert at(document, ".//ДопСведТов") == {"ПрТовРаб": "3", "КодТов": "internet-100"}
    assert at(document, ".//ВсегоОпл") == {"СтТовБезНДСВсего": "1803.28", "СтТовУчНалВсего": "2200.00"}


@pytest.mark.parametrize(
    ("rate", "written"),
    [(0, "0%"), (5, "5%"), (7, "7%"), (10, "10%"), (20, "20%"), (22, "22%")],
)
def test_each_rate_has_its_text(rate: int, written: str) -> None:
    document = make_upd(lines=(make_line(rate=Decimal(rate)),))

    assert at(document, ".//СведТов")["НалСт"] == written


@pytest.mark.parametrize(("rate", "written"), [(0, "0%"), (5, "5/105"), (7, "7/107"), (10, "10/110"), (20, "20/120")])
def test_each_advance_has_its_computed_rate(rate: int, written: str) -> None:
    document = make_upd("tax-invoice", details=ADVANCE, lines=(make_line(rate=Decimal(rate)),))

    assert at(document, ".//СведТов")["НалСт"] == written


def test_without_vat_the_words_say_so() -> None:
    document = make_upd(lines=(make_line(rate=None),), details={"status": 2})

    assert at(document, ".//СведТов")["НалСт"] == "без НДС"
    assert tree(document).findtext(".//СведТов//БезНДС") == "без НДС"
    assert tree(document).findtext(".//ВсегоОпл//БезНДС") == "без НДС"


def test_an_english_document_bears_the_national_symbol_of_the_unit() -> None:
    document = make_upd(lines=(make_line(unit="month"),), locale="en")

    assert at(document, ".//СведТов")["НаимЕдИзм"] == "мес"


def test_a_line_without_a_unit_has_none() -> None:
    line = at(make_upd(lines=(make_line(unit="", unit_code=""),)), ".//СведТов")

    assert "ОКЕИ_Тов" not in line
    assert "НаимЕдИзм" not in line


def test_a_currency_has_its_digits_and_its_russian_name() -> None:
    document = make_upd(lines=(make_line(currency="KZT"),), currency="KZT", locale="en")

    assert at(document, ".//ДенИзм") == {"КодОКВ": "398", "НаимОКВ": "Казахский тенге"}


def test_yens_have_two_decimals_too() -> None:
    document = make_upd(lines=(make_line(price=Decimal(1220), currency="JPY"),), currency="JPY")

    assert at(document, ".//ВсегоОпл") == {"СтТовБезНДСВсего": "1000.00", "СтТовУчНалВсего": "1220.00"}


# --- Parties ---


def test_a_company_has_its_name_and_numbers() -> None:
    document = make_upd()

    assert at(document, ".//СвПрод/ИдСв/СвЮЛУч") == {
        "НаимОрг": "ООО «Пример Связь»",
        "ИННЮЛ": "7700000016",
        "КПП": "770001001",
    }
    assert at(document, ".//СвПрод/Адрес/АдрИнф") == {
        "КодСтр": "643",
        "НаимСтран": "Россия",
        "АдрТекст": "101000, г. Москва, ул. Примерная, д. 78",
    }


def test_a_sole_proprietor_has_a_name_in_parts_and_signs_alone() -> None:
    seller = make_sole_seller(electronic_address=SELLER_ID, ogrn_on=date(2004, 2, 1), director=None)

    document = make_upd(seller=seller)

    assert at(document, ".//СвПрод//СвИП") == {
        "ИННФЛ": "500100732259",
        "ОГРНИП": "304500116000157",
        "ДатаОГРНИП": "01.02.2004",
    }
    assert at(document, ".//СвПрод//ФИО") == {"Фамилия": "Орлов", "Имя": "Сергей", "Отчество": "Петрович"}
    assert at(document, ".//Подписант")["Должн"] == "Индивидуальный предприниматель"
    assert at(document, ".//Подписант/ФИО") == {"Фамилия": "Орлов", "Имя": "Сергей", "Отчество": "Петрович"}


def test_a_person_needs_no_number() -> None:
    document = make_upd(buyer=buyer(PartyKind.PERSON))

    assert at(document, ".//СвПокуп//СвФЛУч") == {}
    assert at(document, ".//СвПокуп//ФИО") == {"Фамилия": "Андреева", "Имя": "Полина"}


def test_a_foreign_company_has_its_country_and_its_number_at_home() -> None:
    document = make_upd(buyer=buyer(PartyKind.FOREIGN))

    assert at(document, ".//СвПокуп//СвИнНеУч") == {
        "ИдСтат": "ИО",
        "КодСтр": "268",
        "НаимСтран": "Грузия",
        "Наим": "Silknet JSC / სილქნეტი",
        "Идентиф": "204566978",
    }


def test_the_signer_is_the_director_with_the_ground_of_the_authority() -> None:
    director = Signer("Коммерческий директор", "Иванов Иван Иванович", "приказ № 5 от 01.02.2026")

    document = make_upd(seller=make_seller(electronic_address=SELLER_ID, director=director))

    assert at(document, ".//Подписант") == {
        "Должн": "Коммерческий директор",
        "ТипПодпис": "1",
        "СпосПодтПолном": "1",
        "ДопСведПодп": "приказ № 5 от 01.02.2026",
    }


def test_a_signer_without_a_position_has_the_one_of_the_paper() -> None:
    seller = make_seller(electronic_address=SELLER_ID, director=Signer("", "Иванов И.И."))

    document = make_upd(seller=seller)

    assert at(document, ".//Подписант")["Должн"] == "Руководитель"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ИП Орлов Сергей Петрович", ("Орлов", "Сергей", "Петрович")),
        ("Индивидуальный предприниматель Орлов Сергей", ("Орлов", "Сергей", "")),
        ("Иванов И.И.", ("Иванов", "И.", "И.")),
        ("И. И. Иванов", ("Иванов", "И.", "И.")),
        ("Мамедов Али Гусейн оглы", ("Мамедов", "Али", "Гусейн оглы")),
    ],
)
def test_names_come_apart(text: str, parts: tuple[str, str, str]) -> None:
    assert person_name(text) == parts


def test_a_single_word_is_no_name_of_a_person() -> None:
    assert person_name("ИП Орлов") is None


# --- The schema ---


@pytest.mark.parametrize(
    ("type_", "details"),
    [
        ("universal-transfer", {"status": 1}),
        ("universal-transfer", {"status": 2}),
        ("tax-invoice", {"shipments": [SUPPLY, SUPPLY]}),
        ("tax-invoice", ADVANCE),
        ("act", {}),
    ],
)
def test_every_function_is_valid_against_the_schema(schema: Schema, type_: str, details: Mapping[str, Any]) -> None:
    assert errors(schema, make_upd(type_, details=details, lines=make_lines(100))) == []


@pytest.mark.parametrize("kind", PartyKind)
def test_every_kind_of_buyer_is_valid_against_the_schema(schema: Schema, kind: PartyKind) -> None:
    assert errors(schema, make_upd(buyer=buyer(kind))) == []


def test_a_revision_is_valid_against_the_schema(schema: Schema) -> None:
    assert errors(schema, make_upd(revision=1, revised_on=date(2026, 11, 3))) == []


def test_a_name_of_200_characters_is_valid_against_the_schema(schema: Schema) -> None:
    assert errors(schema, make_upd(buyer=buyer(PartyKind.COMPANY, name="Ж" * 200))) == []


@pytest.mark.parametrize("rate", [None, Decimal(0), Decimal(5), Decimal(7), Decimal(10), Decimal(20), Decimal(22)])
@pytest.mark.parametrize("is_advance", [False, True])
def test_every_rate_is_valid_against_the_schema(schema: Schema, rate: Decimal | None, is_advance: bool) -> None:
    details = ADVANCE if is_advance else {"shipments": [SUPPLY]}

    assert errors(schema, make_upd("tax-invoice", details=details, lines=(make_line(rate=rate),))) == []


def test_the_rules_inside_the_schema_are_tried(schema: Schema) -> None:
    root = etree.fromstring(exported(make_upd()).content)
    supply = root.find(".//СвПродПер")
    supply.getparent().remove(supply)

    found = errors_in(schema, root, root.get("ИдФайл"))

    assert len(found) == 1
    assert found[0].startswith("Документ: ")
    assert "count(СвПродПер)!=0" in found[0]


def test_what_is_optional_may_be_absent(schema: Schema) -> None:
    bare = make_upd(
        "act",
        seller=make_sole_seller(electronic_address=SELLER_ID, address="", ogrn="", director=None),
        buyer=buyer(PartyKind.PERSON, address=""),
        lines=(make_line(unit="", unit_code="", service="", price=Decimal(0)),),
        contract=None,
        period=None,
    )

    assert errors(schema, bare) == []


def test_everything_at_once_is_valid_against_the_schema(schema: Schema) -> None:
    payment = {"number": "", "date": "2026-10-05"}
    offset = {"id": "a", "number": "12", "date": "2026-09-30", "amount": "100.00"}
    seller = make_sole_seller(electronic_address=SELLER_ID, ogrn_on=date(2004, 2, 1), director=Signer("", "Орлов С.П."))
    lines = make_lines(4, tax_included=False)

    document = make_upd(
        seller=seller, lines=lines, details={"status": 1, "payments": [payment] * 2, "offsets": [offset] * 2}
    )

    assert errors(schema, document) == []


# --- Refusals ---


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        (
            {"status": DocumentStatus.VOID},
            "Универсальный передаточный документ 42 is void: only documents that count are sent.",
        ),
        ({"status": DocumentStatus.DRAFT, "number": ""}, "It is a draft without a number: issue it first."),
        (
            {"currency": "KWD"},
            "Its sums in KWD have three decimals, and the format takes two: send it on paper.",
        ),
        (
            {"lines": ()},
            "It has no lines: void it, and make it again when there is something to bill.",
        ),
        (
            {"type_": "invoice"},
            "The format holds no invoice: it takes act, tax-invoice, universal-transfer.",
        ),
    ],
)
def test_a_document_that_cannot_be_sent_is_refused(overrides: dict[str, Any], reason: str) -> None:
    assert refusal(make_upd(**overrides)) == reason


def test_a_correction_is_refused() -> None:
    zero = Decimal(0)
    original = DocumentReference("a", "tax-invoice", "Счёт-фактура", "7", date(2026, 9, 30), zero, zero, zero)

    assert refusal(make_upd(original=original)) == (
        "It corrects another document: the format holds none that do, so send the correction on paper."
    )


def test_foreign_details_are_refused() -> None:
    assert refusal(make_upd(details={"payments": "many"})) == (
        "Its details are not those of a universal-transfer, at payments: void it, make it again."
    )


def test_a_reason_has_an_end() -> None:
    name = "Ж" * 200
    seller = make_seller(name=name, inn="", kpp="", address="", country="XX", director=None)
    party = make_buyer(name=name, inn="", kpp="", address="", electronic_address="")

    reason = refusal(make_upd(seller=replace(seller, code="п" * 400), buyer=replace(party, code="к" * 400)))

    assert len(reason) <= 2000
    assert reason.endswith(" …")


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        ("", "c0005."),
        ("9930:DE123456789", "c0005, void the document, and make it again."),
        ("2BM_1", "c0005, void the document, and make it again."),
    ],
)
def test_an_electronic_address_that_is_none_of_an_exchange_operator_is_refused(given: str, mend: str) -> None:
    assert refusal(make_upd(buyer=make_buyer(electronic_address=given))) == (
        "The buyer ООО «Юпитер Логистик» has no id of an ЭДО operator, such as "
        f"2BM-7700000016-770001001-202611010000000000001: write it into the electronic address of the client {mend}"
    )


@pytest.mark.parametrize(
    ("party", "reason"),
    [
        (
            buyer(PartyKind.COMPANY, kpp=""),
            "The buyer ООО «Юпитер Логистик» has no КПП, which a company needs: write it into the requisites of the "
            "client c0005.",
        ),
        (
            buyer(PartyKind.COMPANY, inn="77"),
            "The buyer ООО «Юпитер Логистик» has no ИНН of 10 digits: write it into the requisites of the client "
            "c0005.",
        ),
        (
            buyer(PartyKind.COMPANY, address=""),
            "The buyer ООО «Юпитер Логистик» has no address, which a tax invoice needs: write it into the client "
            "c0005.",
        ),
        (
            buyer(PartyKind.SOLE_PROPRIETOR, name="ИП Морозова"),
            "The buyer ИП Морозова is a person without a surname and a name: write both, the surname first, into the "
            "name of the client c0001.",
        ),
        (
            buyer(PartyKind.FOREIGN, inn=""),
            "The buyer Silknet JSC / სილქნეტი is foreign and has no tax or registration number: write one into the "
            "requisites of the client c0200.",
        ),
        (
            buyer(PartyKind.FOREIGN, country="XX"),
            "The buyer Silknet JSC / სილქნეტი is in the country 'XX', which is not in ОКСМ: mend it in the client "
            "c0200.",
        ),
    ],
)
def test_a_party_without_its_requisites_is_refused(party: Any, reason: str) -> None:
    assert refusal(make_upd(buyer=party)) == f"{reason} {ANEW}"


def test_all_that_is_lacking_is_told_at_once() -> None:
    reason = refusal(make_upd(buyer=make_buyer(kpp=""), seller=make_seller(director=None)))

    assert "seller ООО «Пример Связь» has no id of an ЭДО operator" in reason
    assert "buyer ООО «Юпитер Логистик» has no id of an ЭДО operator" in reason
    assert "has no КПП" in reason
    assert reason.endswith(
        "The seller ООО «Пример Связь» has nobody to sign: name the director of the enterprise primer, with the day "
        f"from which he or she signs. {ANEW}"
    )


def test_a_signer_with_a_surname_only_is_refused() -> None:
    seller = make_seller(electronic_address=SELLER_ID, director=Signer("", "Иванов"))

    assert refusal(make_upd(seller=seller)) == (
        "The signer 'Иванов' has no name beside the surname: write both, the surname first, into the signers of the "
        f"enterprise primer. {ANEW}"
    )


def test_a_tax_invoice_without_a_document_of_the_supply_is_refused() -> None:
    assert refusal(make_upd("tax-invoice")) == (
        "It names no document of the supply (line 5а): issue the act of the period first, then void the tax invoice "
        "and make it again."
    )


def test_an_advance_invoice_without_a_payment_is_refused() -> None:
    assert refusal(make_upd("tax-invoice", details={"is_advance": True})) == (
        "It names no payment order (line 5): void it, enter the payment, and make it again."
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            make_line(rate=Decimal(18)),
            "Line 1 is taxed at 18 %, which the format does not know: send it on paper.",
        ),
        (
            make_line(price=Decimal("-10.00")),
            "Line 1 is not above zero, and the format takes no credits: make a correction of the document that it "
            "lessens instead.",
        ),
        (
            make_line(description=""),
            "Line 1 has no description: void the document, name the service, and make it again.",
        ),
        (
            make_line(unit_code="мес"),
            "Line 1 has the unit code 'мес': give the service internet-100 one of ОКЕИ, as 362, void the document, and "
            "make it again.",
        ),
        (
            make_line(unit_code="999", unit=""),
            "Line 1 has a unit code and no name of the unit: name the unit of the service internet-100, void the "
            "document, and make it again.",
        ),
    ],
)
def test_a_line_that_the_format_cannot_hold_is_refused(line: Any, reason: str) -> None:
    assert refusal(make_upd(lines=(line,))) == reason


def test_only_the_first_faulty_line_is_told() -> None:
    lines = tuple(make_line(position, rate=Decimal(18)) for position in (1, 2, 3))

    assert refusal(make_upd(lines=lines)).count("Line") == 1


def test_what_is_too_long_for_the_format_is_refused() -> None:
    document = make_upd(lines=(make_line(description="д" * 2001),))

    assert refusal(document) == (
        "СведТов/НаимТов has 2001 characters, and the format takes 2000: shorten "
        "'дддддддддддддддддддддддддддддддддддддддд'."
    )


def test_a_refusal_stops_no_other_document() -> None:
    good = make_upd()

    answers = list(plugin.export_documents(documents=[replace(good, number=""), good]))

    assert [type(answer) for answer in answers] == [Refused, ExportedFile]
