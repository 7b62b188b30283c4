"""The laws of charged periods: no document is issued on one that has ended."""

from tortoise import migrations
from tortoise.migrations import operations as ops

LAW = """
CREATE FUNCTION refuse_ended_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ended uuid;
BEGIN
  SELECT p.id INTO ended FROM added a JOIN charge_periods p ON p.id = a.charge_period_id
  WHERE a.status = 'ISSUED' AND NOT p.is_live LIMIT 1;
  IF ended IS NOT NULL THEN
    RAISE EXCEPTION 'charged period % has ended: no document is issued on it', ended
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER documents_on_live_periods AFTER INSERT ON documents REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ended_period();
"""

LAW_BACK = "DROP FUNCTION refuse_ended_period CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("billfold", "0012_drafts_and_changes")]

    initial = False

    operations = [ops.RunSQL(LAW, LAW_BACK)]
