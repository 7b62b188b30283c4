"""Letters: the subject, text and HTML of the mail that carries documents, from `mail/document.txt` and `.html`.

Their templates come from the operator, like all templates, and run in the same sandbox, but in this process: a mail
is short, and no mail is made of what a client wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from billfold.domain.document import BrandTheme, Document
from billfold.domain.periods import Period
from billfold.rendering.labels import Labels
from billfold.rendering.locales import format_long_date, format_period, format_short_date
from billfold.rendering.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class MailedDocument:
    """What a letter says about one document; `gross` is in `currency`."""

    number: str
    title: str
    issue_date: date
    gross: Decimal
    currency: str
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter is made of.

    `subject` and `signature` are the brand's own texts; empty ones take the labels'. `{title}`, `{number}`, `{date}`,
    `{period}` and `{brand}` in a subject are filled. `leaves_statistics_out` tells that the statistics were too large.
    """

    locale: str
    brand: BrandTheme
    client: str
    documents: tuple[MailedDocument, ...]
    period: Period | None = None
    subject: str = ""
    signature: str = ""
    leaves_statistics_out: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter without its addresses; `subject` is one line."""

    subject: str
    text: str
    html: str


def mailed(document: Document) -> MailedDocument:
    """Give what a letter says about a document; only a payable one has a due date there."""
    due = document.due_date if document.is_payable else None
    return MailedDocument(
        document.number, document.title, document.issue_date, document.totals.gross, document.currency, due
    )


class Letters:
    """Writes letters from the mail templates."""

    def __init__(self, template_dirs: Sequence[Path]) -> None:
        self._sandbox = Sandbox(template_dirs)
        self._labels = Labels(template_dirs)

    def write(self, facts: LetterFacts) -> Letter:
        """Write the letter. Raises TemplateFailed."""
        values = {
            "brand": facts.brand,
            "client": facts.client,
            "documents": facts.documents,
            "period": facts.period,
            "signature": facts.signature,
            "leaves_statistics_out": facts.leaves_statistics_out,
        }
        return Letter(
            subject=self._subject(facts),
            text=self._sandbox.fill("mail/document.txt", values, locale=facts.locale).strip() + "\n",
            html=self._sandbox.fill("mail/document.html", values, locale=facts.locale),
        )

    def _subject(self, facts: LetterFacts) -> str:
        key = "mail.subject_period" if facts.period else "mail.subject"
        subject = facts.subject or self._labels.find(key, facts.locale) or "{brand}"
        filled = {
            "{period}": _spoken_period(facts),
            "{number}": ", ".join(document.number for document in facts.documents),
            "{title}": ", ".join(dict.fromkeys(document.title for document in facts.documents)),
            "{date}": ", ".join(format_short_date(document.issue_date, facts.locale) for document in facts.documents),
            "{brand}": facts.brand.name,
        }
        for name, value in filled.items():
            subject = subject.replace(name, value)
        # A line break in a subject would be a header of the sender's choosing.
        return " ".join(subject.split())


def _spoken_period(facts: LetterFacts) -> str:
    """Write the period; documents for an amount have none, and are spoken of by their date."""
    if facts.period:
        return format_period(facts.period, facts.locale)
    return ", ".join(format_long_date(document.issue_date, facts.locale) for document in facts.documents)
