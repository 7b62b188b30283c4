"""Lifecycles: the states that documents in the making, runs and deliveries go through."""

from enum import StrEnum


class Step(StrEnum):
    """What an issued document still waits for; the sweep rings whatever stands too long."""

    PRINT = "PRINT"
    PUBLISH = "PUBLISH"
    DONE = "DONE"
    FAILED = "FAILED"


class OccurrenceState(StrEnum):
    """What became of one expected generation."""

    PENDING = "PENDING"
    ISSUED = "ISSUED"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


class RunState(StrEnum):
    """Where a run stands; a plan is a run that nobody has started."""

    PLANNED = "PLANNED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"
    DONE = "DONE"


class RunSource(StrEnum):
    """Who asked for a run: somebody, or a schedule."""

    HAND = "HAND"
    SCHEDULE = "SCHEDULE"


class PlannedOutcome(StrEnum):
    """What a plan foresees for one contract."""

    ISSUE = "ISSUE"
    SKIP = "SKIP"
    FAIL = "FAIL"
    ALREADY_ISSUED = "ALREADY_ISSUED"


class DeliveryState(StrEnum):
    """What became of one delivery. UNKNOWN: the mail may have gone out, the server never said."""

    PENDING = "PENDING"
    SENT = "SENT"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


class FileKind(StrEnum):
    """What a file is: the PDF, statistics, XML or another attachment of a document, or its PDF marked as void.

    A preview, a copy and an export belong to nobody's document: they are made for whoever asked.
    """

    PDF = "PDF"
    VOID = "VOID"
    STATISTICS = "STATISTICS"
    XML = "XML"
    ATTACHMENT = "ATTACHMENT"
    PREVIEW = "PREVIEW"
    COPY = "COPY"
    EXPORT = "EXPORT"
