"""Subscriptions: a service on a contract, from a day to a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import ExactField, one_of, rate_check
from billfold.database.contracts import ContractRow
from billfold.database.services import ServiceRow
from billfold.domain.ids import new_id
from billfold.domain.subscriptions import Proration, SubscriptionTerms
from billfold.domain.terms import History


class SubscriptionRow(Model):
    """One subscription; the price is for a month and one piece, `ended_on` is exclusive.

    `ordinal` tells apart subscriptions to one service that start on one day.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[ContractRow] = fields.ForeignKeyField(
        "billfold.ContractRow", related_name="subscriptions", on_delete=OnDelete.RESTRICT
    )
    service: fields.ForeignKeyRelation[ServiceRow] = fields.ForeignKeyField(
        "billfold.ServiceRow", related_name="subscriptions", on_delete=OnDelete.RESTRICT
    )
    started_on = fields.DateField()
    ended_on = fields.DateField(null=True)
    ordinal = fields.SmallIntField(db_default=1)
    price = ExactField()
    quantity = ExactField()
    tax_included = fields.BooleanField()
    proration = fields.CharField(max_length=10, db_default="by_day")

    class Meta:
        table = "subscriptions"
        app = "billfold"
        constraints = (
            UniqueConstraint(
                fields=("contract", "service", "started_on", "ordinal"), name="subscriptions_once_a_start"
            ),
            rate_check("price", "quantity"),
            CheckConstraint(check="price >= 0 AND quantity >= 0", name="price_and_quantity_not_negative"),
            CheckConstraint(check="ended_on IS NULL OR ended_on >= started_on", name="ended_on_after_start"),
            one_of("proration", Proration),
        )


class SubscriptionChangeRow(Model):
    """What a subscription is from a day on, until its next change: price, quantity, and whether it rests."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    subscription: fields.ForeignKeyRelation[SubscriptionRow] = fields.ForeignKeyField(
        "billfold.SubscriptionRow", related_name="changes", on_delete=OnDelete.RESTRICT
    )
    valid_from = fields.DateField()
    price = ExactField()
    quantity = ExactField()
    tax_included = fields.BooleanField()
    is_suspended = fields.BooleanField(db_default=False)

    class Meta:
        table = "subscription_changes"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("subscription", "valid_from"), name="subscription_changes_one_a_day"),
            rate_check("price", "quantity"),
            CheckConstraint(check="price >= 0 AND quantity >= 0", name="price_and_quantity_not_negative"),
        )


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as commands see it; `ended_on` is exclusive."""

    contract_id: UUID
    service_id: UUID
    ended_on: date | None
    proration: Proration
    history: History

    @property
    def started_on(self) -> date:
        """The first day."""
        return self.history[0].valid_from


async def insert_subscription(connection: asyncpg.Connection, new: Subscription) -> UUID:
    """Write a new subscription of a locked contract, with the next free ordinal of its start; gives its id."""
    id_, (first,) = new_id(), new.history
    await connection.execute(
        """INSERT INTO subscriptions (id, contract_id, service_id, started_on, ended_on, price, quantity, tax_included,
                                      proration, ordinal)
           SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, COALESCE(max(ordinal), 0) + 1 FROM subscriptions
           WHERE contract_id = $2 AND service_id = $3 AND started_on = $4""",
        id_,
        new.contract_id,
        new.service_id,
        first.valid_from,
        new.ended_on,
        first.price,
        first.quantity,
        first.tax_included,
        new.proration.value,
    )
    return id_


async def contract_of(connection: asyncpg.Connection, subscription_id: UUID) -> UUID | None:
    """Give the contract of a subscription, or None when there is no such subscription."""
    contract_id: UUID | None = await connection.fetchval(
        "SELECT contract_id FROM subscriptions WHERE id = $1", subscription_id
    )
    return contract_id


async def read_subscription(connection: asyncpg.Connection, subscription_id: UUID) -> Subscription:
    """Read a subscription that is there, with its history; nobody changes it while its contract is locked."""
    row = await connection.fetchrow(
        """SELECT contract_id, service_id, started_on, ended_on, price, quantity, tax_included, proration
           FROM subscriptions WHERE id = $1""",
        subscription_id,
    )
    changes = await connection.fetch(
        """SELECT valid_from, price, quantity, tax_included, is_suspended FROM subscription_changes
           WHERE subscription_id = $1 ORDER BY valid_from""",
        subscription_id,
    )
    first = SubscriptionTerms(row["started_on"], row["price"], row["quantity"], row["tax_included"])
    return Subscription(
        contract_id=row["contract_id"],
        service_id=row["service_id"],
        ended_on=row["ended_on"],
        proration=Proration(row["proration"]),
        history=(first, *(SubscriptionTerms(**change) for change in changes)),
    )


async def write_history(connection: asyncpg.Connection, subscription_id: UUID, history: History) -> None:
    """Make a subscription's terms what is given; terms that are as they were are not touched."""
    first, *changes = history
    await connection.execute(
        """UPDATE subscriptions SET price = $2, quantity = $3, tax_included = $4
           WHERE id = $1 AND (price, quantity, tax_included) IS DISTINCT FROM ($2, $3, $4)""",
        subscription_id,
        first.price,
        first.quantity,
        first.tax_included,
    )
    await connection.execute(
        "DELETE FROM subscription_changes WHERE subscription_id = $1 AND valid_from <> ALL($2::date[])",
        subscription_id,
        [terms.valid_from for terms in changes],
    )
    await connection.execute(
        """INSERT INTO subscription_changes AS kept
             (id, subscription_id, valid_from, price, quantity, tax_included, is_suspended)
           SELECT gen_random_uuid(), $1, * FROM unnest($2::date[], $3::numeric[], $4::numeric[], $5::bool[], $6::bool[])
           ON CONFLICT (subscription_id, valid_from) DO UPDATE
             SET price = EXCLUDED.price, quantity = EXCLUDED.quantity, tax_included = EXCLUDED.tax_included,
                 is_suspended = EXCLUDED.is_suspended
             WHERE (kept.price, kept.quantity, kept.tax_included, kept.is_suspended)
               IS DISTINCT FROM (EXCLUDED.price, EXCLUDED.quantity, EXCLUDED.tax_included, EXCLUDED.is_suspended)""",
        subscription_id,
        *_columns(changes),
    )


def _columns(changes: Sequence[SubscriptionTerms]) -> tuple[list[object], ...]:
    names = ("valid_from", "price", "quantity", "tax_included", "is_suspended")
    return tuple([getattr(terms, name) for terms in changes] for name in names)


async def set_proration(connection: asyncpg.Connection, subscription_id: UUID, proration: Proration) -> None:
    """Change how months in part are charged."""
    await connection.execute("UPDATE subscriptions SET proration = $2 WHERE id = $1", subscription_id, proration.value)


async def set_end(connection: asyncpg.Connection, subscription_id: UUID, on: date) -> None:
    """Let a subscription end before a day; changes from that day on go."""
    await connection.execute("UPDATE subscriptions SET ended_on = $2 WHERE id = $1", subscription_id, on)
    await connection.execute(
        "DELETE FROM subscription_changes WHERE subscription_id = $1 AND valid_from >= $2", subscription_id, on
    )


async def end_subscriptions(connection: asyncpg.Connection, contract_id: UUID, on: date) -> list[UUID]:
    """End the subscriptions of a locked contract that go beyond a day: on it, or on their own start if that is later.

    Changes from their end on go. Gives the ids, in their order.
    """
    rows = await connection.fetch(
        """UPDATE subscriptions SET ended_on = greatest(started_on, $2)
           WHERE contract_id = $1 AND (ended_on IS NULL OR ended_on > greatest(started_on, $2)) RETURNING id""",
        contract_id,
        on,
    )
    ended = sorted(row["id"] for row in rows)
    await connection.execute(
        """DELETE FROM subscription_changes n USING subscriptions s
           WHERE s.id = n.subscription_id AND s.id = ANY($1::uuid[]) AND n.valid_from >= s.ended_on""",
        ended,
    )
    return ended


async def first_start(connection: asyncpg.Connection, contract_id: UUID) -> date | None:
    """Give the day on which the first subscription of a contract starts."""
    day: date | None = await connection.fetchval(
        "SELECT min(started_on) FROM subscriptions WHERE contract_id = $1", contract_id
    )
    return day
