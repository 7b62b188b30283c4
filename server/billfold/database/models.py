"""Every row of the house, in one list for Tortoise; nothing else belongs here."""

from billfold.database.access import IdempotencyKeyRow, StaffRow, TokenRow
from billfold.database.brands import BrandRow
from billfold.database.charges import ChargePeriodRow, ChargeRow
from billfold.database.clients import ClientRow, ContactRow
from billfold.database.contracts import ContractRow
from billfold.database.deliveries import DeliveryAttemptRow, DeliveryRow
from billfold.database.documents import DocumentLineRow, DocumentRow, FileRow
from billfold.database.enterprises import EnterpriseRow, TaxRegimeRow
from billfold.database.numbers import NumberEventRow, NumberSeriesRow
from billfold.database.occurrences import OccurrenceRow
from billfold.database.rules import DocumentRuleRow
from billfold.database.runs import RunRow
from billfold.database.services import ServiceRow
from billfold.database.subscriptions import SubscriptionRow
from billfold.database.usage import UsageRow

__models__ = [
    BrandRow,
    EnterpriseRow,
    TaxRegimeRow,
    ServiceRow,
    ClientRow,
    ContactRow,
    ContractRow,
    SubscriptionRow,
    UsageRow,
    RunRow,
    OccurrenceRow,
    ChargePeriodRow,
    ChargeRow,
    NumberSeriesRow,
    NumberEventRow,
    DocumentRuleRow,
    DocumentRow,
    DocumentLineRow,
    FileRow,
    DeliveryRow,
    DeliveryAttemptRow,
    StaffRow,
    TokenRow,
    IdempotencyKeyRow,
]
