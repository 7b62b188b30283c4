"""The laws of money: balances follow charges and payments in their own transaction, and nothing closed changes."""

from tortoise import migrations
from tortoise.migrations import operations as ops

BALANCES = """
CREATE FUNCTION open_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.balance := NEW.opening_balance;
  ELSE
    NEW.balance := NEW.balance + NEW.opening_balance - OLD.opening_balance;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER balance_opened BEFORE INSERT OR UPDATE OF opening_balance ON contracts
  FOR EACH ROW EXECUTE FUNCTION open_balance();

CREATE FUNCTION balance_new_charges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contracts c SET balance = c.balance - s.gross, revision = c.revision + s.waiting
  FROM (SELECT a.contract_id, sum(a.gross) AS gross, count(*) FILTER (WHERE a.charge_period_id IS NULL) AS waiting
        FROM added a LEFT JOIN charge_periods p ON p.id = a.charge_period_id
        WHERE p.is_live IS NOT FALSE GROUP BY a.contract_id) s
  WHERE c.id = s.contract_id;
  RETURN NULL;
END $$;
CREATE TRIGGER charges_balanced AFTER INSERT ON charges REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION balance_new_charges();

-- Only a one-off charge moves: into a period, out of it again, or, while it waits, to its end.
CREATE FUNCTION hold_charge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved charges := NEW;
BEGIN
  moved.charge_period_id := OLD.charge_period_id; moved.position := OLD.position;
  moved.cancelled_at := OLD.cancelled_at; moved.cancelled_by := OLD.cancelled_by;
  moved.cancel_reason := OLD.cancel_reason;
  IF moved IS DISTINCT FROM OLD OR OLD.kind <> 'one_off' OR OLD.cancelled_at IS NOT NULL THEN
    RAISE EXCEPTION 'charge % cannot change: enter a credit or another charge', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.cancelled_at IS NOT NULL THEN
    UPDATE contracts SET balance = balance + OLD.gross, revision = revision + 1 WHERE id = OLD.contract_id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER charges_held BEFORE UPDATE ON charges FOR EACH ROW EXECUTE FUNCTION hold_charge();

CREATE FUNCTION end_charge_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.contract_id, NEW.period_from, NEW.period_until)
     IS DISTINCT FROM (OLD.id, OLD.contract_id, OLD.period_from, OLD.period_until)
     OR (NEW.is_live AND NOT OLD.is_live) OR (OLD.is_closed AND (NOT NEW.is_closed OR NOT NEW.is_live)) THEN
    RAISE EXCEPTION 'charged period % of contract % cannot change', daterange(OLD.period_from, OLD.period_until),
      OLD.contract_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.is_live AND NOT NEW.is_live THEN
    UPDATE charges SET charge_period_id = NULL, position = NULL WHERE charge_period_id = NEW.id AND kind = 'one_off';
    UPDATE late_usage SET charge_period_id = NULL WHERE charge_period_id = NEW.id;
    UPDATE contracts SET balance = balance + COALESCE(
      (SELECT sum(gross) FROM charges WHERE charge_period_id = NEW.id), 0) WHERE id = NEW.contract_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER charge_periods_end AFTER UPDATE ON charge_periods FOR EACH ROW EXECUTE FUNCTION end_charge_period();
CREATE TRIGGER charge_periods_kept BEFORE DELETE OR TRUNCATE ON charge_periods
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER charges_kept BEFORE DELETE OR TRUNCATE ON charges FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION balance_new_payments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contracts c SET balance = c.balance + s.amount
  FROM (SELECT contract_id, sum(amount) AS amount FROM added GROUP BY contract_id) s WHERE c.id = s.contract_id;
  RETURN NULL;
END $$;
CREATE TRIGGER payments_balanced AFTER INSERT ON payments REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION balance_new_payments();

CREATE FUNCTION hold_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved payments := NEW;
BEGIN
  moved.allocated := OLD.allocated; moved.advanced := OLD.advanced; moved.cancelled_at := OLD.cancelled_at;
  moved.cancelled_by := OLD.cancelled_by; moved.cancel_reason := OLD.cancel_reason;
  IF moved IS DISTINCT FROM OLD OR OLD.cancelled_at IS NOT NULL THEN
    RAISE EXCEPTION 'payment % cannot change: cancel it and register another', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.cancelled_at IS NOT NULL THEN
    UPDATE contracts SET balance = balance - OLD.amount WHERE id = OLD.contract_id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_held BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION hold_payment();
CREATE TRIGGER payments_kept BEFORE DELETE OR TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

UPDATE contracts c SET balance = c.opening_balance - COALESCE(
  (SELECT sum(h.gross) FROM charges h JOIN charge_periods p ON p.id = h.charge_period_id
   WHERE p.contract_id = c.id AND p.is_live), 0);
"""

# All of an allocation is of one contract, and so of one enterprise and one currency.
ALLOCATIONS = """
ALTER TABLE documents ADD CONSTRAINT documents_of_contract UNIQUE (id, contract_id);
ALTER TABLE documents ADD CONSTRAINT void_settles_nothing CHECK (status <> 'VOID' OR settled = 0);
ALTER TABLE charge_periods ADD CONSTRAINT charge_periods_of_contract UNIQUE (id, contract_id);
ALTER TABLE charges ADD CONSTRAINT charges_within_contract FOREIGN KEY (charge_period_id, contract_id)
  REFERENCES charge_periods (id, contract_id) ON DELETE RESTRICT;
ALTER TABLE payments ADD CONSTRAINT refunds_within_contract FOREIGN KEY (refunds_id, contract_id)
  REFERENCES payments (id, contract_id) ON DELETE RESTRICT;
ALTER TABLE allocations ADD CONSTRAINT payments_within_contract FOREIGN KEY (payment_id, contract_id)
  REFERENCES payments (id, contract_id) ON DELETE RESTRICT;
ALTER TABLE allocations ADD CONSTRAINT documents_within_contract FOREIGN KEY (document_id, contract_id)
  REFERENCES documents (id, contract_id) ON DELETE RESTRICT;

CREATE FUNCTION hold_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved allocations := NEW;
BEGIN
  moved.released_at := OLD.released_at; moved.released_by := OLD.released_by; moved.release_reason := OLD.release_reason;
  IF moved IS DISTINCT FROM OLD OR OLD.released_at IS NOT NULL OR NEW.released_at IS NULL THEN
    RAISE EXCEPTION 'allocation % cannot change: release it', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER allocations_held BEFORE UPDATE ON allocations FOR EACH ROW EXECUTE FUNCTION hold_allocation();

-- A new allocation settles; one that is updated was released, and settles no more.
CREATE FUNCTION settle_allocations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE direction numeric := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END; wrong uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT m.document_id INTO wrong FROM moved m JOIN documents d ON d.id = m.document_id
    WHERE d.status <> 'ISSUED' OR NOT d.is_payable OR m.is_advance <> (d.charge_period_id IS NULL) LIMIT 1;
    IF wrong IS NOT NULL THEN
      RAISE EXCEPTION 'document % cannot be settled so', wrong USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  UPDATE payments p SET allocated = p.allocated + direction * s.plain, advanced = p.advanced + direction * s.advance
  FROM (SELECT payment_id, COALESCE(sum(amount) FILTER (WHERE NOT is_advance), 0) AS plain,
               COALESCE(sum(amount) FILTER (WHERE is_advance), 0) AS advance
        FROM moved WHERE payment_id IS NOT NULL GROUP BY payment_id) s
  WHERE p.id = s.payment_id;
  -- Money replaces the word of a person.
  UPDATE documents d SET settled = d.settled + direction * s.amount,
    paid_by_hand_at = CASE WHEN d.settled + direction * s.amount < d.gross THEN d.paid_by_hand_at END,
    paid_by_hand_by = CASE WHEN d.settled + direction * s.amount < d.gross THEN d.paid_by_hand_by ELSE '' END,
    paid_by_hand_reason = CASE WHEN d.settled + direction * s.amount < d.gross THEN d.paid_by_hand_reason ELSE '' END
  FROM (SELECT document_id, sum(amount) AS amount FROM moved WHERE document_id IS NOT NULL GROUP BY document_id) s
  WHERE d.id = s.document_id;
  UPDATE contracts c SET opening_allocated = c.opening_allocated + direction * s.plain,
                         opening_advanced = c.opening_advanced + direction * s.advance
  FROM (SELECT contract_id, COALESCE(sum(amount) FILTER (WHERE NOT is_advance), 0) AS plain,
               COALESCE(sum(amount) FILTER (WHERE is_advance), 0) AS advance
        FROM moved WHERE payment_id IS NULL OR document_id IS NULL GROUP BY contract_id) s
  WHERE c.id = s.contract_id;
  SELECT m.contract_id INTO wrong FROM moved m JOIN contracts c ON c.id = m.contract_id
  WHERE (m.payment_id IS NULL AND c.opening_balance <= 0) OR (m.document_id IS NULL AND c.opening_balance >= 0) LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'contract % has no such opening balance', wrong USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER allocations_settle AFTER INSERT ON allocations REFERENCING NEW TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION settle_allocations();
CREATE TRIGGER allocations_release AFTER UPDATE ON allocations REFERENCING NEW TABLE AS moved
  FOR EACH STATEMENT EXECUTE FUNCTION settle_allocations();
CREATE TRIGGER allocations_kept BEFORE DELETE OR TRUNCATE ON allocations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

CLOSED = """
CREATE FUNCTION refuse_within_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed date; on_day date; noun text;
BEGIN
  IF TG_TABLE_NAME = 'documents' THEN
    SELECT closed_until INTO closed FROM enterprises WHERE id = NEW.enterprise_id;
    on_day := NEW.issue_date; noun := 'a document';
  ELSE
    SELECT e.closed_until INTO closed FROM contracts c JOIN enterprises e ON e.id = c.enterprise_id
    WHERE c.id = NEW.contract_id;
    IF TG_TABLE_NAME = 'payments' THEN
      on_day := NEW.received_on; noun := 'a payment';
    ELSE
      on_day := NEW.period_from; noun := 'a charge';
    END IF;
  END IF;
  IF on_day < closed THEN
    RAISE EXCEPTION 'the books are closed until %: % of % cannot be added or changed', closed, noun, on_day
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'books_are_closed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_within_closed BEFORE INSERT ON documents
  FOR EACH ROW EXECUTE FUNCTION refuse_within_closed();
CREATE TRIGGER voids_within_closed BEFORE UPDATE ON documents FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION refuse_within_closed();
CREATE TRIGGER charge_periods_within_closed BEFORE INSERT ON charge_periods
  FOR EACH ROW EXECUTE FUNCTION refuse_within_closed();
-- What is split or carried over keeps its day, which decides its tax.
CREATE TRIGGER charges_within_closed BEFORE INSERT ON charges
  FOR EACH ROW WHEN (NEW.charge_period_id IS NULL AND NEW.created_by <> 'billfold')
  EXECUTE FUNCTION refuse_within_closed();
CREATE TRIGGER cancels_of_charges_within_closed BEFORE UPDATE ON charges
  FOR EACH ROW WHEN (NEW.cancelled_at IS NOT NULL AND NEW.cancel_reason <> 'split')
  EXECUTE FUNCTION refuse_within_closed();
CREATE TRIGGER payments_within_closed BEFORE INSERT ON payments
  FOR EACH ROW EXECUTE FUNCTION refuse_within_closed();
CREATE TRIGGER cancels_within_closed BEFORE UPDATE ON payments
  FOR EACH ROW WHEN (NEW.cancelled_at IS NOT NULL) EXECUTE FUNCTION refuse_within_closed();

CREATE FUNCTION refuse_opening_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.closed_until IS NULL OR NEW.closed_until < OLD.closed_until THEN
    RAISE EXCEPTION 'the books of % are closed until % and stay so', OLD.code, OLD.closed_until
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER closing_stays BEFORE UPDATE ON enterprises FOR EACH ROW WHEN (OLD.closed_until IS NOT NULL)
  EXECUTE FUNCTION refuse_opening_again();
"""

READING = """
CREATE INDEX payments_newest ON payments (received_on DESC, id DESC);
CREATE INDEX documents_open ON documents (contract_id, due_date)
  WHERE status = 'ISSUED' AND is_payable AND settled < gross;
CREATE INDEX payments_free ON payments (contract_id, received_on)
  WHERE cancelled_at IS NULL AND kind = 'payment' AND allocated < amount;
CREATE INDEX refunds_of_payment ON payments (refunds_id) WHERE refunds_id IS NOT NULL;
CREATE INDEX charges_waiting ON charges (contract_id) WHERE charge_period_id IS NULL AND cancelled_at IS NULL;
CREATE INDEX late_usage_waiting ON late_usage (contract_id) WHERE charge_period_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0006_laws_of_books")]
    initial = False

    operations = [
        ops.RunSQL(
            BALANCES,
            "DROP FUNCTION open_balance CASCADE; DROP FUNCTION balance_new_charges CASCADE; "
            "DROP FUNCTION hold_charge CASCADE; DROP FUNCTION end_charge_period CASCADE; "
            "DROP FUNCTION balance_new_payments CASCADE; DROP FUNCTION hold_payment CASCADE; "
            "DROP TRIGGER charge_periods_kept ON charge_periods; DROP TRIGGER charges_kept ON charges; "
            "DROP TRIGGER payments_kept ON payments; DROP TRIGGER audit_events_kept ON audit_events;",
        ),
        ops.RunSQL(
            ALLOCATIONS,
            "DROP FUNCTION settle_allocations CASCADE; DROP FUNCTION hold_allocation CASCADE; DROP TRIGGER allocations_kept ON allocations; "
            "ALTER TABLE allocations DROP CONSTRAINT documents_within_contract, "
            "DROP CONSTRAINT payments_within_contract; "
            "ALTER TABLE payments DROP CONSTRAINT refunds_within_contract; "
            "ALTER TABLE charges DROP CONSTRAINT charges_within_contract; "
            "ALTER TABLE charge_periods DROP CONSTRAINT charge_periods_of_contract; "
            "ALTER TABLE documents DROP CONSTRAINT void_settles_nothing, DROP CONSTRAINT documents_of_contract;",
        ),
        ops.RunSQL(CLOSED, "DROP FUNCTION refuse_within_closed CASCADE; DROP FUNCTION refuse_opening_again CASCADE;"),
        ops.RunSQL(
            READING,
            "DROP INDEX payments_newest, documents_open, payments_free, refunds_of_payment, charges_waiting, "
            "late_usage_waiting;",
        ),
    ]
