"""What is read: two GraphQL operations, and the hand-written SQL that gives the same JSON, byte for byte of figures."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import orjson

DOCUMENT = """
query Document($id: ID!) {
  document(id: $id) {
    id type { key } number issueDate dueDate status paymentStatus period { from until }
    enterprise { id legalName } client { id code name } contract { id number }
    totals { net { amount currency } tax { amount currency } gross { amount currency } }
    openAmount { amount currency }
    lines {
      position description quantity unit unitPrice taxRate
      net { amount } tax { amount } gross { amount }
    }
  }
}
"""

PAGE = """
query Page($filter: DocumentFilter) {
  documents(first: 50, filter: $filter) {
    totalCount
    nodes {
      id type { key } number issueDate dueDate status paymentStatus
      enterprise { id legalName } client { id code name } contract { id number }
      totals { gross { amount currency } } openAmount { amount currency }
    }
  }
}
"""

_PARTIES = """
  'enterprise', json_build_object('id', 'enterprise_' || e.id, 'legalName', e.legal_name),
  'client', json_build_object('id', 'client_' || k.id, 'code', k.code, 'name', k.name),
  'contract', json_build_object('id', 'contract_' || c.id, 'number', c.number)
"""
_HEAD = """
  'id', 'document_' || d.id, 'type', json_build_object('key', d.type), 'number', d.number,
  'issueDate', d.issue_date::text, 'dueDate', d.due_date::text, 'status', d.status,
  'paymentStatus', CASE WHEN NOT d.is_payable THEN 'NOT_PAYABLE' WHEN d.settled >= d.gross THEN 'PAID'
                        WHEN d.settled > 0 THEN 'PARTIALLY_PAID' ELSE 'UNPAID' END
"""
_OPEN = "'openAmount', json_build_object('amount', (d.gross - d.settled)::text, 'currency', d.currency)"
_TABLES = """
documents d JOIN enterprises e ON e.id = d.enterprise_id JOIN clients k ON k.id = d.client_id
JOIN contracts c ON c.id = d.contract_id
"""

DOCUMENT_SQL = f"""
SELECT json_build_object('data', json_build_object('document', json_build_object({_HEAD}, {_PARTIES},
  'period', json_build_object('from', d.period_from::text, 'until', d.period_until::text),
  'totals', json_build_object(
    'net', json_build_object('amount', d.net::text, 'currency', d.currency),
    'tax', json_build_object('amount', d.tax::text, 'currency', d.currency),
    'gross', json_build_object('amount', d.gross::text, 'currency', d.currency)),
  {_OPEN},
  'lines', (SELECT json_agg(json_build_object(
      'position', l.position, 'description', l.description, 'quantity', l.quantity::text, 'unit', l.unit,
      'unitPrice', l.unit_price::text, 'taxRate', l.tax_rate::text,
      'net', json_build_object('amount', l.net::text), 'tax', json_build_object('amount', l.tax::text),
      'gross', json_build_object('amount', l.gross::text)) ORDER BY l.position)
    FROM document_lines l WHERE l.document_id = d.id))))::text
FROM {_TABLES} WHERE d.id = $1
"""

_FILTER = "d.enterprise_id = $1 AND d.status = 'ISSUED' AND d.issue_date >= $2 AND d.issue_date < $3"
PAGE_SQL = f"""
SELECT json_build_object('data', json_build_object('documents', json_build_object(
  'totalCount', (SELECT count(*) FROM documents d WHERE {_FILTER}),
  'nodes', (SELECT json_agg(row) FROM (
    SELECT json_build_object({_HEAD}, {_PARTIES},
      'totals', json_build_object('gross', json_build_object('amount', d.gross::text, 'currency', d.currency)),
      {_OPEN}) AS row
    FROM {_TABLES} WHERE {_FILTER} ORDER BY d.issue_date DESC, d.id DESC LIMIT 50) page))))::text
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to read: its GraphQL request, and the path of the same at the limit's server."""

    body: bytes
    path: str


def document(id_: str) -> Asked:
    """Ask for one document with its lines."""
    return Asked(_body(DOCUMENT, {"id": f"document_{id_}"}), f"/document?{urlencode({'id': id_})}")


def page(enterprise: str, start: date, until: date) -> Asked:
    """Ask for a page of 50 documents of an enterprise and of some days, with the number of all of them."""
    days = {"from": start.isoformat(), "until": until.isoformat()}
    condition = {"enterprise": [f"enterprise_{enterprise}"], "status": ["ISSUED"], "issueDate": days}
    return Asked(_body(PAGE, {"filter": condition}), f"/page?{urlencode({'enterprise': enterprise, **days})}")


def _body(query: str, variables: dict[str, Any]) -> bytes:
    return orjson.dumps({"query": query, "variables": variables})
