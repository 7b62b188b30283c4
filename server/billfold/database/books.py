"""The books as they are imported: which table a noun is merged into, by what key, and which codes stand for ids.

The merging itself is in `staging.py`; what a cell may hold is the business of `services/imports`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reference:
    """A staged code that stands for an id: `column` holds the code, `target` takes the id that `lookup` gives for it.

    `lookup` is a query of (code, id); a code that it gives twice is ambiguous. Where a code alone does not tell, `also`
    names further columns of the lookup, with the SQL that gives them, `s` being the staged row; `named` is what is
    looked for, if that is not what the column is called. Where `is_optional`, an empty code stands for none.
    """

    column: str
    target: str
    lookup: str
    also: Mapping[str, str] = field(default_factory=dict)
    named: str = ""
    is_optional: bool = False

    @property
    def noun(self) -> str:
        """What is looked for."""
        return self.named or self.column

    @property
    def told(self) -> dict[str, str]:
        """The columns of the lookup by which a row is found, with the SQL that gives them."""
        return {"code": f"s.{self.column}", **self.also}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What staged rows may not say: `query` gives (line, told) of the first that does; the reason may hold `{told}`."""

    column: str
    query: str
    reason: str


@dataclass(frozen=True, slots=True)
class BookTable:
    """How one noun is merged.

    `key` is what makes a row the same one, in columns of the table; `staged_key` names the staged columns in which two
    different rows may not agree, and is empty where repetitions are told apart or skipped. `extra` are staged columns,
    with their types, that the table has not; `computed` are columns of the table with the SQL that gives them, `s`
    being the staged row. A row that is there is changed only if `is_updated`; it also counts as changed when
    `also_changed` holds, `kept` being that row. `beforehand` and `afterwards` are statements for rows that hang on this
    noun, which find it as it was, and as it is.
    `passes` merge one part of the rows after the other, so that the later may build on the earlier; none may say what
    `refusals` find. `is_closable` tells that rows hold from a day of an enterprise on, and may not change inside its
    closed books.
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
    beforehand: tuple[str, ...] = ()
    afterwards: tuple[str, ...] = ()
    passes: tuple[str, ...] = ("true",)
    refusals: tuple[Refusal, ...] = ()
    is_closable: bool = False


_BRAND = Reference("brand", "brand_id", "SELECT code, id FROM brands")
_ENTERPRISE = Reference("enterprise", "enterprise_id", "SELECT code, id FROM enterprises")
_CLIENT = Reference("client", "client_id", "SELECT code, id FROM clients")
SERVICE = Reference("service", "service_id", "SELECT code, id FROM services")
CONTRACT = Reference("contract", "contract_id", "SELECT number AS code, id FROM contracts")
_SUBSCRIPTION = Reference(
    "contract",
    "subscription_id",
    """SELECT c.number AS code, v.code AS service, s.started_on, s.ordinal, s.id
       FROM subscriptions s JOIN contracts c ON c.id = s.contract_id JOIN services v ON v.id = s.service_id""",
    also={"service": "s.service", "started_on": "s.started_on", "ordinal": "COALESCE(s.ordinal, 1)"},
    named="subscription",
)

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
# How far schedules were carried out is a midnight of the zone: it becomes that of the same day in another one.
_MOVE_ZONES = """
UPDATE document_rules r SET scheduled_until = (r.scheduled_until AT TIME ZONE e.timezone) AT TIME ZONE s.timezone
FROM enterprises e JOIN staged s ON s.code = e.code WHERE r.enterprise_id = e.id AND e.timezone <> s.timezone
"""

BRANDS = BookTable("brands", key=("code",), staged_key=("code",))
ENTERPRISES = BookTable(
    "enterprises",
    key=("code",),
    staged_key=("code",),
    references=(_BRAND,),
    extra={"tax_regime": "text"},
    also_changed=_REGIME_CHANGED,
    beforehand=(_MOVE_ZONES,),
    afterwards=(_CHANGE_REGIME, _ADD_REGIME),
)
TAX_REGIMES = BookTable(
    "tax_regimes",
    key=("enterprise_id", "valid_from"),
    staged_key=("enterprise", "valid_from"),
    references=(_ENTERPRISE,),
    is_closable=True,
)
SIGNERS = BookTable(
    "signers",
    key=("enterprise_id", "role", "valid_from"),
    staged_key=("enterprise", "role", "valid_from"),
    references=(_ENTERPRISE,),
    is_closable=True,
)
BANK_ACCOUNTS = BookTable(
    "bank_accounts",
    key=("enterprise_id", "currency", "valid_from"),
    staged_key=("enterprise", "currency", "valid_from"),
    references=(_ENTERPRISE,),
    is_closable=True,
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
    references=(CONTRACT, SERVICE),
    # Two subscriptions of one start both count; their order in the file tells them apart, every time.
    computed={"ordinal": "row_number() OVER (PARTITION BY s.contract, s.service, s.started_on ORDER BY s.line)"},
)
CALENDAR_DAYS = BookTable("calendar_days", key=("country", "day"), staged_key=("country", "day"))
SUBSCRIPTION_CHANGES = BookTable(
    "subscription_changes",
    key=("subscription_id", "valid_from"),
    staged_key=("valid_from", "contract", "service", "started_on", "ordinal"),
    references=(_SUBSCRIPTION,),
    extra={"service": "text", "started_on": "date", "ordinal": "smallint"},
)
