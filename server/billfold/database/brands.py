"""Brands: what a client recognises."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from billfold.database.columns import not_empty
from billfold.domain.ids import new_id


class BrandRow(Model):
    """One brand; `logo` is a data: URI or empty, `font` a family among the fonts of the templates, or empty."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=100, unique=True)
    name = fields.TextField()
    currency = fields.CharField(max_length=3)
    email = fields.TextField(db_default="")
    phone = fields.TextField(db_default="")
    website = fields.TextField(db_default="")
    mail_subject = fields.TextField(db_default="")
    mail_signature = fields.TextField(db_default="")
    logo = fields.TextField(db_default="")
    accent_color = fields.CharField(max_length=7, db_default="#1f4e79")
    font = fields.CharField(max_length=100, db_default="")

    class Meta:
        table = "brands"
        app = "billfold"
        constraints = (
            not_empty("code"),
            CheckConstraint(check="font ~ '^[A-Za-z0-9 -]*$'", name="font_is_a_plain_name"),
            CheckConstraint(check="accent_color ~ '^#[0-9a-fA-F]{6}$'", name="accent_color_is_hex"),
        )
