"""The rows' constraints: Tortoise keeps them in the models' state, but writes none when it creates a table.

In SQL, because an operation for each would rebuild the whole state seventy times: seconds of every first start.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

ADD = """
ALTER TABLE brands ADD CONSTRAINT code_is_not_empty CHECK (code <> '');
ALTER TABLE brands ADD CONSTRAINT accent_color_is_hex CHECK (accent_color ~ '^#[0-9a-fA-F]{6}$');
ALTER TABLE enterprises ADD CONSTRAINT code_is_not_empty CHECK (code <> '');
ALTER TABLE enterprises ADD CONSTRAINT legal_name_is_not_empty CHECK (legal_name <> '');
ALTER TABLE enterprises ADD CONSTRAINT kind_is_known CHECK (kind IN ('company', 'sole_proprietor', 'person', 'foreign'));
ALTER TABLE tax_regimes ADD CONSTRAINT tax_regimes_one_a_day UNIQUE (enterprise_id, valid_from);
ALTER TABLE tax_regimes ADD CONSTRAINT regime_is_known CHECK (regime IN ('vat', 'usn-exempt'));
ALTER TABLE services ADD CONSTRAINT code_is_not_empty CHECK (code <> '');
ALTER TABLE services ADD CONSTRAINT name_is_not_empty CHECK (name <> '');
ALTER TABLE services ADD CONSTRAINT kind_is_known CHECK (kind IN ('subscription', 'usage', 'one_off'));
ALTER TABLE clients ADD CONSTRAINT code_is_not_empty CHECK (code <> '');
ALTER TABLE clients ADD CONSTRAINT name_is_not_empty CHECK (name <> '');
ALTER TABLE clients ADD CONSTRAINT kind_is_known CHECK (kind IN ('company', 'sole_proprietor', 'person', 'foreign'));
ALTER TABLE contacts ADD CONSTRAINT contacts_once_a_role UNIQUE (client_id, email, role);
ALTER TABLE contacts ADD CONSTRAINT role_is_known CHECK (role IN ('accounting', 'technical'));
ALTER TABLE contacts ADD CONSTRAINT email_is_not_empty CHECK (email <> '');
ALTER TABLE contracts ADD CONSTRAINT contracts_number_in_enterprise UNIQUE (enterprise_id, number);
ALTER TABLE contracts ADD CONSTRAINT number_is_not_empty CHECK (number <> '');
ALTER TABLE contracts ADD CONSTRAINT billing_is_known CHECK (billing IN ('prepaid', 'postpaid'));
ALTER TABLE contracts ADD CONSTRAINT opening_balance_in_range CHECK (opening_balance BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(opening_balance) <= 4);
ALTER TABLE contracts ADD CONSTRAINT currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$');
ALTER TABLE contracts ADD CONSTRAINT payment_terms_in_range CHECK (payment_terms_days BETWEEN 0 AND 366);
ALTER TABLE contracts ADD CONSTRAINT valid_to_after_signing CHECK (valid_to IS NULL OR valid_to >= signed_on);
ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_once_a_start UNIQUE (contract_id, service_id, started_on, ordinal);
ALTER TABLE subscriptions ADD CONSTRAINT price_quantity_in_range CHECK (price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(price) <= 11 AND quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11);
ALTER TABLE subscriptions ADD CONSTRAINT price_and_quantity_not_negative CHECK (price >= 0 AND quantity >= 0);
ALTER TABLE subscriptions ADD CONSTRAINT ended_on_after_start CHECK (ended_on IS NULL OR ended_on >= started_on);
ALTER TABLE usage_records ADD CONSTRAINT usage_records_counted_once UNIQUE (source, external_id);
ALTER TABLE usage_records ADD CONSTRAINT quantity_unit_price_in_range CHECK (quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11);
ALTER TABLE runs ADD CONSTRAINT state_is_known CHECK (state IN ('PLANNED', 'RUNNING', 'DONE'));
ALTER TABLE runs ADD CONSTRAINT runs_period_not_empty CHECK (period_until > period_from);
ALTER TABLE occurrences ADD CONSTRAINT occurrences_once_a_period UNIQUE (contract_id, type, period_from, period_until);
ALTER TABLE occurrences ADD CONSTRAINT state_is_known CHECK (state IN ('PENDING', 'ISSUED', 'SKIPPED', 'FAILED'));
ALTER TABLE occurrences ADD CONSTRAINT occurrences_period_not_empty CHECK (period_until > period_from);
ALTER TABLE charge_periods ADD CONSTRAINT charge_periods_not_empty CHECK (period_until > period_from);
ALTER TABLE charges ADD CONSTRAINT charges_position UNIQUE (charge_period_id, position);
ALTER TABLE charges ADD CONSTRAINT kind_is_known CHECK (kind IN ('subscription', 'usage', 'amount'));
ALTER TABLE charges ADD CONSTRAINT quantity_unit_price_in_range CHECK (quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11);
ALTER TABLE charges ADD CONSTRAINT net_tax_gross_in_range CHECK (net BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(net) <= 4 AND tax BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(tax) <= 4 AND gross BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(gross) <= 4);
ALTER TABLE charges ADD CONSTRAINT charges_add_up CHECK (net + tax = gross);
ALTER TABLE charges ADD CONSTRAINT tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100);
ALTER TABLE number_series ADD CONSTRAINT number_series_key UNIQUE (enterprise_id, key);
ALTER TABLE number_series ADD CONSTRAINT next_counter_positive CHECK (next_counter >= 1);
ALTER TABLE number_events ADD CONSTRAINT kind_is_known CHECK (kind IN ('void'));
ALTER TABLE document_rules ADD CONSTRAINT document_rules_one_each UNIQUE (enterprise_id, type);
ALTER TABLE document_rules ADD CONSTRAINT reset_is_known CHECK (reset IN ('never', 'year', 'quarter', 'month', 'day'));
ALTER TABLE document_rules ADD CONSTRAINT scope_is_known CHECK (scope IN ('enterprise', 'type', 'contract'));
ALTER TABLE document_rules ADD CONSTRAINT mode_is_known CHECK (mode IN ('gapless', 'unique'));
ALTER TABLE document_rules ADD CONSTRAINT delivery_is_known CHECK (delivery IN ('client', 'contacts', 'nobody'));
ALTER TABLE document_rules ADD CONSTRAINT start_positive CHECK (start >= 1);
ALTER TABLE document_rules ADD CONSTRAINT rule_payment_terms_in_range CHECK (payment_terms_days BETWEEN 0 AND 366);
ALTER TABLE documents ADD CONSTRAINT documents_number_once UNIQUE (enterprise_id, type, number);
ALTER TABLE documents ADD CONSTRAINT documents_counter_once UNIQUE (series_id, counter);
CREATE UNIQUE INDEX documents_one_live_an_occurrence ON documents (occurrence_id) WHERE status = 'ISSUED';
ALTER TABLE documents ADD CONSTRAINT status_is_known CHECK (status IN ('DRAFT', 'ISSUED', 'VOID'));
ALTER TABLE documents ADD CONSTRAINT step_is_known CHECK (step IN ('PRINT', 'PUBLISH', 'DONE', 'FAILED'));
ALTER TABLE documents ADD CONSTRAINT net_tax_gross_settled_in_range CHECK (net BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(net) <= 4 AND tax BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(tax) <= 4 AND gross BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(gross) <= 4 AND settled BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(settled) <= 4);
ALTER TABLE documents ADD CONSTRAINT documents_add_up CHECK (net + tax = gross);
ALTER TABLE documents ADD CONSTRAINT number_is_not_empty CHECK (number <> '');
ALTER TABLE documents ADD CONSTRAINT void_says_when CHECK ((status = 'VOID') = (voided_at IS NOT NULL));
ALTER TABLE documents ADD CONSTRAINT counter_positive CHECK (counter >= 1);
ALTER TABLE documents ADD CONSTRAINT settled_up_to_gross CHECK (settled BETWEEN 0 AND greatest(gross, 0));
ALTER TABLE documents ADD CONSTRAINT documents_period_not_empty CHECK (period_until > period_from);
ALTER TABLE documents ADD CONSTRAINT snapshot_has_its_hash CHECK (snapshot_sha256 = encode(sha256(snapshot), 'hex'));
ALTER TABLE document_lines ADD CONSTRAINT document_lines_position UNIQUE (document_id, position);
ALTER TABLE document_lines ADD CONSTRAINT quantity_unit_price_in_range CHECK (quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11);
ALTER TABLE document_lines ADD CONSTRAINT net_tax_gross_in_range CHECK (net BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(net) <= 4 AND tax BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(tax) <= 4 AND gross BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(gross) <= 4);
ALTER TABLE document_lines ADD CONSTRAINT document_lines_add_up CHECK (net + tax = gross);
ALTER TABLE document_lines ADD CONSTRAINT line_tax_rate_in_range CHECK (tax_rate BETWEEN 0 AND 100);
ALTER TABLE files ADD CONSTRAINT files_one_a_name UNIQUE (document_id, kind, name);
ALTER TABLE files ADD CONSTRAINT kind_is_known CHECK (kind IN ('PDF', 'STATISTICS', 'XML'));
ALTER TABLE files ADD CONSTRAINT size_not_negative CHECK (size >= 0);
ALTER TABLE deliveries ADD CONSTRAINT deliveries_asked_once UNIQUE (document_id, recipient, asked_as);
ALTER TABLE deliveries ADD CONSTRAINT channel_is_known CHECK (channel IN ('email'));
ALTER TABLE deliveries ADD CONSTRAINT state_is_known CHECK (state IN ('PENDING', 'SENT', 'SKIPPED', 'FAILED', 'UNKNOWN'));
ALTER TABLE delivery_attempts ADD CONSTRAINT outcome_is_known CHECK (outcome IN ('SENT', 'DEFERRED', 'REFUSED', 'UNCERTAIN'));
ALTER TABLE staff ADD CONSTRAINT role_is_known CHECK (role IN ('admin', 'manager', 'viewer'));
ALTER TABLE staff ADD CONSTRAINT email_is_not_empty CHECK (email <> '');
ALTER TABLE tokens ADD CONSTRAINT tokens_one_holder CHECK ((staff_id IS NULL) <> (client_id IS NULL));
ALTER TABLE tokens ADD CONSTRAINT tokens_client_scopes CHECK (client_id IS NULL OR scopes <@ ARRAY['portal:read', 'portal:download']);
"""

DROP = """
ALTER TABLE brands DROP CONSTRAINT code_is_not_empty;
ALTER TABLE brands DROP CONSTRAINT accent_color_is_hex;
ALTER TABLE enterprises DROP CONSTRAINT code_is_not_empty;
ALTER TABLE enterprises DROP CONSTRAINT legal_name_is_not_empty;
ALTER TABLE enterprises DROP CONSTRAINT kind_is_known;
ALTER TABLE tax_regimes DROP CONSTRAINT tax_regimes_one_a_day;
ALTER TABLE tax_regimes DROP CONSTRAINT regime_is_known;
ALTER TABLE services DROP CONSTRAINT code_is_not_empty;
ALTER TABLE services DROP CONSTRAINT name_is_not_empty;
ALTER TABLE services DROP CONSTRAINT kind_is_known;
ALTER TABLE clients DROP CONSTRAINT code_is_not_empty;
ALTER TABLE clients DROP CONSTRAINT name_is_not_empty;
ALTER TABLE clients DROP CONSTRAINT kind_is_known;
ALTER TABLE contacts DROP CONSTRAINT contacts_once_a_role;
ALTER TABLE contacts DROP CONSTRAINT role_is_known;
ALTER TABLE contacts DROP CONSTRAINT email_is_not_empty;
ALTER TABLE contracts DROP CONSTRAINT contracts_number_in_enterprise;
ALTER TABLE contracts DROP CONSTRAINT number_is_not_empty;
ALTER TABLE contracts DROP CONSTRAINT billing_is_known;
ALTER TABLE contracts DROP CONSTRAINT opening_balance_in_range;
ALTER TABLE contracts DROP CONSTRAINT currency_is_a_code;
ALTER TABLE contracts DROP CONSTRAINT payment_terms_in_range;
ALTER TABLE contracts DROP CONSTRAINT valid_to_after_signing;
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_once_a_start;
ALTER TABLE subscriptions DROP CONSTRAINT price_quantity_in_range;
ALTER TABLE subscriptions DROP CONSTRAINT price_and_quantity_not_negative;
ALTER TABLE subscriptions DROP CONSTRAINT ended_on_after_start;
ALTER TABLE usage_records DROP CONSTRAINT usage_records_counted_once;
ALTER TABLE usage_records DROP CONSTRAINT quantity_unit_price_in_range;
ALTER TABLE runs DROP CONSTRAINT state_is_known;
ALTER TABLE runs DROP CONSTRAINT runs_period_not_empty;
ALTER TABLE occurrences DROP CONSTRAINT occurrences_once_a_period;
ALTER TABLE occurrences DROP CONSTRAINT state_is_known;
ALTER TABLE occurrences DROP CONSTRAINT occurrences_period_not_empty;
ALTER TABLE charge_periods DROP CONSTRAINT charge_periods_not_empty;
ALTER TABLE charges DROP CONSTRAINT charges_position;
ALTER TABLE charges DROP CONSTRAINT kind_is_known;
ALTER TABLE charges DROP CONSTRAINT quantity_unit_price_in_range;
ALTER TABLE charges DROP CONSTRAINT net_tax_gross_in_range;
ALTER TABLE charges DROP CONSTRAINT charges_add_up;
ALTER TABLE charges DROP CONSTRAINT tax_rate_in_range;
ALTER TABLE number_series DROP CONSTRAINT number_series_key;
ALTER TABLE number_series DROP CONSTRAINT next_counter_positive;
ALTER TABLE number_events DROP CONSTRAINT kind_is_known;
ALTER TABLE document_rules DROP CONSTRAINT document_rules_one_each;
ALTER TABLE document_rules DROP CONSTRAINT reset_is_known;
ALTER TABLE document_rules DROP CONSTRAINT scope_is_known;
ALTER TABLE document_rules DROP CONSTRAINT mode_is_known;
ALTER TABLE document_rules DROP CONSTRAINT delivery_is_known;
ALTER TABLE document_rules DROP CONSTRAINT start_positive;
ALTER TABLE document_rules DROP CONSTRAINT rule_payment_terms_in_range;
ALTER TABLE documents DROP CONSTRAINT documents_number_once;
ALTER TABLE documents DROP CONSTRAINT documents_counter_once;
DROP INDEX documents_one_live_an_occurrence;
ALTER TABLE documents DROP CONSTRAINT status_is_known;
ALTER TABLE documents DROP CONSTRAINT step_is_known;
ALTER TABLE documents DROP CONSTRAINT net_tax_gross_settled_in_range;
ALTER TABLE documents DROP CONSTRAINT documents_add_up;
ALTER TABLE documents DROP CONSTRAINT number_is_not_empty;
ALTER TABLE documents DROP CONSTRAINT void_says_when;
ALTER TABLE documents DROP CONSTRAINT counter_positive;
ALTER TABLE documents DROP CONSTRAINT settled_up_to_gross;
ALTER TABLE documents DROP CONSTRAINT documents_period_not_empty;
ALTER TABLE documents DROP CONSTRAINT snapshot_has_its_hash;
ALTER TABLE document_lines DROP CONSTRAINT document_lines_position;
ALTER TABLE document_lines DROP CONSTRAINT quantity_unit_price_in_range;
ALTER TABLE document_lines DROP CONSTRAINT net_tax_gross_in_range;
ALTER TABLE document_lines DROP CONSTRAINT document_lines_add_up;
ALTER TABLE document_lines DROP CONSTRAINT line_tax_rate_in_range;
ALTER TABLE files DROP CONSTRAINT files_one_a_name;
ALTER TABLE files DROP CONSTRAINT kind_is_known;
ALTER TABLE files DROP CONSTRAINT size_not_negative;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_asked_once;
ALTER TABLE deliveries DROP CONSTRAINT channel_is_known;
ALTER TABLE deliveries DROP CONSTRAINT state_is_known;
ALTER TABLE delivery_attempts DROP CONSTRAINT outcome_is_known;
ALTER TABLE staff DROP CONSTRAINT role_is_known;
ALTER TABLE staff DROP CONSTRAINT email_is_not_empty;
ALTER TABLE tokens DROP CONSTRAINT tokens_one_holder;
ALTER TABLE tokens DROP CONSTRAINT tokens_client_scopes;
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0001_initial")]
    initial = False

    operations = [ops.RunSQL(ADD, DROP)]
