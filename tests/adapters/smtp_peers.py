"""An SMTP server that takes, refuses, defers, hangs or hangs up, as a test tells it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Peer:
    """What the server answers at each step (None: it goes on), and what it has taken."""

    at_mail: str | None = None
    at_recipient: str | None = None
    at_data: str = "250 2.0.0 queued as 4711"
    hangs_up_at_recipient: bool = False
    hangs_after_data: bool = False
    hangs_up_after_data: bool = False
    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str | None, list[str]]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    ciphers: list[bool] = field(default_factory=list)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.at_mail or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.hangs_up_at_recipient:
            server.transport.abort()
        if self.at_recipient is not None:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(bytes(envelope.content or b""))
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.ciphers.append(session.ssl is not None)
        if self.hangs_up_after_data:
            server.transport.abort()
        if self.hangs_after_data:
            await asyncio.sleep(600)
        return self.at_data

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, way: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == "п@ss:word/1".encode(), handled=False)


class FreePortController(Controller):
    """A Controller on a port of the kernel's choice, which its own trial connection has to know."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def listening(peer: Peer, *, tls: SSLContext | None = None, requires_login: bool = False) -> Iterator[Peer]:
    """Run the peer on a free port of this machine."""
    controller = FreePortController(
        peer,
        hostname="127.0.0.1",
        port=0,
        tls_context=tls,
        authenticator=peer.authenticate if requires_login else None,
        auth_required=requires_login,
        auth_require_tls=False,
    )
    controller.start()
    peer.port = controller.port
    try:
        yield peer
    finally:
        controller.stop()
