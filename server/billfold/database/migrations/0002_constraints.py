from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [('billfold', '0001_initial')]

    initial = False

    operations = [
        ops.AddConstraint(
            model_name='BrandRow',
            constraint=CheckConstraint(check="code <> ''", name='code_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='BrandRow',
            constraint=CheckConstraint(check="accent_color ~ '^#[0-9a-fA-F]{6}$'", name='accent_color_is_hex'),
        ),
        ops.AddConstraint(
            model_name='ChargePeriodRow',
            constraint=CheckConstraint(check='period_until > period_from', name='charge_periods_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ChargeRow',
            constraint=UniqueConstraint(fields=('charge_period', 'position'), name='charges_position'),
        ),
        ops.AddConstraint(
            model_name='ChargeRow',
            constraint=CheckConstraint(check="kind IN ('subscription', 'usage', 'amount')", name='kind_is_known'),
        ),
        ops.AddConstraint(
            model_name='ChargeRow',
            constraint=CheckConstraint(check='quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11', name='quantity_unit_price_in_range'),
        ),
        ops.AddConstraint(
            model_name='ChargeRow',
            constraint=CheckConstraint(check='net BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(net) <= 4 AND tax BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(tax) <= 4 AND gross BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(gross) <= 4', name='net_tax_gross_in_range'),
        ),
        ops.AddConstraint(
            model_name='ChargeRow',
            constraint=CheckConstraint(check='net + tax = gross', name='charges_add_up'),
        ),
        ops.AddConstraint(
            model_name='ChargeRow',
            constraint=CheckConstraint(check='tax_rate BETWEEN 0 AND 100', name='tax_rate_in_range'),
        ),
        ops.AddConstraint(
            model_name='ClientRow',
            constraint=CheckConstraint(check="code <> ''", name='code_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ClientRow',
            constraint=CheckConstraint(check="name <> ''", name='name_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ClientRow',
            constraint=CheckConstraint(check="kind IN ('company', 'sole_proprietor', 'person', 'foreign')", name='kind_is_known'),
        ),
        ops.AddConstraint(
            model_name='ContactRow',
            constraint=UniqueConstraint(fields=('client', 'email', 'role'), name='contacts_once_a_role'),
        ),
        ops.AddConstraint(
            model_name='ContactRow',
            constraint=CheckConstraint(check="role IN ('accounting', 'technical')", name='role_is_known'),
        ),
        ops.AddConstraint(
            model_name='ContactRow',
            constraint=CheckConstraint(check="email <> ''", name='email_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ContractRow',
            constraint=UniqueConstraint(fields=('enterprise', 'number'), name='contracts_number_in_enterprise'),
        ),
        ops.AddConstraint(
            model_name='ContractRow',
            constraint=CheckConstraint(check="number <> ''", name='number_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ContractRow',
            constraint=CheckConstraint(check="billing IN ('prepaid', 'postpaid')", name='billing_is_known'),
        ),
        ops.AddConstraint(
            model_name='ContractRow',
            constraint=CheckConstraint(check='opening_balance BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(opening_balance) <= 4', name='opening_balance_in_range'),
        ),
        ops.AddConstraint(
            model_name='ContractRow',
            constraint=CheckConstraint(check='payment_terms_days BETWEEN 0 AND 366', name='payment_terms_in_range'),
        ),
        ops.AddConstraint(
            model_name='ContractRow',
            constraint=CheckConstraint(check='valid_to IS NULL OR valid_to >= signed_on', name='valid_to_after_signing'),
        ),
        ops.AddConstraint(
            model_name='DeliveryAttemptRow',
            constraint=CheckConstraint(check="outcome IN ('SENT', 'DEFERRED', 'REFUSED', 'UNCERTAIN')", name='outcome_is_known'),
        ),
        ops.AddConstraint(
            model_name='DeliveryRow',
            constraint=UniqueConstraint(fields=('document', 'recipient', 'asked_as'), name='deliveries_asked_once'),
        ),
        ops.AddConstraint(
            model_name='DeliveryRow',
            constraint=CheckConstraint(check="channel IN ('email')", name='channel_is_known'),
        ),
        ops.AddConstraint(
            model_name='DeliveryRow',
            constraint=CheckConstraint(check="state IN ('PENDING', 'SENT', 'SKIPPED', 'FAILED', 'UNKNOWN')", name='state_is_known'),
        ),
        ops.AddConstraint(
            model_name='DocumentLineRow',
            constraint=UniqueConstraint(fields=('document', 'position'), name='document_lines_position'),
        ),
        ops.AddConstraint(
            model_name='DocumentLineRow',
            constraint=CheckConstraint(check='quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11', name='quantity_unit_price_in_range'),
        ),
        ops.AddConstraint(
            model_name='DocumentLineRow',
            constraint=CheckConstraint(check='net BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(net) <= 4 AND tax BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(tax) <= 4 AND gross BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(gross) <= 4', name='net_tax_gross_in_range'),
        ),
        ops.AddConstraint(
            model_name='DocumentLineRow',
            constraint=CheckConstraint(check='net + tax = gross', name='document_lines_add_up'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=UniqueConstraint(fields=('enterprise', 'type', 'number'), name='documents_number_once'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=UniqueConstraint(fields=('series', 'counter'), name='documents_counter_once'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=UniqueConstraint(fields=('occurrence',), name='documents_one_live_an_occurrence', condition="status = 'ISSUED'"),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=CheckConstraint(check="status IN ('DRAFT', 'ISSUED', 'VOID')", name='status_is_known'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=CheckConstraint(check="step IN ('PRINT', 'PUBLISH', 'DONE', 'FAILED')", name='step_is_known'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=CheckConstraint(check='net BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(net) <= 4 AND tax BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(tax) <= 4 AND gross BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(gross) <= 4 AND settled BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(settled) <= 4', name='net_tax_gross_settled_in_range'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=CheckConstraint(check='net + tax = gross', name='documents_add_up'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=CheckConstraint(check="number <> ''", name='number_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='DocumentRow',
            constraint=CheckConstraint(check="(status = 'VOID') = (voided_at IS NOT NULL)", name='void_says_when'),
        ),
        ops.AddConstraint(
            model_name='DocumentRuleRow',
            constraint=UniqueConstraint(fields=('enterprise', 'type'), name='document_rules_one_each'),
        ),
        ops.AddConstraint(
            model_name='DocumentRuleRow',
            constraint=CheckConstraint(check="reset IN ('never', 'year', 'quarter', 'month', 'day')", name='reset_is_known'),
        ),
        ops.AddConstraint(
            model_name='DocumentRuleRow',
            constraint=CheckConstraint(check="scope IN ('enterprise', 'type', 'contract')", name='scope_is_known'),
        ),
        ops.AddConstraint(
            model_name='DocumentRuleRow',
            constraint=CheckConstraint(check="mode IN ('gapless', 'unique')", name='mode_is_known'),
        ),
        ops.AddConstraint(
            model_name='DocumentRuleRow',
            constraint=CheckConstraint(check="delivery IN ('client', 'contacts', 'nobody')", name='delivery_is_known'),
        ),
        ops.AddConstraint(
            model_name='DocumentRuleRow',
            constraint=CheckConstraint(check='start >= 1', name='start_positive'),
        ),
        ops.AddConstraint(
            model_name='DocumentRuleRow',
            constraint=CheckConstraint(check='payment_terms_days BETWEEN 0 AND 366', name='rule_payment_terms_in_range'),
        ),
        ops.AddConstraint(
            model_name='EnterpriseRow',
            constraint=CheckConstraint(check="code <> ''", name='code_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='EnterpriseRow',
            constraint=CheckConstraint(check="legal_name <> ''", name='legal_name_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='EnterpriseRow',
            constraint=CheckConstraint(check="kind IN ('company', 'sole_proprietor', 'person', 'foreign')", name='kind_is_known'),
        ),
        ops.AddConstraint(
            model_name='FileRow',
            constraint=UniqueConstraint(fields=('document', 'kind', 'name'), name='files_one_a_name'),
        ),
        ops.AddConstraint(
            model_name='FileRow',
            constraint=CheckConstraint(check="kind IN ('PDF', 'STATISTICS', 'XML')", name='kind_is_known'),
        ),
        ops.AddConstraint(
            model_name='FileRow',
            constraint=CheckConstraint(check='size >= 0', name='size_not_negative'),
        ),
        ops.AddConstraint(
            model_name='NumberEventRow',
            constraint=CheckConstraint(check="kind IN ('void')", name='kind_is_known'),
        ),
        ops.AddConstraint(
            model_name='NumberSeriesRow',
            constraint=UniqueConstraint(fields=('enterprise', 'key'), name='number_series_key'),
        ),
        ops.AddConstraint(
            model_name='NumberSeriesRow',
            constraint=CheckConstraint(check='next_counter >= 1', name='next_counter_positive'),
        ),
        ops.AddConstraint(
            model_name='OccurrenceRow',
            constraint=UniqueConstraint(fields=('contract', 'type', 'period_from', 'period_until'), name='occurrences_once_a_period'),
        ),
        ops.AddConstraint(
            model_name='OccurrenceRow',
            constraint=CheckConstraint(check="state IN ('PENDING', 'ISSUED', 'SKIPPED', 'FAILED')", name='state_is_known'),
        ),
        ops.AddConstraint(
            model_name='RunRow',
            constraint=CheckConstraint(check="state IN ('PLANNED', 'RUNNING', 'DONE')", name='state_is_known'),
        ),
        ops.AddConstraint(
            model_name='RunRow',
            constraint=CheckConstraint(check='period_until > period_from', name='runs_period_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ServiceRow',
            constraint=CheckConstraint(check="code <> ''", name='code_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ServiceRow',
            constraint=CheckConstraint(check="name <> ''", name='name_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='ServiceRow',
            constraint=CheckConstraint(check="kind IN ('subscription', 'usage', 'one_off')", name='kind_is_known'),
        ),
        ops.AddConstraint(
            model_name='StaffRow',
            constraint=CheckConstraint(check="role IN ('admin', 'manager', 'viewer')", name='role_is_known'),
        ),
        ops.AddConstraint(
            model_name='StaffRow',
            constraint=CheckConstraint(check="email <> ''", name='email_is_not_empty'),
        ),
        ops.AddConstraint(
            model_name='SubscriptionRow',
            constraint=UniqueConstraint(fields=('contract', 'service', 'started_on', 'ordinal'), name='subscriptions_once_a_start'),
        ),
        ops.AddConstraint(
            model_name='SubscriptionRow',
            constraint=CheckConstraint(check='price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(price) <= 11 AND quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11', name='price_quantity_in_range'),
        ),
        ops.AddConstraint(
            model_name='SubscriptionRow',
            constraint=CheckConstraint(check='price >= 0 AND quantity >= 0', name='price_and_quantity_not_negative'),
        ),
        ops.AddConstraint(
            model_name='SubscriptionRow',
            constraint=CheckConstraint(check='ended_on IS NULL OR ended_on >= started_on', name='ended_on_after_start'),
        ),
        ops.AddConstraint(
            model_name='TaxRegimeRow',
            constraint=UniqueConstraint(fields=('enterprise', 'valid_from'), name='tax_regimes_one_a_day'),
        ),
        ops.AddConstraint(
            model_name='TaxRegimeRow',
            constraint=CheckConstraint(check="regime IN ('vat', 'usn-exempt')", name='regime_is_known'),
        ),
        ops.AddConstraint(
            model_name='TokenRow',
            constraint=CheckConstraint(check='(staff_id IS NULL) <> (client_id IS NULL)', name='tokens_one_holder'),
        ),
        ops.AddConstraint(
            model_name='TokenRow',
            constraint=CheckConstraint(check="client_id IS NULL OR scopes <@ ARRAY['portal:read', 'portal:download']", name='tokens_client_scopes'),
        ),
        ops.AddConstraint(
            model_name='UsageRow',
            constraint=UniqueConstraint(fields=('source', 'external_id'), name='usage_records_counted_once'),
        ),
        ops.AddConstraint(
            model_name='UsageRow',
            constraint=CheckConstraint(check='quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11 AND unit_price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(unit_price) <= 11', name='quantity_unit_price_in_range'),
        ),
    ]
