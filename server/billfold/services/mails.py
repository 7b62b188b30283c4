"""Mails: what a client reads when a document comes, in the brand's words and the document's language."""

from billfold.adapters.mail_messages import MAX_SUBJECT_CHARACTERS, MailAttachment, MailMessage
from billfold.database.deliveries import DueDelivery
from billfold.domain.snapshot import from_json
from billfold.rendering.letters import LetterFacts, mailed
from billfold.services.parts import Parts

# A domain that is never delivered to (RFC 2606), for an installation where nobody has said who sends.
_NOBODY = "billfold@billfold.invalid"


def compose_mail(parts: Parts, due: DueDelivery, pdf: bytes) -> MailMessage:
    """Compose the mail of one delivery. The same delivery gives the same bytes.

    Raises TemplateFailed when a mail template is wrong.
    """
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
        attachments=(MailAttachment(due.file_name, "application/pdf", pdf),),
        date=due.created_at,
    )
