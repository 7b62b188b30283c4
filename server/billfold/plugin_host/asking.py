"""Asking: one guarded call to a plugin, and the check of what it answers."""

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from billfold.domain.document import DocumentLine
from billfold.domain.errors import CallerError, PluginFailed
from billfold.domain.money import fits_amount, fits_rate, round_amount
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.facts import Content

# What a description may hold; the paper wraps it, a page cannot.
DESCRIPTION_LIMIT = 2_000


def guarded(plugin: str, hook: str, call: Callable[[], Any]) -> Any:
    """Call a plugin; whatever it raises becomes PluginFailed with its name and the hook's."""
    try:
        return call()
    except CallerError as error:
        raise PluginFailed(f"Plugin {plugin}: {hook} failed: {error.message}") from error
    except Exception as error:  # A partner's code may raise anything; it fails its own document only.
        raise PluginFailed(f"Plugin {plugin}: {hook} raised {type(error).__name__}: {error}") from error


def check_answer(plugin: str, hook: str, expected: Any, answer: Any) -> Any:
    """Give the answer back. Raises PluginFailed when it is of another type than the hook asks for."""
    if not isinstance(answer, expected):
        wanted = getattr(expected, "__name__", None) or str(expected)
        raise PluginFailed(f"Plugin {plugin}: {hook} gave {type(answer).__name__}, and not {wanted}.")
    return answer


def checked_content(plugin: str, declared: DocumentType, content: Content, currency: str) -> Content:
    """Check the lines, one by one and together, and read the details by the type's model, which fills its defaults.

    Raises PluginFailed.
    """
    gave = f"Plugin {plugin}: document_content gave"
    if not isinstance(content.lines, tuple) or not all(isinstance(line, DocumentLine) for line in content.lines):
        raise PluginFailed(f"{gave} lines that are no tuple of DocumentLine.")
    if [line.position for line in content.lines] != list(range(1, len(content.lines) + 1)):
        raise PluginFailed(f"{gave} lines whose positions are not 1, 2, 3 and so on.")
    for line in content.lines:
        if (fault := _line_fault(line, currency)) is not None:
            raise PluginFailed(f"{gave} line {line.position}, whose {fault}.")
    return dataclasses.replace(content, details=_details(gave, declared, content))


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
    if line.tax_rate is not None and not 0 <= line.tax_rate <= 100:
        return f"tax rate {line.tax_rate} is not between 0 and 100"
    if len(line.description) > DESCRIPTION_LIMIT or "\0" in line.description + line.unit:
        return f"description is longer than {DESCRIPTION_LIMIT} characters or holds a NUL"
    return None


def _details(gave: str, declared: DocumentType, content: Content) -> dict[str, Any]:
    if not isinstance(content.details, Mapping):
        raise PluginFailed(f"{gave} details that are no mapping.")
    try:
        details = declared.details.model_validate(dict(content.details)) if declared.details else content.details
        # As they will lie in the snapshot: plain JSON.
        return dict(orjson.loads(orjson.dumps(_plain(details))))
    except ValidationError as error:
        model, message = declared.details.__name__ if declared.details else "", error.errors()[0]["msg"]
        raise PluginFailed(f"{gave} details that do not fit {model}: {message}.") from error
    except TypeError as error:
        raise PluginFailed(f"{gave} details that are no JSON: {error}.") from error


def _plain(details: BaseModel | Mapping[str, Any]) -> dict[str, Any]:
    return details.model_dump(mode="json") if isinstance(details, BaseModel) else dict(details)
