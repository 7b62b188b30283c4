"""All that a plugin may import: the hook marker, what it declares, what it is told and what it answers."""

from billfold.domain.account import Account, AccountEntry, Advance, EntryKind
from billfold.domain.charging import Charge, ChargeKind, ServiceReference
from billfold.domain.document import (
    BankDetails,
    BrandTheme,
    ContractReference,
    CorrectedLine,
    Document,
    DocumentLine,
    DocumentReference,
    DocumentStatus,
    Party,
    PartyKind,
    Signer,
    TaxLine,
    TaxRegime,
    Totals,
    total_up,
)
from billfold.domain.lifecycle import FileKind
from billfold.domain.money import Money, exponent, round_amount
from billfold.domain.numbering import NumberingRule, NumberMode, Reset, Scope, shared_series
from billfold.domain.periods import Period
from billfold.domain.rules import Backdating, DeliveryPolicy, DocumentRule
from billfold.domain.schedules import DayShift, Schedule, SchedulePeriod
from billfold.domain.subscriptions import SubscribedService, SubscriptionTerms
from billfold.domain.tax import TaxCategory, Taxed, tax_amount
from billfold.domain.visibility import Visibility
from billfold.domain.words import amount_in_words
from billfold.plugin_api.document_type import Budget, DocumentType, IssueDay, Need, PeriodKind
from billfold.plugin_api.european_invoices import EuropeanInvoice, EuropeanKind, european_invoice
from billfold.plugin_api.european_lines import EuropeanLine, EuropeanTax
from billfold.plugin_api.european_parties import EuropeanParty, EuropeanPayment
from billfold.plugin_api.facts import (
    AttachmentFacts,
    Content,
    ContractTerms,
    DocumentFacts,
    Nothing,
    UsageRecord,
    UsageTotal,
)
from billfold.plugin_api.files import (
    Attachment,
    Cell,
    Column,
    ExportedFile,
    ExportFormat,
    HybridPdf,
    Paper,
    Refused,
    Table,
    TableFormat,
)
from billfold.plugin_api.hookspecs import hookimpl
from billfold.plugin_api.lines import billable_lines, charge_lines, describe, payment_purpose
from billfold.plugin_api.net_prices import net_price
from billfold.plugin_api.sample_parties import sample_buyer, sample_seller
from billfold.plugin_api.samples import document_of, sample_attachment_facts, sample_document, sample_facts
from billfold.plugin_api.tax_documents import (
    AdvanceOffset,
    PaymentPaper,
    ShipmentPaper,
    TaxDocumentDetails,
    advance_offsets,
    currency_words,
    no_tax_invoice_ground,
    payment_papers,
    shipment_papers,
    taxed_already,
)
from billfold.plugin_api.usage_tables import usage_tables
from billfold.plugin_api.wording import wording, written_period
from billfold.plugin_api.xml_trees import xml_file, xml_node

__all__ = [
    "Account",
    "AccountEntry",
    "Advance",
    "AdvanceOffset",
    "Attachment",
    "AttachmentFacts",
    "Backdating",
    "BankDetails",
    "BrandTheme",
    "Budget",
    "Cell",
    "Charge",
    "ChargeKind",
    "Column",
    "Content",
    "ContractReference",
    "ContractTerms",
    "CorrectedLine",
    "DayShift",
    "DeliveryPolicy",
    "Document",
    "DocumentFacts",
    "DocumentLine",
    "DocumentReference",
    "DocumentRule",
    "DocumentStatus",
    "DocumentType",
    "EntryKind",
    "EuropeanInvoice",
    "EuropeanKind",
    "EuropeanLine",
    "EuropeanParty",
    "EuropeanPayment",
    "EuropeanTax",
    "ExportFormat",
    "ExportedFile",
    "FileKind",
    "HybridPdf",
    "IssueDay",
    "Money",
    "Need",
    "Nothing",
    "NumberMode",
    "NumberingRule",
    "Paper",
    "Party",
    "PartyKind",
    "PaymentPaper",
    "Period",
    "PeriodKind",
    "Refused",
    "Reset",
    "Schedule",
    "SchedulePeriod",
    "Scope",
    "ServiceReference",
    "ShipmentPaper",
    "Signer",
    "SubscribedService",
    "SubscriptionTerms",
    "Table",
    "TableFormat",
    "TaxCategory",
    "TaxDocumentDetails",
    "TaxLine",
    "TaxRegime",
    "Taxed",
    "Totals",
    "UsageRecord",
    "UsageTotal",
    "Visibility",
    "advance_offsets",
    "amount_in_words",
    "billable_lines",
    "charge_lines",
    "currency_words",
    "describe",
    "document_of",
    "european_invoice",
    "exponent",
    "hookimpl",
    "net_price",
    "no_tax_invoice_ground",
    "payment_papers",
    "payment_purpose",
    "round_amount",
    "sample_attachment_facts",
    "sample_buyer",
    "sample_document",
    "sample_facts",
    "sample_seller",
    "shared_series",
    "shipment_papers",
    "tax_amount",
    "taxed_already",
    "total_up",
    "usage_tables",
    "wording",
    "written_period",
    "xml_file",
    "xml_node",
]
