"""The errors of the house, sorted by who can mend them.

::

    BillfoldError
    ├── CallerError                the caller can mend it: becomes a Problem
    │   ├── InvalidInput           INVALID_INPUT
    │   ├── NotFound               NOT_FOUND
    │   ├── Conflict               CONFLICT
    │   ├── AlreadyIssued          ALREADY_ISSUED
    │   ├── NothingToBill          NOTHING_TO_BILL
    │   ├── IllegalState           ILLEGAL_STATE
    │   ├── NumberingConflict      NUMBERING_CONFLICT
    │   ├── UnknownDocumentType    UNKNOWN_DOCUMENT_TYPE
    │   ├── PluginFailed           PLUGIN_FAILED
    │   ├── TemplateFailed         TEMPLATE_FAILED
    │   ├── IdempotencyKeyReused   IDEMPOTENCY_KEY_REUSED
    │   └── LimitExceeded          LIMIT_EXCEEDED
    ├── AccessError                who calls, or what they hold, does not suffice
    │   ├── Unauthenticated        UNAUTHENTICATED
    │   └── Forbidden              FORBIDDEN
    ├── PassingError               may succeed later: retried with backoff
    └── OperatorError              the operator or a plugin's author must mend it: the start is refused
"""

from enum import StrEnum
from typing import ClassVar


class ProblemCode(StrEnum):
    """The codes that a Problem may carry; a contract with the callers."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    ALREADY_ISSUED = "ALREADY_ISSUED"
    NOTHING_TO_BILL = "NOTHING_TO_BILL"
    ILLEGAL_STATE = "ILLEGAL_STATE"
    NUMBERING_CONFLICT = "NUMBERING_CONFLICT"
    UNKNOWN_DOCUMENT_TYPE = "UNKNOWN_DOCUMENT_TYPE"
    PLUGIN_FAILED = "PLUGIN_FAILED"
    TEMPLATE_FAILED = "TEMPLATE_FAILED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"


class BillfoldError(Exception):
    """Any failure that the house names itself; `message` is one sentence with the thing and the mend."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CallerError(BillfoldError):
    """A failure that the caller can mend; `field` names the input field, where one is to blame."""

    code: ClassVar[ProblemCode]

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class InvalidInput(CallerError):
    """The input breaks a rule of its field."""

    code = ProblemCode.INVALID_INPUT


class NotFound(CallerError):
    """No such thing is there, or the caller may not know that it is."""

    code = ProblemCode.NOT_FOUND


class Conflict(CallerError):
    """Somebody else changed or took the thing first."""

    code = ProblemCode.CONFLICT


class AlreadyIssued(CallerError):
    """The document of this contract, type and period is there already."""

    code = ProblemCode.ALREADY_ISSUED


class NothingToBill(CallerError):
    """The contract owes nothing for the period."""

    code = ProblemCode.NOTHING_TO_BILL


class IllegalState(CallerError):
    """The thing is in a state that does not allow this."""

    code = ProblemCode.ILLEGAL_STATE


class NumberingConflict(CallerError):
    """The number is taken, or the rule would repeat numbers."""

    code = ProblemCode.NUMBERING_CONFLICT


class UnknownDocumentType(CallerError):
    """No plugin declares this document type."""

    code = ProblemCode.UNKNOWN_DOCUMENT_TYPE


class PluginFailed(CallerError):
    """A plugin raised, or gave back the wrong thing; the message carries its name."""

    code = ProblemCode.PLUGIN_FAILED


class TemplateFailed(CallerError):
    """A template could not be filled or printed; the message carries its name."""

    code = ProblemCode.TEMPLATE_FAILED


class IdempotencyKeyReused(CallerError):
    """The idempotency key came before with other arguments."""

    code = ProblemCode.IDEMPOTENCY_KEY_REUSED


class LimitExceeded(CallerError):
    """The request asks for more than the limit that the message names."""

    code = ProblemCode.LIMIT_EXCEEDED


class AccessError(BillfoldError):
    """The caller may not do this; told at the top level of the answer, never as a Problem."""

    code: ClassVar[str]


class Unauthenticated(AccessError):
    """No token, or one that is unknown, expired or revoked."""

    code = "UNAUTHENTICATED"


class Forbidden(AccessError):
    """The token lacks the scope that the field needs."""

    code = "FORBIDDEN"


class PassingError(BillfoldError):
    """A fault of the outside world that may pass: the step is repeated later."""


class OperatorError(BillfoldError):
    """A fault in the installation, its settings or a plugin; the message names the thing and the mend."""
