"""The bytes of a mail: readable, repeatable, and closed to injection."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from billfold.adapters.mail_messages import MailAttachment, MailMessage, envelope_address, message_bytes
from billfold.domain.errors import InvalidInput, LimitExceeded

MESSAGE = MailMessage(
    message_id="<0190f6a0-7b1c-7000-8000-000000000001@billing.example.com>",
    sender="billing@example.com",
    sender_name="Ромашка, ООО «Север»",
    recipient="client@example.org",
    subject="Счёт № 5 от 01.03.2026 на оплату услуг связи по договору № 17/Б",
    text="Здравствуйте!\n.точка в начале строки\nВо вложении счёт.\n",
    html="<p>Во вложении <b>счёт</b>.</p>",
    attachments=(
        MailAttachment("Счёт № 5.pdf", "application/pdf", b"%PDF-1.7\n\x00\xff"),
        MailAttachment("calls.csv", "text/csv; charset=utf-8", "звонки;7\r\n".encode()),
    ),
    date=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    reply_to="manager@example.com",
)


def parsed(message: MailMessage) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(message_bytes(message), policy=policy.default))


def test_headers_read_as_they_were_written() -> None:
    mail = parsed(MESSAGE)

    assert dict(mail.items()) == {
        "From": '"Ромашка, ООО «Север»" <billing@example.com>',
        "To": "client@example.org",
        "Reply-To": "manager@example.com",
        "Subject": "Счёт № 5 от 01.03.2026 на оплату услуг связи по договору № 17/Б",
        "Date": "Sun, 01 Mar 2026 09:30:00 +0000",
        "Message-ID": "<0190f6a0-7b1c-7000-8000-000000000001@billing.example.com>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": mail["Content-Type"],
    }


def test_text_html_and_files_read_as_they_were_written() -> None:
    mail = parsed(MESSAGE)

    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    files = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in mail.iter_attachments()]

    assert plain is not None
    assert html is not None
    assert plain.get_content() == "Здравствуйте!\r\n.точка в начале строки\r\nВо вложении счёт.\r\n"
    assert html.get_content() == "<p>Во вложении <b>счёт</b>.</p>\r\n"
    assert files == [
        ("Счёт № 5.pdf", "application/pdf", b"%PDF-1.7\n\x00\xff"),
        ("calls.csv", "text/csv", "звонки;7\r\n"),
    ]


def test_file_name_is_written_by_rfc_2231() -> None:
    data = message_bytes(MESSAGE)

    assert b"filename*=utf-8''%D0%A1%D1%87%D1%91%D1%82%20%E2%84%96%205.pdf" in data


def test_long_file_name_survives_its_folding() -> None:
    name = "Акт сверки взаимных расчётов за первый квартал 2026 года по договору № 17 (подписанный экземпляр).pdf"

    mail = parsed(replace(MESSAGE, attachments=(MailAttachment(name, "application/pdf", b"x"),)))

    assert [part.get_filename() for part in mail.iter_attachments()] == [name]


def test_same_message_gives_the_same_bytes() -> None:
    assert message_bytes(MESSAGE) == message_bytes(replace(MESSAGE))


def test_other_message_has_other_boundaries() -> None:
    other = replace(MESSAGE, message_id="<other@billing.example.com>")

    assert parsed(other).get_boundary() != parsed(MESSAGE).get_boundary()


def test_every_line_is_short_ascii_ended_by_cr_lf() -> None:
    data = message_bytes(MESSAGE)

    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 998


def test_plain_message_has_one_part() -> None:
    mail = parsed(replace(MESSAGE, html=None, attachments=(), text="Paid.\n"))

    assert (mail.get_content_type(), mail.get_content()) == ("text/plain", "Paid.\r\n")


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("name@example.com", "name@example.com"),
        ("first.last+tag@sub.example.com", "first.last+tag@sub.example.com"),
        ("name@Почта.рф", "name@xn--80a1acny.xn--p1ai"),
        ("o'brien@straße.de", "o'brien@xn--strae-oqa.de"),
    ],
)
def test_address_goes_over_the_wire_in_ascii(address: str, wire: str) -> None:
    assert envelope_address(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "",
        "name",
        "@example.com",
        "name@",
        "name@localhost",
        "a@b.example, evil@x.example",
        "Name <name@example.com>",
        "name@example.com\r\nRCPT TO:<evil@x.example>",
        "name@example.com\n",
        "na\x00me@example.com",
        "name @example.com",
        '"a b"@example.com',
        "имя@example.com",
        "name@[127.0.0.1]",
        "name@-example.com",
        "name@exa mple.com",
        "name@example..com",
        ".name@example.com",
        "a@b@example.com",
        f"{'a' * 65}@example.com",
        f"name@{'a' * 64}.com",
        f"name@{'a.' * 130}com",
    ],
)
def test_what_is_not_exactly_one_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="is not one e-mail address such as"):
        envelope_address(address, "email")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"subject": "Счёт\r\nBcc: evil@x.example"}, "line break or a control character"),
        ({"subject": "x" * 201}, "longer than 200 characters"),
        ({"sender_name": "Ромашка\nBcc: evil@x.example"}, "line break or a control character"),
        ({"recipient": "a@b.example, evil@x.example"}, "is not one e-mail address"),
        ({"reply_to": "a@b.example\r\nBcc: evil@x.example"}, "is not one e-mail address"),
        ({"message_id": "<a@b>\r\nBcc: evil@x.example"}, "is not a Message-ID"),
        ({"message_id": "<../../etc@b>"}, "is not a Message-ID"),
        ({"date": datetime(2026, 3, 1)}, "has no time zone"),  # noqa: DTZ001 - a naive date is what is refused.
        ({"attachments": (MailAttachment("a\r\nb.pdf", "application/pdf", b""),)}, "line break or a control character"),
        ({"attachments": (MailAttachment("a.pdf", "pdf", b""),)}, "is not a media type"),
        ({"attachments": (MailAttachment("a.pdf", "multipart/mixed; a=b", b""),)}, "is not a media type"),
    ],
)
def test_message_that_breaks_a_rule_is_refused(change: dict[str, object], reason: str) -> None:
    message = replace(MESSAGE, **change)  # type: ignore[arg-type]

    with pytest.raises(InvalidInput, match=reason):
        message_bytes(message)


def test_message_above_20_megabytes_is_refused() -> None:
    message = replace(MESSAGE, attachments=(MailAttachment("a.bin", "application/octet-stream", b"x" * 16_000_000),))

    with pytest.raises(LimitExceeded, match="send fewer or smaller files"):
        message_bytes(message)
