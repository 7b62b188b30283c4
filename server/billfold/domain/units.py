"""Units of measure: what an OKEI unit is called in other languages, and its UN/ECE recommendation 20 code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of OKEI (ОК 015-94): its name in English and its UN/ECE code."""

    english: str
    unece: str


UNITS: dict[str, Unit] = {
    "006": Unit("m", "MTR"),
    "055": Unit("m²", "MTK"),
    "166": Unit("kg", "KGM"),
    "256": Unit("kB", "2P"),
    "257": Unit("MB", "4L"),
    "2553": Unit("GB", "E34"),
    "354": Unit("s", "SEC"),
    "355": Unit("min", "MIN"),
    "356": Unit("h", "HUR"),
    "359": Unit("day", "DAY"),
    "360": Unit("week", "WEE"),
    "362": Unit("month", "MON"),
    "364": Unit("quarter", "QAN"),
    "366": Unit("year", "ANN"),
    "642": Unit("unit", "C62"),
    "778": Unit("pack", "PK"),
    "792": Unit("person", "IE"),
    "796": Unit("pc", "H87"),
    "876": Unit("unit", "C62"),
}


def unit_name(name: str, okei: str, locale: str) -> str:
    """Give the unit's name in a locale: the books' own name, but in English the name of its OKEI code, if known."""
    unit = UNITS.get(okei)
    return unit.english if unit and locale.split("-")[0] == "en" else name
