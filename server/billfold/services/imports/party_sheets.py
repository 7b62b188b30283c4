"""Party sheets: the files of brands, enterprises with all that is dated of them, clients and contacts."""

from collections.abc import Mapping
from pathlib import Path

from billfold.database import books
from billfold.domain.document import TaxRegime
from billfold.services.imports import checks, parties
from billfold.services.imports.cells import Reader, boolean, one_of
from billfold.services.imports.columns import Column, Sheet
from billfold.services.imports.pictures import logo_in

_ENTERPRISE = Column("enterprise", parties.CODE)
# What parties that exchange electronic documents have besides.
_EXCHANGE = (
    Column("ogrn_on", parties.CLIENT["ogrn_on"], is_optional=True),
    Column("edo_id", parties.CLIENT["electronic_address"], target="electronic_address", is_optional=True),
)


def _columns(readers: Mapping[str, Reader], names: str, *, is_optional: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, readers[name], is_optional=is_optional) for name in names.split())


def brands(folder: Path) -> Sheet:
    """Give the sheet of brands; their logos lie in the folder."""
    return Sheet(
        "brands",
        books.BRANDS,
        (
            *_columns(parties.BRAND, "code name currency email phone website mail_subject mail_signature"),
            Column("logo", logo_in(folder), is_optional=True),
            *_columns(parties.BRAND, "accent_color font", is_optional=True),
        ),
    )


_ENTERPRISES = Sheet(
    "enterprises",
    books.ENTERPRISES,
    (
        *_columns(parties.ENTERPRISE, "code"),
        Column("brand", parties.CODE),
        *_columns(parties.ENTERPRISE, "legal_name kind inn kpp ogrn address bank_name bic account corr_account"),
        *_columns(parties.ENTERPRISE, "director accountant"),
        Column("tax_regime", one_of(TaxRegime)),
        *_columns(parties.ENTERPRISE, "timezone country"),
        *_columns(parties.ENTERPRISE, "tax_rounding", is_optional=True),
        *_EXCHANGE,
    ),
    check=checks.check_enterprise,
)

_TAX_REGIMES = Sheet(
    "tax_regimes", books.TAX_REGIMES, (_ENTERPRISE, *_columns(parties.TAX_REGIME, "valid_from regime"))
)

_SIGNERS = Sheet(
    "signers",
    books.SIGNERS,
    (_ENTERPRISE, *_columns(parties.SIGNER, "role valid_from valid_until name position authority")),
    check=checks.check_signer,
)

_BANK_ACCOUNTS = Sheet(
    "bank_accounts",
    books.BANK_ACCOUNTS,
    (_ENTERPRISE, *_columns(parties.BANK_ACCOUNT, "currency valid_from bank_name bic account corr_account")),
    check=checks.check_bank_account,
)

_CLIENTS = Sheet(
    "clients",
    books.CLIENTS,
    (
        *_columns(parties.CLIENT, "code kind"),
        Column("company", parties.CLIENT["name"], target="name"),
        Column("company_credential", parties.CLIENT["credential"], target="credential"),
        *_columns(parties.CLIENT, "inn kpp address country email locale"),
        Column("enterprise", parties.CODE),
        *_columns(parties.CLIENT, "invoice_dates"),
        Column("send_stats", boolean),
        Column("send_invoices", boolean),
        *_columns(parties.CLIENT, "bank_account bank_bic"),
        *_columns(parties.CLIENT, "ogrn", is_optional=True),
        *_EXCHANGE,
    ),
    check=checks.check_client,
)

_CONTACTS = Sheet(
    "contacts", books.CONTACTS, (Column("client", parties.CODE), *_columns(parties.CONTACT, "name role email"))
)

# In the order of import: what is dated follows its enterprise.
SELLERS = (_ENTERPRISES, _TAX_REGIMES, _SIGNERS, _BANK_ACCOUNTS)
BUYERS = (_CLIENTS, _CONTACTS)
