"""Electronic invoices: whether files in CII and UBL keep the rules of EN 16931, found out in a child process."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import billfold
from billfold.domain.errors import OperatorError, PassingError
from billfold.plugin_api.files import ExportedFile, HybridPdf
from billfold.rendering.wire import Frame, read_frame

_START_SECONDS = 30
# Two thousand lines are three megabytes, and take some seconds.
_SECONDS_EACH, _SECONDS_A_MEGABYTE = 5, 20
_MEGABYTE = 1_000_000
# Nothing else of the parent's environment reaches the child: it holds passwords.
_PASSED_ON = ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
# What the root of a file in CII or UBL declares, among its first bytes.
_HEAD_BYTES = 2_000
_NAMESPACES: Final = (
    b"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    b"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
)


def invoice_in(file: ExportedFile) -> bytes | None:
    """Give the invoice in CII or UBL that a file is or holds; None where it is anything else."""
    if isinstance(file.content, HybridPdf):
        return file.content.xml
    if not isinstance(file.content, bytes):
        return None
    head = file.content[:_HEAD_BYTES]
    return file.content if any(namespace in head for namespace in _NAMESPACES) else None


async def validate(invoices: Sequence[bytes]) -> list[list[str]]:
    """Give for each file the rules that it breaks, as sentences; an empty list where it is right.

    A child is started for the call, which takes about a second: check many files at once. Raises PassingError when the
    child is killed or takes too long, OperatorError when it cannot run here.
    """
    if not invoices:
        return []
    asked = b"".join(Frame({}, invoice).encode() for invoice in invoices)
    seconds = _START_SECONDS + _SECONDS_EACH * len(invoices) + _SECONDS_A_MEGABYTE * len(asked) // _MEGABYTE
    answered = BytesIO(await _ask(asked, seconds))
    answers = [read_frame(answered) for _ in invoices]
    return [list(answer.header["failures"]) for answer in answers if answer is not None]


async def _ask(asked: bytes, seconds: int) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "billfold.rendering.invoice_rules"), stdin=PIPE, stdout=PIPE, env=_environment()
    )
    try:
        async with asyncio.timeout(seconds):
            answered, _ = await process.communicate(asked)
    except TimeoutError as error:
        raise PassingError(f"Invoices were not checked in {seconds} seconds: the export may be repeated.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    _check_end(process.returncode)
    return answered


def _check_end(status: int | None) -> None:
    if status is not None and status > 0:
        raise OperatorError("The process that checks invoices cannot run: its error output says why.")
    if status != 0:
        raise PassingError("The process that checks invoices was killed: the export may be repeated.")


def _environment() -> dict[str, str]:
    source = str(Path(billfold.__file__).parents[1])
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed_on, "PYTHONPATH": source, "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
