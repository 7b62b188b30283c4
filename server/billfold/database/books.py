"""The books as they are imported: which table a noun is merged into, by what key, and which codes stand for ids.

The merging itself is in `staging.py`; what a cell may hold is the business of `services/imports`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reference:
    """A staged code that stands for an id: `column` holds the code, `target` takes the id that `lookup` gives for it.

    `lookup` is a query of (code, id); a code that it gives twice is ambiguous.
    """

    column: str
    target: str
    lookup: str


@dataclass(frozen=True, slots=True)
class BookTable:
    """How one noun is merged.

    `key` is what makes a row the same one, in columns of the table; `staged_key` names the staged columns in which two
    different rows may not agree, and is empty where repetitions are told apart or skipped. `extra` are staged columns,
    with their types, that the table has not; `computed` are columns of the table with the SQL that gives them, `s`
    being the staged row. A row that is there is changed only if `is_updated`; it also counts as changed when
    `also_changed` holds, `kept` being that row. `afterwards` are statements for rows that hang on this noun.
    """

    table: str
    key: tuple[str, ...]
    staged_key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    has_uuid: bool = True
    is_updated: bool = True
    also_changed: str = "false"
    afterwards: tuple[str, ...] = ()


_BRAND = Reference("brand", "brand_id", "SELECT code, id FROM brands")
_ENTERPRISE = Reference("enterprise", "enterprise_id", "SELECT code, id FROM enterprises")
_CLIENT = Reference("client", "client_id", "SELECT code, id FROM clients")
_SERVICE = Reference("service", "service_id", "SELECT code, id FROM services")
_CONTRACT = Reference("contract", "contract_id", "SELECT number AS code, id FROM contracts")

# 1900 stands for "since ever": the regime of the file; later ones are entered by hand and stay as they are.
_CHANGE_REGIME = """
UPDATE tax_regimes AS kept SET regime = s.tax_regime FROM staged s JOIN enterprises e ON e.code = s.code
WHERE kept.enterprise_id = e.id AND kept.valid_from = DATE '1900-01-01' AND kept.regime <> s.tax_regime
"""
_ADD_REGIME = """
INSERT INTO tax_regimes (id, enterprise_id, valid_from, regime)
SELECT gen_random_uuid(), e.id, DATE '1900-01-01', s.tax_regime
FROM (SELECT DISTINCT code, tax_regime FROM staged) s JOIN enterprises e ON e.code = s.code
WHERE NOT EXISTS (SELECT FROM tax_regimes t WHERE t.enterprise_id = e.id)
"""
_REGIME_CHANGED = """EXISTS (
SELECT FROM staged s JOIN tax_regimes t ON t.enterprise_id = kept.id AND t.valid_from = DATE '1900-01-01'
WHERE s.code = kept.code AND t.regime <> s.tax_regime)
"""

BRANDS = BookTable("brands", key=("code",), staged_key=("code",))
ENTERPRISES = BookTable(
    "enterprises",
    key=("code",),
    staged_key=("code",),
    references=(_BRAND,),
    extra={"tax_regime": "text"},
    also_changed=_REGIME_CHANGED,
    afterwards=(_CHANGE_REGIME, _ADD_REGIME),
)
SERVICES = BookTable("services", key=("code",), staged_key=("code",))
CLIENTS = BookTable("clients", key=("code",), staged_key=("code",), references=(_ENTERPRISE,))
CONTACTS = BookTable(
    "contacts", key=("client_id", "email", "role"), staged_key=("client", "email", "role"), references=(_CLIENT,)
)
CONTRACTS = BookTable(
    "contracts",
    key=("enterprise_id", "number"),
    staged_key=("number", "enterprise"),
    references=(_CLIENT, _ENTERPRISE),
)
SUBSCRIPTIONS = BookTable(
    "subscriptions",
    key=("contract_id", "service_id", "started_on", "ordinal"),
    references=(_CONTRACT, _SERVICE),
    # Two subscriptions of one start both count; their order in the file tells them apart, every time.
    computed={"ordinal": "row_number() OVER (PARTITION BY s.contract, s.service, s.started_on ORDER BY s.line)"},
)
USAGE = BookTable(
    "usage_records",
    key=("source", "external_id"),
    references=(_CONTRACT, _SERVICE),
    computed={"source": "'import'"},
    has_uuid=False,
    is_updated=False,
)
