"""Bank statements as managers read them: the files, and what became of each payment in."""

import orjson

from billfold.database.reading.conditions import Condition, among, among_ids, contains, within
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Column, Shape, ToOne, ToPage, identity, instant, money
from billfold.domain.access import Scope

# A line whose payment was cancelled waits for a person again.
_PAID = "{t}p.cancelled_at IS NULL"
_STATE = f"CASE WHEN {_PAID} THEN {{t}}.state ELSE 'unmatched' END"

STATEMENT = Shape(
    "Statement",
    source="statements {t}",
    noun="statement",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("statement"),
        "name": "{t}.name",
        "sha256": "{t}.sha256",
        "warnings": Column("{t}.warnings::text", orjson.loads),
        "created_at": instant("{t}.created_at"),
        "created_by": "{t}.created_by",
    },
    relations={"lines": ToPage("statement_lines", "{t}.statement_id")},
)

LINE = Shape(
    "StatementLine",
    source="statement_lines {t} LEFT JOIN payments {t}p ON {t}p.id = {t}.payment_id",
    noun="statement_line",
    scope=Scope.BOOKS_READ,
    columns={
        "id": identity("statement_line"),
        "line": "{t}.line",
        "account": "{t}.account",
        "number": "{t}.number",
        "dated_on": "{t}.dated_on::text",
        "received_on": "{t}.received_on::text",
        "payer_name": "{t}.payer_name",
        "payer_inn": "{t}.payer_inn",
        "payer_account": "{t}.payer_account",
        "purpose": "{t}.purpose",
        "state": _STATE,
        "rule": f"CASE WHEN {_PAID} THEN NULLIF({{t}}.rule, '') END",
        "comment": "{t}.comment",
        "resolved_at": instant("{t}.resolved_at"),
        "resolved_by": "{t}.resolved_by",
    },
    embeds={"amount": money("{t}.amount", "{t}.currency")},
    relations={
        "statement": ToOne("Statement", "{r}.id = {t}.statement_id"),
        "enterprise": ToOne("Enterprise", "{r}.id = {t}.enterprise_id"),
        "payment": ToOne("Payment", "{r}.id = {t}.payment_id", is_optional=True),
    },
)


def _in_states(states: list[str]) -> Condition:
    return among(f"({_STATE})", states)


LINES = Listing(
    "StatementLine",
    orders={"RECEIVED_ON": Order("{t}.received_on", "date"), "AMOUNT": Order("{t}.amount", "numeric")},
    default=Sorting("RECEIVED_ON", is_descending=True),
    filters={
        "state": _in_states,
        "enterprise": lambda ids: among_ids("{t}.enterprise_id", "enterprise", ids),
        "statement": lambda ids: among_ids("{t}.statement_id", "statement", ids),
        "received_on": lambda span: within("{t}.received_on", span),
        "search": lambda text: contains(
            ("{t}.purpose", "{t}.payer_name", "{t}.payer_inn", "{t}.payer_account", "{t}.number"), text
        ),
    },
)

SHAPES = (STATEMENT, LINE)
LISTINGS = {"statement_lines": LINES}
