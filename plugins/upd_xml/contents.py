"""Contents: the tree of one document, in the order of the schema; the requirements are met before it is built."""

from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement

from billfold.plugin_api import DocumentLine, net_price

from .codes import currency_code, currency_name, rate_text, unit_symbol  # noqa: TID252  # The host names the package.
from .papers import Function, Paper  # noqa: TID252  # The host names the package.
from .participants import add_name, add_participant, position_of, signer_of  # noqa: TID252  # The host names the package.

_TRANSFER_TITLE = "Универсальный передаточный документ"
_TITLES = {"act": "Акт об оказании услуг", "universal-transfer": _TRANSFER_TITLE}
# The only name of the fact that the format knows for an act.
_FACT = "Документ об отгрузке товаров (выполнении работ), передаче имущественных прав (документ об оказании услуг)"
_DATE = "%d.%m.%Y"


def build_file(paper: Paper, file_id: str) -> Element:
    """Build the file of a document; `file_id` is its name without the suffix."""
    document = paper.document
    root = Element("Файл", {"ИдФайл": file_id, "ВерсФорм": "5.03", "ВерсПрог": "Billfold"})
    head = {"КНД": "1115131", "Функция": paper.function.value}
    if paper.tells_supply:
        head |= {"ПоФактХЖ": _FACT, "НаимДокОпр": _TITLES[document.type]}
    # The moment is the document's own, so that the same document gives the same bytes on any day.
    made_on = document.revised_on or document.issue_date
    head |= {"ДатаИнфПр": f"{made_on:{_DATE}}", "ВремИнфПр": "00.00.00", "НаимЭконСубСост": _author(paper)}
    body = SubElement(root, "Документ", head)
    _add_invoice(body, paper)
    _add_lines(body, paper)
    if paper.tells_supply:
        _add_supply(body, paper)
    _add_signer(body, paper)
    return root


def _author(paper: Paper) -> str:
    seller = paper.document.seller
    numbers = [("ИНН", seller.inn), ("КПП", seller.kpp)]
    return ", ".join([seller.name, *(f"{name} {number}" for name, number in numbers if number)])


def _add_invoice(parent: Element, paper: Paper) -> None:
    document = paper.document
    head = {"НомерДок": document.number, "ДатаДок": f"{document.issue_date:{_DATE}}"}
    invoice = SubElement(parent, "СвСчФакт", head)
    if document.revised_on is not None:
        revised = {"НомИспр": str(document.revision), "ДатаИспр": f"{document.revised_on:{_DATE}}"}
        SubElement(invoice, "ИспрДок", revised)
    add_participant(invoice, "СвПрод", document.seller)
    if paper.is_invoice:
        _add_payments(invoice, paper)
        _add_shipments(invoice, paper)
    add_participant(invoice, "СвПокуп", document.buyer)
    currency = {"КодОКВ": currency_code(document.currency), "НаимОКВ": currency_name(document.currency)}
    SubElement(invoice, "ДенИзм", currency)
    if paper.is_advance:
        # 2 is an invoice of money that came before the supply: the schema's rules ask of it no quantities, no net sums
        # and no document of the supply.
        SubElement(invoice, "ДопСвФХЖ1", {"СпОбстФСЧФ": "2"})
    if paper.is_invoice and paper.details.offsets:
        _add_offsets(invoice, paper)


def _add_payments(parent: Element, paper: Paper) -> None:
    for payment in paper.details.payments:
        order = {"НомерПРД": payment.number} if payment.number else {}
        SubElement(parent, "СвПРД", order | {"ДатаПРД": f"{payment.date:{_DATE}}"})


def _add_shipments(parent: Element, paper: Paper) -> None:
    document = paper.document
    if paper.function is Function.INVOICE_AND_ACT:
        shipments = [(_TRANSFER_TITLE, document.number, document.issue_date)]
    elif paper.is_advance:
        shipments = []
    else:
        shipments = [(one.title, one.number, one.date) for one in paper.details.shipments]
    for title, number, day in shipments:
        named = {"РеквНаимДок": title, "РеквНомерДок": number, "РеквДатаДок": f"{day:{_DATE}}"}
        SubElement(parent, "ДокПодтвОтгрНом", named)


def _add_offsets(parent: Element, paper: Paper) -> None:
    # The public schema has no element for line 5б of the form; the field for free text holds what the paper prints.
    field = SubElement(parent, "ИнфПолФХЖ1")
    for offset in paper.details.offsets:
        text = f"№ {offset.number} от {offset.date:{_DATE}}"
        SubElement(field, "ТекстИнф", {"Идентиф": "СчетФактураНаАванс", "Значен": text})


def _add_lines(parent: Element, paper: Paper) -> None:
    table = SubElement(parent, "ТаблСчФакт")
    for line in paper.document.lines:
        _add_line(table, paper, line)
    totals = paper.document.totals
    sums = {} if paper.is_advance else {"СтТовБезНДСВсего": _amount(totals.net)}
    total = SubElement(table, "ВсегоОпл", sums | {"СтТовУчНалВсего": _amount(totals.gross)})
    has_tax = any(tax.rate is not None for tax in totals.taxes)
    _add_tax(total, "СумНалВсего", totals.tax if has_tax else None)


def _add_line(parent: Element, paper: Paper, line: DocumentLine) -> None:
    words = {"НомСтр": str(line.position), "НаимТов": line.description}
    if not paper.is_advance:
        words |= _measures(paper, line) | {"СтТовБезНДС": _amount(line.net)}
    words |= {"НалСт": rate_text(line.tax_rate, is_computed=paper.is_advance), "СтТовУчНал": _amount(line.gross)}
    row = SubElement(parent, "СведТов", words)
    if not paper.is_advance:
        # 3 is a service, as everything is that the server bills.
        SubElement(row, "ДопСведТов", {"ПрТовРаб": "3"} | ({"КодТов": line.service} if line.service else {}))
        SubElement(SubElement(row, "Акциз"), "БезАкциз").text = "без акциза"
    _add_tax(row, "СумНал", None if line.tax_rate is None else line.tax)


def _measures(paper: Paper, line: DocumentLine) -> dict[str, str]:
    document = paper.document
    is_russian = document.locale.lower().startswith("ru")
    unit = line.unit if is_russian and line.unit else unit_symbol(line.unit_code, line.unit)
    price = net_price(line, document.currency)
    measures = {
        "ОКЕИ_Тов": line.unit_code,
        "НаимЕдИзм": unit,
        "КолТов": f"{line.quantity:f}",
        "ЦенаТов": f"{price:f}" if price > 0 else "",
    }
    return {name: value for name, value in measures.items() if value}


def _add_tax(parent: Element, tag: str, tax: Decimal | None) -> None:
    what = SubElement(parent, tag)
    if tax is None:
        SubElement(what, "БезНДС").text = "без НДС"
    else:
        SubElement(what, "СумНал").text = _amount(tax)


def _add_supply(parent: Element, paper: Paper) -> None:
    document = paper.document
    words = {"СодОпер": "Услуги оказаны", "ДатаПер": f"{document.issue_date:{_DATE}}"}
    if document.period is not None:
        first, last = document.period.start, document.period.last_day
        words |= {"ДатаНачПер": f"{first:{_DATE}}", "ДатаОконПер": f"{last:{_DATE}}"}
    supply = SubElement(SubElement(parent, "СвПродПер"), "СвПер", words)
    contract = document.contract
    if contract is None:
        SubElement(supply, "БезДокОснПер").text = "1"
        return
    ground = {"РеквНомерДок": contract.number, "РеквДатаДок": f"{contract.signed_on:{_DATE}}"}
    SubElement(supply, "ОснПер", {"РеквНаимДок": "Договор"} | ground)


def _add_signer(parent: Element, paper: Paper) -> None:
    seller = paper.document.seller
    signer = signer_of(seller)
    if signer is None:
        return
    # 1 and 1: a qualified signature, and authority that shows from the data of that signature.
    words = {"Должн": position_of(seller, signer), "ТипПодпис": "1", "СпосПодтПолном": "1"}
    words["ДопСведПодп"] = signer.authority
    add_name(SubElement(parent, "Подписант", {name: word for name, word in words.items() if word}), signer.name)


def _amount(amount: Decimal) -> str:
    """Write an amount of at most two decimals with two."""
    return f"{amount:.2f}"
