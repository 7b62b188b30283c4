"""The laws that rows cannot say: periods that never overlap, issued documents that never change."""

from tortoise import migrations
from tortoise.migrations import operations as ops

OVERLAP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE charge_periods ADD CONSTRAINT charge_periods_never_overlap
  EXCLUDE USING gist (contract_id WITH =, daterange(period_from, period_until) WITH &&) WHERE (is_live);
"""

# Only where the document stands in the house may change: its step, files' state, payment, and once to VOID.
SEALED_DOCUMENTS = """
CREATE FUNCTION refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.id, OLD.type, OLD.enterprise_id, OLD.client_id, OLD.contract_id, OLD.occurrence_id, OLD.charge_period_id,
      OLD.series_id, OLD.counter, OLD.number, OLD.issue_date, OLD.due_date, OLD.period_from, OLD.period_until,
      OLD.currency, OLD.locale, OLD.is_payable, OLD.net, OLD.tax, OLD.gross, OLD.template, OLD.plugin, OLD.snapshot,
      OLD.snapshot_sha256, OLD.visible_vote, OLD.issued_at)
     IS DISTINCT FROM
     (NEW.id, NEW.type, NEW.enterprise_id, NEW.client_id, NEW.contract_id, NEW.occurrence_id, NEW.charge_period_id,
      NEW.series_id, NEW.counter, NEW.number, NEW.issue_date, NEW.due_date, NEW.period_from, NEW.period_until,
      NEW.currency, NEW.locale, NEW.is_payable, NEW.net, NEW.tax, NEW.gross, NEW.template, NEW.plugin, NEW.snapshot,
      NEW.snapshot_sha256, NEW.visible_vote, NEW.issued_at) THEN
    RAISE EXCEPTION 'document % is issued and cannot change: void it and issue a new one', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status = 'VOID' AND (OLD.status, OLD.voided_at, OLD.void_reason)
                             IS DISTINCT FROM (NEW.status, NEW.voided_at, NEW.void_reason) THEN
    RAISE EXCEPTION 'document % is void and stays void', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status = 'ISSUED' AND NEW.status = 'DRAFT' THEN
    RAISE EXCEPTION 'document % is issued and is no draft again', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_sealed BEFORE UPDATE ON documents
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued();
"""

# Lines come in one statement a document, and then add up to it.
LINES_ADD_UP = """
CREATE FUNCTION refuse_lines_that_do_not_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong uuid;
BEGIN
  SELECT d.id INTO wrong
  FROM documents d
  JOIN (SELECT l.document_id, sum(l.net) AS net, sum(l.tax) AS tax, sum(l.gross) AS gross FROM document_lines l
        WHERE l.document_id IN (SELECT document_id FROM added) GROUP BY l.document_id) s ON s.document_id = d.id
  WHERE (s.net, s.tax, s.gross) IS DISTINCT FROM (d.net, d.tax, d.gross) LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the lines of document % do not add up to it', wrong
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER lines_add_up AFTER INSERT ON document_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_lines_that_do_not_add_up();
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
CREATE TRIGGER number_events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON number_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER number_series_kept BEFORE DELETE OR TRUNCATE ON number_series
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

COUNTERS_GO_UP = """
CREATE FUNCTION refuse_counter_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.enterprise_id, NEW.key) IS DISTINCT FROM (OLD.id, OLD.enterprise_id, OLD.key)
     OR NEW.next_counter < OLD.next_counter THEN
    RAISE EXCEPTION 'series % never goes back', OLD.key USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER counters_go_up BEFORE UPDATE ON number_series
  FOR EACH ROW EXECUTE FUNCTION refuse_counter_going_back();
"""

# What is billed under a contract is money of one client, one seller and one currency.
CONTRACTS_HOLD = """
CREATE FUNCTION refuse_change_of_billed_contract() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM charge_periods WHERE contract_id = OLD.id)
     OR EXISTS (SELECT FROM documents WHERE contract_id = OLD.id) THEN
    RAISE EXCEPTION 'contract % is billed already: its client, enterprise and currency stay', OLD.number
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contracts_hold BEFORE UPDATE ON contracts FOR EACH ROW
  WHEN ((OLD.client_id, OLD.enterprise_id, OLD.currency) IS DISTINCT FROM (NEW.client_id, NEW.enterprise_id, NEW.currency))
  EXECUTE FUNCTION refuse_change_of_billed_contract();
"""

# A page of documents is found by the newest first; the search by number ignores case.
READING = """
CREATE INDEX documents_newest ON documents (issue_date DESC, id DESC);
CREATE INDEX documents_of_client_newest ON documents (client_id, issue_date DESC, id DESC);
CREATE INDEX documents_of_enterprise_newest ON documents (enterprise_id, issue_date DESC, id DESC);
CREATE INDEX documents_by_number ON documents (lower(number) text_pattern_ops);
CREATE INDEX documents_in_the_making ON documents (step_at) WHERE step IN ('PRINT', 'PUBLISH');
CREATE INDEX delivery_attempts_of_delivery ON delivery_attempts (delivery_id);
CREATE INDEX deliveries_of_request ON deliveries (asked_as);
CREATE INDEX documents_of_charge_period ON documents (charge_period_id);
CREATE INDEX number_events_of_series ON number_events (series_id);
CREATE INDEX deliveries_waiting ON deliveries (next_attempt_at) WHERE state = 'PENDING';
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0002_constraints")]
    initial = False

    operations = [
        ops.RunSQL(OVERLAP, "ALTER TABLE charge_periods DROP CONSTRAINT charge_periods_never_overlap;"),
        ops.RunSQL(SEALED_DOCUMENTS, "DROP FUNCTION refuse_change_of_issued CASCADE;"),
        ops.RunSQL(LINES_ADD_UP, "DROP FUNCTION refuse_lines_that_do_not_add_up CASCADE;"),
        ops.RunSQL(COUNTERS_GO_UP, "DROP FUNCTION refuse_counter_going_back CASCADE;"),
        ops.RunSQL(CONTRACTS_HOLD, "DROP FUNCTION refuse_change_of_billed_contract CASCADE;"),
        ops.RunSQL(NEVER_GONE, "DROP FUNCTION refuse_change CASCADE;"),
        ops.RunSQL(
            READING,
            "DROP INDEX documents_newest, documents_of_client_newest, documents_of_enterprise_newest, "
            "documents_by_number, documents_in_the_making, deliveries_waiting, delivery_attempts_of_delivery, "
            "deliveries_of_request, documents_of_charge_period, number_events_of_series;",
        ),
    ]
