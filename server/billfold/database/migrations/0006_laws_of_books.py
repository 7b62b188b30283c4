"""The laws of the books: requisites keep their history, charges and payments their word, closed periods their figures."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# A version of the requisites for each day that they are valid from; the parent's row shows the one in force.
REQUISITES = """
CREATE FUNCTION keep_client_requisites() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO client_requisites (id, client_id, valid_from, kind, name, credential, inn, kpp, ogrn, address, country,
                                 bank_account, bank_bic)
  VALUES (gen_random_uuid(), NEW.id, NEW.requisites_from, NEW.kind, NEW.name, NEW.credential, NEW.inn, NEW.kpp,
          NEW.ogrn, NEW.address, NEW.country, NEW.bank_account, NEW.bank_bic)
  ON CONFLICT (client_id, valid_from) DO UPDATE SET
    kind = EXCLUDED.kind, name = EXCLUDED.name, credential = EXCLUDED.credential, inn = EXCLUDED.inn,
    kpp = EXCLUDED.kpp, ogrn = EXCLUDED.ogrn, address = EXCLUDED.address, country = EXCLUDED.country,
    bank_account = EXCLUDED.bank_account, bank_bic = EXCLUDED.bank_bic;
  RETURN NULL;
END $$;
CREATE TRIGGER client_requisites_kept AFTER INSERT OR UPDATE OF requisites_from, kind, name, credential, inn, kpp, ogrn,
  address, country, bank_account, bank_bic ON clients FOR EACH ROW EXECUTE FUNCTION keep_client_requisites();

CREATE FUNCTION keep_enterprise_requisites() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO enterprise_requisites (id, enterprise_id, valid_from, legal_name, kind, inn, kpp, ogrn, address, country)
  VALUES (gen_random_uuid(), NEW.id, NEW.requisites_from, NEW.legal_name, NEW.kind, NEW.inn, NEW.kpp, NEW.ogrn,
          NEW.address, NEW.country)
  ON CONFLICT (enterprise_id, valid_from) DO UPDATE SET
    legal_name = EXCLUDED.legal_name, kind = EXCLUDED.kind, inn = EXCLUDED.inn, kpp = EXCLUDED.kpp,
    ogrn = EXCLUDED.ogrn, address = EXCLUDED.address, country = EXCLUDED.country;
  RETURN NULL;
END $$;
CREATE TRIGGER enterprise_requisites_kept AFTER INSERT OR UPDATE OF requisites_from, legal_name, kind, inn, kpp, ogrn,
  address, country ON enterprises FOR EACH ROW EXECUTE FUNCTION keep_enterprise_requisites();

UPDATE clients SET requisites_from = requisites_from;
UPDATE enterprises SET requisites_from = requisites_from;
"""

# What a contract is charged for changes: drafts that were composed before must be composed anew.
REVISIONS = """
CREATE FUNCTION revise_contracts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contracts SET revision = revision + 1 WHERE id IN (SELECT contract_id FROM changed);
  RETURN NULL;
END $$;
CREATE FUNCTION revise_contracts_of_subscriptions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contracts SET revision = revision + 1
  WHERE id IN (SELECT s.contract_id FROM subscriptions s JOIN changed n ON n.subscription_id = s.id);
  RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_added AFTER INSERT ON subscriptions REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION revise_contracts();
CREATE TRIGGER subscriptions_changed AFTER UPDATE ON subscriptions REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION revise_contracts();
CREATE TRIGGER subscription_changes_added AFTER INSERT ON subscription_changes REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION revise_contracts_of_subscriptions();
CREATE TRIGGER subscription_changes_changed AFTER UPDATE ON subscription_changes REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION revise_contracts_of_subscriptions();
CREATE TRIGGER subscription_changes_gone AFTER DELETE ON subscription_changes REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION revise_contracts_of_subscriptions();
CREATE TRIGGER prices_added AFTER INSERT ON prices REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION revise_contracts();
CREATE TRIGGER prices_changed AFTER UPDATE ON prices REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION revise_contracts();
-- A closed contract has no service after its end, whatever an older file says.
CREATE FUNCTION end_with_contract() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed date := (SELECT closed_on FROM contracts WHERE id = NEW.contract_id);
BEGIN
  IF closed < COALESCE(NEW.ended_on, 'infinity') THEN
    NEW.ended_on := greatest(closed, NEW.started_on);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER subscriptions_end_with_contract BEFORE INSERT OR UPDATE ON subscriptions
  FOR EACH ROW EXECUTE FUNCTION end_with_contract();
CREATE INDEX charges_of_price ON charges (price_id) WHERE price_id IS NOT NULL;
CREATE UNIQUE INDEX prices_one_a_day ON prices
  (service_id, COALESCE(contract_id, '00000000-0000-0000-0000-000000000000'), currency, destination, valid_from);
"""

# The set is asked once a statement: a foreign key would ask once a row, and takes half of an import's time. The share
# lock on the contracts makes whoever charges them wait, so that a record is either charged or known to be late.
USAGE = """
ALTER TABLE usage_records DROP CONSTRAINT usage_records_contract_id_fkey, DROP CONSTRAINT usage_records_service_id_fkey;
CREATE INDEX usage_corrections ON usage_records (corrects) WHERE corrects IS NOT NULL;

CREATE FUNCTION take_usage_in() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched uuid[]; sold uuid[]; corrected boolean;
BEGIN
  SELECT array_agg(contract_id), array_agg(service_id), bool_or(corrects) INTO touched, sold, corrected
  FROM (SELECT contract_id, service_id, bool_or(corrects IS NOT NULL) AS corrects FROM added GROUP BY 1, 2) a;
  PERFORM FROM contracts WHERE id = ANY(touched) ORDER BY id FOR KEY SHARE;
  IF EXISTS (SELECT unnest(touched) EXCEPT SELECT id FROM contracts)
     OR EXISTS (SELECT unnest(sold) EXCEPT SELECT id FROM services) THEN
    RAISE EXCEPTION 'usage is of a contract and a service that are there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF corrected THEN
    -- Whoever else corrects the same originals waits here.
    PERFORM FROM usage_records WHERE id IN (SELECT corrects FROM added) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
      SELECT FROM (SELECT DISTINCT corrects FROM added WHERE corrects IS NOT NULL) a
      LEFT JOIN usage_records o ON o.id = a.corrects
      WHERE o.id IS NULL OR o.corrects IS NOT NULL OR EXISTS (
        SELECT FROM usage_records c WHERE c.corrects = a.corrects
        HAVING sum(c.quantity) + o.quantity < 0
          OR bool_or((c.contract_id, c.service_id) <> (o.contract_id, o.service_id))))
    THEN
      RAISE EXCEPTION 'a correction takes back at most what its original measured, of the same contract and service'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  INSERT INTO late_usage (usage_id, contract_id)
  WITH charged AS MATERIALIZED (
    SELECT c.id AS contract_id, p.period_from::timestamp AT TIME ZONE e.timezone AS since,
           p.period_until::timestamp AT TIME ZONE e.timezone AS until
    FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
    JOIN charge_periods p ON p.contract_id = c.id AND p.is_live
    WHERE c.id = ANY(touched)
    UNION ALL
    SELECT c.id, '-infinity', e.closed_until::timestamp AT TIME ZONE e.timezone
    FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
    WHERE c.id = ANY(touched) AND e.closed_until IS NOT NULL
  )
  SELECT DISTINCT a.id, a.contract_id FROM charged h
  JOIN added a ON a.contract_id = h.contract_id AND a.occurred_at >= h.since AND a.occurred_at < h.until;
  RETURN NULL;
END $$;
CREATE TRIGGER usage_taken_in AFTER INSERT ON usage_records REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION take_usage_in();

CREATE FUNCTION refuse_change_of_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of usage is refused: record a negative one that names the original', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER usage_kept BEFORE UPDATE OR DELETE ON usage_records
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_usage();

CREATE FUNCTION refuse_end_of_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_TABLE_NAME = 'contracts' AND EXISTS (SELECT FROM usage_records WHERE contract_id = OLD.id))
     OR (TG_TABLE_NAME = 'services' AND EXISTS (SELECT FROM usage_records WHERE service_id = OLD.id)) THEN
    RAISE EXCEPTION '% of % % is refused: it has usage', TG_OP, TG_TABLE_NAME, OLD.id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER contracts_with_usage_kept BEFORE DELETE ON contracts FOR EACH ROW EXECUTE FUNCTION refuse_end_of_used();
CREATE TRIGGER services_with_usage_kept BEFORE DELETE ON services FOR EACH ROW EXECUTE FUNCTION refuse_end_of_used();
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0005_constraints_of_books")]
    initial = False

    operations = [
        ops.RunSQL(
            REQUISITES,
            "DROP FUNCTION keep_client_requisites CASCADE; DROP FUNCTION keep_enterprise_requisites CASCADE;",
        ),
        ops.RunSQL(
            REVISIONS,
            "DROP FUNCTION revise_contracts CASCADE; DROP FUNCTION revise_contracts_of_subscriptions CASCADE; "
            "DROP FUNCTION end_with_contract CASCADE; DROP INDEX prices_one_a_day, charges_of_price;",
        ),
        ops.RunSQL(
            USAGE,
            "DROP FUNCTION take_usage_in CASCADE; DROP FUNCTION refuse_change_of_usage CASCADE; "
            "DROP FUNCTION refuse_end_of_used CASCADE; DROP INDEX usage_corrections; "
            "ALTER TABLE usage_records ADD FOREIGN KEY (contract_id) REFERENCES contracts (id), "
            "ADD FOREIGN KEY (service_id) REFERENCES services (id);",
        ),
    ]
