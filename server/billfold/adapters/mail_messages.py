"""E-mail messages as values, and their bytes: the same message always gives the same bytes."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

import idna

from billfold.domain.errors import InvalidInput, LimitExceeded

MAX_SUBJECT_CHARACTERS = 200
MAX_MESSAGE_BYTES = 20 * 1024 * 1024

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<([A-Za-z0-9][A-Za-z0-9._+=-]*@[A-Za-z0-9][A-Za-z0-9.-]*)>")
_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+(; *charset=[A-Za-z0-9-]+)?")
# Seven bits pass through every server; text becomes quoted-printable or base64, whichever is shorter.
_POLICY = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """A file of a message; `media_type` may carry a charset: `text/csv; charset=utf-8`."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailMessage:
    """One message to one recipient; `message_id` is `<unique@domain>`, `date` is aware, addresses carry no name."""

    message_id: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str | None
    attachments: tuple[MailAttachment, ...]
    date: datetime
    reply_to: str | None = None


def envelope_address(address: str, field: str | None = None) -> str:
    """Give the address as it goes over the wire: exactly one, its domain in ASCII (IDNA 2008).

    Raises InvalidInput for anything else: two addresses, a name, a quoted or non-ASCII local part, a control character.
    """
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        ascii_domain = ""
    wire = f"{local}@{ascii_domain}"
    if len(local) > 64 or len(wire) > 254 or not (_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)):
        raise InvalidInput(f"{address!r} is not one e-mail address such as name@example.com.", field=field)
    return wire


def message_name(message_id: str) -> str:
    """Give the Message-ID without its brackets: safe as a file name.

    Raises InvalidInput when it has not the form `<unique@domain>`.
    """
    match = _MESSAGE_ID.fullmatch(message_id)
    if match is None or len(message_id) > 200:
        raise InvalidInput(f"{message_id!r} is not a Message-ID of the form <unique@domain>.")
    return match[1]


def message_bytes(message: MailMessage) -> bytes:
    """Give the message in the Internet Message Format, lines ended by CR LF.

    Raises InvalidInput for an address, a header or a file name that could not be sent as it is, LimitExceeded above
    20 MB.
    """
    mail = EmailMessage(policy=_POLICY)
    _set_headers(mail, message)
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        _attach(mail, attachment)
    _set_boundaries(mail, message.message_id)
    data = mail.as_bytes()
    if len(data) > MAX_MESSAGE_BYTES:
        raise LimitExceeded(f"The mail has {len(data)} bytes, above {MAX_MESSAGE_BYTES}: send fewer or smaller files.")
    return data


def _set_headers(mail: EmailMessage, message: MailMessage) -> None:
    if message.date.tzinfo is None:
        raise InvalidInput("The date of a mail has no time zone: use an aware instant.", field="date")
    if len(message.subject) > MAX_SUBJECT_CHARACTERS:
        raise InvalidInput(f"The subject is longer than {MAX_SUBJECT_CHARACTERS} characters.", field="subject")
    sender = envelope_address(message.sender, "sender")
    mail["From"] = Address(_one_line(message.sender_name, "senderName"), addr_spec=sender)
    mail["To"] = Address(addr_spec=envelope_address(message.recipient, "recipient"))
    if message.reply_to is not None:
        mail["Reply-To"] = Address(addr_spec=envelope_address(message.reply_to, "replyTo"))
    mail["Subject"] = _one_line(message.subject, "subject")
    mail["Date"] = message.date
    mail["Message-ID"] = f"<{message_name(message.message_id)}>"
    # Out-of-office programs must not answer a machine (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"


def _attach(mail: EmailMessage, attachment: MailAttachment) -> None:
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise InvalidInput(f"{attachment.media_type!r} is not a media type such as application/pdf.")
    kind, _, charset = attachment.media_type.partition(";")
    main, _, sub = kind.partition("/")
    mail.add_attachment(
        attachment.data,
        maintype=main,
        subtype=sub,
        filename=_one_line(attachment.name, "name"),
        params={"charset": charset.partition("=")[2]} if charset else None,
    )


def _set_boundaries(mail: EmailMessage, message_id: str) -> None:
    # Python's own boundaries are random. "=_" occurs neither in quoted-printable nor in base64.
    token = hashlib.sha256(message_id.encode()).hexdigest()[:32]
    multiparts = (part for part in mail.walk() if part.is_multipart())
    for index, part in enumerate(multiparts):
        part.set_boundary(f"=_{token}_{index}")


def _one_line(text: str, field: str) -> str:
    if _CONTROL.search(text):
        raise InvalidInput(f"{text!r} holds a line break or a control character: use one plain line.", field=field)
    return text
