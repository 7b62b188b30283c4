"""Sending e-mail: by SMTP, or into a folder when no server is set; failures are sorted by what is known."""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from aiosmtplib import SMTP, SMTPException, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from billfold.adapters.mail_messages import MailMessage, envelope_address, message_bytes, message_name
from billfold.adapters.smtp_server import SmtpServer, StartTls, parse_smtp_url
from billfold.domain.errors import BillfoldError, CallerError, PassingError

_QUIT_SECONDS = 2.0
_REPLY_CHARACTERS = 500
_LEADING_DOT = re.compile(rb"(?m)^\.")
# The server wants another session (RFC 4954: authentication, encryption); it says nothing about this mail.
_SESSION_CODES = frozenset({530, 534, 535, 538})


class MailDeferred(PassingError):
    """The mail has not gone out and may later: no connection, a 4xx reply, or a refusal of the whole session."""


class MailRefused(BillfoldError):
    """The mail will not go out as it is: a 5xx reply, which the message carries, or a message that breaks a rule."""


class MailUncertain(BillfoldError):
    """The mail may have gone out: its content was sent, and no reply came."""


class Mailer(Protocol):
    """Hands a mail over to the next server on its way."""

    async def send(self, message: MailMessage) -> str:
        """Send the mail and give the server's reply.

        Raises MailDeferred, MailRefused or MailUncertain.
        """


def open_mailer(url: str | None, folder: Path) -> Mailer:
    """Give the mailer for the SMTP server at `url`, or the one that writes into `folder` when there is none.

    Raises OperatorError for an address that cannot be read.
    """
    return FolderMailer(folder) if url is None else SmtpMailer(parse_smtp_url(url))


class FolderMailer:
    """A Mailer that writes one `.eml` file a message; the same Message-ID is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: MailMessage) -> str:
        content = _content(message)
        path = self._folder / f"{message_name(message.message_id)}.eml"
        try:
            await asyncio.to_thread(_write, path, content)
        except OSError as error:
            raise MailDeferred(f"The mail could not be written to {path}: {error}.") from error
        return f"written to {path}"


class SmtpMailer:
    """A Mailer that opens one connection a mail, and drives it step by step to know what the server knows."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def send(self, message: MailMessage) -> str:
        content = _content(message)
        deadline = asyncio.get_running_loop().time() + self._server.total_seconds
        client = self._client()
        try:
            async with self._session(deadline):
                await self._log_in(client)
            async with self._envelope(deadline):
                protocol = await _ask_for_data(client, message, len(content))
                # From here on bytes are under way, and only a reply tells what became of them.
                protocol.write(_LEADING_DOT.sub(b"..", content) + b".\r\n")
            reply = await self._reply(protocol, deadline)
            with suppress(SMTPException, OSError):
                await client.quit(timeout=_QUIT_SECONDS)
            return reply
        finally:
            client.close()

    def _client(self) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.command_seconds,
            use_tls=server.is_tls,
            start_tls=False,
            validate_certs=server.is_tls or server.start_tls is StartTls.REQUIRE,
        )

    async def _log_in(self, client: SMTP) -> None:
        server = self._server
        await client.connect(timeout=server.connect_seconds)
        await client.ehlo()
        if not server.is_tls and self._wants_tls(client):
            await client.starttls()
        if server.user is not None:
            await client.login(server.user, server.password)

    def _wants_tls(self, client: SMTP) -> bool:
        mode = self._server.start_tls
        return mode is StartTls.REQUIRE or (mode is StartTls.AUTO and client.supports_extension("starttls"))

    @asynccontextmanager
    async def _session(self, deadline: float) -> AsyncIterator[None]:
        # Whatever the server says before it has heard of the mail is about us, so every mail may be tried again.
        try:
            async with asyncio.timeout_at(deadline):
                yield
        except (SMTPException, OSError) as error:
            raise self._deferred(error) from error

    @asynccontextmanager
    async def _envelope(self, deadline: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(deadline):
                yield
        except SMTPResponseException as error:
            if error.code >= 500 and error.code not in _SESSION_CODES:
                raise MailRefused(_refusal(error.code, error.message)) from error
            raise self._deferred(error) from error
        except (SMTPException, OSError) as error:
            raise self._deferred(error) from error

    async def _reply(self, protocol: SMTPProtocol, deadline: float) -> str:
        try:
            async with asyncio.timeout_at(deadline):
                response = await protocol.read_response()
        except (SMTPException, OSError) as error:
            raise MailUncertain(f"{self._server.host} did not reply to the mail, which may have gone out.") from error
        if 200 <= response.code < 300:
            return _one_line(response.code, response.message)
        if response.code >= 500:
            raise MailRefused(_refusal(response.code, response.message))
        raise MailDeferred(f"{self._server.host} deferred the mail: {_one_line(response.code, response.message)}")

    def _deferred(self, error: SMTPException | OSError) -> MailDeferred:
        if isinstance(error, SMTPResponseException):
            return MailDeferred(f"{self._server.host} did not take the mail: {_one_line(error.code, error.message)}")
        cause = str(error) or f"no answer within {self._server.total_seconds:g} s"
        return MailDeferred(f"{self._server.host}:{self._server.port} did not take the mail: {cause}")


async def _ask_for_data(client: SMTP, message: MailMessage, size: int) -> SMTPProtocol:
    """Name sender and recipient, and give the connection once the server waits for the content."""
    options = [f"SIZE={size}"] if client.supports_extension("size") else []
    await client.mail(envelope_address(message.sender), options=options)
    await client.rcpt(envelope_address(message.recipient))
    response = await client.execute_command(b"DATA")
    if response.code != 354 or client.protocol is None:
        raise SMTPResponseException(response.code, response.message)
    return client.protocol


def _content(message: MailMessage) -> bytes:
    """Give the bytes of the message; what the message itself is to blame for is a MailRefused."""
    try:
        return message_bytes(message)
    except CallerError as error:
        raise MailRefused(error.message) from error


def _refusal(code: int, reply: str) -> str:
    return f"The server refused the mail: {_one_line(code, reply)}"


def _one_line(code: int, reply: str) -> str:
    text = " ".join(reply.encode(errors="replace").decode().split())
    return f"{code} {text}"[:_REPLY_CHARACTERS]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A reader sees the old file or the whole new one.
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as fresh:
        fresh.write(content)
    os.replace(fresh.name, path)
