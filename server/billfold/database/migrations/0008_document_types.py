"""What all document types need: corrections, exports and files of nobody's document, requisites of electronic exchange."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from billfold.database.together import Together
from billfold.domain.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("billfold", "0007_laws_of_money")]

    initial = False

    operations = [
        Together(
            [
                ops.CreateModel(
                    name="StoredFileRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        ("kind", fields.CharField(max_length=20)),
                        ("name", fields.TextField(unique=False)),
                        ("media_type", fields.CharField(max_length=100)),
                        ("size", fields.BigIntField()),
                        ("sha256", fields.CharField(max_length=64)),
                        ("key", fields.CharField(max_length=200)),
                        ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                        ("created_by", fields.TextField(db_default="", unique=False)),
                        ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                    ],
                    options={
                        "table": "stored_files",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(
                                check="kind IN ('PDF', 'VOID', 'STATISTICS', 'XML', 'ATTACHMENT', 'PREVIEW', 'COPY', 'EXPORT')",
                                name="kind_is_known",
                            ),
                            CheckConstraint(check="size >= 0", name="stored_size_not_negative"),
                        ],
                        "pk_attr": "id",
                        "table_description": "A file that staff asked for, stored under the hash of its bytes; after `expires_at` it is nobody's.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="ExportRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        ("format", fields.CharField(max_length=100)),
                        (
                            "file",
                            fields.ForeignKeyField(
                                "billfold.StoredFileRow",
                                source_field="file_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="exports",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("documents", fields.IntField()),
                        ("refused", fields.IntField(db_default=0)),
                        ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                        ("created_by", fields.TextField(db_default="", unique=False)),
                    ],
                    options={
                        "table": "exports",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(check="format <> ''", name="format_is_not_empty"),
                            CheckConstraint(
                                check="documents >= 0 AND refused >= 0", name="exported_counts_not_negative"
                            ),
                        ],
                        "pk_attr": "id",
                        "table_description": "One export in one format; `documents` is how many it held, `refused` how many the format could not hold.",
                    },
                    bases=["Model"],
                ),
                ops.CreateModel(
                    name="ExportedDocumentRow",
                    fields=[
                        ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                        (
                            "export",
                            fields.ForeignKeyField(
                                "billfold.ExportRow",
                                source_field="export_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="contents",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        (
                            "document",
                            fields.ForeignKeyField(
                                "billfold.DocumentRow",
                                source_field="document_id",
                                db_constraint=True,
                                to_field="id",
                                related_name="exports",
                                on_delete=OnDelete.RESTRICT,
                            ),
                        ),
                        ("format", fields.CharField(max_length=100)),
                        ("status", fields.CharField(max_length=10)),
                        ("refusal", fields.TextField(db_default="", unique=False)),
                        ("exported_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                    ],
                    options={
                        "table": "exported_documents",
                        "app": "billfold",
                        "constraints": [
                            UniqueConstraint(fields=("export", "document"), name="exported_once_an_export")
                        ],
                        "indexes": [Index(fields=["document_id", "format", "exported_at"])],
                        "pk_attr": "id",
                        "table_description": "A document as an export held it: with the status that it had then, or why the format refused it.",
                    },
                    bases=["Model"],
                ),
                ops.AlterModelOptions(
                    name="BrandRow",
                    options={
                        "table": "brands",
                        "app": "billfold",
                        "constraints": [
                            CheckConstraint(check="code <> ''", name="code_is_not_empty"),
                            CheckConstraint(check="font ~ '^[A-Za-z0-9 -]*$'", name="font_is_a_plain_name"),
                            CheckConstraint(check="accent_color ~ '^#[0-9a-fA-F]{6}$'", name="accent_color_is_hex"),
                        ],
                        "pk_attr": "id",
                        "table_description": "One brand; `logo` is a data: URI or empty, `font` a family among the fonts of the templates, or empty.",
                    },
                ),
                ops.AddField(
                    model_name="BrandRow",
                    name="font",
                    field=fields.CharField(db_default="", max_length=100),
                ),
                ops.AddConstraint(
                    model_name="BrandRow",
                    constraint=CheckConstraint(check="font ~ '^[A-Za-z0-9 -]*$'", name="font_is_a_plain_name"),
                ),
                ops.AddField(
                    model_name="ChargePeriodRow",
                    name="is_correction",
                    field=fields.BooleanField(db_default=False),
                ),
                ops.RemoveConstraint(
                    model_name="ChargeRow",
                    name="kind_is_known",
                    fields=None,
                ),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(
                        check="kind IN ('subscription', 'usage', 'one_off', 'amount', 'correction')",
                        name="kind_is_known",
                    ),
                ),
                ops.AddField(
                    model_name="ClientRequisitesRow",
                    name="electronic_address",
                    field=fields.CharField(db_default="", max_length=200),
                ),
                ops.AddField(
                    model_name="ClientRequisitesRow",
                    name="ogrn_on",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="ClientRow",
                    name="electronic_address",
                    field=fields.CharField(db_default="", max_length=200),
                ),
                ops.AddField(
                    model_name="ClientRow",
                    name="ogrn_on",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="DocumentRow",
                    name="original",
                    field=fields.ForeignKeyField(
                        "billfold.DocumentRow",
                        source_field="original_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="corrections",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ops.AddIndex(
                    model_name="DocumentRow",
                    index=Index(fields=["original_id"]),
                ),
                ops.AddField(
                    model_name="DocumentRuleRow",
                    name="prints_facsimile",
                    field=fields.BooleanField(db_default=False),
                ),
                ops.AddField(
                    model_name="EnterpriseRequisitesRow",
                    name="electronic_address",
                    field=fields.CharField(db_default="", max_length=200),
                ),
                ops.AddField(
                    model_name="EnterpriseRequisitesRow",
                    name="ogrn_on",
                    field=fields.DateField(null=True),
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
                        "table_description": "One legal entity with the requisites and the bank account that are in force; `stamp` is a picture, a data: URI.",
                    },
                ),
                ops.AddField(
                    model_name="EnterpriseRow",
                    name="electronic_address",
                    field=fields.CharField(db_default="", max_length=200),
                ),
                ops.AddField(
                    model_name="EnterpriseRow",
                    name="ogrn_on",
                    field=fields.DateField(null=True),
                ),
                ops.AddField(
                    model_name="EnterpriseRow",
                    name="stamp",
                    field=fields.TextField(db_default="", unique=False),
                ),
                ops.RemoveConstraint(
                    model_name="FileRow",
                    name="kind_is_known",
                    fields=None,
                ),
                ops.AddConstraint(
                    model_name="FileRow",
                    constraint=CheckConstraint(
                        check="kind IN ('PDF', 'VOID', 'STATISTICS', 'XML', 'ATTACHMENT', 'PREVIEW', 'COPY', 'EXPORT')",
                        name="kind_is_known",
                    ),
                ),
                ops.AddField(
                    model_name="SignerRow",
                    name="signature",
                    field=fields.TextField(db_default="", unique=False),
                ),
            ]
        )
    ]
