"""Fields: the values of one noun as a caller gives them, each read and checked by the reader of its column."""

from collections.abc import Callable, Collection, Mapping

from billfold.domain.errors import InvalidInput

# The readers of the imported books serve here too: they take text without spaces around it.
Readers = Mapping[str, Callable[..., object]]


def read_fields(given: Mapping[str, object], readers: Readers, *, needed: Collection[str] = ()) -> dict[str, object]:
    """Give the values by their columns, read; null is the empty text.

    Raises InvalidInput, with the field as the API writes it, for a value that its reader refuses and for a needed one
    that is not given.
    """
    for name in needed:
        if name not in given:
            raise InvalidInput(f"{api_name(name)} is missing: give it.", field=api_name(name))
    return {name: _read(name, value, readers[name]) for name, value in given.items()}


def _read(name: str, value: object, reader: Callable[..., object]) -> object:
    text = "" if value is None else value.strip() if isinstance(value, str) else value
    try:
        return reader(text)
    except InvalidInput as error:
        raise InvalidInput(f"{api_name(name)}: {error.message}", field=api_name(name)) from error


def flag(value: object) -> bool:
    """Read a yes or no."""
    if not isinstance(value, bool):
        raise InvalidInput("it is empty: say true or false.")
    return value


def api_name(column: str) -> str:
    """Give the name of a column as the API writes it: `legal_name` is `legalName`, `brand_id` is `brand`."""
    first, *rest = column.removesuffix("_id").split("_")
    return first + "".join(word.capitalize() for word in rest)
