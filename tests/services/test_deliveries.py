"""Deliveries: to whom, in which words, how often, and what the server's answer makes of them."""

import dataclasses
import email
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from billfold.adapters.mail_messages import MailMessage
from billfold.adapters.mailer import MailDeferred, MailRefused, MailUncertain
from billfold.database.connection import writing
from billfold.domain.access import OPERATOR, Scope
from billfold.domain.clock import FixedClock
from billfold.domain.errors import Forbidden, IllegalState, InvalidInput, NotFound
from billfold.domain.periods import month
from billfold.services import deliveries, documents
from billfold.services.deliveries import deliver_chunk
from billfold.services.parts import Parts
from billfold.services.printing import print_chunk, publish_chunk
from tests.factories_rows import add_row
from tests.services.asking import contract, rows, value

READER = dataclasses.replace(OPERATOR, name="reader", scopes=frozenset({Scope.DOCUMENTS_READ}))


class _AnsweringMailer:
    """A mailer that answers with one failure."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def send(self, message: MailMessage) -> str:
        raise self._error


async def published(parts: Parts, number: str = "Я-101") -> UUID:
    document_id = await documents.issue_for_period(
        parts, OPERATOR, type="invoice", contract_id=await contract(number), period=month("2026-10")
    )
    await print_chunk(parts)
    await publish_chunk(parts)
    return document_id


def mails(data_dir: Path) -> list[EmailMessage]:
    files = sorted((data_dir / "mail").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]  # type: ignore[misc]


async def change(statement: str) -> None:
    async with writing() as connection:
        await connection.execute(statement)


async def test_a_mail_carries_the_pdf_in_the_brands_words(books: Parts, data_dir: Path) -> None:
    await published(books)

    assert await deliver_chunk(books) == 1

    (mail,) = mails(data_dir)
    (attachment,) = mail.iter_attachments()
    assert mail["To"] == "office@bukhta-roz.example"
    assert attachment.get_filename() == "Счёт 1 от 01.11.2026.pdf"
    assert attachment.get_content()[:5] == b"%PDF-"
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    assert "2 093,55".replace(" ", "\u00a0") in body.get_content()
    assert await value("SELECT state FROM deliveries") == "SENT"


async def statistics(parts: Parts, document_id: UUID, *sizes: int) -> None:
    """Store statistics of a document, as many files as sizes."""
    for place, size in enumerate(sizes, start=1):
        kept = await parts.files.put(f"{place}".encode() * size)
        row = {
            "document_id": document_id,
            "kind": "STATISTICS",
            "name": f"Статистика {place}.csv",
            "media_type": "text/csv; charset=utf-8",
            "size": kept.size,
            "sha256": kept.sha256,
            "key": kept.key,
        }
        async with writing() as connection:
            await add_row(connection, "files", row)


def attached(mail: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in mail.iter_attachments()]


async def test_statistics_go_along_where_the_client_wants_them(books: Parts, data_dir: Path) -> None:
    await change("UPDATE clients SET send_stats = true")
    await statistics(books, await published(books), 3, 2)

    await deliver_chunk(books)

    (mail,) = mails(data_dir)
    assert attached(mail) == ["Счёт 1 от 01.11.2026.pdf", "Статистика 1.csv", "Статистика 2.csv"]
    assert [part.get_content() for part in mail.iter_attachments()][1:] == ["111", "22"]
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    assert "Статистика" not in body.get_content()


async def test_statistics_stay_where_the_client_does_not_want_them(books: Parts, data_dir: Path) -> None:
    await change("UPDATE clients SET send_stats = false")
    await statistics(books, await published(books), 3)

    await deliver_chunk(books)

    (mail,) = mails(data_dir)
    assert attached(mail) == ["Счёт 1 от 01.11.2026.pdf"]


async def test_statistics_too_large_for_a_mail_are_left_out_and_told(books: Parts, data_dir: Path) -> None:
    await change("UPDATE clients SET send_stats = true")
    # 15 MiB of base64 hold 11,494,006 bytes with their line ends.
    document_id = await published(books)
    pdf = await value("SELECT size FROM files WHERE kind = 'PDF'")
    await statistics(books, document_id, 3, 11_494_006 - 2 - pdf)

    await deliver_chunk(books)

    (mail,) = mails(data_dir)
    assert attached(mail) == ["Счёт 1 от 01.11.2026.pdf"]
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    assert "Статистика слишком велика для письма: она доступна в личном кабинете." in body.get_content()
    assert await value("SELECT state FROM deliveries") == "SENT"


async def test_statistics_that_just_fit_go_along(books: Parts, data_dir: Path) -> None:
    await change("UPDATE clients SET send_stats = true")
    document_id = await published(books)
    pdf = await value("SELECT size FROM files WHERE kind = 'PDF'")
    await statistics(books, document_id, 11_494_006 - pdf)

    await deliver_chunk(books)

    (mail,) = mails(data_dir)
    assert attached(mail) == ["Счёт 1 от 01.11.2026.pdf", "Статистика 1.csv"]


async def test_further_files_and_marked_copies_are_not_mailed(books: Parts, data_dir: Path) -> None:
    await change("UPDATE clients SET send_stats = true")
    document_id = await published(books)
    await statistics(books, document_id, 1, 1, 1)
    kinds = {"Статистика 1.csv": "XML", "Статистика 2.csv": "ATTACHMENT", "Статистика 3.csv": "VOID"}
    for name, kind in kinds.items():
        await change(f"UPDATE files SET kind = '{kind}' WHERE name = '{name}'")  # noqa: S608 # Names of our own.

    await deliver_chunk(books)

    (mail,) = mails(data_dir)
    assert attached(mail) == ["Счёт 1 от 01.11.2026.pdf"]


async def test_a_document_that_is_void_by_the_time_of_its_mail_is_not_mailed(books: Parts, data_dir: Path) -> None:
    document_id = await published(books)
    await deliver_chunk(dataclasses.replace(books, mailer=_AnsweringMailer(MailDeferred("451 busy"))))
    await documents.void(books, OPERATOR, document_id=document_id, reason="wrong client")

    later = dataclasses.replace(books, clock=FixedClock(books.clock.now() + timedelta(minutes=1)))

    assert await deliver_chunk(later) == 0
    assert mails(data_dir) == []


async def test_a_client_without_address_is_skipped_with_its_reason(books: Parts, data_dir: Path) -> None:
    await published(books, "Я-104")

    assert await deliver_chunk(books) == 0

    (row,) = await rows("SELECT recipient, state, reason FROM deliveries")
    assert row == {"recipient": "", "state": "SKIPPED", "reason": "no_recipient"}
    assert mails(data_dir) == []


async def test_a_client_who_declines_is_skipped(books: Parts) -> None:
    await change("UPDATE clients SET send_invoices = false")

    await published(books)

    assert await value("SELECT reason FROM deliveries") == "client_declines"


async def test_a_rule_may_say_nobody(books: Parts) -> None:
    await published(books, "Я-102")
    await change("UPDATE document_rules SET delivery = 'nobody'")

    document_id = await published(books)

    assert await value("SELECT reason FROM deliveries WHERE document_id = $1", document_id) == "rule_says_nobody"


async def test_a_rule_may_say_the_accounting_contacts(books: Parts) -> None:
    await published(books, "Я-102")
    await change("UPDATE document_rules SET delivery = 'contacts'")
    await change(
        """INSERT INTO contacts (id, client_id, name, role, email)
           SELECT gen_random_uuid(), id, 'A', 'accounting', 'a@books.example' FROM clients WHERE code = 'novosel'"""
    )
    await change(
        "UPDATE contracts SET client_id = (SELECT id FROM clients WHERE code = 'novosel') WHERE number = 'Я-101'"
    )
    await change("UPDATE clients SET send_invoices = true")

    document_id = await published(books)

    recipients = await rows("SELECT recipient FROM deliveries WHERE document_id = $1", document_id)
    assert recipients == [{"recipient": "a@books.example"}]


async def test_a_deferred_mail_waits_a_minute_and_is_tried_again(books: Parts, data_dir: Path) -> None:
    await published(books)
    await deliver_chunk(dataclasses.replace(books, mailer=_AnsweringMailer(MailDeferred("451 busy"))))
    (row,) = await rows("SELECT state, reason, next_attempt_at FROM deliveries")
    assert row == {
        "state": "PENDING",
        "reason": "451 busy",
        "next_attempt_at": books.clock.now() + timedelta(minutes=1),
    }

    later = dataclasses.replace(books, clock=FixedClock(books.clock.now() + timedelta(minutes=1)))
    await deliver_chunk(later)

    assert await value("SELECT state FROM deliveries") == "SENT"
    outcomes = await rows("SELECT outcome, reply FROM delivery_attempts ORDER BY started_at")
    assert [one["outcome"] for one in outcomes] == ["DEFERRED", "SENT"]
    assert len(mails(data_dir)) == 1


async def test_a_refused_mail_is_failed_for_good(books: Parts) -> None:
    await published(books)

    await deliver_chunk(dataclasses.replace(books, mailer=_AnsweringMailer(MailRefused("550 no such user"))))

    (row,) = await rows("SELECT state, reason FROM deliveries")
    assert row == {"state": "FAILED", "reason": "550 no such user"}


async def test_a_mail_of_unknown_fate_is_sent_once_more_and_then_left(books: Parts) -> None:
    await published(books)
    ids = []
    for minutes in (0, 1, 10):
        clock = FixedClock(books.clock.now() + timedelta(minutes=minutes))
        mailer = _AnsweringMailer(MailUncertain("no reply"))
        ids.append(await deliver_chunk(dataclasses.replace(books, mailer=mailer, clock=clock)))

    (row,) = await rows("SELECT state, attempts FROM deliveries")
    assert row == {"state": "UNKNOWN", "attempts": 2}
    assert ids == [1, 1, 0]


async def test_a_mail_deferred_first_may_still_be_uncertain_once(books: Parts) -> None:
    await published(books)
    for minutes, error in ((0, MailDeferred("busy")), (1, MailUncertain("no reply"))):
        clock = FixedClock(books.clock.now() + timedelta(minutes=minutes))
        await deliver_chunk(dataclasses.replace(books, mailer=_AnsweringMailer(error), clock=clock))

    assert await value("SELECT state FROM deliveries") == "PENDING"


async def test_a_void_document_is_not_mailed(books: Parts, data_dir: Path) -> None:
    document_id = await published(books)
    await documents.void(books, OPERATOR, document_id=document_id, reason="wrong client")

    assert await deliver_chunk(books) == 0

    (row,) = await rows("SELECT state, reason FROM deliveries")
    assert row == {"state": "SKIPPED", "reason": "voided"}
    assert mails(data_dir) == []


async def test_a_damaged_file_fails_its_own_delivery(books: Parts, data_dir: Path) -> None:
    await published(books)
    for file in (data_dir / "files").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")

    await deliver_chunk(books)

    assert await value("SELECT state FROM deliveries") == "FAILED"


async def test_sending_by_hand_goes_to_the_given_recipients(books: Parts, data_dir: Path) -> None:
    document_id = await published(books)
    await deliver_chunk(books)

    asked = await deliveries.send(books, OPERATOR, document_ids=[document_id], recipients=["cfo@roz.example"])
    await deliver_chunk(books)

    assert len(asked) == 1
    assert sorted(mail["To"] for mail in mails(data_dir)) == ["cfo@roz.example", "office@bukhta-roz.example"]


async def test_sending_twice_with_one_key_mails_once(books: Parts) -> None:
    document_id = await published(books)

    async def ask() -> list[UUID]:
        return await deliveries.send(
            books, OPERATOR, document_ids=[document_id], recipients=["a@b.example"], idempotency_key="k"
        )

    assert await ask() == await ask()
    assert await value("SELECT count(*) FROM deliveries WHERE recipient = 'a@b.example'") == 1


@pytest.mark.parametrize(
    "recipient", ["", "nobody", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "a@b"]
)
async def test_an_address_that_cannot_be_is_refused(books: Parts, recipient: str) -> None:
    document_id = await published(books)

    with pytest.raises(InvalidInput) as refused:
        await deliveries.send(books, OPERATOR, document_ids=[document_id], recipients=[recipient])

    assert refused.value.field == "recipients"
    assert await value("SELECT count(*) FROM deliveries WHERE asked_as <> 'rule'") == 0


async def test_what_is_not_there_is_not_found(books: Parts) -> None:
    with pytest.raises(NotFound):
        await deliveries.send(books, OPERATOR, document_ids=[uuid4()], recipients=None)


async def test_what_is_not_printed_yet_cannot_be_sent(books: Parts) -> None:
    document_id = await documents.issue_for_period(
        books, OPERATOR, type="invoice", contract_id=await contract("Я-101"), period=month("2026-10")
    )

    with pytest.raises(IllegalState, match="not printed yet"):
        await deliveries.send(books, OPERATOR, document_ids=[document_id], recipients=None)


async def test_without_the_scope_nothing_is_sent(books: Parts) -> None:
    document_id = await published(books)

    with pytest.raises(Forbidden, match="documents:send"):
        await deliveries.send(books, READER, document_ids=[document_id], recipients=["a@b.example"])

    assert await value("SELECT count(*) FROM deliveries WHERE asked_as <> 'rule'") == 0
