"""Parties: how the seller and the buyer are written, and by which id 1C knows them again."""

import re
from xml.etree.ElementTree import Element, SubElement

from billfold.plugin_api import Party, PartyKind

from .elements import NAME_LIMIT, REMARK_LIMIT, add  # noqa: TID252  # The host names the package.

_COMPANIES = frozenset({PartyKind.COMPANY, PartyKind.FOREIGN})
_TAX_NUMBER = re.compile(r"[0-9]{10}|[0-9]{12}")
_ID_LIMIT = 40


def add_party(parent: Element, party: Party, role: str) -> None:
    """Add a party in its role: who it is, and where."""
    element = SubElement(parent, "Контрагент")
    is_company = party.kind in _COMPANIES
    add(element, {"Ид": _id(party), "Наименование": party.name[:NAME_LIMIT]})
    add(element, {"ОфициальноеНаименование" if is_company else "ПолноеНаименование": party.name[:NAME_LIMIT]})
    if is_company:
        _add_address(element, "ЮридическийАдрес", party.address)
    if _has_tax_number(party):
        add(element, {"ИНН": party.inn} | ({"КПП": party.kpp} if party.kpp else {}))
    if not is_company:
        _add_address(element, "АдресРегистрации", party.address)
    add(element, {"Роль": role})


def _id(party: Party) -> str:
    """Give an id that the party keeps: ИНН#КПП of a Russian one, else its code with us."""
    if _has_tax_number(party):
        return f"{party.inn}#{party.kpp}" if party.kpp else party.inn
    return party.code[:_ID_LIMIT]


def _has_tax_number(party: Party) -> bool:
    # A number from abroad is no ИНН, whatever its length and whoever has it.
    return party.kind is not PartyKind.FOREIGN and _TAX_NUMBER.fullmatch(party.inn) is not None


def _add_address(parent: Element, tag: str, address: str) -> None:
    if not address:
        return
    element = SubElement(parent, tag)
    add(element, {"Представление": address[:NAME_LIMIT]})
    if len(address) > NAME_LIMIT:
        add(element, {"Комментарий": address[:REMARK_LIMIT]})
