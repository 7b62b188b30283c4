"""The act («акт об оказании услуг»): what was rendered over a period, for both parties to sign."""

from billfold.plugin_api import (
    Budget,
    Content,
    DeliveryPolicy,
    DocumentFacts,
    DocumentRule,
    DocumentType,
    IssueDay,
    Need,
    Nothing,
    NumberingRule,
    PeriodKind,
    Reset,
    Scope,
    Visibility,
    billable_lines,
    hookimpl,
)


@hookimpl
def document_type() -> DocumentType:
    """Declare the type: dated with the last day of its period, numbered on and on, mailed to the client."""
    return DocumentType(
        key="act",
        titles={"ru": "Акт об оказании услуг", "en": "Certificate of services rendered"},
        is_payable=False,
        period_kinds=frozenset({PeriodKind.PERIOD}),
        needs=frozenset({Need.CHARGES}),
        issue_day=IssueDay.PERIOD_END,
        follows=frozenset({"invoice"}),
        rule=DocumentRule(
            numbering=NumberingRule(mask="{N}", scope=Scope.TYPE, reset=Reset.NEVER),
            is_visible=True,
            is_automatic=True,
            delivery=DeliveryPolicy.CLIENT,
        ),
        budget=Budget(lines=5_000, pages=600, seconds=300, megabytes=2_048),
        file_names={"ru": "Акт {number} от {date}", "en": "Certificate {number} of {date}"},
    )


@hookimpl
def document_content(facts: DocumentFacts) -> Content | Nothing:
    """Give one line a charge, in the order of the charges; nothing where nothing was rendered for money."""
    lines = billable_lines(facts)
    return lines if isinstance(lines, Nothing) else Content(lines=lines)


@hookimpl
def document_template() -> str:
    """Name the template."""
    return "act/act.html"


@hookimpl
def document_visibility(rule: DocumentRule) -> Visibility:
    """Show it to the client unless the operator hides acts."""
    return Visibility.CLIENT if rule.is_visible else Visibility.STAFF
