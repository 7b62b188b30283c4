"""The laws of corrections and exports: they keep to their contract, lie beside its periods, and never change."""

from tortoise import migrations
from tortoise.migrations import operations as ops

CONSTRAINTS = """
ALTER TABLE stored_files ADD CONSTRAINT kind_is_known
  CHECK (kind IN ('PDF', 'VOID', 'STATISTICS', 'XML', 'ATTACHMENT', 'PREVIEW', 'COPY', 'EXPORT'));
ALTER TABLE stored_files ADD CONSTRAINT stored_size_not_negative CHECK (size >= 0);
ALTER TABLE exports ADD CONSTRAINT format_is_not_empty CHECK (format <> '');
ALTER TABLE exports ADD CONSTRAINT exported_counts_not_negative CHECK (documents >= 0 AND refused >= 0);
ALTER TABLE exported_documents ADD CONSTRAINT exported_once_an_export UNIQUE (export_id, document_id);
"""

CONSTRAINTS_BACK = """
ALTER TABLE stored_files DROP CONSTRAINT kind_is_known, DROP CONSTRAINT stored_size_not_negative;
ALTER TABLE exports DROP CONSTRAINT format_is_not_empty, DROP CONSTRAINT exported_counts_not_negative;
ALTER TABLE exported_documents DROP CONSTRAINT exported_once_an_export;
"""

# A correction charges its differences on the day of its date, whatever period that day lies in.
CORRECTIONS = """
ALTER TABLE charge_periods DROP CONSTRAINT charge_periods_never_overlap;
ALTER TABLE charge_periods ADD CONSTRAINT charge_periods_never_overlap
  EXCLUDE USING gist (contract_id WITH =, daterange(period_from, period_until) WITH &&)
  WHERE (is_live AND NOT is_correction);
ALTER TABLE documents ADD CONSTRAINT originals_within_contract FOREIGN KEY (original_id, contract_id)
  REFERENCES documents (id, contract_id) ON DELETE RESTRICT;
ALTER TABLE documents ADD CONSTRAINT corrections_claim_nothing CHECK (original_id IS NULL OR NOT is_payable);

CREATE FUNCTION refuse_another_original() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'document % is issued and keeps its original', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_keep_their_original BEFORE UPDATE OF original_id ON documents
  FOR EACH ROW WHEN (OLD.original_id IS DISTINCT FROM NEW.original_id) EXECUTE FUNCTION refuse_another_original();

-- Nothing may be corrected that is void, and nothing is void that a live correction rests on.
CREATE FUNCTION keep_corrections_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stands boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT status = 'ISSUED' AND original_id IS NULL INTO stands FROM documents WHERE id = NEW.original_id FOR SHARE;
    IF stands IS NOT TRUE THEN
      RAISE EXCEPTION 'document % cannot be corrected', NEW.original_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  ELSIF EXISTS (SELECT FROM documents WHERE original_id = NEW.id AND status = 'ISSUED') THEN
    RAISE EXCEPTION 'document % is corrected: void its corrections first', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER corrections_have_an_original AFTER INSERT ON documents
  FOR EACH ROW WHEN (NEW.original_id IS NOT NULL) EXECUTE FUNCTION keep_corrections_apart();
CREATE TRIGGER originals_of_corrections_stand AFTER UPDATE OF status ON documents
  FOR EACH ROW WHEN (NEW.status = 'VOID' AND OLD.status <> 'VOID') EXECUTE FUNCTION keep_corrections_apart();
"""

CORRECTIONS_BACK = """
DROP FUNCTION keep_corrections_apart CASCADE; DROP FUNCTION refuse_another_original CASCADE;
ALTER TABLE documents DROP CONSTRAINT corrections_claim_nothing, DROP CONSTRAINT originals_within_contract;
ALTER TABLE charge_periods DROP CONSTRAINT charge_periods_never_overlap;
ALTER TABLE charge_periods ADD CONSTRAINT charge_periods_never_overlap
  EXCLUDE USING gist (contract_id WITH =, daterange(period_from, period_until) WITH &&) WHERE (is_live);
"""

EXPORTS = """
CREATE TRIGGER exports_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON exports
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exported_documents_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON exported_documents
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

EXPORTS_BACK = """
DROP TRIGGER exports_kept ON exports; DROP TRIGGER exported_documents_kept ON exported_documents;
"""

# As in 0006, with the requisites of electronic exchange.
REQUISITES = """
CREATE OR REPLACE FUNCTION keep_client_requisites() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO client_requisites (id, client_id, valid_from, kind, name, credential, inn, kpp, ogrn, ogrn_on, address,
                                 country, bank_account, bank_bic, electronic_address)
  VALUES (gen_random_uuid(), NEW.id, NEW.requisites_from, NEW.kind, NEW.name, NEW.credential, NEW.inn, NEW.kpp,
          NEW.ogrn, NEW.ogrn_on, NEW.address, NEW.country, NEW.bank_account, NEW.bank_bic, NEW.electronic_address)
  ON CONFLICT (client_id, valid_from) DO UPDATE SET
    kind = EXCLUDED.kind, name = EXCLUDED.name, credential = EXCLUDED.credential, inn = EXCLUDED.inn,
    kpp = EXCLUDED.kpp, ogrn = EXCLUDED.ogrn, ogrn_on = EXCLUDED.ogrn_on, address = EXCLUDED.address,
    country = EXCLUDED.country, bank_account = EXCLUDED.bank_account, bank_bic = EXCLUDED.bank_bic,
    electronic_address = EXCLUDED.electronic_address;
  RETURN NULL;
END $$;
DROP TRIGGER client_requisites_kept ON clients;
CREATE TRIGGER client_requisites_kept AFTER INSERT OR UPDATE OF requisites_from, kind, name, credential, inn, kpp, ogrn,
  ogrn_on, address, country, bank_account, bank_bic, electronic_address ON clients
  FOR EACH ROW EXECUTE FUNCTION keep_client_requisites();

CREATE OR REPLACE FUNCTION keep_enterprise_requisites() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO enterprise_requisites (id, enterprise_id, valid_from, legal_name, kind, inn, kpp, ogrn, ogrn_on, address,
                                     country, electronic_address)
  VALUES (gen_random_uuid(), NEW.id, NEW.requisites_from, NEW.legal_name, NEW.kind, NEW.inn, NEW.kpp, NEW.ogrn,
          NEW.ogrn_on, NEW.address, NEW.country, NEW.electronic_address)
  ON CONFLICT (enterprise_id, valid_from) DO UPDATE SET
    legal_name = EXCLUDED.legal_name, kind = EXCLUDED.kind, inn = EXCLUDED.inn, kpp = EXCLUDED.kpp,
    ogrn = EXCLUDED.ogrn, ogrn_on = EXCLUDED.ogrn_on, address = EXCLUDED.address, country = EXCLUDED.country,
    electronic_address = EXCLUDED.electronic_address;
  RETURN NULL;
END $$;
DROP TRIGGER enterprise_requisites_kept ON enterprises;
CREATE TRIGGER enterprise_requisites_kept AFTER INSERT OR UPDATE OF requisites_from, legal_name, kind, inn, kpp, ogrn,
  ogrn_on, address, country, electronic_address ON enterprises
  FOR EACH ROW EXECUTE FUNCTION keep_enterprise_requisites();
"""

# As in 0006: a use is late where its day was charged, and a correction charges no day.
USAGE = """
CREATE OR REPLACE FUNCTION take_usage_in() RETURNS trigger LANGUAGE plpgsql AS $$
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
    JOIN charge_periods p ON p.contract_id = c.id AND p.is_live AND NOT p.is_correction
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
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0008_document_types")]
    initial = False

    operations = [
        ops.RunSQL(CONSTRAINTS, CONSTRAINTS_BACK),
        ops.RunSQL(CORRECTIONS, CORRECTIONS_BACK),
        ops.RunSQL(EXPORTS, EXPORTS_BACK),
        ops.RunSQL(REQUISITES, ops.RunSQL.noop),
        ops.RunSQL(USAGE, ops.RunSQL.noop),
    ]
