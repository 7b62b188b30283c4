"""A mail server that hangs up at random, before it was given a mail and after it has taken one."""

from collections import Counter
from email import message_from_bytes
from random import Random
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.adapters.smtp_peers import Peer

_PART = 0.03


class UnsteadyPeer(Peer):
    """Takes mails, and hangs up now and then; it does neither twice to one mail or address."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = Random(seed)
        self._refused: set[str] = set()
        self.is_calm = False
        self.received: Counter[str] = Counter()
        self.unanswered: set[str] = set()
        self.hung_up_before = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self._strikes() and address not in self._refused:
            self._refused.add(address)
            self.hung_up_before += 1
            server.transport.abort()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message_id = str(message_from_bytes(bytes(envelope.content or b""))["Message-ID"]).strip()
        self.received[message_id] += 1
        if self._strikes() and message_id not in self.unanswered:
            self.unanswered.add(message_id)
            server.transport.abort()
        return self.at_data

    def _strikes(self) -> bool:
        return not self.is_calm and self._random.random() < _PART
