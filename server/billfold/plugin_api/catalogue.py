"""The catalogue: every variable that the template of a document type may use, with what it is and a sample of it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib.resources import files
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from billfold.domain.document import Document
from billfold.plugin_api.document_type import DocumentType
from billfold.plugin_api.samples import sample_document

_MONEY = {"net", "tax", "gross"}
_SIMPLE: dict[type, str] = {
    bool: "yes or no",
    str: "text",
    int: "number",
    Decimal: "number",
    date: "date",
    datetime: "time",
}
# How deep details may nest in the list; deeper ones are told by their model's JSON Schema.
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a template, such as `document.seller.inn`; `document.lines[].net` is one of each line.

    `type` is a word such as text, number, money, date, period, list or group. `sample` is empty where the sample
    document has none. `descriptions` by locale: `en`, and `ru` where it is known.
    """

    name: str
    type: str
    sample: str
    descriptions: Mapping[str, str]
    is_optional: bool = False


def variables(declared: DocumentType, sample: Document | None = None) -> tuple[Variable, ...]:
    """Give the variables of a type's templates: of the document, of the type's details, and the template's own.

    Samples are those of a document made of the sample facts, or of an invented one, which has no details.
    """
    document = sample or sample_document(declared, "ru")
    of_document = _of_value("document", Document, document, declared)
    of_template = (
        Variable(name, "text" if name != "edition" else "group", _own_sample(name, document), _words("template", name))
        for name in _descriptions()["template"]
    )
    return (*of_document, *of_template)


def _of_value(prefix: str, kind: type, value: object, declared: DocumentType) -> Iterator[Variable]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        name, inner = f"{prefix}.{field.name}", getattr(value, field.name, None)
        if kind is Document and field.name == "details":
            yield Variable(name, "group", "", _words("Document", "details"))
            yield from _of_model(name, declared.details, inner, 0) if declared.details else ()
            continue
        annotation, is_optional = _required(hints[field.name])
        element = _element(annotation)
        words = _words(kind.__name__, field.name)
        yield Variable(name, _type(annotation, field.name), _sample(inner), words, is_optional)
        if isinstance(element, type) and is_dataclass(element):
            first = inner[0] if isinstance(inner, tuple) and inner else None
            yield from _of_value(f"{name}[]", element, first, declared)
        elif isinstance(annotation, type) and is_dataclass(annotation):
            yield from _of_value(name, annotation, inner, declared)


def _of_model(prefix: str, model: type[BaseModel], sample: object, depth: int) -> Iterator[Variable]:
    values = sample if isinstance(sample, Mapping) else {}
    for name, field in model.model_fields.items():
        annotation, is_optional = _required(field.annotation)
        element = _element(annotation)
        path, value = f"{prefix}.{name}", values.get(name)
        words = _words_of_model(model, name) | _words_of(field)
        yield Variable(path, _type(annotation, name), _sample(value), words, is_optional)
        inner, inner_path = (element, f"{path}[]") if element is not None else (annotation, path)
        if isinstance(inner, type) and issubclass(inner, BaseModel) and depth < _DEEPEST:
            first = value[0] if isinstance(value, list) and value else value
            yield from _of_model(inner_path, inner, first, depth + 1)


def _required(annotation: Any) -> tuple[Any, bool]:
    """Take the None out of `X | None`."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return (kinds[0] if len(kinds) == 1 else str), len(kinds) < len(get_args(annotation))
    return annotation, False


def _element(annotation: Any) -> Any:
    """Give what a list is of, or None for anything else."""
    return get_args(annotation)[0] if get_origin(annotation) in (tuple, list) and get_args(annotation) else None


def _type(annotation: Any, name: str) -> str:
    if get_origin(annotation) in (tuple, list):
        return "list"
    if annotation is Decimal and name in _MONEY:
        return "money"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "word"
    if isinstance(annotation, type) and annotation.__name__ == "Period":
        return "period"
    return _SIMPLE.get(annotation, "group")


def _sample(value: object) -> str:
    if value is None or is_dataclass(value) or isinstance(value, tuple | list | Mapping):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value.value if isinstance(value, Enum) else value)


def _own_sample(name: str, document: Document) -> str:
    return {"locale": document.locale, "currency": document.currency, "mark": "draft"}.get(name, "")


def _words_of_model(model: type[BaseModel], name: str) -> dict[str, str]:
    """Read what a details model says of its fields: `ConfigDict(json_schema_extra={"ru": {name: ...}})`."""
    said: dict[str, str] = {}
    for ancestor in reversed(model.__mro__):
        extra = vars(ancestor).get("model_config", {}).get("json_schema_extra")
        words = extra.get("ru") if isinstance(extra, dict) else None
        if isinstance(words, Mapping) and name in words:
            said["ru"] = str(words[name])
    return said


def _words_of(field: FieldInfo) -> dict[str, str]:
    """Read what a field of a details model says of itself: `description`, and `json_schema_extra={"ru": ...}`."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    said = {"en": field.description or "", "ru": str(extra.get("ru") or "")}
    return {locale: text for locale, text in said.items() if text}


def _words(value: str, field: str) -> Mapping[str, str]:
    return _descriptions().get(value, {}).get(field, {})


@cache
def _descriptions() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads((files("billfold.plugin_api") / "variables.toml").read_text(encoding="utf-8"))
