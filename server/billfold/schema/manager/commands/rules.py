"""Commands on the rules of document types: change one."""

from enum import StrEnum
from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from billfold.domain.access import Scope
from billfold.domain.errors import InvalidInput
from billfold.domain.rules import Backdating, DeliveryPolicy
from billfold.schema.context import Info
from billfold.schema.document_types import DocumentRule
from billfold.schema.manager.inputs import INPUT, TYPE, attributes, changed, key_of
from billfold.schema.manager.numbering import NumberingInput, ScheduleInput, rule_fields
from billfold.schema.problems import Problem
from billfold.schema.resolvers import resolver
from billfold.services import rules


@strawberry.enum(description="Who may see documents of a type: their CLIENT too, or STAFF only.")
class RuleVisibility(StrEnum):
    """Who may see documents of a type."""

    CLIENT = "client"
    STAFF = "staff"


@strawberry.input(description="What of a rule is to be changed; what is left out stays.")
class UpdateDocumentRuleInput:
    enterprise: ID = field(description="The enterprise.")
    type: str = field(description=TYPE)
    numbering: NumberingInput | None = field(default=UNSET, description="How documents are numbered from now on.")
    schedule: ScheduleInput | None = field(default=UNSET, description="When documents are made by themselves.")
    visibility: RuleVisibility | None = field(
        default=UNSET, description="Who may see documents of the type; it acts at once, on old ones too."
    )
    delivery: DeliveryPolicy | None = field(default=UNSET, description="To whom new documents are mailed.")
    template: str | None = field(
        default=UNSET, description="The template of new documents, such as house/invoice.html; null takes the plugin's."
    )
    payment_terms_days: int | None = field(
        default=UNSET, description="Days to pay in, 0 to 366; null takes the contract's."
    )
    prints_facsimile: bool | None = field(
        default=UNSET, description="Whether signatures and the stamp are printed as pictures on new documents."
    )
    backdating: Backdating | None = field(default=UNSET, description="Which dates of the past new documents may bear.")
    days_ahead: int | None = field(
        default=UNSET, description="How many days after today a document may be dated, 0 to 366."
    )


DocumentRuleResult = Annotated[
    DocumentRule | Problem,
    strawberry.union("DocumentRuleResult", description="The rule, or why it is not as asked for."),
]


@strawberry.type
class RuleCommands:
    """The commands on the rules of document types."""

    @resolver("Change the rule of a document type for an enterprise; one is written where there is none yet.")
    async def update_document_rule(
        self, info: Info, input: Annotated[UpdateDocumentRuleInput, INPUT]
    ) -> DocumentRuleResult:
        viewer = info.context.viewer
        # Who may not read the rule is told so before anything is changed.
        viewer.require(Scope.DOCUMENTS_READ)
        rule_id = await rules.update_rule(
            info.context.parts,
            viewer,
            enterprise_id=key_of("enterprise", input.enterprise, "enterprise"),
            type=input.type,
            fields=_fields(input),
        )
        return await changed(info, DocumentRule, rule_id)


def _fields(input: UpdateDocumentRuleInput) -> dict[str, object]:
    fields = rule_fields(attributes(input, "enterprise", "type"))
    if "visibility" in fields:
        visibility = fields.pop("visibility")
        if visibility is None:
            raise InvalidInput("visibility: it is empty: say CLIENT or STAFF, or leave it out.", field="visibility")
        fields["is_visible"] = visibility is RuleVisibility.CLIENT
    return fields
