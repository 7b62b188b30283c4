"""The laws of numbers and runs: what is numbered stays so, what a plan foresaw stays, a run is leased without a scan."""

from tortoise import migrations
from tortoise.migrations import operations as ops

CONSTRAINTS = """
ALTER TABLE calendar_days ADD CONSTRAINT calendar_days_once_a_day UNIQUE (country, day);
ALTER TABLE drafts ADD CONSTRAINT drafts_add_up CHECK (net + tax = gross);
ALTER TABLE plan_items ADD CONSTRAINT plan_items_once_a_plan UNIQUE (run_id, contract_id);
ALTER TABLE plan_items ADD CONSTRAINT outcome_is_known
  CHECK (outcome IN ('ISSUE', 'SKIP', 'FAIL', 'ALREADY_ISSUED'));
ALTER TABLE documents ADD CONSTRAINT revisions_within_contract FOREIGN KEY (replaces_id, contract_id)
  REFERENCES documents (id, contract_id) ON DELETE RESTRICT;
"""

CONSTRAINTS_BACK = """
ALTER TABLE documents DROP CONSTRAINT revisions_within_contract;
ALTER TABLE plan_items DROP CONSTRAINT plan_items_once_a_plan, DROP CONSTRAINT outcome_is_known;
ALTER TABLE drafts DROP CONSTRAINT drafts_add_up;
ALTER TABLE calendar_days DROP CONSTRAINT calendar_days_once_a_day;
"""

# A revision takes the number of what it replaces, which is void by then, and nothing else may take it.
NUMBERS = """
CREATE UNIQUE INDEX numbers_given_away_once ON number_events (enterprise_id, type, number)
  WHERE kind IN ('imported', 'reserved');
CREATE INDEX number_events_newest ON number_events (enterprise_id, happened_at DESC, id DESC);
UPDATE number_series s SET latest_on = d.latest
FROM (SELECT series_id, max(issue_date) AS latest FROM documents GROUP BY series_id) d WHERE d.series_id = s.id;

CREATE FUNCTION refuse_number_given_away() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken text;
BEGIN
  SELECT a.number INTO taken FROM added a
  JOIN number_events e ON e.enterprise_id = a.enterprise_id AND e.type = a.type AND e.number = a.number
  WHERE e.kind = 'imported' OR (e.kind = 'reserved' AND a.counter IS NOT NULL) LIMIT 1;
  IF taken IS NOT NULL THEN
    RAISE EXCEPTION 'number % is given away', taken USING ERRCODE = 'unique_violation', TABLE = 'documents';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER numbers_not_given_away AFTER INSERT ON documents REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_number_given_away();

CREATE FUNCTION refuse_another_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'document % keeps its revision and what it replaces', OLD.id
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_keep_their_revision BEFORE UPDATE OF replaces_id, revision, revised_on ON documents
  FOR EACH ROW WHEN ((OLD.replaces_id, OLD.revision, OLD.revised_on)
                     IS DISTINCT FROM (NEW.replaces_id, NEW.revision, NEW.revised_on))
  EXECUTE FUNCTION refuse_another_place();

CREATE FUNCTION refuse_revision_of_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM documents o WHERE o.id = NEW.replaces_id AND o.status = 'VOID' AND o.number = NEW.number
    AND o.type = NEW.type AND o.revision = NEW.revision - 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'revision % of number % replaces no void document of that number', NEW.revision, NEW.number
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER revisions_replace_void AFTER INSERT ON documents
  FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL) EXECUTE FUNCTION refuse_revision_of_live();
"""

NUMBERS_BACK = """
DROP FUNCTION refuse_revision_of_live CASCADE; DROP FUNCTION refuse_another_place CASCADE;
DROP FUNCTION refuse_number_given_away CASCADE;
DROP INDEX numbers_given_away_once, number_events_newest;
"""

# A series that is begun anew keeps its row under another key, so its counters stay where they were drawn.
SERIES = """
CREATE OR REPLACE FUNCTION refuse_counter_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.enterprise_id) IS DISTINCT FROM (OLD.id, OLD.enterprise_id)
     OR (NEW.key <> OLD.key AND NEW.key NOT LIKE OLD.key || '~%')
     OR NEW.next_counter < OLD.next_counter OR NEW.latest_on < OLD.latest_on THEN
    RAISE EXCEPTION 'series % never goes back', OLD.key USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""

SERIES_BACK = """
CREATE OR REPLACE FUNCTION refuse_counter_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.enterprise_id, NEW.key) IS DISTINCT FROM (OLD.id, OLD.enterprise_id, OLD.key)
     OR NEW.next_counter < OLD.next_counter THEN
    RAISE EXCEPTION 'series % never goes back', OLD.key USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""

RUNS = """
CREATE UNIQUE INDEX occurrences_once_a_run ON occurrences (run_id, contract_id) WHERE period_from IS NULL;
CREATE INDEX occurrences_waiting ON occurrences (run_id, contract_id) WHERE state = 'PENDING';
CREATE INDEX occurrences_due ON occurrences (due_at DESC, id DESC) WHERE due_at IS NOT NULL;
CREATE TRIGGER plan_items_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_items
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

RUNS_BACK = """
DROP TRIGGER plan_items_kept ON plan_items;
DROP INDEX occurrences_once_a_run, occurrences_waiting, occurrences_due;
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0010_numbers_schedules_runs")]
    initial = False

    operations = [
        ops.RunSQL(CONSTRAINTS, CONSTRAINTS_BACK),
        ops.RunSQL(NUMBERS, NUMBERS_BACK),
        ops.RunSQL(SERIES, SERIES_BACK),
        ops.RunSQL(RUNS, RUNS_BACK),
    ]
