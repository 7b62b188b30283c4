"""Payment purposes: what the payer writes into the order, with the number that is known only once it is issued."""

from billfold.domain.document import Document


def payment_purpose(document: Document) -> str:
    """Give the purpose with `{number}` and `{date}` filled; a draft has no number, so its number is a dash."""
    return document.payment_purpose.replace("{number}", document.number or "—").replace(
        "{date}", f"{document.issue_date:%d.%m.%Y}"
    )
