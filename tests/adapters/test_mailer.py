"""The mailers: what a real SMTP peer receives, and how each failure is sorted."""

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from billfold.adapters.mail_messages import MailAttachment, message_bytes
from billfold.adapters.mailer import (
    FolderMailer,
    MailDeferred,
    MailRefused,
    MailUncertain,
    SmtpMailer,
    open_mailer,
)
from billfold.adapters.smtp_server import SmtpServer, StartTls, parse_smtp_url
from billfold.domain.errors import OperatorError
from tests.adapters.smtp_peers import Peer, listening
from tests.adapters.test_mail_messages import MESSAGE

PASSWORD_IN_URL = "%D0%BF%40ss%3Aword%2F1"


def mailer_for(peer: Peer, options: str = "") -> SmtpMailer:
    return SmtpMailer(parse_smtp_url(f"smtp://127.0.0.1:{peer.port}{options}"))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A throwaway certificate with its key for `localhost`, in one file."""
    file = tmp_path / "localhost.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", file, "-out", tmp_path / "certificate"], check=True, capture_output=True)
    with file.open("ab") as both:
        both.write((tmp_path / "certificate").read_bytes())
    return file


@pytest.fixture
def tls_peer(certificate: Path) -> Iterator[Peer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(Peer(), tls=context) as peer:
        yield peer


async def test_accepted_mail_gives_the_reply_and_arrives_unchanged() -> None:
    message = replace(MESSAGE, text="First\n.\n.hidden\n..two\n", html=None, attachments=())

    with listening(Peer()) as peer:
        reply = await mailer_for(peer).send(message)

    assert (reply, peer.taken) == ("250 2.0.0 queued as 4711", [message_bytes(message)])
    assert peer.envelopes == [("billing@example.com", ["client@example.org"])]


async def test_domain_in_other_letters_goes_out_in_ascii() -> None:
    with listening(Peer()) as peer:
        await mailer_for(peer).send(replace(MESSAGE, recipient="client@Почта.рф"))

    assert peer.envelopes == [("billing@example.com", ["client@xn--80a1acny.xn--p1ai"])]


@pytest.mark.parametrize(
    "peer",
    [
        Peer(at_mail="451 4.3.0 try later"),
        Peer(at_recipient="450 4.2.0 greylisted, try later"),
        Peer(at_data="451 4.3.0 try later"),
        Peer(at_mail="421 4.3.2 shutting down, try later"),
        Peer(at_mail="530 5.7.0 log in first, try later"),
    ],
    ids=["451 at MAIL", "450 at RCPT", "451 after DATA", "421 at MAIL", "530 at MAIL"],
)
async def test_reply_that_may_change_defers_the_mail(peer: Peer) -> None:
    with listening(peer), pytest.raises(MailDeferred, match="try later"):
        await mailer_for(peer).send(MESSAGE)


@pytest.mark.parametrize(
    ("peer", "reply"),
    [
        (Peer(at_mail="550 5.7.1 sender denied"), "550 5.7.1 sender denied"),
        (Peer(at_recipient="550 5.1.1 no such user"), "550 5.1.1 no such user"),
        (Peer(at_data="552 5.3.4 message too big"), "552 5.3.4 message too big"),
    ],
    ids=["550 at MAIL", "550 at RCPT", "552 after DATA"],
)
async def test_permanent_reply_refuses_the_mail_with_its_text(peer: Peer, reply: str) -> None:
    with listening(peer), pytest.raises(MailRefused, match=f"The server refused the mail: {reply}"):
        await mailer_for(peer).send(MESSAGE)


async def test_connection_lost_before_the_content_defers_the_mail() -> None:
    with (
        listening(Peer(hangs_up_at_recipient=True)) as peer,
        pytest.raises(MailDeferred, match="did not take the mail"),
    ):
        await mailer_for(peer).send(MESSAGE)

    assert peer.taken == []


async def test_connection_lost_after_the_content_is_uncertain() -> None:
    with listening(Peer(hangs_up_after_data=True)) as peer, pytest.raises(MailUncertain, match="may have gone out"):
        await mailer_for(peer).send(MESSAGE)

    assert peer.taken == [message_bytes(MESSAGE)]


async def test_silence_after_the_content_is_uncertain() -> None:
    with listening(Peer(hangs_after_data=True)) as peer:
        mailer = SmtpMailer(SmtpServer("127.0.0.1", peer.port, total_seconds=1.0))
        with pytest.raises(MailUncertain, match="may have gone out"):
            await mailer.send(MESSAGE)

    assert peer.taken == [message_bytes(MESSAGE)]


async def test_nobody_listening_defers_the_mail() -> None:
    with listening(Peer()) as peer:
        port = peer.port

    with pytest.raises(MailDeferred, match=f"127.0.0.1:{port} did not take the mail"):
        await open_mailer(f"smtp://127.0.0.1:{port}", Path("unused")).send(MESSAGE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recipient": "a@b.example, evil@x.example"}, "is not one e-mail address"),
        ({"recipient": "a@b.example\r\nRCPT TO:<evil@x.example>"}, "is not one e-mail address"),
        ({"subject": "one\r\nBcc: evil@x.example"}, "line break"),
        ({"attachments": (MailAttachment("big", "a/b", b"x" * 16_000_000),)}, "send fewer or smaller files"),
    ],
)
async def test_message_that_breaks_a_rule_never_reaches_the_server(change: dict[str, object], reason: str) -> None:
    with listening(Peer()) as peer, pytest.raises(MailRefused, match=reason):
        await mailer_for(peer).send(replace(MESSAGE, **change))  # type: ignore[arg-type]

    assert peer.envelopes == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_user_and_password_are_decoded_from_the_address() -> None:
    with listening(Peer(), requires_login=True) as peer:
        mailer = SmtpMailer(parse_smtp_url(f"smtp://us%65r:{PASSWORD_IN_URL}@127.0.0.1:{peer.port}?starttls=never"))
        await mailer.send(MESSAGE)

    assert peer.logins == [(b"user", "п@ss:word/1".encode())]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_wrong_password_defers_the_mail_for_the_operator_to_mend() -> None:
    with listening(Peer(), requires_login=True) as peer:
        mailer = SmtpMailer(parse_smtp_url(f"smtp://user:wrong@127.0.0.1:{peer.port}?starttls=never"))
        with pytest.raises(MailDeferred, match="535"):
            await mailer.send(MESSAGE)


async def test_offered_encryption_is_used_whatever_the_certificate(tls_peer: Peer) -> None:
    await mailer_for(tls_peer).send(MESSAGE)

    assert tls_peer.ciphers == [True]


async def test_required_encryption_refuses_an_unknown_certificate(tls_peer: Peer) -> None:
    with pytest.raises(MailDeferred, match="certificate verify failed"):
        await mailer_for(tls_peer, "?starttls=require").send(MESSAGE)

    assert tls_peer.taken == []


async def test_required_encryption_takes_a_known_certificate(
    tls_peer: Peer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    await SmtpMailer(parse_smtp_url(f"smtp://localhost:{tls_peer.port}?starttls=require")).send(MESSAGE)

    assert tls_peer.ciphers == [True]


async def test_required_encryption_that_is_not_offered_sends_nothing() -> None:
    with listening(Peer()) as peer, pytest.raises(MailDeferred, match="STARTTLS extension not supported"):
        await mailer_for(peer, "?starttls=require").send(MESSAGE)

    assert peer.taken == []


async def test_folder_holds_one_file_a_message_id(tmp_path: Path) -> None:
    mailer = open_mailer(None, tmp_path / "mail")

    await mailer.send(replace(MESSAGE, subject="first"))
    reply = await mailer.send(MESSAGE)

    file = tmp_path / "mail/0190f6a0-7b1c-7000-8000-000000000001@billing.example.com.eml"
    assert (reply, list(file.parent.iterdir())) == (f"written to {file}", [file])
    assert file.read_bytes() == message_bytes(MESSAGE)


async def test_folder_that_cannot_be_written_defers_the_mail(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(MailDeferred, match="could not be written"):
        await FolderMailer(tmp_path / "file").send(MESSAGE)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 25)),
        ("smtps://mail.example.com", SmtpServer("mail.example.com", 465, is_tls=True)),
        (
            "smtp://user@mail.example.com:587",
            SmtpServer("mail.example.com", 587, user="user", start_tls=StartTls.REQUIRE),
        ),
        (
            "smtp://mail.example.com?starttls=never&timeout=5",
            SmtpServer("mail.example.com", 25, start_tls=StartTls.NEVER, command_seconds=5.0),
        ),
    ],
)
def test_address_is_read(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://u:secret@mail.example.com",
        "smtp://",
        "smtp://u:secret@mail.example.com:port",
        "smtp://u:secret@mail.example.com?starttls=maybe",
        "smtp://u:secret@mail.example.com?timeout=long",
        "smtp://u:secret@mail.example.com?retries=3",
    ],
)
def test_address_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(OperatorError, match="BILLFOLD_SMTP_URL cannot be read") as refusal:
        parse_smtp_url(url)

    assert "secret" not in refusal.value.message
