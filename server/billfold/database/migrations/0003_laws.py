"""The laws that rows cannot say: periods that never overlap, issued documents that never change."""

from tortoise import migrations
from tortoise.migrations import operations as ops

OVERLAP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE charge_periods ADD CONSTRAINT charge_periods_never_overlap
  EXCLUDE USING gist (contract_id WITH =, daterange(period_from, period_until) WITH &&) WHERE (is_live);
"""

SEALED_DOCUMENTS = """
CREATE FUNCTION refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.id, OLD.type, OLD.enterprise_id, OLD.client_id, OLD.contract_id, OLD.series_id, OLD.counter, OLD.number,
      OLD.issue_date, OLD.due_date, OLD.period_from, OLD.period_until, OLD.currency, OLD.net, OLD.tax, OLD.gross,
      OLD.template, OLD.plugin, OLD.snapshot, OLD.snapshot_sha256, OLD.issued_at)
     IS DISTINCT FROM
     (NEW.id, NEW.type, NEW.enterprise_id, NEW.client_id, NEW.contract_id, NEW.series_id, NEW.counter, NEW.number,
      NEW.issue_date, NEW.due_date, NEW.period_from, NEW.period_until, NEW.currency, NEW.net, NEW.tax, NEW.gross,
      NEW.template, NEW.plugin, NEW.snapshot, NEW.snapshot_sha256, NEW.issued_at) THEN
    RAISE EXCEPTION 'document % is issued and cannot change: void it and issue a new one', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status = 'VOID' AND NEW.status <> 'VOID' THEN
    RAISE EXCEPTION 'document % is void and stays void', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_sealed BEFORE UPDATE ON documents
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued();
"""

NEVER_GONE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: what is issued stays', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_kept BEFORE DELETE ON documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_not_truncated BEFORE TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_kept BEFORE UPDATE OR DELETE ON document_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_not_truncated BEFORE TRUNCATE ON document_lines
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER numbers_kept BEFORE UPDATE OR DELETE ON number_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# A page of documents is found by the newest first; the search by number ignores case.
READING = """
CREATE INDEX documents_newest ON documents (issue_date DESC, id DESC);
CREATE INDEX documents_of_client_newest ON documents (client_id, issue_date DESC, id DESC);
CREATE INDEX documents_by_number ON documents (lower(number) text_pattern_ops);
CREATE INDEX documents_in_the_making ON documents (step_at) WHERE step IN ('PRINT', 'PUBLISH');
CREATE INDEX deliveries_waiting ON deliveries (next_attempt_at) WHERE state = 'PENDING';
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0002_constraints")]
    initial = False

    operations = [
        ops.RunSQL(OVERLAP, "ALTER TABLE charge_periods DROP CONSTRAINT charge_periods_never_overlap;"),
        ops.RunSQL(SEALED_DOCUMENTS, "DROP FUNCTION refuse_change_of_issued CASCADE;"),
        ops.RunSQL(NEVER_GONE, "DROP FUNCTION refuse_change CASCADE;"),
        ops.RunSQL(
            READING,
            "DROP INDEX documents_newest, documents_of_client_newest, documents_by_number, documents_in_the_making, "
            "deliveries_waiting;",
        ),
    ]
