"""Factories of rows: each inserts one valid row by COPY, with the parents it needs, and gives its id.

Whatever is not told has a sensible value; columns go by their names: `await add_contract(connection, number="1")`.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from billfold.database.connection import copy_rows
from billfold.domain.ids import new_id


async def add_row(connection: asyncpg.Connection, table: str, columns: dict[str, Any]) -> UUID:
    """Insert one row with a new id, or the one among the columns."""
    row = {"id": new_id(), **columns}
    await copy_rows(connection, table, [row])
    return UUID(str(row["id"]))


async def add_brand(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert a brand."""
    return await add_row(
        connection, "brands", {"code": _code("brand"), "name": "Север Связь", "currency": "RUB", **columns}
    )


async def add_enterprise(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert a company of Moscow that is taxed by VAT ever since."""
    brand_id = columns.pop("brand_id", None) or await add_brand(connection)
    row = {
        "brand_id": brand_id,
        "code": _code("enterprise"),
        "legal_name": "ООО «Пример Связь»",
        "kind": "company",
        "inn": "7700000016",
        "kpp": "770001001",
        "ogrn": "1027700000019",
        "address": "101000, г. Москва, ул. Примерная, д. 78",
        "timezone": "Europe/Moscow",
        "bank_name": "ПАО СБЕРБАНК",
        "bic": "044525225",
        "account": "40702810200000000001",
        "corr_account": "30101810400000000225",
        "director": "Андреева А. В.",
        **columns,
    }
    enterprise_id = await add_row(connection, "enterprises", row)
    await add_row(
        connection, "tax_regimes", {"enterprise_id": enterprise_id, "valid_from": date(1900, 1, 1), "regime": "vat"}
    )
    return enterprise_id


async def add_service(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert a service that is sold by the month."""
    row = {
        "code": _code("service"),
        "name": "Доступ в интернет",
        "unit_name": "мес",
        "unit_okei": "362",
        "kind": "subscription",
        **columns,
    }
    return await add_row(connection, "services", row)


async def add_client(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert a client company, with an enterprise unless one is told."""
    enterprise_id = columns.pop("enterprise_id", None) or await add_enterprise(connection)
    row = {
        "code": _code("client"),
        "kind": "company",
        "name": "ООО «Юпитер Логистик»",
        "inn": "7707083893",
        "kpp": "770701001",
        "address": "119021, г. Москва, ул. Клиентская, д. 5",
        "email": "billing@jupiter.example",
        "enterprise_id": enterprise_id,
        **columns,
    }
    return await add_row(connection, "clients", row)


async def add_contract(connection: asyncpg.Connection, number: str = "1", **columns: Any) -> UUID:
    """Insert a postpaid rouble contract, with a client and an enterprise unless they are told."""
    enterprise_id = columns.pop("enterprise_id", None) or await add_enterprise(connection)
    client_id = columns.pop("client_id", None) or await add_client(connection, enterprise_id=enterprise_id)
    row = {
        "number": number,
        "client_id": client_id,
        "enterprise_id": enterprise_id,
        "signed_on": date(2024, 2, 1),
        "currency": "RUB",
        "billing": "postpaid",
        **columns,
    }
    return await add_row(connection, "contracts", row)


async def add_subscription(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert an open subscription for 2200.00 a month, with a contract and a service unless they are told."""
    row = {
        "contract_id": columns.pop("contract_id", None) or await add_contract(connection),
        "service_id": columns.pop("service_id", None) or await add_service(connection),
        "started_on": date(2026, 1, 1),
        "price": Decimal("2200.00"),
        "quantity": Decimal(1),
        "tax_included": True,
        **columns,
    }
    return await add_row(connection, "subscriptions", row)


async def add_usage(connection: asyncpg.Connection, external_id: str = "1", **columns: Any) -> None:
    """Insert a usage record of October 2026, with a contract and a service unless they are told."""
    row = {
        "source": "switch",
        "external_id": external_id,
        "contract_id": columns.pop("contract_id", None) or await add_contract(connection),
        "service_id": columns.pop("service_id", None) or await add_service(connection, kind="usage"),
        "occurred_at": datetime(2026, 10, 15, 12, tzinfo=UTC),
        "quantity": Decimal(3),
        "unit_price": Decimal("1.75"),
        "tax_included": True,
        **columns,
    }
    await copy_rows(connection, "usage_records", [row])


async def add_charge_period(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert a live charged October 2026, with a contract unless one is told."""
    row = {
        "contract_id": columns.pop("contract_id", None) or await add_contract(connection),
        "period_from": date(2026, 10, 1),
        "period_until": date(2026, 11, 1),
        **columns,
    }
    return await add_row(connection, "charge_periods", row)


async def add_charge(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert a charge of 2200.00 with its tax, with a charged period and a service unless they are told."""
    period_id = columns.pop("charge_period_id", None) or await add_charge_period(connection)
    of_contract = await connection.fetchval("SELECT contract_id FROM charge_periods WHERE id = $1", period_id)
    row = {
        "contract_id": of_contract,
        "charge_period_id": period_id,
        "service_id": columns.pop("service_id", None) or await add_service(connection),
        "position": 1,
        "kind": "subscription",
        "period_from": date(2026, 10, 1),
        "period_until": date(2026, 11, 1),
        **_sums(),
        **columns,
    }
    return await add_row(connection, "charges", row | {"tax_included": True})


async def add_occurrence(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert the pending invoice of October 2026, with a contract unless one is told."""
    row = {
        "contract_id": columns.pop("contract_id", None) or await add_contract(connection),
        "type": "invoice",
        "period_from": date(2026, 10, 1),
        "period_until": date(2026, 11, 1),
        "state": "PENDING",
        **columns,
    }
    return await add_row(connection, "occurrences", row)


async def add_series(connection: asyncpg.Connection, key: str = "invoice:", **columns: Any) -> UUID:
    """Insert a number series, with an enterprise unless one is told."""
    enterprise_id = columns.pop("enterprise_id", None) or await add_enterprise(connection)
    row = {"enterprise_id": enterprise_id, "key": key, "next_counter": 1, **columns}
    return await add_row(connection, "number_series", row)


async def add_document(connection: asyncpg.Connection, number: str = "1", **columns: Any) -> UUID:
    """Insert an issued invoice of 2200.00, of a contract and in a series of its own unless they are told."""
    contract_id = columns.pop("contract_id", None) or await add_contract(connection)
    contract = await connection.fetchrow("SELECT enterprise_id, client_id FROM contracts WHERE id = $1", contract_id)
    enterprise_id = columns.pop("enterprise_id", contract["enterprise_id"])
    row = {
        "type": "invoice",
        "enterprise_id": enterprise_id,
        "client_id": contract["client_id"],
        "contract_id": contract_id,
        "series_id": columns.pop("series_id", None)
        or await add_series(connection, _code("series"), enterprise_id=enterprise_id),
        "counter": 1,
        "number": number,
        "status": "ISSUED",
        "issue_date": date(2026, 11, 1),
        "due_date": date(2026, 11, 15),
        "period_from": date(2026, 10, 1),
        "period_until": date(2026, 11, 1),
        "currency": "RUB",
        "locale": "ru",
        "is_payable": True,
        "net": Decimal("1803.28"),
        "tax": Decimal("396.72"),
        "gross": Decimal("2200.00"),
        "template": "invoice/invoice.html",
        "plugin": "invoice",
        "snapshot": b"{}",
        "snapshot_sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "visible_vote": 2,
        "step": "DONE",
        **columns,
    }
    return await add_row(connection, "documents", row)


async def add_line(connection: asyncpg.Connection, **columns: Any) -> UUID:
    """Insert a line of 2200.00, with a document unless one is told."""
    row = {
        "document_id": columns.pop("document_id", None) or await add_document(connection),
        "position": 1,
        "description": "Доступ в интернет 100 Мбит/с, октябрь 2026 г.",
        "unit": "мес",
        **_sums(),
        **columns,
    }
    return await add_row(connection, "document_lines", row)


async def add_staff(connection: asyncpg.Connection, email: str = "manager@operator.example", **columns: Any) -> UUID:
    """Insert a manager."""
    return await add_row(connection, "staff", {"email": email, "role": "manager", **columns})


async def add_token(connection: asyncpg.Connection, scopes: list[str], **columns: Any) -> UUID:
    """Insert a token that expires in 2030; its holder, `client_id` or `staff_id`, is to be told."""
    row = {
        "digest": _code("digest"),
        "hint": "abcd",
        "scopes": scopes,
        "contracts": [],
        "types": [],
        "expires_at": datetime(2030, 1, 1, tzinfo=UTC),
        **columns,
    }
    return await add_row(connection, "tokens", row)


def _code(noun: str) -> str:
    return f"{noun}-{new_id().hex[-12:]}"


def _sums() -> dict[str, Decimal]:
    return {
        "quantity": Decimal(1),
        "unit_price": Decimal("2200.00"),
        "tax_rate": Decimal(22),
        "net": Decimal("1803.28"),
        "tax": Decimal("396.72"),
        "gross": Decimal("2200.00"),
    }
