"""Charges as managers read them."""

from billfold.database.reading.conditions import Condition, among, among_ids, of_client, overlaps
from billfold.database.reading.listings import Listing, Order
from billfold.database.reading.selections import Sorting
from billfold.database.reading.shapes import Shape, ToOne, identity, instant, money, period
from billfold.domain.access import Scope

# A one-off charge that waits for a document has no period yet: it stands until it is cancelled.
_IS_LIVE = "COALESCE({t}p.is_live, {t}.cancelled_at IS NULL)"
_IS_WAITING = "({t}.charge_period_id IS NULL AND {t}.cancelled_at IS NULL)"
# Several documents may rest on one charged period; the first of them took the charge.
_TAKER = (
    "(SELECT taker.id FROM documents taker WHERE taker.charge_period_id = {t}.charge_period_id"
    " AND taker.status = 'ISSUED' ORDER BY taker.issued_at, taker.id LIMIT 1)"
)

CHARGE = Shape(
    "Charge",
    source=(
        "charges {t} JOIN contracts {t}c ON {t}c.id = {t}.contract_id"
        " LEFT JOIN charge_periods {t}p ON {t}p.id = {t}.charge_period_id"
    ),
    noun="charge",
    scope=Scope.DOCUMENTS_READ,
    columns={
        "id": identity("charge"),
        "kind": "{t}.kind",
        "quantity": "{t}.quantity::text",
        "tax_included": "{t}.tax_included",
        "tax_rate": "{t}.tax_rate::text",
        "destination": "{t}.destination",
        "active_days": "{t}.active_days",
        "month_days": "{t}.month_days",
        "description": "{t}.description",
        "is_late": "{t}.is_late",
        "is_live": _IS_LIVE,
        "is_waiting": _IS_WAITING,
        "charged_at": instant("COALESCE({t}p.charged_at, {t}.created_at)"),
        "created_at": instant("{t}.created_at"),
        "created_by": "{t}.created_by",
        "cancelled_at": instant("{t}.cancelled_at"),
        "cancelled_by": "{t}.cancelled_by",
        "cancel_reason": "{t}.cancel_reason",
    },
    embeds={
        "period": period("{t}.period_from", "{t}.period_until"),
        "unit_price": money("{t}.unit_price", "{t}c.currency"),
        "net": money("{t}.net", "{t}c.currency"),
        "tax": money("{t}.tax", "{t}c.currency"),
        "gross": money("{t}.gross", "{t}c.currency"),
    },
    relations={
        "contract": ToOne("Contract", "{r}.id = {t}.contract_id"),
        "service": ToOne("Service", "{r}.id = {t}.service_id"),
        "document": ToOne("Document", f"{{r}}.id = {_TAKER}", is_optional=True),
    },
)

CHARGES = Listing(
    "Charge",
    orders={"PERIOD": Order("{t}.period_from", "date"), "GROSS": Order("{t}.gross", "numeric")},
    default=Sorting("PERIOD", is_descending=True),
    filters={
        "contract": lambda ids: among_ids("{t}.contract_id", "contract", ids),
        "service": lambda ids: among_ids("{t}.service_id", "service", ids),
        "client": of_client("{t}.contract_id"),
        "kind": lambda kinds: among("{t}.kind", kinds),
        "period": lambda span: overlaps("{t}.period_from", "{t}.period_until", span),
        "is_live": lambda wanted: Condition(_IS_LIVE if wanted else f"NOT {_IS_LIVE}"),
        "is_waiting": lambda wanted: Condition(_IS_WAITING if wanted else f"NOT {_IS_WAITING}"),
    },
)

SHAPES = (CHARGE,)
LISTINGS = {"charges": CHARGES}
