"""What drafts and changes need: charges that adjust others, and which transaction changed a document last."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from billfold.database.together import Together

# No row of a model has the column: it is the database's own, and only compared with snapshots of transactions. What is
# there already counts as changed by this migration.
CHANGES = """
ALTER TABLE documents ADD COLUMN changed_by_transaction xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX documents_changed ON documents (changed_by_transaction);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_by_transaction := pg_current_xact_id();
  RETURN NEW;
END $$;
CREATE TRIGGER documents_note_changes BEFORE UPDATE ON documents FOR EACH ROW EXECUTE FUNCTION note_change();
"""

CHANGES_BACK = """
DROP FUNCTION note_change CASCADE;
ALTER TABLE documents DROP COLUMN changed_by_transaction;
"""

OCCURRENCES = "CREATE INDEX occurrences_changed ON occurrences (changed_at DESC, id DESC);"
OCCURRENCES_BACK = "DROP INDEX occurrences_changed;"


class Migration(migrations.Migration):
    dependencies = [("billfold", "0011_laws_of_numbers_and_runs")]

    initial = False

    operations = [
        Together(
            [
                ops.RemoveConstraint(model_name="ChargeRow", name="kind_is_known"),
                ops.AddField(model_name="ChargeRow", name="adjusts", field=fields.IntField(null=True)),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(
                        check="kind IN ('subscription', 'usage', 'one_off', 'amount', 'correction', 'adjustment')",
                        name="kind_is_known",
                    ),
                ),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(
                        check="(kind = 'adjustment') = (adjusts IS NOT NULL)", name="adjustments_adjust"
                    ),
                ),
                ops.AddConstraint(
                    model_name="ChargeRow",
                    constraint=CheckConstraint(check="adjusts BETWEEN 1 AND position - 1", name="adjustments_follow"),
                ),
            ]
        ),
        ops.RunSQL(CHANGES, CHANGES_BACK),
        ops.RunSQL(OCCURRENCES, OCCURRENCES_BACK),
    ]
