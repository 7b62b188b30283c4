"""A small filled world that reading tests share: clients, their books, and documents of every kind of visibility."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from billfold.domain import snapshot
from billfold.domain.ids import new_id
from billfold.domain.money import ZERO
from tests.factories import make_document

NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
_SNAPSHOT = snapshot.to_json(make_document(lines=2, details={"note": "тест"}))


@dataclass
class World:
    """What stands in the database, by the names that tests use."""

    url: str
    ids: dict[str, UUID]

    def gid(self, noun: str, name: str) -> str:
        """Give the global id of a thing."""
        return f"{noun}_{self.ids[name]}"


class Filler:
    """Fills a database row by row; every row is known by a name."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.ids: dict[str, UUID] = {}
        self._counters: dict[UUID, int] = {}

    async def add(self, table: str, name: str, /, **columns: Any) -> UUID:
        """Insert one row; values that are names of rows become their ids in columns that end in `_id`."""
        self.ids[name] = columns["id"] = columns.get("id") or new_id()
        values = [self._value(column, value) for column, value in columns.items()]
        marks = ", ".join(f"${place + 1}" for place in range(len(values)))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 # Names of the test's own.
        await self._connection.execute(statement, *values)
        return self.ids[name]

    async def run(self, statement: str, *values: Any) -> None:
        """Run a statement of the test's own."""
        await self._connection.execute(statement, *values)

    def _value(self, column: str, value: Any) -> Any:
        is_name = column.endswith("_id") and column != "message_id" and isinstance(value, str)
        return self.ids[value] if is_name else value

    async def document(self, name: str, client: str, contract: str, enterprise: str, **changes: Any) -> UUID:
        """Insert a published invoice of October with two lines and a PDF, unless told otherwise."""
        lines = 2
        series = self.ids[f"series {enterprise}"]
        counter = self._counters[series] = self._counters.get(series, 0) + 1
        columns: dict[str, Any] = {
            "type": "invoice", "enterprise_id": enterprise, "client_id": client, "contract_id": contract,
            "series_id": f"series {enterprise}", "counter": counter, "number": f"N-{counter:03}", "status": "ISSUED",
            "issue_date": date(2026, 11, 1), "due_date": date(2026, 11, 15), "period_from": OCTOBER[0],
            "period_until": OCTOBER[1], "currency": "RUB", "locale": "ru", "is_payable": True,
            "net": Decimal("100.00"), "tax": Decimal("22.00"), "gross": Decimal("122.00"), "settled": ZERO,
            "template": "invoice/invoice.html", "plugin": "invoice 1", "snapshot": _SNAPSHOT,
            "snapshot_sha256": snapshot.digest(_SNAPSHOT), "visible_vote": 2, "is_hidden": False,
            "issued_at": NOW - timedelta(days=19), "published_at": NOW - timedelta(days=19), "step": "DONE",
        }  # fmt: skip
        columns |= changes
        sums = {part: columns[part] / lines for part in ("net", "tax", "gross")}
        document = await self.add("documents", name, **columns)
        # The database wants a document's lines to come in one statement, and to add up to it.
        await self._connection.copy_records_to_table(
            "document_lines",
            columns=["id", "document_id", "position", "description", "quantity", "unit", "unit_price", "tax_rate",
                     *sums, "period_from", "period_until"],
            records=[
                (new_id(), document, position, f"Услуга {position}", Decimal("1.5"), "мес", Decimal("81.33"),
                 Decimal(22), *sums.values(), *OCTOBER)
                for position in range(1, lines + 1)
            ],
        )  # fmt: skip
        await self.add(
            "files", f"{name} file", document_id=document, kind="PDF", name=f"Счёт {name}.pdf",
            media_type="application/pdf", size=9, sha256="ab" * 32, key="ab/ab/" + "ab" * 32,
        )  # fmt: skip
        return document


async def fill(connection: asyncpg.Connection) -> dict[str, UUID]:
    """Fill an empty database; gives the ids by name."""
    filler = Filler(connection)
    await _fill_books(filler)
    await _fill_contracts(filler)
    await _fill_documents(filler)
    await _fill_runs(filler)
    return filler.ids


async def _fill_books(filler: Filler) -> None:
    add = filler.add
    await add("brands", "brand", code="sever", name="Север", currency="RUB", email="b@sever.example", phone="1")
    zones = {"west": "Europe/Moscow", "east": "Asia/Vladivostok"}
    for name, zone in zones.items():
        await add(
            "enterprises", name, brand_id="brand", code=name, legal_name=f"ООО {name}", kind="company", timezone=zone
        )
        await add("number_series", f"series {name}", enterprise_id=name, key="invoice:", next_counter=1000)
        await add("tax_regimes", f"regime {name}", enterprise_id=name, valid_from=date(2020, 1, 1), regime="vat")
    for code, inn in (("alfa", "7700000016"), ("beta", "7700000023"), ("gamma", "")):
        await add(
            "clients", code, code=code, kind="company", name=f"ООО {code.title()}", inn=inn, enterprise_id="west",
            email=f"{code.title()}@clients.example",
        )  # fmt: skip
        await add(
            "contacts", f"contact {code}", client_id=code, name="Анна", role="accounting", email=f"{code}@x.example"
        )
    await add("services", "internet", code="internet", name="Интернет", names='{"en": "Internet"}', kind="subscription")
    await add("services", "sms", code="sms", name="SMS", kind="usage")


async def _fill_contracts(filler: Filler) -> None:
    add = filler.add
    contracts = (
        ("A-1", "alfa", "west", "RUB"), ("A-2", "alfa", "west", "USD"), ("A-3", "alfa", "east", "RUB"),
        ("B-1", "beta", "west", "RUB"), ("A-1 east", "beta", "east", "RUB"),
    )  # fmt: skip
    for place, (number, client, enterprise, currency) in enumerate(contracts):
        await add(
            "contracts", number, number=number.removesuffix(" east"), client_id=client, enterprise_id=enterprise,
            signed_on=date(2024, 1, 1 + place), currency=currency, billing="postpaid",
            opening_balance=Decimal("-10.50"),
        )  # fmt: skip
    for number, started, ended in (("A-1", 1, None), ("A-1", 2, 5), ("B-1", 3, None)):
        await add(
            "subscriptions", f"subscription {number} {started}", contract_id=number, service_id="internet",
            started_on=date(2026, started, 1), ended_on=ended and date(2026, ended, 1), price=Decimal("2200.00"),
            quantity=Decimal(1), tax_included=True,
        )  # fmt: skip
    for place, number in enumerate(("A-1", "A-1", "B-1")):
        await filler.run(
            "INSERT INTO usage_records (source, external_id, contract_id, service_id, occurred_at, quantity,"
            " unit_price, tax_included) VALUES ('switch', $1, $2, $3, $4, 5, 2.4045, true)",
            f"call-{place}", filler.ids[number], filler.ids["sms"], NOW - timedelta(days=place),
        )  # fmt: skip
    for number, is_live in (("A-1", True), ("B-1", False)):
        period = await add(
            "charge_periods", f"charged {number}", contract_id=number, period_from=OCTOBER[0], period_until=OCTOBER[1],
            is_live=is_live,
        )  # fmt: skip
        for position, kind in enumerate(("subscription", "usage")):
            await add(
                "charges", f"charge {number} {kind}", contract_id=number, charge_period_id=period, position=position,
                kind=kind, service_id="internet", period_from=OCTOBER[0], period_until=OCTOBER[1], quantity=Decimal(1),
                unit_price=Decimal(122), tax_included=True, tax_rate=Decimal(22), net=Decimal(100), tax=Decimal(22),
                gross=Decimal(122), active_days=31, month_days=31,
            )  # fmt: skip


async def _fill_documents(filler: Filler) -> None:
    document, past, coming = filler.document, NOW - timedelta(days=3), NOW + timedelta(days=3)
    await filler.add(
        "document_rules", "rule", enterprise_id="west", type="waybill", mask="{N}", reset="never", scope="type",
        mode="gapless", is_visible=False, delivery="client",
    )  # fmt: skip
    await document("open", "alfa", "A-1", "west")
    await document("paid", "alfa", "A-1", "west", settled=Decimal("122.00"))
    await document("partial", "alfa", "A-1", "west", settled=Decimal("22.00"), due_date=date(2026, 12, 1))
    await document("free", "alfa", "A-2", "west", is_payable=False, due_date=None, period_from=None, period_until=None)
    await document("void", "alfa", "A-1", "west", status="VOID", voided_at=past, void_reason="ошибка")
    # Due on the 20th: that day is past at NOW in Vladivostok and in Moscow (it is the 21st in both).
    await document("late east", "alfa", "A-3", "east", due_date=date(2026, 11, 20))
    await document("due today", "alfa", "A-1", "west", due_date=date(2026, 11, 21))
    await document("hidden", "alfa", "A-1", "west", is_hidden=True)
    await document("staff only", "alfa", "A-1", "west", visible_vote=1)
    await document("unpublished", "alfa", "A-1", "west", published_at=None, step="PRINT")
    await document("embargoed", "alfa", "A-1", "west", published_at=coming)
    await document("ruled out", "alfa", "A-1", "west", type="waybill")
    await document("void early", "alfa", "A-1", "west", status="VOID", voided_at=past, published_at=None)
    await document("draft", "alfa", "A-1", "west", status="DRAFT")
    await document("act east", "alfa", "A-3", "east", type="waybill")
    await document("foreign", "beta", "B-1", "west", number="СЧ-77/б")
    await document("foreign east", "beta", "A-1 east", "east", gross=Decimal("1222.00"), net=Decimal("1200.00"))


async def _fill_runs(filler: Filler) -> None:
    add = filler.add
    period = {"period_from": OCTOBER[0], "period_until": OCTOBER[1]}
    await add("runs", "run", type="invoice", state="RUNNING", started_by="m@x.example", already_issued=4, **period)
    plan = (
        '{"documents": 2, "already_issued": 1, "totals": [{"currency": "RUB", "net": "100.00", "tax": "22.00",'
        ' "gross": "122.00"}], "skipped": [{"reason": "nothing_to_bill", "count": 3}], "failed": []}'
    )
    await add("runs", "plan", type="invoice", state="PLANNED", plan=plan, **period)
    states = (("A-1", "ISSUED", ""), ("A-2", "SKIPPED", "nothing_to_bill"), ("B-1", "FAILED", "Plugin invoice failed"))
    for number, state, reason in states:
        await add(
            "occurrences", f"occurrence {number}", run_id="run", contract_id=number, type="invoice", state=state,
            reason=reason, **period,
        )  # fmt: skip
    await add(
        "occurrences", "scheduled", contract_id="A-1 east", type="act", state="PENDING", due_at=NOW + timedelta(days=1),
        issue_date=date(2026, 11, 22), period_from=date(2026, 11, 1), period_until=date(2026, 12, 1),
    )  # fmt: skip
    await filler.document("by run", "gamma", "B-1", "west", run_id="run", occurrence_id="occurrence A-1")
    for name, state in (("sent", "SENT"), ("waiting", "PENDING")):
        await add(
            "deliveries", name, document_id="open", recipient=f"{name}@clients.example", asked_as=name, state=state,
            message_id=f"<{name}@x>", created_at=NOW - timedelta(hours=1 if name == "sent" else 0),
        )  # fmt: skip
    await add("delivery_attempts", "attempt", delivery_id="sent", started_at=NOW, outcome="SENT", reply="250 ok")
