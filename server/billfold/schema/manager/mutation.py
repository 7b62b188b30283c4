"""The mutation of the managers' face, put together from the commands."""

import strawberry

from billfold.schema.manager.commands.brands import BrandCommands
from billfold.schema.manager.commands.calendars import CalendarCommands
from billfold.schema.manager.commands.charges import ChargeCommands
from billfold.schema.manager.commands.clients import ClientCommands
from billfold.schema.manager.commands.closing_books import ClosingCommands
from billfold.schema.manager.commands.contacts import ContactCommands
from billfold.schema.manager.commands.contracts import ContractCommands
from billfold.schema.manager.commands.documents import DocumentCommands
from billfold.schema.manager.commands.drafts import DraftCommands
from billfold.schema.manager.commands.enterprises import EnterpriseCommands
from billfold.schema.manager.commands.exports import ExportCommands
from billfold.schema.manager.commands.numbers import NumberCommands
from billfold.schema.manager.commands.parking import ParkingCommands
from billfold.schema.manager.commands.payments import PaymentCommands
from billfold.schema.manager.commands.previews import PreviewCommands
from billfold.schema.manager.commands.prices import PriceCommands
from billfold.schema.manager.commands.revisions import RevisionCommands
from billfold.schema.manager.commands.rules import RuleCommands
from billfold.schema.manager.commands.runs import RunCommands
from billfold.schema.manager.commands.services import ServiceCommands
from billfold.schema.manager.commands.statements import StatementCommands
from billfold.schema.manager.commands.subscriptions import SubscriptionCommands
from billfold.schema.manager.commands.tokens import TokenCommands
from billfold.schema.manager.commands.usage import UsageCommands
from billfold.schema.manager.commands.visibility import VisibilityCommands


@strawberry.type(description="What managers may command. Each command gives what it changed, or a Problem.")
class Mutation(
    ChargeCommands,
    ClosingCommands,
    BrandCommands,
    CalendarCommands,
    ClientCommands,
    ContactCommands,
    EnterpriseCommands,
    ContractCommands,
    DocumentCommands,
    DraftCommands,
    ExportCommands,
    NumberCommands,
    ParkingCommands,
    PaymentCommands,
    PreviewCommands,
    PriceCommands,
    RevisionCommands,
    RuleCommands,
    RunCommands,
    ServiceCommands,
    StatementCommands,
    SubscriptionCommands,
    TokenCommands,
    UsageCommands,
    VisibilityCommands,
):
    """The commands; each calls one service, and reads what it changed."""
