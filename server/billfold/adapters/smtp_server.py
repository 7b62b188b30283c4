"""The address of the SMTP server, read from its URL."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from billfold.domain.errors import OperatorError

COMMAND_SECONDS = 30.0

_DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
_FORM = "smtp://user:password@host:587?starttls=require or smtps://user:password@host"


class StartTls(StrEnum):
    """When a plain connection becomes an encrypted one.

    `auto` encrypts if the server offers it and does not check the certificate: whoever could forge it could as well
    hide the offer. `require` checks it, and nothing is sent without. With a password, `require` is the default.
    """

    AUTO = "auto"
    REQUIRE = "require"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how mails are handed over; `is_tls` is TLS from the first byte."""

    host: str
    port: int
    user: str | None = None
    password: str = field(default="", repr=False)
    is_tls: bool = False
    start_tls: StartTls = StartTls.AUTO
    connect_seconds: float = 10.0
    command_seconds: float = COMMAND_SECONDS
    total_seconds: float = 60.0


def parse_smtp_url(url: str) -> SmtpServer:
    """Read `smtp://user:password@host:25?starttls=auto|require|never&timeout=30`, or `smtps://` for TLS at once.

    `timeout` is the seconds one command may take. Raises OperatorError, which never repeats the password.
    """
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        return _server(parts, options)
    except ValueError as error:
        raise OperatorError(f"BILLFOLD_SMTP_URL cannot be read ({error}): use the form {_FORM}.") from None


def _server(parts: SplitResult, options: dict[str, str]) -> SmtpServer:
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"the scheme is {parts.scheme!r}")
    if not parts.hostname:
        raise ValueError("there is no host")
    user = unquote(parts.username) if parts.username else None
    usual = StartTls.REQUIRE if user and parts.scheme == "smtp" else StartTls.AUTO
    server = SmtpServer(
        host=parts.hostname,
        port=parts.port or _DEFAULT_PORTS[parts.scheme],
        user=user,
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        start_tls=StartTls(options.pop("starttls", usual)),
        command_seconds=float(options.pop("timeout", COMMAND_SECONDS)),
    )
    if options:
        raise ValueError(f"the option {next(iter(options))!r} is unknown")
    return server
