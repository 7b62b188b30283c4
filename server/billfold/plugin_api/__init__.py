"""All that a plugin may import: the hook marker, what it declares, what it is told and what it answers."""

from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.document import (
    BankDetails,
    BrandTheme,
    ContractReference,
    Document,
    DocumentLine,
    DocumentStatus,
    Party,
    PartyKind,
    Signer,
    TaxLine,
    Totals,
    total_up,
)
from billfold.domain.money import Money, round_amount
from billfold.domain.numbering import NumberingRule, NumberMode, Reset, Scope
from billfold.domain.periods import Period
from billfold.domain.rules import DeliveryPolicy, DocumentRule
from billfold.domain.tax import TaxCategory
from billfold.domain.visibility import Visibility
from billfold.plugin_api.document_type import Budget, DocumentType, PeriodKind
from billfold.plugin_api.facts import Content, DocumentFacts, Nothing
from billfold.plugin_api.hookspecs import hookimpl
from billfold.plugin_api.samples import sample_document

__all__ = [
    "BankDetails",
    "BrandTheme",
    "Budget",
    "Charge",
    "ChargeKind",
    "Content",
    "ContractReference",
    "DeliveryPolicy",
    "Document",
    "DocumentFacts",
    "DocumentLine",
    "DocumentRule",
    "DocumentStatus",
    "DocumentType",
    "Money",
    "Nothing",
    "NumberMode",
    "NumberingRule",
    "Party",
    "PartyKind",
    "Period",
    "PeriodKind",
    "Reset",
    "Scope",
    "ServiceReference",
    "Signer",
    "TaxCategory",
    "TaxLine",
    "Totals",
    "Visibility",
    "hookimpl",
    "round_amount",
    "sample_document",
    "total_up",
]
