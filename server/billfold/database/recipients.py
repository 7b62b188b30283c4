"""Recipients: who gets a document, by the operator's rule or on request; each is written down as a delivery."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from billfold.domain.lifecycle import DeliveryState


async def set_up_deliveries(connection: asyncpg.Connection, document_ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Set up the deliveries of new documents by the operator's rule; gives those that are to be made.

    One that cannot be made is written as SKIPPED with its reason. May be repeated.
    """
    rows = await connection.fetch(_SET_UP, document_ids, now)
    return [row["id"] for row in rows if row["state"] == "PENDING"]


def _message_id(delivery: str, sender: str) -> str:
    """Give the SQL of a delivery's Message-ID: the delivery at its sender's domain."""
    return f"'<' || {delivery} || '@' || coalesce(nullif(split_part({sender}, '@', 2), ''), 'billfold.invalid') || '>'"


# One row a recipient: the client's address, or by the rule the accounting contacts (the client's where it has none).
_SET_UP = f"""
WITH due AS (
  SELECT d.id, d.visible_vote = 2 AND NOT d.is_hidden AND coalesce(r.is_visible, true) AS is_for_client,
         k.id AS client_id, k.email, k.send_invoices, b.email AS brand_email, coalesce(r.delivery, 'client') AS policy
  FROM documents d
  JOIN clients k ON k.id = d.client_id
  JOIN enterprises e ON e.id = d.enterprise_id
  JOIN brands b ON b.id = e.brand_id
  LEFT JOIN document_rules r ON r.enterprise_id = d.enterprise_id AND r.type = d.type
  WHERE d.id = ANY($1::uuid[]) AND d.status = 'ISSUED'
), recipients AS (
  SELECT due.id, due.brand_email, c.email AS recipient, '' AS reason FROM due
  JOIN contacts c ON c.client_id = due.client_id AND c.role = 'accounting'
  WHERE due.policy = 'contacts' AND due.send_invoices AND due.is_for_client
  UNION
  SELECT due.id, due.brand_email,
         CASE WHEN reason = '' THEN due.email ELSE '' END, reason
  FROM due CROSS JOIN LATERAL (SELECT CASE
      WHEN NOT due.is_for_client THEN 'not_for_client'
      WHEN due.policy = 'nobody' THEN 'rule_says_nobody'
      WHEN NOT due.send_invoices THEN 'client_declines'
      WHEN due.email = '' THEN 'no_recipient'
      ELSE '' END AS reason) why
  WHERE due.policy <> 'contacts' OR reason IN ('not_for_client', 'client_declines')
     OR NOT EXISTS (SELECT 1 FROM contacts c WHERE c.client_id = due.client_id AND c.role = 'accounting')
)
INSERT INTO deliveries (id, document_id, recipient, asked_as, state, reason, message_id, created_at, next_attempt_at)
SELECT d.id, r.id, r.recipient, 'rule', CASE WHEN r.reason = '' THEN 'PENDING' ELSE 'SKIPPED' END, r.reason,
       {_message_id("d.id", "r.brand_email")}, $2, $2
FROM recipients r CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id, r.id AS of_document) d
ON CONFLICT (document_id, recipient, asked_as) DO NOTHING
RETURNING id, state
"""


async def ask_deliveries(
    connection: asyncpg.Connection,
    document_ids: Sequence[UUID],
    recipients: Sequence[str] | None,
    *,
    asked_as: str,
    now: datetime,
) -> list[tuple[UUID, DeliveryState]]:
    """Ask for deliveries of documents to recipients; None is the client's own address, skipped where there is none."""
    rows = await connection.fetch(
        f"""INSERT INTO deliveries (id, document_id, recipient, asked_as, state, reason, message_id, created_at,
                                   next_attempt_at)
           SELECT n.id, d.id, t.recipient, $3, CASE WHEN t.recipient = '' THEN 'SKIPPED' ELSE 'PENDING' END,
                  CASE WHEN t.recipient = '' THEN 'no_recipient' ELSE '' END,
                  {_message_id("n.id", "b.email")},
                  $4, $4
           FROM documents d
           JOIN clients k ON k.id = d.client_id
           JOIN enterprises e ON e.id = d.enterprise_id
           JOIN brands b ON b.id = e.brand_id
           CROSS JOIN LATERAL unnest(coalesce($2::text[], ARRAY[k.email])) AS t(recipient)
           CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id, d.id AS of_document, t.recipient AS to_recipient) n
           WHERE d.id = ANY($1::uuid[])
           ON CONFLICT (document_id, recipient, asked_as) DO NOTHING
           RETURNING id, state""",
        document_ids,
        recipients,
        asked_as,
        now,
    )
    return [(row["id"], DeliveryState(row["state"])) for row in rows]


async def asked_deliveries(connection: asyncpg.Connection, asked_as: str) -> list[UUID]:
    """Find the deliveries of one request, oldest first."""
    rows = await connection.fetch("SELECT id FROM deliveries WHERE asked_as = $1 ORDER BY created_at, id", asked_as)
    return [row["id"] for row in rows]
