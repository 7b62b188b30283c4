from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from billfold.database.columns import ExactField
from billfold.database.together import Together
from billfold.domain.ids import new_id

CHARGES_OF_CONTRACTS = """
UPDATE charges h SET contract_id = p.contract_id FROM charge_periods p WHERE p.id = h.charge_period_id;
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0003_laws")]

    initial = False

    operations = [
        Together(
            [
                ops.CreateModel(
                    name="AuditEventRow",
                    fields=[
                        ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                        ("at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                        ("actor", fields.TextField(unique=False)),
                        ("operation", fields.CharField(max_length=100)),
                        ("noun", fields.CharField(max_length=50)),
                        ("subject", fields.UUIDField()),
                        ("details", fields.JSONField(db_default="{}", encoder=JSON_DUMPS, decoder=loads)),
                    ],
                    options={
                        "table": "audit_events",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(check="operation <> ''", name="operation_is_not_empty"),
                            CheckConstraint(check="noun <> ''", name="noun_is_not_empty"),
                        ],
                        "indexes": [Index(fields=["subject", "id"])],
                        "pk_attr": "id",
                        "table_description": "One change: the operation by its name in the API, the thing by noun and id, and what was told of it.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="BankAccountRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "enterprise",
                            fields.ForeignKeyField(
                                "billfold.EnterpriseRow",
                                source_field="enterprise_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="bank_accounts",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("currency", fields.CharField(max_length=3)),
                        ("valid_from", fields.DateField()),
                        ("bank_name", fields.TextField(db_default="", unique=False)),
                        ("bic", fields.CharField(max_length=11)),
                        ("account", fields.CharField(max_length=34)),
                        ("corr_account", fields.CharField(db_default="", max_length=20)),
                    ],
                    options={
                        "table": "bank_accounts",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(
                                fields=("enterprise", "currency", "valid_from"), name="bank_accounts_one_a_day"
                            ),
                            CheckConstraint(check="currency ~ '^[A-Z]{3}$'", name="currency_is_a_code"),
                            CheckConstraint(check="account <> ''", name="account_is_not_empty"),
                        ],
                        "pk_attr": "id",
                        "table_description": "An account of an enterprise for a currency, from a day on; without one, the enterprise's own is used.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="ClientRequisitesRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "client",
                            fields.ForeignKeyField(
                                "billfold.ClientRow",
                                source_field="client_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="requisites",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("valid_from", fields.DateField()),
                        ("kind", fields.CharField(max_length=20)),
                        ("name", fields.TextField(unique=False)),
                        ("credential", fields.TextField(db_default="", unique=False)),
                        ("inn", fields.CharField(db_default="", max_length=20)),
                        ("kpp", fields.CharField(db_default="", max_length=9)),
                        ("ogrn", fields.CharField(db_default="", max_length=15)),
                        ("address", fields.TextField(db_default="", unique=False)),
                        ("country", fields.CharField(db_default="RU", max_length=2)),
                        ("bank_account", fields.CharField(db_default="", max_length=34)),
                        ("bank_bic", fields.CharField(db_default="", max_length=11)),
                    ],
                    options={
                        "table": "client_requisites",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(fields=("client", "valid_from"), name="client_requisites_one_a_day"),
                            CheckConstraint(check="name <> ''", name="name_is_not_empty"),
                            CheckConstraint(
                                check="kind IN ('company', 'sole_proprietor', 'person', 'foreign')",
                                name="kind_is_known",
                            ),
                        ],
                        "pk_attr": "id",
                        "table_description": "The requisites of a client from a day on; a document takes those of its date.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="EnterpriseRequisitesRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "enterprise",
                            fields.ForeignKeyField(
                                "billfold.EnterpriseRow",
                                source_field="enterprise_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="requisites",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("valid_from", fields.DateField()),
                        ("legal_name", fields.TextField(unique=False)),
                        ("kind", fields.CharField(max_length=20)),
                        ("inn", fields.CharField(db_default="", max_length=20)),
                        ("kpp", fields.CharField(db_default="", max_length=9)),
                        ("ogrn", fields.CharField(db_default="", max_length=15)),
                        ("address", fields.TextField(db_default="", unique=False)),
                        ("country", fields.CharField(db_default="RU", max_length=2)),
                    ],
                    options={
                        "table": "enterprise_requisites",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(
                                fields=("enterprise", "valid_from"), name="enterprise_requisites_one_a_day"
                            ),
                            CheckConstraint(check="legal_name <> ''", name="legal_name_is_not_empty"),
                            CheckConstraint(
                                check="kind IN ('company', 'sole_proprietor', 'person', 'foreign')",
                                name="kind_is_known",
                            ),
                        ],
                        "pk_attr": "id",
                        "table_description": "The requisites of an enterprise from a day on; a document takes those of its date.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="LateUsageRow",
                    fields=[
                        ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                        ("usage_id", fields.BigIntField(unique=True)),
                        (
                            "contract",
                            fields.ForeignKeyField(
                                "billfold.ContractRow",
                                source_field="contract_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="late_usage",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        (
                            "charge_period",
                            fields.ForeignKeyField(
                                "billfold.ChargePeriodRow",
                                source_field="charge_period_id",
                                null=True,
                                db_constraint=True,
                                to_field="id",
                                related_name="late_usage",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                    ],
                    options={
                        "table": "late_usage",
                        "app": "billfold",
                        "indexes": [Index(fields=["contract_id"]), Index(fields=["charge_period_id"])],
                        "pk_attr": "id",
                        "table_description": "A usage record that came after its day was charged; a later period of the contract takes it over.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="PaymentRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "contract",
                            fields.ForeignKeyField(
                                "billfold.ContractRow",
                                source_field="contract_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="payments",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("kind", fields.CharField(max_length=10)),
                        ("method", fields.CharField(db_default="bank", max_length=10)),
                        ("amount", ExactField(generated=False, null=False, unique=False)),
                        ("received_on", fields.DateField()),
                        ("reference", fields.TextField(db_default="", unique=False)),
                        ("comment", fields.TextField(db_default="", unique=False)),
                        ("payer_name", fields.TextField(db_default="", unique=False)),
                        ("payer_inn", fields.CharField(db_default="", max_length=20)),
                        ("payer_account", fields.CharField(db_default="", max_length=34)),
                        ("source", fields.CharField(db_default="manual", max_length=100)),
                        ("external_id", fields.CharField(null=True, max_length=200)),
                        (
                            "refunds",
                            fields.ForeignKeyField(
                                "billfold.PaymentRow",
                                source_field="refunds_id",
                                null=True,
                                db_constraint=True,
                                to_field="id",
                                related_name="refunded_by",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("allocated", ExactField(db_default=0, generated=False, null=False, unique=False)),
                        ("advanced", ExactField(db_default=0, generated=False, null=False, unique=False)),
                        ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                        ("created_by", fields.TextField(db_default="", unique=False)),
                        ("cancelled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                        ("cancelled_by", fields.TextField(db_default="", unique=False)),
                        ("cancel_reason", fields.TextField(db_default="", unique=False)),
                    ],
                    options={
                        "table": "payments",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(fields=("source", "external_id"), name="payments_once_a_source"),
                            UniqueConstraint(fields=("id", "contract"), name="payments_of_contract"),
                            CheckConstraint(check="kind IN ('payment', 'refund')", name="kind_is_known"),
                            CheckConstraint(
                                check="method IN ('bank', 'card', 'cash', 'other')", name="method_is_known"
                            ),
                            CheckConstraint(
                                check="amount BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(amount) <= 4 AND allocated BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(allocated) <= 4 AND advanced BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(advanced) <= 4",
                                name="amount_allocated_advanced_in_range",
                            ),
                            CheckConstraint(
                                check="(kind = 'payment' AND amount > 0 AND refunds_id IS NULL) OR (kind = 'refund' AND amount < 0 AND refunds_id IS NOT NULL)",
                                name="payments_have_their_sign",
                            ),
                            CheckConstraint(
                                check="allocated BETWEEN 0 AND greatest(amount, 0)", name="allocated_up_to_amount"
                            ),
                            CheckConstraint(
                                check="advanced BETWEEN 0 AND greatest(amount, 0)", name="advanced_up_to_amount"
                            ),
                            CheckConstraint(
                                check="cancelled_at IS NULL OR (allocated = 0 AND advanced = 0)",
                                name="cancelled_settles_nothing",
                            ),
                            CheckConstraint(check="source <> ''", name="source_is_not_empty"),
                        ],
                        "indexes": [Index(fields=["contract_id", "received_on"])],
                        "pk_attr": "id",
                        "table_description": "Money that came in for a contract, or (a refund, below zero) went back; never changed, only cancelled.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="AllocationRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "contract",
                            fields.ForeignKeyField(
                                "billfold.ContractRow",
                                source_field="contract_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="allocations",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        (
                            "payment",
                            fields.ForeignKeyField(
                                "billfold.PaymentRow",
                                source_field="payment_id",
                                null=True,
                                db_constraint=True,
                                to_field="id",
                                related_name="allocations",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        (
                            "document",
                            fields.ForeignKeyField(
                                "billfold.DocumentRow",
                                source_field="document_id",
                                null=True,
                                db_constraint=True,
                                to_field="id",
                                related_name="allocations",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("amount", ExactField(generated=False, null=False, unique=False)),
                        ("kind", fields.CharField(max_length=10)),
                        ("is_advance", fields.BooleanField(db_default=False)),
                        ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                        ("created_by", fields.TextField(db_default="", unique=False)),
                        ("released_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                        ("released_by", fields.TextField(db_default="", unique=False)),
                        ("release_reason", fields.TextField(db_default="", unique=False)),
                    ],
                    options={
                        "table": "allocations",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(
                                check="kind IN ('referenced', 'automatic', 'manual')", name="kind_is_known"
                            ),
                            CheckConstraint(
                                check="amount BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(amount) <= 4",
                                name="amount_in_range",
                            ),
                            CheckConstraint(check="amount > 0", name="amount_positive"),
                            CheckConstraint(
                                check="payment_id IS NOT NULL OR document_id IS NOT NULL", name="allocations_join_two"
                            ),
                            CheckConstraint(
                                check="NOT is_advance OR document_id IS NOT NULL", name="advances_are_of_documents"
                            ),
                        ],
                        "indexes": [
                            Index(fields=["payment_id"]),
                            Index(fields=["document_id"]),
                            Index(fields=["contract_id"]),
                        ],
                        "pk_attr": "id",
                        "table_description": "How much of which money settles which document, all of one contract; released, never deleted.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="PriceRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "service",
                            fields.ForeignKeyField(
                                "billfold.ServiceRow",
                                source_field="service_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="prices",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        (
                            "contract",
                            fields.ForeignKeyField(
                                "billfold.ContractRow",
                                source_field="contract_id",
                                null=True,
                                db_constraint=True,
                                to_field="id",
                                related_name="prices",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("currency", fields.CharField(max_length=3)),
                        ("destination", fields.TextField(db_default="", unique=False)),
                        ("valid_from", fields.DateField()),
                        ("model", fields.CharField(max_length=10)),
                        ("tax_included", fields.BooleanField()),
                        ("allowance", ExactField(db_default=0, generated=False, null=False, unique=False)),
                        ("tiers", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                    ],
                    options={
                        "table": "prices",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(check="model IN ('flat', 'volume', 'graduated')", name="model_is_known"),
                            CheckConstraint(check="currency ~ '^[A-Z]{3}$'", name="currency_is_a_code"),
                            CheckConstraint(
                                check="allowance BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(allowance) <= 11",
                                name="allowance_in_range",
                            ),
                            CheckConstraint(check="allowance >= 0", name="allowance_not_negative"),
                            CheckConstraint(check="jsonb_array_length(tiers) >= 1", name="tiers_not_empty"),
                        ],
                        "pk_attr": "id",
                        "table_description": "One price in force from a day until the next one of its (service, contract, currency, destination).",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="SignerRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "enterprise",
                            fields.ForeignKeyField(
                                "billfold.EnterpriseRow",
                                source_field="enterprise_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="signers",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("role", fields.CharField(max_length=20)),
                        ("valid_from", fields.DateField()),
                        ("valid_until", fields.DateField(null=True)),
                        ("name", fields.TextField(unique=False)),
                        ("position", fields.TextField(db_default="", unique=False)),
                        ("authority", fields.TextField(db_default="", unique=False)),
                    ],
                    options={
                        "table": "signers",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(fields=("enterprise", "role", "valid_from"), name="signers_one_a_day"),
                            CheckConstraint(check="role IN ('director', 'accountant')", name="role_is_known"),
                            CheckConstraint(check="name <> ''", name="name_is_not_empty"),
                            CheckConstraint(check="valid_until > valid_from", name="signers_period_not_empty"),
                        ],
                        "pk_attr": "id",
                        "table_description": "A person who signs for an enterprise, from a day to a day (exclusive; empty is open).",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="StatementRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        ("sha256", fields.CharField(unique=True, max_length=64)),
                        ("name", fields.TextField(db_default="", unique=False)),
                        ("warnings", fields.JSONField(db_default="[]", encoder=JSON_DUMPS, decoder=loads)),
                        ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                        ("created_by", fields.TextField(db_default="", unique=False)),
                    ],
                    options={
                        "table": "statements",
                        "app": "billfold",
                        "pk_attr": "id",
                        "table_description": "One imported file; `warnings` are sentences, such as of balances that do not close.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="StatementLineRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "statement",
                            fields.ForeignKeyField(
                                "billfold.StatementRow",
                                source_field="statement_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="lines",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        (
                            "enterprise",
                            fields.ForeignKeyField(
                                "billfold.EnterpriseRow",
                                source_field="enterprise_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="statement_lines",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("line", fields.IntField()),
                        ("key", fields.CharField(unique=True, max_length=64)),
                        ("account", fields.CharField(max_length=34)),
                        ("currency", fields.CharField(max_length=3)),
                        ("number", fields.TextField(db_default="", unique=False)),
                        ("dated_on", fields.DateField(null=True)),
                        ("received_on", fields.DateField()),
                        ("amount", ExactField(generated=False, null=False, unique=False)),
                        ("payer_name", fields.TextField(db_default="", unique=False)),
                        ("payer_inn", fields.TextField(db_default="", unique=False)),
                        ("payer_account", fields.TextField(db_default="", unique=False)),
                        ("purpose", fields.TextField(db_default="", unique=False)),
                        ("state", fields.CharField(max_length=10)),
                        ("rule", fields.CharField(db_default="", max_length=30)),
                        (
                            "payment",
                            fields.ForeignKeyField(
                                "billfold.PaymentRow",
                                source_field="payment_id",
                                null=True,
                                db_constraint=True,
                                to_field="id",
                                related_name="statement_lines",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("resolved_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                        ("resolved_by", fields.TextField(db_default="", unique=False)),
                        ("comment", fields.TextField(db_default="", unique=False)),
                    ],
                    options={
                        "table": "statement_lines",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(
                                check="state IN ('matched', 'credited', 'unmatched', 'dismissed')",
                                name="state_is_known",
                            ),
                            CheckConstraint(
                                check="amount BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(amount) <= 4",
                                name="amount_in_range",
                            ),
                            CheckConstraint(check="amount > 0", name="amount_positive"),
                            CheckConstraint(
                                check="(state IN ('matched', 'credited')) = (payment_id IS NOT NULL)",
                                name="credited_has_a_payment",
                            ),
                        ],
                        "indexes": [Index(fields=["statement_id"]), Index(fields=["state", "received_on"])],
                        "pk_attr": "id",
                        "table_description": "One payment in that a statement tells. `key` is the digest of what makes it the same one in another file.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="SubscriptionChangeRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "subscription",
                            fields.ForeignKeyField(
                                "billfold.SubscriptionRow",
                                source_field="subscription_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="changes",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("valid_from", fields.DateField()),
                        ("price", ExactField(generated=False, null=False, unique=False)),
                        ("quantity", ExactField(generated=False, null=False, unique=False)),
                        ("tax_included", fields.BooleanField()),
                        ("is_suspended", fields.BooleanField(db_default=False)),
                    ],
                    options={
                        "table": "subscription_changes",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(
                                fields=("subscription", "valid_from"), name="subscription_changes_one_a_day"
                            ),
                            CheckConstraint(
                                check="price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(price) <= 11 AND quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11",
                                name="price_quantity_in_range",
                            ),
                            CheckConstraint(
                                check="price >= 0 AND quantity >= 0", name="price_and_quantity_not_negative"
                            ),
                        ],
                        "pk_attr": "id",
                        "table_description": "What a subscription is from a day on, until its next change: price, quantity, and whether it rests.",
                    },
                    bases=["Model"],
                ),
                ops.AddField(
                    model_name="ChargePeriodRow",
                    name="is_closed",
                    field=fields.BooleanField(db_default=False),
                ),
                ops.RemoveConstraint(
                    model_name="ChargeRow",
                    name="kind_is_known",
                    fields=None,
                ),
                ops.AlterModelOptions(
                    name="ChargeRow",
                    options={
                        "table": "charges",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(fields=("charge_period", "position"), name="charges_position"),
                            CheckConstraint(
                                check="kind IN ('subscription', 'usage', 'one_off', 'amount')", name="kind_is_known"
                            ),
                            CheckConstraint(
                                check="quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11",
                                name="quantity_unit_price_in_range",
                            ),
                            CheckConstraint(
                                check="net BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(net) <= 4 AND tax BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(tax) <= 4 AND gross BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(gross) <= 4",
                                name="net_tax_gross_in_range",
                            ),
                            CheckConstraint(check="net + tax = gross", name="charges_add_up"),
                            CheckConstraint(check="tax_rate BETWEEN 0 AND 100", name="tax_rate_in_range"),
                            CheckConstraint(check="contract_id IS NOT NULL", name="charges_have_a_contract"),
                            CheckConstraint(
                                check="kind = 'one_off' OR charge_period_id IS NOT NULL",
                                name="computed_charges_have_a_period",
                            ),
                            CheckConstraint(
                                check="(charge_period_id IS NULL) = (position IS NULL)", name="position_within_a_period"
                            ),
                            CheckConstraint(
                                check="cancelled_at IS NULL OR (kind = 'one_off' AND charge_period_id IS NULL)",
                                name="only_waiting_charges_are_cancelled",
                            ),
                        ],
                        "indexes": [Index(fields=["contract_id"])],
                        "pk_attr": "id",
                        "table_description": "One charge, in the contract's currency; `net + tax = gross`. It never changes.",
                    },
                ),
                ops.AlterField(
                    model_name="ChargeRow",
                    name="charge_period",
                    field=fields.ForeignKeyField(
                        "billfold.ChargePeriodRow",
                        source_field="charge_period_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="charges",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AlterField(
                    model_name="ChargeRow",
                    name="position",
                    field=fields.IntField(null=True),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="cancel_reason",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="cancelled_at",
                    field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="cancelled_by",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="contract",
                    field=fields.ForeignKeyField(
                        "billfold.ContractRow",
                        source_field="contract_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="charges",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="created_at",
                    field=fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="created_by",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="description",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="is_late",
                    field=fields.BooleanField(db_default=False),
                ),
                ops.AddField(
                    model_name="ChargeRow",
                    name="price",
                    field=fields.ForeignKeyField(
                        "billfold.PriceRow",
                        source_field="price_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="charges",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AddIndex(
                    model_name="ChargeRow",
                    index=Index(fields=["contract_id"]),
                ),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(
                        check="kind IN ('subscription', 'usage', 'one_off', 'amount')", name="kind_is_known"
                    ),
                ),
                ops.RunSQL(CHARGES_OF_CONTRACTS, ops.RunSQL.noop),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(check="contract_id IS NOT NULL", name="charges_have_a_contract"),
                ),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(
                        check="kind = 'one_off' OR charge_period_id IS NOT NULL", name="computed_charges_have_a_period"
                    ),
                ),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(
                        check="(charge_period_id IS NULL) = (position IS NULL)", name="position_within_a_period"
                    ),
                ),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(
                        check="cancelled_at IS NULL OR (kind = 'one_off' AND charge_period_id IS NULL)",
                        name="only_waiting_charges_are_cancelled",
                    ),
                ),
                ops.AlterModelOptions(
                    name="ClientRow",
                    options={
                        "table": "clients",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(check="code <> ''", name="code_is_not_empty"),
                            CheckConstraint(check="name <> ''", name="name_is_not_empty"),
                            CheckConstraint(
                                check="kind IN ('company', 'sole_proprietor', 'person', 'foreign')",
                                name="kind_is_known",
                            ),
                        ],
                        "pk_attr": "id",
                        "table_description": "One client with the requisites that are in force; `enterprise` is the one that bills by default.",
                    },
                ),
                ops.AddField(
                    model_name="ClientRow",
                    name="ogrn",
                    field=fields.CharField(db_default="", max_length=15),
                ),
                ops.AddField(
                    model_name="ClientRow",
                    name="requisites_from",
                    field=fields.DateField(db_default="1900-01-01"),
                ),
                ops.RemoveConstraint(
                    model_name="ContactRow",
                    name="role_is_known",
                    fields=None,
                ),
                ops.AddConstraint(
                    model_name="ContactRow",
                    constraint=CheckConstraint(
                        check="role IN ('accounting', 'technical', 'management', 'other')", name="role_is_known"
                    ),
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="balance",
                    field=ExactField(db_default=0, generated=False, null=False, unique=False),
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="closed_on",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="credit_limit",
                    field=ExactField(db_default=0, generated=False, null=False, unique=False),
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="opening_advanced",
                    field=ExactField(db_default=0, generated=False, null=False, unique=False),
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="opening_allocated",
                    field=ExactField(db_default=0, generated=False, null=False, unique=False),
                ),
                ops.AddField(
                    model_name="ContractRow",
                    name="revision",
                    field=fields.BigIntField(db_default=0),
                ),
                ops.AddConstraint(
                    model_name="ContractRow",
                    constraint=CheckConstraint(
                        check="opening_allocated BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(opening_allocated) <= 4 AND opening_advanced BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(opening_advanced) <= 4",
                        name="opening_allocated_opening_advanced_in_range",
                    ),
                ),
                ops.AddConstraint(
                    model_name="ContractRow",
                    constraint=CheckConstraint(
                        check="balance BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(balance) <= 4",
                        name="balance_in_range",
                    ),
                ),
                ops.AddConstraint(
                    model_name="ContractRow",
                    constraint=CheckConstraint(
                        check="credit_limit BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(credit_limit) <= 4",
                        name="credit_limit_in_range",
                    ),
                ),
                ops.AddConstraint(
                    model_name="ContractRow",
                    constraint=CheckConstraint(check="credit_limit >= 0", name="credit_limit_not_negative"),
                ),
                ops.AddConstraint(
                    model_name="ContractRow",
                    constraint=CheckConstraint(
                        check="opening_allocated BETWEEN 0 AND abs(opening_balance)",
                        name="opening_allocated_up_to_opening",
                    ),
                ),
                ops.AddConstraint(
                    model_name="ContractRow",
                    constraint=CheckConstraint(
                        check="opening_advanced BETWEEN 0 AND greatest(opening_balance, 0)",
                        name="opening_advanced_up_to_opening",
                    ),
                ),
                ops.AddConstraint(
                    model_name="ContractRow",
                    constraint=CheckConstraint(check="closed_on >= signed_on", name="closed_on_after_signing"),
                ),
                ops.AddField(
                    model_name="DocumentRow",
                    name="paid_by_hand_at",
                    field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ops.AddField(
                    model_name="DocumentRow",
                    name="paid_by_hand_by",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AddField(
                    model_name="DocumentRow",
                    name="paid_by_hand_reason",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.AlterModelOptions(
                    name="EnterpriseRow",
                    options={
                        "table": "enterprises",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(check="code <> ''", name="code_is_not_empty"),
                            CheckConstraint(check="legal_name <> ''", name="legal_name_is_not_empty"),
                            CheckConstraint(
                                check="kind IN ('company', 'sole_proprietor', 'person', 'foreign')",
                                name="kind_is_known",
                            ),
                            CheckConstraint(check="tax_rounding IN ('line', 'rate')", name="tax_rounding_is_known"),
                        ],
                        "pk_attr": "id",
                        "table_description": "One legal entity with the requisites and the bank account that are in force.",
                    },
                ),
                ops.AddField(
                    model_name="EnterpriseRow",
                    name="closed_until",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="EnterpriseRow",
                    name="requisites_from",
                    field=fields.DateField(db_default="1900-01-01"),
                ),
                ops.AddField(
                    model_name="EnterpriseRow",
                    name="tax_rounding",
                    field=fields.CharField(db_default="line", max_length=10),
                ),
                ops.AddConstraint(
                    model_name="EnterpriseRow",
                    constraint=CheckConstraint(check="tax_rounding IN ('line', 'rate')", name="tax_rounding_is_known"),
                ),
                ops.AddField(
                    model_name="ServiceRow",
                    name="tax_category",
                    field=fields.CharField(db_default="standard", max_length=10),
                ),
                ops.AddConstraint(
                    model_name="ServiceRow",
                    constraint=CheckConstraint(
                        check="tax_category IN ('standard', 'reduced', 'zero', 'exempt')", name="tax_category_is_known"
                    ),
                ),
                ops.AddField(
                    model_name="SubscriptionRow",
                    name="proration",
                    field=fields.CharField(db_default="by_day", max_length=10),
                ),
                ops.AddConstraint(
                    model_name="SubscriptionRow",
                    constraint=CheckConstraint(
                        check="proration IN ('by_day', 'full_month', 'none')", name="proration_is_known"
                    ),
                ),
                ops.RemoveConstraint(
                    model_name="TaxRegimeRow",
                    name="regime_is_known",
                    fields=None,
                ),
                ops.AddConstraint(
                    model_name="TaxRegimeRow",
                    constraint=CheckConstraint(
                        check="regime IN ('vat', 'usn-exempt', 'usn-5', 'usn-7')", name="regime_is_known"
                    ),
                ),
                ops.AlterModelOptions(
                    name="UsageRow",
                    options={
                        "table": "usage_records",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(fields=("source", "external_id"), name="usage_records_counted_once"),
                            CheckConstraint(
                                check="quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11",
                                name="quantity_unit_price_in_range",
                            ),
                            CheckConstraint(check="corrects IS NULL OR quantity < 0", name="corrections_are_negative"),
                        ],
                        "indexes": [Index(fields=["contract_id", "occurred_at"])],
                        "pk_attr": "id",
                        "table_description": "One measured use; counted once by (source, external id), never changed.",
                    },
                ),
                ops.AlterField(
                    model_name="UsageRow",
                    name="contract",
                    field=fields.ForeignKeyField(
                        "billfold.ContractRow",
                        source_field="contract_id",
                        db_constraint=False,
                        to_field="id",
                        related_name="usage",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AlterField(
                    model_name="UsageRow",
                    name="service",
                    field=fields.ForeignKeyField(
                        "billfold.ServiceRow",
                        source_field="service_id",
                        db_constraint=False,
                        to_field="id",
                        related_name="usage",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AlterField(
                    model_name="UsageRow",
                    name="unit_price",
                    field=ExactField(null=True, generated=False, unique=False),
                ),
                ops.AddField(
                    model_name="UsageRow",
                    name="corrects",
                    field=fields.BigIntField(null=True),
                ),
                ops.AddField(
                    model_name="UsageRow",
                    name="recorded_at",
                    field=fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False),
                ),
                ops.AddConstraint(
                    model_name="UsageRow",
                    constraint=CheckConstraint(
                        check="corrects IS NULL OR quantity < 0", name="corrections_are_negative"
                    ),
                ),
            ]
        )
    ]
