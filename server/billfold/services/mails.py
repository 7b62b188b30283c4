"""Mails: what a client reads when a document comes, in the brand's words and the document's language."""

from billfold.adapters.mail_messages import MAX_SUBJECT_CHARACTERS, MailAttachment, MailMessage
from billfold.database.deliveries import DueDelivery, MailedFile
from billfold.domain.snapshot import from_json
from billfold.rendering.letters import LetterFacts, mailed
from billfold.services.parts import Parts

# Many servers take no more than 20 or 25 MB, and what is attached grows by base64 and its line ends: 78 for 57 bytes.
ATTACHED_LIMIT = 15 * 1024 * 1024
_ENCODED, _PLAIN = 78, 57
# A domain that is never delivered to (RFC 2606), for an installation where nobody has said who sends.
_NOBODY = "billfold@billfold.invalid"


async def compose_mail(parts: Parts, due: DueDelivery) -> MailMessage:
    """Compose the mail of one delivery, with its PDF and its statistics. The same delivery gives the same bytes.

    Statistics that would make it larger than `ATTACHED_LIMIT` are left out, all of them, and the letter says so. Raises
    TemplateFailed when a mail template is wrong, and what the file store does.
    """
    attached = (due.pdf, *due.statistics)
    is_too_large = sum(file.size for file in attached) * _ENCODED // _PLAIN > ATTACHED_LIMIT
    mailed_files = (due.pdf,) if is_too_large else attached
    document = from_json(due.snapshot)
    letter = parts.letters.write(
        LetterFacts(
            locale=document.locale,
            brand=document.brand,
            client=document.buyer.name,
            documents=(mailed(document),),
            period=document.period,
            subject=due.mail_subject,
            signature=due.mail_signature,
            leaves_statistics_out=is_too_large and bool(due.statistics),
        )
    )
    return MailMessage(
        message_id=due.message_id,
        sender=due.sender or parts.mail_from or _NOBODY,
        sender_name=due.sender_name,
        recipient=due.recipient,
        subject=letter.subject[:MAX_SUBJECT_CHARACTERS],
        text=letter.text,
        html=letter.html,
        attachments=tuple([await _attachment(parts, file) for file in mailed_files]),
        date=due.created_at,
    )


async def _attachment(parts: Parts, file: MailedFile) -> MailAttachment:
    return MailAttachment(file.name, file.media_type, await parts.files.get(file.key))
