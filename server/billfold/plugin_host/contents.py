"""Contents: what a plugin says of a document, checked before it goes on paper and into the database."""

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from billfold.domain.document import DocumentLine
from billfold.domain.errors import PluginFailed
from billfold.domain.money import ZERO, fits_amount, fits_rate, round_amount
from billfold.domain.periods import Period
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import Content, Nothing

# What a description may hold; the paper wraps it, a page cannot.
DESCRIPTION_LIMIT = 2_000
TITLE_LIMIT = 300
PURPOSE_LIMIT = 1_000
REASON_LIMIT = 100
# What the columns of numbers, series and templates hold.
NAME_LIMIT = 200
DETAILS_LIMIT = 1_000_000
_TEMPLATE = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*")


def checked_content(plugin: str, declared: DocumentType, content: Content, currency: str) -> Content:
    """Check the lines, one by one and together, and read the details by the type's model, which fills its defaults.

    Raises PluginFailed.
    """
    gave = f"Plugin {plugin}: document_content gave"
    if not isinstance(content.lines, tuple) or not all(isinstance(line, DocumentLine) for line in content.lines):
        raise PluginFailed(f"{gave} lines that are no tuple of DocumentLine.")
    for name, text, limit in (
        ("title", content.title, TITLE_LIMIT),
        ("payment purpose", content.payment_purpose, PURPOSE_LIMIT),
    ):
        if (fault := text_fault(text, limit)) is not None:
            raise PluginFailed(f"{gave} a {name} that {fault}.")
    _check_lines(gave, declared, content.lines, currency)
    return dataclasses.replace(content, details=_details(gave, declared, content))


def checked_nothing(plugin: str, nothing: Nothing) -> Nothing:
    """Check the reason why there is no document. Raises PluginFailed."""
    for name, text, limit in (
        ("reason", nothing.reason, REASON_LIMIT),
        ("message", nothing.message, DESCRIPTION_LIMIT),
    ):
        if (fault := text_fault(text, limit)) is not None:
            raise PluginFailed(f"Plugin {plugin}: document_content gave Nothing with a {name} that {fault}.")
    if not nothing.reason:
        raise PluginFailed(f"Plugin {plugin}: document_content gave Nothing without a reason: say why.")
    return nothing


def checked_template(plugin: str, name: str) -> str:
    """Check the name of a template. Raises PluginFailed."""
    if len(name) > NAME_LIMIT or not _TEMPLATE.fullmatch(name):
        raise PluginFailed(
            f"Plugin {plugin}: document_template gave {name[:NAME_LIMIT]!r}, which is no name of a template: give one "
            "such as act/act.html."
        )
    return name


def checked_name(plugin: str, hook: str, name: str | None) -> str | None:
    """Check a number, or the key of a series; None leaves it to the rule. Raises PluginFailed."""
    if name is None:
        return None
    fault = text_fault(name, NAME_LIMIT)
    if fault is None and name != name.strip():
        fault = "begins or ends with a space"
    is_printed = hook == "document_number"
    if fault is None and is_printed and any(unicodedata.category(sign).startswith("C") for sign in name):
        fault = "holds signs that cannot be printed"
    if fault is not None:
        raise PluginFailed(f"Plugin {plugin}: {hook} gave {name[:NAME_LIMIT]!r}, which {fault}.")
    return name


def text_fault(text: object, limit: int) -> str | None:
    """Say what keeps a text out of the database, if anything does."""
    if not isinstance(text, str):
        return f"is {type(text).__name__}, and not str"
    if len(text) > limit:
        return f"is longer than {limit} characters"
    if "\0" in text or not _is_whole(text):
        return "holds a NUL or half of a character"
    return None


def _is_whole(text: str) -> bool:
    """Say whether a text can be written in UTF-8, which halves of a pair of surrogates cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_lines(gave: str, declared: DocumentType, lines: tuple[DocumentLine, ...], currency: str) -> None:
    if len(lines) > declared.budget.lines:
        raise PluginFailed(
            f"{gave} {len(lines)} lines, which are above its type's limit of {declared.budget.lines} lines: tell less, "
            "or declare a larger budget."
        )
    if [line.position for line in lines] != list(range(1, len(lines) + 1)):
        raise PluginFailed(f"{gave} lines whose positions are not 1, 2, 3 and so on.")
    for line in lines:
        if (fault := _line_fault(line, currency)) is not None:
            raise PluginFailed(f"{gave} line {line.position}, whose {fault}.")
    if not all(fits_amount(sum((getattr(line, name) for line in lines), ZERO)) for name in ("net", "tax", "gross")):
        raise PluginFailed(f"{gave} lines whose sum is more than an amount may be.")


def _line_fault(line: DocumentLine, currency: str) -> str | None:
    """Say what keeps a line off paper and out of the database, if anything does."""
    numbers = (line.net, line.tax, line.gross, line.quantity, line.unit_price, line.tax_rate or Decimal(0))
    if not all(isinstance(number, Decimal) for number in numbers):
        return "amounts, quantity, unit price and tax rate are not all Decimal"
    for name, amount in (("net", line.net), ("tax", line.tax), ("gross", line.gross)):
        if not fits_amount(amount) or amount != round_amount(amount, currency):
            return f"{name} {amount} is no amount in {currency}: round it with round_amount"
    if line.net + line.tax != line.gross:
        return f"net {line.net} and tax {line.tax} do not add up to its gross {line.gross}"
    for name, number in (("quantity", line.quantity), ("unit price", line.unit_price)):
        if not fits_rate(number):
            return f"{name} {number} has more than 15 digits or 11 decimals"
    if line.tax_rate is not None and not (line.tax_rate.is_finite() and 0 <= line.tax_rate <= 100):
        return f"tax rate {line.tax_rate} is not between 0 and 100"
    return _word_fault(line)


def _word_fault(line: DocumentLine) -> str | None:
    for name in ("description", "unit", "unit_code", "service"):
        if (fault := text_fault(getattr(line, name), DESCRIPTION_LIMIT)) is not None:
            return f"{name} {fault}"
    for name, expected in (("tax_included", bool), ("period", Period | None)):
        if not isinstance(value := getattr(line, name), expected):
            return f"{name} is {type(value).__name__}, and not {getattr(expected, '__name__', expected)}"
    return None


def _details(gave: str, declared: DocumentType, content: Content) -> dict[str, Any]:
    if not isinstance(content.details, Mapping):
        raise PluginFailed(f"{gave} details that are no mapping.")
    try:
        details = declared.details.model_validate(dict(content.details)) if declared.details else content.details
        # As they will lie in the snapshot: plain JSON.
        packed = orjson.dumps(_plain(details))
    except ValidationError as error:
        model, message = declared.details.__name__ if declared.details else "", error.errors()[0]["msg"]
        raise PluginFailed(f"{gave} details that do not fit {model}: {message}.") from error
    except TypeError as error:
        raise PluginFailed(f"{gave} details that are no JSON: {error}.") from error
    if len(packed) > DETAILS_LIMIT:
        raise PluginFailed(f"{gave} details of {len(packed)} bytes: {DETAILS_LIMIT} is the limit, so tell less.")
    return dict(orjson.loads(packed))


def _plain(details: BaseModel | Mapping[str, Any]) -> dict[str, Any]:
    return details.model_dump(mode="json") if isinstance(details, BaseModel) else dict(details)
