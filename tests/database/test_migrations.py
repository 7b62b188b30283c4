"""Migrations: they say what the rows say, and may run twice, or at once."""

import asyncio
import sys

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from billfold.database.connection import DESIGN, migrate
from tests.database.connecting import open_connection

TABLES = {
    "allocations", "audit_events", "bank_accounts", "client_requisites", "enterprise_requisites", "late_usage",
    "payments", "prices", "signers", "statement_lines", "statements", "subscription_changes",
    "brands", "charge_periods", "charges", "clients", "contacts", "contracts", "deliveries", "delivery_attempts",
    "document_lines", "document_rules", "documents", "enterprises", "files", "idempotency_keys", "number_events",
    "number_series", "occurrences", "runs", "services", "staff", "subscriptions", "tax_regimes", "tokens",
    "usage_records", "stored_files", "exports", "exported_documents", "plan_items", "drafts", "calendar_days",
}  # fmt: skip
MIGRATE = "import asyncio, sys\nfrom billfold.database.connection import migrate\nasyncio.run(migrate(sys.argv[1]))\n"


async def tables(url: str) -> set[str]:
    connection = await open_connection(url)
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    return {row["tablename"] for row in rows}


async def applied(url: str) -> list[str]:
    connection = await open_connection(url)
    rows = await connection.fetch("SELECT name FROM tortoise_migrations ORDER BY name")
    await connection.close()
    return [row["name"] for row in rows]


async def migrate_in_a_process(url: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, url, stderr=asyncio.subprocess.PIPE)
    _, complaint = await process.communicate()
    assert process.returncode is not None
    return process.returncode, complaint.decode()


async def test_the_rows_ask_for_no_further_migration() -> None:
    async with TortoiseContext() as context:
        await context.init(config=DESIGN, init_connections=False)
        assert context.apps is not None

        changes = await MigrationAutodetector(context.apps, DESIGN["apps"]).changes()

    assert [writer.as_string() for writer in changes] == []


async def test_an_empty_database_gets_every_table(empty_database_url: str) -> None:
    await migrate(empty_database_url)

    assert await tables(empty_database_url) - {"tortoise_migrations"} == TABLES


async def test_migrating_again_changes_nothing(migrated_database_url: str) -> None:
    once = await applied(migrated_database_url)

    await migrate(migrated_database_url)

    assert once[0] == "0001_initial"
    assert await applied(migrated_database_url) == once
    assert await tables(migrated_database_url) >= TABLES


async def test_two_migrations_at_once_make_one(empty_database_url: str) -> None:
    ends = await asyncio.gather(*(migrate_in_a_process(empty_database_url) for _ in range(2)))

    assert ends == [(0, ""), (0, "")]
    assert await tables(empty_database_url) >= TABLES
