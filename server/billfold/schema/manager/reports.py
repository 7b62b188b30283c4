"""The reports of the managers' face: what is summed over the books; each needs to read both books and documents."""

from datetime import date
from typing import Annotated, cast

import strawberry
from strawberry import ID

from billfold.database.reading import reports
from billfold.database.reading.ageing import AgeingScope
from billfold.database.reading.reports import MOST_ROWS, ReportScope
from billfold.domain.access import Scope, Viewer
from billfold.domain.errors import LimitExceeded
from billfold.domain.periods import check_billable
from billfold.schema.context import Info
from billfold.schema.manager.books import Service
from billfold.schema.manager.dashboards import ChargeSums, Dashboard, Revenue, RevenueRow
from billfold.schema.manager.debts import Ageing, Balances
from billfold.schema.manager.inputs import keys_of, some
from billfold.schema.manager.lookups import Lookup
from billfold.schema.resolvers import resolver
from billfold.schema.values import PeriodInput

_PERIOD = strawberry.argument(description="The days of the report, at most 36 months.")
_ENTERPRISES = strawberry.argument(description="Only these enterprises; all when left out.")
_CLIENTS = strawberry.argument(description="Only these clients; all when left out.")
_SERVICES = strawberry.argument(description="Only these services; all when left out.")
_CURRENCIES = strawberry.argument(description="Only these currencies; all when left out.")
_DEBTORS = strawberry.argument(description="Only contracts whose balance is below zero.")
_ON = strawberry.argument(description="As of the end of this day; now when left out.")


@strawberry.type
class Reports:
    """The fields of the query that give reports."""

    @resolver("A period at a glance: documents, payments and charges, counted and added up by currency.")
    async def dashboard(
        self,
        info: Info,
        period: Annotated[PeriodInput, _PERIOD],
        enterprise: Annotated[list[ID] | None, _ENTERPRISES] = None,
    ) -> Dashboard:
        _require(info.context.viewer)
        found = await reports.dashboard(_scope(period, enterprise), info.context.now)
        for row in found.by_type:
            row.type = info.context.planner.converters["document_type"](row.type)
        return cast(Dashboard, found)

    @resolver("What was charged, by service, calendar month and currency.")
    async def revenue(
        self,
        info: Info,
        period: Annotated[PeriodInput, _PERIOD],
        enterprise: Annotated[list[ID] | None, _ENTERPRISES] = None,
        service: Annotated[list[ID] | None, _SERVICES] = None,
    ) -> Revenue:
        _require(info.context.viewer)
        rows, totals = await reports.revenue(_scope(period, enterprise, service), info.context.now)
        if len(rows) > MOST_ROWS:
            raise LimitExceeded(
                f"The report has more than {MOST_ROWS} rows: ask for a shorter period, or for some services.",
                field="period",
            )
        services = Lookup(Service, (row.service_id for row in rows))
        for row in rows:
            row.__dict__["services"] = services
        return Revenue(rows=cast(list[RevenueRow], rows), totals=cast(list[ChargeSums], totals))

    @resolver("What clients have still to pay, by how long it is overdue.")
    async def ageing(
        self,
        info: Info,
        on: Annotated[date | None, _ON] = None,
        enterprise: Annotated[list[ID] | None, _ENTERPRISES] = None,
        client: Annotated[list[ID] | None, _CLIENTS] = None,
    ) -> Ageing:
        _require(info.context.viewer)
        scope = AgeingScope(on, keys_of("enterprise", enterprise, "enterprise"), keys_of("client", client, "client"))
        return Ageing(scope=scope, now=info.context.now)

    @resolver("What contracts hold and owe now.")
    async def balances(
        self,
        info: Info,
        enterprise: Annotated[list[ID] | None, _ENTERPRISES] = None,
        client: Annotated[list[ID] | None, _CLIENTS] = None,
        currency: Annotated[list[str] | None, _CURRENCIES] = None,
        only_debtors: Annotated[bool, _DEBTORS] = False,
    ) -> Balances:
        _require(info.context.viewer)
        narrowed = {"enterprise": enterprise, "client": client, "currency": currency}
        filters = {name: some(values, name) for name, values in narrowed.items() if values is not None}
        return Balances(filters={**filters, "only_debtors": only_debtors})


def _require(viewer: Viewer) -> None:
    viewer.require(Scope.DOCUMENTS_READ)
    viewer.require(Scope.BOOKS_READ)


def _scope(period: PeriodInput, enterprise: list[ID] | None, service: list[ID] | None = None) -> ReportScope:
    days = period.period()
    check_billable(days)
    return ReportScope(days, keys_of("enterprise", enterprise, "enterprise"), keys_of("service", service, "service"))
