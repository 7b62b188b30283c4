"""Faults: what the data of a single contract, or its plugin, may bring a whole chunk down with, and how it is told."""

import asyncpg

from billfold.domain.errors import CallerError
from billfold.services.parts import Parts

FAULTS_OF_ONE = (
    CallerError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
)


def told_fault(parts: Parts, type: str, error: Exception) -> str:
    """Say why a document of a type cannot be kept, naming the plugin where nobody foresaw the fault."""
    if isinstance(error, CallerError):
        return error.message
    # The lines after the first one would tell the whole row.
    said = str(error).partition("\n")[0]
    name = parts.plugins.owner(type).name
    return f"Plugin {name}: the document cannot be kept ({error.__class__.__name__}: {said})."
