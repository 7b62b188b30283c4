"""Participants: how the seller, the buyer and the signer are written, by what they are in law."""

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from billfold.plugin_api import Party, PartyKind, Signer

from .codes import country_code, country_name  # noqa: TID252  # The host names the package.

_TITLE = re.compile(r"^(ИП|Индивидуальный предприниматель)\s+", re.IGNORECASE)
# A point that a letter follows stands between initials that are written together: «Иванов И.И.».
_TOGETHER = re.compile(r"\.(?=\w)")
_OGRNIP = re.compile(r"[0-9]{15}")


class PersonName(NamedTuple):
    """The parts of a person's name; `patronymic` is empty where there is none."""

    surname: str
    name: str
    patronymic: str


def person_name(text: str) -> PersonName | None:
    """Split a name such as `ИП Орлов Сергей Петрович`, `Андреева А. В.` or `А.В. Андреева`; None for a single word."""
    words = _TOGETHER.sub(". ", _TITLE.sub("", text.strip())).split()
    if len(words) < 2:
        return None
    initials = [word for word in words if word.endswith(".")]
    if words[0] in initials and words[-1] not in initials:
        words = [words[-1], *words[:-1]]
    return PersonName(words[0], words[1], " ".join(words[2:]))


def add_participant(parent: Element, tag: str, party: Party) -> None:
    """Add the seller or the buyer: who it is, and where."""
    participant = SubElement(parent, tag)
    identity = SubElement(participant, "ИдСв")
    match party.kind:
        case PartyKind.COMPANY:
            SubElement(identity, "СвЮЛУч", {"НаимОрг": party.name, "ИННЮЛ": party.inn, "КПП": party.kpp})
        case PartyKind.SOLE_PROPRIETOR:
            add_name(SubElement(identity, "СвИП", _proprietor(party)), party.name)
        case PartyKind.PERSON:
            add_name(SubElement(identity, "СвФЛУч", {"ИННФЛ": party.inn} if party.inn else {}), party.name)
        case PartyKind.FOREIGN:
            SubElement(identity, "СвИнНеУч", _foreigner(party))
    if party.address:
        _add_address(participant, party)


def add_name(parent: Element, text: str) -> None:
    """Add the parts of a person's name; nothing for a text that is no name."""
    found = person_name(text)
    if found is None:
        return
    parts = {"Фамилия": found.surname, "Имя": found.name, "Отчество": found.patronymic}
    SubElement(parent, "ФИО", {key: part for key, part in parts.items() if part})


def signer_of(seller: Party) -> Signer | None:
    """Give who signs for the seller: its director, or a person or a sole proprietor alone."""
    if seller.director is not None and seller.director.name:
        return seller.director
    alone = {PartyKind.SOLE_PROPRIETOR, PartyKind.PERSON}
    return Signer("", seller.name) if seller.kind in alone else None


def position_of(seller: Party, signer: Signer) -> str:
    """Give the position of the signer, as the paper prints it where none is told; a person has none."""
    usual = {PartyKind.SOLE_PROPRIETOR: "Индивидуальный предприниматель", PartyKind.PERSON: ""}
    return signer.position or usual.get(seller.kind, "Руководитель")


def foreign_number(party: Party) -> str:
    """Give the number by which a foreign company is known at home: of its tax service, else of its register."""
    return party.inn or party.ogrn


def _proprietor(party: Party) -> dict[str, str]:
    numbers = {"ИННФЛ": party.inn}
    if _OGRNIP.fullmatch(party.ogrn):
        numbers["ОГРНИП"] = party.ogrn
        if party.ogrn_on is not None:
            numbers["ДатаОГРНИП"] = f"{party.ogrn_on:%d.%m.%Y}"
    return numbers


def _foreigner(party: Party) -> dict[str, str]:
    # «ИО» is a foreign organisation; a person from abroad is kept as a person.
    return {
        "ИдСтат": "ИО",
        "КодСтр": country_code(party.country),
        "НаимСтран": country_name(party.country),
        "Наим": party.name,
        "Идентиф": foreign_number(party),
    }


def _add_address(parent: Element, party: Party) -> None:
    where = {
        "КодСтр": country_code(party.country),
        "НаимСтран": country_name(party.country),
        "АдрТекст": party.address,
    }
    SubElement(SubElement(parent, "Адрес"), "АдрИнф", where)
