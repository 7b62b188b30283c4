"""Services: what is sold."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from billfold.database.columns import not_empty, one_of
from billfold.domain.ids import new_id
from billfold.domain.tax import TaxCategory


class ServiceKind(StrEnum):
    """How a service is sold."""

    SUBSCRIPTION = "subscription"
    USAGE = "usage"
    ONE_OFF = "one_off"


class ServiceRow(Model):
    """One service; `names` holds further names by locale, `name` is the default."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=100, unique=True)
    name = fields.TextField()
    names: fields.Field[dict[str, str]] = fields.JSONField(db_default="{}")
    unit_name = fields.TextField(db_default="")
    unit_okei = fields.CharField(max_length=4, db_default="")
    kind = fields.CharField(max_length=20)
    tax_category = fields.CharField(max_length=10, db_default="standard")

    class Meta:
        table = "services"
        app = "billfold"
        constraints = (
            not_empty("code"),
            not_empty("name"),
            one_of("kind", ServiceKind),
            one_of("tax_category", TaxCategory),
        )
