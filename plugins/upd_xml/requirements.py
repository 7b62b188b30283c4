"""Requirements: what a document lacks for the format, each in a sentence that says where to mend it.

They are those of the schema, and those that it holds as conditions by function, which its validator does not see.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from billfold.plugin_api import Document, DocumentStatus, Party, PartyKind, exponent

from .codes import RATES, country_code, unit_symbol  # noqa: TID252  # The host names the package.
from .papers import Function, Paper  # noqa: TID252  # The same.
from .participants import foreign_number, person_name, signer_of  # noqa: TID252  # The same.

# The id of an ЭДО operator becomes a part of the file's name, between underscores.
_EXCHANGE_ID = re.compile(r"[0-9A-Za-z.@-]+")
_TAX_NUMBERS = {PartyKind.COMPANY: 10, PartyKind.SOLE_PROPRIETOR: 12, PartyKind.PERSON: 12}
_BRANCH = re.compile(r"(?!00)[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_UNIT = re.compile(r"[0-9]{3,4}")
_ISSUED_STAYS = "What is issued keeps its requisites: when they are mended, void the document and make it again."

# How many characters an attribute takes, where a document may have more.
_LIMITS = {
    "ИдФайл": 251,  # 255 with its suffix.
    "НомерДок": 1000,
    "НаимЭконСубСост": 1000,
    "НаимОрг": 1000,
    "Наим": 1000,
    "Идентиф": 255,
    "АдрТекст": 1000,
    "Фамилия": 60,
    "Имя": 60,
    "Отчество": 60,
    "Должн": 255,
    "ДопСведПодп": 255,
    "НомерПРД": 30,
    "РеквНаимДок": 255,
    "РеквНомерДок": 255,
    "НаимТов": 2000,
    "НаимЕдИзм": 255,
    "КодТов": 100,
}


def unfit(document: Document) -> str:
    """Say why a document of no matter which function cannot be sent, or nothing."""
    if document.status is DocumentStatus.VOID:
        return f"{document.title} {document.number} is void: only documents that count are sent."
    if document.status is DocumentStatus.DRAFT or not document.number:
        return "It is a draft without a number: issue it first."
    if document.original is not None:
        return "It corrects another document: the format holds none that do, so send the correction on paper."
    if exponent(document.currency) > 2:
        return f"Its sums in {document.currency} have three decimals, and the format takes two: send it on paper."
    return "" if document.lines else "It has no lines: void it, and make it again when there is something to bill."


def faults(paper: Paper) -> Iterator[str]:
    """Give what a document lacks, a sentence each."""
    yield from _faults_of_address(paper.document.seller, "seller", "enterprise")
    yield from _faults_of_address(paper.document.buyer, "buyer", "client")
    requisites = [
        *_faults_of_party(paper, paper.document.seller, "seller", "enterprise"),
        *_faults_of_party(paper, paper.document.buyer, "buyer", "client"),
        *_faults_of_signer(paper.document.seller),
    ]
    yield from requisites
    if requisites:
        yield _ISSUED_STAYS
    if paper.function is Function.TAX_INVOICE and not paper.is_advance and not paper.details.shipments:
        yield (
            "It names no document of the supply (line 5а): issue the act of the period first, then void the tax "
            "invoice and make it again."
        )
    if paper.is_advance and not paper.details.payments:
        yield "It names no payment order (line 5): void it, enter the payment, and make it again."
    yield from _faults_of_lines(paper)


def too_long(root: Element) -> Iterator[str]:
    """Give what the format has no room for, a sentence each."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if len(value) > _LIMITS.get(name, len(value)):
                yield (
                    f"{element.tag}/{name} has {len(value)} characters, and the format takes {_LIMITS[name]}: "
                    f"shorten {value[:40]!r}."
                )


def _faults_of_address(party: Party, role: str, where: str) -> Iterator[str]:
    if _EXCHANGE_ID.fullmatch(party.electronic_address):
        return
    # One that was issued without an address takes the one of now.
    again = ", void the document, and make it again" if party.electronic_address else ""
    yield (
        f"The {role} {party.name} has no id of an ЭДО operator, such as "
        f"2BM-7700000016-770001001-202611010000000000001: write it into the electronic address of the {where} "
        f"{party.code}{again}."
    )


def _faults_of_party(paper: Paper, party: Party, role: str, where: str) -> Iterator[str]:
    who = f"The {role} {party.name}"
    if not party.address and paper.is_invoice:
        yield f"{who} has no address, which a tax invoice needs: write it into the {where} {party.code}."
    if (party.address or party.kind is PartyKind.FOREIGN) and not country_code(party.country):
        yield f"{who} is in the country {party.country!r}, which is not in ОКСМ: mend it in the {where} {party.code}."
    yield from (f"{who} {lack} of the {where} {party.code}." for lack in _lacks(party))


def _lacks(party: Party) -> Iterator[str]:
    """Give what the kind of party lacks, to stand between its name and where to mend it."""
    digits = _TAX_NUMBERS.get(party.kind)
    is_told = bool(party.inn) or party.kind is not PartyKind.PERSON
    if digits is not None and is_told and not re.fullmatch(rf"(?!00)[0-9]{{{digits}}}", party.inn):
        yield f"has no ИНН of {digits} digits: write it into the requisites"
    if party.kind is PartyKind.COMPANY and not _BRANCH.fullmatch(party.kpp):
        yield "has no КПП, which a company needs: write it into the requisites"
    if party.kind in {PartyKind.SOLE_PROPRIETOR, PartyKind.PERSON} and person_name(party.name) is None:
        yield "is a person without a surname and a name: write both, the surname first, into the name"
    if party.kind is PartyKind.FOREIGN and not foreign_number(party):
        yield "is foreign and has no tax or registration number: write one into the requisites"


def _faults_of_signer(seller: Party) -> Iterator[str]:
    signer = signer_of(seller)
    if signer is None:
        yield (
            f"The seller {seller.name} has nobody to sign: name the director of the enterprise {seller.code}, with "
            "the day from which he or she signs."
        )
    elif person_name(signer.name) is None:
        yield (
            f"The signer {signer.name!r} has no name beside the surname: write both, the surname first, into the "
            f"signers of the enterprise {seller.code}."
        )


def _faults_of_lines(paper: Paper) -> Iterator[str]:
    """Give what the first faulty line lacks: the others likely lack the same."""
    for line in paper.document.lines:
        where = f"Line {line.position}"
        if not line.description:
            yield f"{where} has no description: void the document, name the service, and make it again."
        elif line.tax_rate is not None and line.tax_rate not in RATES:
            yield f"{where} is taxed at {line.tax_rate:f} %, which the format does not know: send it on paper."
        elif min(line.net, line.tax, line.gross) < 0 or line.quantity <= 0:
            yield (
                f"{where} is not above zero, and the format takes no credits: make a correction of the document that "
                "it lessens instead."
            )
        elif not paper.is_advance and line.unit_code and not _UNIT.fullmatch(line.unit_code):
            yield (
                f"{where} has the unit code {line.unit_code!r}: give the service {line.service} one of ОКЕИ, as 362, "
                "void the document, and make it again."
            )
        elif line.unit_code and not line.unit and not unit_symbol(line.unit_code, ""):
            yield (
                f"{where} has a unit code and no name of the unit: name the unit of the service {line.service}, void "
                "the document, and make it again."
            )
        else:
            continue
        return
