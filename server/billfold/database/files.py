"""Files: what of a document lies in the store."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from billfold.database.columns import one_of
from billfold.database.documents import DocumentRow
from billfold.domain.ids import new_id
from billfold.domain.lifecycle import FileKind


class FileRow(Model):
    """A file of a document, stored under the hash of its bytes."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    document: fields.ForeignKeyRelation[DocumentRow] = fields.ForeignKeyField(
        "billfold.DocumentRow", related_name="files", on_delete=OnDelete.RESTRICT
    )
    kind = fields.CharField(max_length=20)
    name = fields.TextField()
    media_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    key = fields.CharField(max_length=200)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "files"
        app = "billfold"
        constraints = (
            UniqueConstraint(fields=("document", "kind", "name"), name="files_one_a_name"),
            one_of("kind", FileKind),
            CheckConstraint(check="size >= 0", name="size_not_negative"),
        )
