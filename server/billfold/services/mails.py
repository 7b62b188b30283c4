"""Mails: what a client reads when a document comes, in the brand's words and the document's language."""

from billfold.adapters.mail_messages import MailAttachment, MailMessage
from billfold.database.deliveries import DueDelivery
from billfold.domain.document import Document
from billfold.domain.snapshot import from_json
from billfold.rendering.locales import format_period
from billfold.services.parts import Parts

SUBJECT_LIMIT = 200


def compose_mail(parts: Parts, due: DueDelivery, pdf: bytes) -> MailMessage:
    """Compose the mail of one delivery. The same delivery gives the same bytes.

    Raises TemplateFailed when a mail template is wrong.
    """
    document = from_json(due.snapshot)
    values = {
        "brand": document.brand,
        "client": document.buyer.name,
        "documents": [_mentioned(document)],
        "period": document.period,
        "signature": due.mail_signature,
    }
    return MailMessage(
        message_id=due.message_id,
        sender=due.sender or parts.mail_from or "billfold@billfold.invalid",
        sender_name=due.sender_name,
        recipient=due.recipient,
        subject=_subject(due.mail_subject, document),
        text=parts.templates.fill("mail/document.txt", values, locale=document.locale, currency=document.currency),
        html=parts.templates.fill("mail/document.html", values, locale=document.locale, currency=document.currency),
        attachments=(MailAttachment(due.file_name, "application/pdf", pdf),),
        date=due.created_at,
    )


def _mentioned(document: Document) -> dict[str, object]:
    return {
        "title": document.title,
        "number": document.number,
        "issue_date": document.issue_date,
        "gross": document.totals.gross,
        "currency": document.currency,
        "due_date": document.due_date,
    }


def _subject(mask: str, document: Document) -> str:
    """Fill the brand's subject: `{number}`, `{date}`, `{period}` and `{title}`; other braces stay as they are."""
    period = format_period(document.period, document.locale) if document.period else ""
    values = {
        "{number}": document.number,
        "{date}": f"{document.issue_date:%d.%m.%Y}",
        "{period}": period or f"{document.issue_date:%d.%m.%Y}",
        "{title}": document.title,
    }
    subject = mask or "{title} {number}"
    for name, value in values.items():
        subject = subject.replace(name, value)
    return " ".join(subject.split())[:SUBJECT_LIMIT]
