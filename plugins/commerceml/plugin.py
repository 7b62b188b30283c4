"""CommerceML 2.08: invoices, acts, transfer documents and tax invoices in one file, as 1C exchanges them with a site.

A document keeps its id, so that a file loaded again updates what is there; a void one comes marked for deletion, and
its revision, if it has one, as a document of its own that says which one it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from babel.numbers import get_territory_currencies

from billfold.plugin_api import (
    Document,
    DocumentLine,
    DocumentStatus,
    ExportedFile,
    ExportFormat,
    Refused,
    exponent,
    hookimpl,
    round_amount,
)

from .elements import NAME_LIMIT, REMARK_LIMIT, add  # noqa: TID252  # The host names the package.
from .parties import add_party  # noqa: TID252  # The same.

_OPERATIONS = {
    "invoice": "Счет на оплату",
    "act": "Отпуск товара",
    "universal-transfer": "Отпуск товара",
    "tax-invoice": "Счет-фактура",
}
_UNIT_CODE = re.compile(r"[0-9]{3,4}")
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FILE_LINES = 5_000
_GOODS_ID_LIMIT = 80


@hookimpl
def export_formats() -> list[ExportFormat]:
    """Declare the format."""
    return [
        ExportFormat(
            key="commerceml",
            titles={"ru": "1С: CommerceML 2.08", "en": "1C: CommerceML 2.08"},
            types=frozenset(_OPERATIONS),
        )
    ]


@hookimpl
def export_documents(documents: Iterable[Document]) -> Iterator[ExportedFile | Refused]:
    """Refuse what the format cannot hold, document by document, and write all the others into one file.

    Another file begins after 5,000 lines, so that each is of a size that 1C and its people can handle.
    """
    file = _File(1)
    for document in documents:
        if reason := _refusal(document):
            yield Refused(document, reason)
            continue
        file.add(document)
        if file.lines >= _FILE_LINES:
            yield file.written()
            file = _File(file.number + 1)
    if file.documents:
        yield file.written()


class _File:
    """A file in the making. Its moment is that of its newest document: the same documents give the same bytes."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.lines = 0
        self.documents: list[bytes] = []
        self._newest = date.min

    def add(self, document: Document) -> None:
        # Documents are written as they come, for their trees take many times the memory of their text.
        self.documents.append(_bytes(_document(document)))
        self.lines += max(len(document.lines), 1)
        self._newest = max(self._newest, document.issue_date)

    def written(self) -> ExportedFile:
        root = Element("КоммерческаяИнформация", {"xmlns": "urn:1C.ru:commerceml_2", "ВерсияСхемы": "2.08"})
        root.set("ДатаФормирования", f"{self._newest.isoformat()}T00:00:00")
        root.text = "\n"
        head, slash, tail = _bytes(root).rpartition(b"</")
        content = b"".join([b'<?xml version="1.0" encoding="UTF-8"?>\n', head, *self.documents, slash, tail, b"\n"])
        return ExportedFile(f"commerceml-{self.number}.xml", "application/xml", content)


def _refusal(document: Document) -> str:
    if document.type not in _OPERATIONS:
        return f"CommerceML knows no operation for a {document.type}: it takes {', '.join(sorted(_OPERATIONS))}."
    if document.status is DocumentStatus.DRAFT or not document.number:
        return "It is a draft without a number: issue it first."
    if document.original is not None:
        return "It corrects another document, and CommerceML has no corrections: enter it in 1C by hand."
    if exponent(document.currency) > 2:
        return f"Its sums in {document.currency} have three decimals, and CommerceML takes two: enter it in 1C by hand."
    return ""


def _bytes(element: Element) -> bytes:
    # What XML has no character for is left out.
    return _UNWRITABLE.sub("", tostring(element, encoding="unicode")).encode()


def _document(document: Document) -> Element:
    root = Element("Документ")
    root.tail = "\n"
    values = {
        "Ид": document.id,
        "Номер": document.number,
        "Дата": document.issue_date.isoformat(),
        "ХозОперация": _OPERATIONS[document.type],
        "Роль": "Продавец",
        "Валюта": document.currency,
        "Курс": "1" if _is_national(document) else "",
        "Сумма": _amount(document.totals.gross),
    }
    add(root, values)
    parties = SubElement(root, "Контрагенты")
    add_party(parties, document.seller, "Продавец")
    add_party(parties, document.buyer, "Покупатель")
    add(root, {"Время": "00:00:00"} | _terms(document))
    _add_taxes(root, document, [(tax.rate, tax.tax) for tax in document.totals.taxes])
    if document.lines:
        goods = SubElement(root, "Товары")
        for line in document.lines:
            _add_line(goods, document, line)
    _add_requisites(root, _requisites(document))
    return root


def _is_national(document: Document) -> bool:
    """Say whether it is in the money of the seller's country; the rate of any other money is not ours to tell."""
    country, day = document.seller.country or "RU", document.issue_date
    return document.currency in get_territory_currencies(country, start_date=day, end_date=day)


def _terms(document: Document) -> dict[str, str]:
    terms = {} if document.due_date is None else {"СрокПлатежа": document.due_date.isoformat()}
    return terms | ({"Комментарий": f"Договор {_contract(document)}"[:REMARK_LIMIT]} if document.contract else {})


def _contract(document: Document) -> str:
    contract = document.contract
    return f"{contract.number} от {contract.signed_on:%d.%m.%Y}" if contract else ""


def _requisites(document: Document) -> dict[str, str]:
    requisites = {"Договор": _contract(document)} if document.contract else {}
    if document.revised_on is not None:
        requisites |= {"НомерИсправления": str(document.revision), "ДатаИсправления": document.revised_on.isoformat()}
    return requisites | ({"ПометкаУдаления": "true"} if document.status is DocumentStatus.VOID else {})


def _add_line(parent: Element, document: Document, line: DocumentLine) -> None:
    element = SubElement(parent, "Товар")
    add(element, {"Ид": line.service[:_GOODS_ID_LIMIT]} if line.service else {})
    add(element, {"Наименование": line.description[:NAME_LIMIT]})
    unit = {"Код": line.unit_code} if _UNIT_CODE.fullmatch(line.unit_code) else {}
    SubElement(element, "БазоваяЕдиница", unit).text = line.unit
    if len(line.description) > NAME_LIMIT:
        add(element, {"Описание": line.description[:REMARK_LIMIT]})
    # 1C makes goods of what it does not know, unless it is told that they are services.
    _add_requisites(element, {"ВидНоменклатуры": "Услуга", "ТипНоменклатуры": "Услуга"})
    add(element, _price(document, line) | {"Количество": f"{line.quantity:f}", "Сумма": _amount(line.gross)})
    _add_taxes(element, document, [(line.tax_rate, line.tax)])


def _price(document: Document, line: DocumentLine) -> dict[str, str]:
    """Give the price with tax, as the sums are: the entered one where it gives the sum, else what one unit comes to.

    A part of a month, and a price without tax in it, come to something else than they were entered with.
    """
    gives_the_sum = round_amount(line.unit_price * line.quantity, document.currency) == line.gross
    if not gives_the_sum and not line.quantity:
        return {}
    price = line.unit_price if gives_the_sum else line.gross / line.quantity
    return {"ЦенаЗаЕдиницу": _amount(price.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))}


def _add_taxes(parent: Element, document: Document, taxes: list[tuple[Decimal | None, Decimal]]) -> None:
    if not taxes:
        return
    group = SubElement(parent, "Налоги")
    for rate, tax in taxes:
        element = SubElement(group, "Налог")
        add(element, {"Наименование": "НДС", "УчтеноВСумме": "true", "Сумма": _amount(tax)})
        add(element, {"Ставка": _rate(document, rate)})


def _rate(document: Document, rate: Decimal | None) -> str:
    if rate is None:
        return "Без НДС"
    percent = f"{rate.normalize():f}"
    # An advance is taxed at the computed rate (НК РФ, art. 164(4)).
    is_advance = document.type == "tax-invoice" and document.details.get("is_advance") is True
    return f"{percent}/{100 + rate.normalize():f}" if is_advance and rate else percent


def _add_requisites(parent: Element, requisites: Mapping[str, str]) -> None:
    if not requisites:
        return
    group = SubElement(parent, "ЗначенияРеквизитов")
    for name, value in requisites.items():
        add(SubElement(group, "ЗначениеРеквизита"), {"Наименование": name, "Значение": value})


def _amount(amount: Decimal) -> str:
    """Write an amount of at most two decimals with two."""
    return f"{amount:.2f}"
