"""The books of usage: how what was measured, and the prices that rate it, are merged."""

from dataclasses import replace

from billfold.database.books import CONTRACT, SERVICE, BookTable, Refusal

# Prices: what was charged from one stays, and a new one starts after the days that are charged or closed.
_OWN_CONTRACT = replace(CONTRACT, is_optional=True)
_PRICED = """FROM staged s JOIN services v ON v.code = s.service
LEFT JOIN contracts c ON c.number = s.contract
LEFT JOIN prices p ON p.service_id = v.id AND p.contract_id IS NOT DISTINCT FROM c.id AND p.currency = s.currency
  AND p.destination = s.destination AND p.valid_from = s.valid_from"""
_NOT_CHARGED = Refusal(
    "valid_from",
    f"""SELECT s.line, '' AS told {_PRICED}
        WHERE (p.model, p.tax_included, p.allowance, p.tiers) <> (s.model, s.tax_included, s.allowance, s.tiers)
          AND EXISTS (SELECT FROM charges h WHERE h.price_id = p.id) ORDER BY s.line LIMIT 1""",
    "usage was charged from this price: set another one from a later day.",
)
_FROM_OPEN_DAY = Refusal(
    "valid_from",
    f"""SELECT s.line, o.told {_PRICED}, LATERAL (
          SELECT max(h.period_until) AS told FROM charge_periods h WHERE h.contract_id = c.id AND h.is_live
            AND NOT h.is_correction
          UNION ALL
          SELECT max(e.closed_until) FROM enterprises e WHERE e.id = c.enterprise_id
          UNION ALL
          SELECT max(e.closed_until) FROM enterprises e WHERE c.id IS NULL AND e.closed_until IS NOT NULL AND EXISTS (
            SELECT FROM charges h JOIN contracts u ON u.id = h.contract_id
            WHERE u.enterprise_id = e.id AND u.currency = s.currency AND h.service_id = v.id AND h.kind = 'usage')) o
        WHERE p.id IS NULL AND s.valid_from < o.told ORDER BY s.line, o.told DESC LIMIT 1""",
    "days before {told} are charged or closed: let the price start then or later.",
)
_IN_CURRENCY = Refusal(
    "currency",
    "SELECT s.line, c.currency AS told FROM staged s JOIN contracts c ON c.number = s.contract"
    " WHERE c.currency <> s.currency ORDER BY s.line LIMIT 1",
    "the contract is in {told}: so is its price.",
)
PRICES = BookTable(
    "prices",
    key=(
        "service_id",
        "COALESCE(contract_id, '00000000-0000-0000-0000-000000000000')",
        "currency",
        "destination",
        "valid_from",
    ),
    staged_key=("valid_from", "service", "contract", "currency", "destination"),
    references=(SERVICE, _OWN_CONTRACT),
    refusals=(_IN_CURRENCY, _NOT_CHARGED, _FROM_OPEN_DAY),
)

_NEGATIVE = Refusal(
    "quantity",
    "SELECT line, quantity AS told FROM staged WHERE corrects <> '' AND quantity >= 0 ORDER BY line LIMIT 1",
    "a correction takes back: its quantity is {told}, not negative.",
)
_OF_ORIGINAL = Refusal(
    "corrects",
    """SELECT s.line, s.corrects AS told FROM staged s WHERE s.corrects <> ''
         AND NOT EXISTS (SELECT FROM staged o WHERE o.external_id = s.corrects AND COALESCE(o.corrects, '') = '')
         AND NOT EXISTS (SELECT FROM usage_records o
                         WHERE o.source = 'import' AND o.external_id = s.corrects AND o.corrects IS NULL)
       ORDER BY s.line LIMIT 1""",
    "{told!r} is no original that was imported: correct it.",
)
_TAXED = Refusal(
    "tax_included",
    "SELECT line, '' AS told FROM staged WHERE unit_price IS NOT NULL AND tax_included IS NULL ORDER BY line LIMIT 1",
    "the cell is empty: write whether the unit price holds the tax.",
)
USAGE = BookTable(
    "usage_records",
    key=("source", "external_id"),
    references=(CONTRACT, SERVICE),
    extra={"corrects": "text"},
    computed={
        "source": "'import'",
        # Without a unit price the price list tells of the tax.
        "tax_included": "s.unit_price IS NOT NULL AND s.tax_included",
        "corrects": """CASE WHEN s.corrects <> '' THEN (
          SELECT o.id FROM usage_records o WHERE o.source = 'import' AND o.external_id = s.corrects) END""",
    },
    passes=("COALESCE(s.corrects, '') = ''", "s.corrects <> ''"),
    refusals=(_NEGATIVE, _OF_ORIGINAL, _TAXED),
    has_uuid=False,
    is_updated=False,
)
