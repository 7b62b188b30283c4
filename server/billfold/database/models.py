"""Every row of the house, in one list for Tortoise; nothing else belongs here."""

from billfold.database.access import IdempotencyKeyRow, StaffRow, TokenRow
from billfold.database.audit import AuditEventRow
from billfold.database.brands import BrandRow
from billfold.database.calendars import CalendarDayRow
from billfold.database.charges import ChargePeriodRow, ChargeRow
from billfold.database.clients import ClientRequisitesRow, ClientRow, ContactRow
from billfold.database.contracts import ContractRow
from billfold.database.deliveries import DeliveryAttemptRow, DeliveryRow
from billfold.database.documents import DocumentLineRow, DocumentRow
from billfold.database.drafts import DraftRow
from billfold.database.enterprises import (
    BankAccountRow,
    EnterpriseRequisitesRow,
    EnterpriseRow,
    SignerRow,
    TaxRegimeRow,
)
from billfold.database.exports import ExportedDocumentRow, ExportRow
from billfold.database.files import FileRow
from billfold.database.numbers import NumberEventRow, NumberSeriesRow
from billfold.database.occurrences import OccurrenceRow
from billfold.database.payments import AllocationRow, PaymentRow
from billfold.database.plan_items import PlanItemRow
from billfold.database.prices import PriceRow
from billfold.database.rules import DocumentRuleRow
from billfold.database.runs import RunRow
from billfold.database.services import ServiceRow
from billfold.database.statements import StatementLineRow, StatementRow
from billfold.database.stored_files import StoredFileRow
from billfold.database.subscriptions import SubscriptionChangeRow, SubscriptionRow
from billfold.database.usage import LateUsageRow, UsageRow

__models__ = [
    BrandRow,
    EnterpriseRow,
    EnterpriseRequisitesRow,
    BankAccountRow,
    SignerRow,
    TaxRegimeRow,
    ServiceRow,
    ClientRow,
    ClientRequisitesRow,
    ContactRow,
    ContractRow,
    SubscriptionRow,
    SubscriptionChangeRow,
    PriceRow,
    UsageRow,
    LateUsageRow,
    RunRow,
    PlanItemRow,
    OccurrenceRow,
    ChargePeriodRow,
    ChargeRow,
    NumberSeriesRow,
    NumberEventRow,
    DocumentRuleRow,
    DocumentRow,
    DocumentLineRow,
    FileRow,
    DraftRow,
    StoredFileRow,
    ExportRow,
    ExportedDocumentRow,
    PaymentRow,
    AllocationRow,
    StatementRow,
    StatementLineRow,
    DeliveryRow,
    DeliveryAttemptRow,
    StaffRow,
    TokenRow,
    IdempotencyKeyRow,
    AuditEventRow,
    CalendarDayRow,
]
