"""The constraints of the tables that 0004 creates, as 0002 has those of the first."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ADD = """
ALTER TABLE audit_events ADD CONSTRAINT operation_is_not_empty CHECK (operation <> '');
ALTER TABLE audit_events ADD CONSTRAINT noun_is_not_empty CHECK (noun <> '');
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_one_a_day UNIQUE (enterprise_id, currency, valid_from);
ALTER TABLE bank_accounts ADD CONSTRAINT currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$');
ALTER TABLE bank_accounts ADD CONSTRAINT account_is_not_empty CHECK (account <> '');
ALTER TABLE client_requisites ADD CONSTRAINT client_requisites_one_a_day UNIQUE (client_id, valid_from);
ALTER TABLE client_requisites ADD CONSTRAINT name_is_not_empty CHECK (name <> '');
ALTER TABLE client_requisites ADD CONSTRAINT kind_is_known CHECK (kind IN ('company', 'sole_proprietor', 'person', 'foreign'));
ALTER TABLE enterprise_requisites ADD CONSTRAINT enterprise_requisites_one_a_day UNIQUE (enterprise_id, valid_from);
ALTER TABLE enterprise_requisites ADD CONSTRAINT legal_name_is_not_empty CHECK (legal_name <> '');
ALTER TABLE enterprise_requisites ADD CONSTRAINT kind_is_known CHECK (kind IN ('company', 'sole_proprietor', 'person', 'foreign'));
ALTER TABLE payments ADD CONSTRAINT payments_once_a_source UNIQUE (source, external_id);
ALTER TABLE payments ADD CONSTRAINT payments_of_contract UNIQUE (id, contract_id);
ALTER TABLE payments ADD CONSTRAINT kind_is_known CHECK (kind IN ('payment', 'refund'));
ALTER TABLE payments ADD CONSTRAINT method_is_known CHECK (method IN ('bank', 'card', 'cash', 'other'));
ALTER TABLE payments ADD CONSTRAINT amount_allocated_advanced_in_range CHECK (amount BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(amount) <= 4 AND allocated BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(allocated) <= 4 AND advanced BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(advanced) <= 4);
ALTER TABLE payments ADD CONSTRAINT payments_have_their_sign CHECK ((kind = 'payment' AND amount > 0 AND refunds_id IS NULL) OR (kind = 'refund' AND amount < 0 AND refunds_id IS NOT NULL));
ALTER TABLE payments ADD CONSTRAINT allocated_up_to_amount CHECK (allocated BETWEEN 0 AND greatest(amount, 0));
ALTER TABLE payments ADD CONSTRAINT advanced_up_to_amount CHECK (advanced BETWEEN 0 AND greatest(amount, 0));
ALTER TABLE payments ADD CONSTRAINT cancelled_settles_nothing CHECK (cancelled_at IS NULL OR (allocated = 0 AND advanced = 0));
ALTER TABLE payments ADD CONSTRAINT source_is_not_empty CHECK (source <> '');
ALTER TABLE allocations ADD CONSTRAINT kind_is_known CHECK (kind IN ('referenced', 'automatic', 'manual'));
ALTER TABLE allocations ADD CONSTRAINT amount_in_range CHECK (amount BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(amount) <= 4);
ALTER TABLE allocations ADD CONSTRAINT amount_positive CHECK (amount > 0);
ALTER TABLE allocations ADD CONSTRAINT allocations_join_two CHECK (payment_id IS NOT NULL OR document_id IS NOT NULL);
ALTER TABLE allocations ADD CONSTRAINT advances_are_of_documents CHECK (NOT is_advance OR document_id IS NOT NULL);
ALTER TABLE prices ADD CONSTRAINT model_is_known CHECK (model IN ('flat', 'volume', 'graduated'));
ALTER TABLE prices ADD CONSTRAINT currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$');
ALTER TABLE prices ADD CONSTRAINT allowance_in_range CHECK (allowance BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(allowance) <= 11);
ALTER TABLE prices ADD CONSTRAINT allowance_not_negative CHECK (allowance >= 0);
ALTER TABLE prices ADD CONSTRAINT tiers_not_empty CHECK (jsonb_array_length(tiers) >= 1);
ALTER TABLE signers ADD CONSTRAINT signers_one_a_day UNIQUE (enterprise_id, role, valid_from);
ALTER TABLE signers ADD CONSTRAINT role_is_known CHECK (role IN ('director', 'accountant'));
ALTER TABLE signers ADD CONSTRAINT name_is_not_empty CHECK (name <> '');
ALTER TABLE signers ADD CONSTRAINT signers_period_not_empty CHECK (valid_until > valid_from);
ALTER TABLE statement_lines ADD CONSTRAINT state_is_known CHECK (state IN ('matched', 'credited', 'unmatched', 'dismissed'));
ALTER TABLE statement_lines ADD CONSTRAINT amount_in_range CHECK (amount BETWEEN -99999999999999.9999 AND 99999999999999.9999 AND scale(amount) <= 4);
ALTER TABLE statement_lines ADD CONSTRAINT amount_positive CHECK (amount > 0);
ALTER TABLE statement_lines ADD CONSTRAINT credited_has_a_payment CHECK ((state IN ('matched', 'credited')) = (payment_id IS NOT NULL));
ALTER TABLE subscription_changes ADD CONSTRAINT subscription_changes_one_a_day UNIQUE (subscription_id, valid_from);
ALTER TABLE subscription_changes ADD CONSTRAINT price_quantity_in_range CHECK (price BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(price) <= 11 AND quantity BETWEEN -999999999999999.99999999999 AND 999999999999999.99999999999 AND scale(quantity) <= 11);
ALTER TABLE subscription_changes ADD CONSTRAINT price_and_quantity_not_negative CHECK (price >= 0 AND quantity >= 0);
"""
DROP = """
ALTER TABLE audit_events DROP CONSTRAINT operation_is_not_empty;
ALTER TABLE audit_events DROP CONSTRAINT noun_is_not_empty;
ALTER TABLE bank_accounts DROP CONSTRAINT bank_accounts_one_a_day;
ALTER TABLE bank_accounts DROP CONSTRAINT currency_is_a_code;
ALTER TABLE bank_accounts DROP CONSTRAINT account_is_not_empty;
ALTER TABLE client_requisites DROP CONSTRAINT client_requisites_one_a_day;
ALTER TABLE client_requisites DROP CONSTRAINT name_is_not_empty;
ALTER TABLE client_requisites DROP CONSTRAINT kind_is_known;
ALTER TABLE enterprise_requisites DROP CONSTRAINT enterprise_requisites_one_a_day;
ALTER TABLE enterprise_requisites DROP CONSTRAINT legal_name_is_not_empty;
ALTER TABLE enterprise_requisites DROP CONSTRAINT kind_is_known;
ALTER TABLE payments DROP CONSTRAINT payments_once_a_source;
ALTER TABLE payments DROP CONSTRAINT payments_of_contract;
ALTER TABLE payments DROP CONSTRAINT kind_is_known;
ALTER TABLE payments DROP CONSTRAINT method_is_known;
ALTER TABLE payments DROP CONSTRAINT amount_allocated_advanced_in_range;
ALTER TABLE payments DROP CONSTRAINT payments_have_their_sign;
ALTER TABLE payments DROP CONSTRAINT allocated_up_to_amount;
ALTER TABLE payments DROP CONSTRAINT advanced_up_to_amount;
ALTER TABLE payments DROP CONSTRAINT cancelled_settles_nothing;
ALTER TABLE payments DROP CONSTRAINT source_is_not_empty;
ALTER TABLE allocations DROP CONSTRAINT kind_is_known;
ALTER TABLE allocations DROP CONSTRAINT amount_in_range;
ALTER TABLE allocations DROP CONSTRAINT amount_positive;
ALTER TABLE allocations DROP CONSTRAINT allocations_join_two;
ALTER TABLE allocations DROP CONSTRAINT advances_are_of_documents;
ALTER TABLE prices DROP CONSTRAINT model_is_known;
ALTER TABLE prices DROP CONSTRAINT currency_is_a_code;
ALTER TABLE prices DROP CONSTRAINT allowance_in_range;
ALTER TABLE prices DROP CONSTRAINT allowance_not_negative;
ALTER TABLE prices DROP CONSTRAINT tiers_not_empty;
ALTER TABLE signers DROP CONSTRAINT signers_one_a_day;
ALTER TABLE signers DROP CONSTRAINT role_is_known;
ALTER TABLE signers DROP CONSTRAINT name_is_not_empty;
ALTER TABLE signers DROP CONSTRAINT signers_period_not_empty;
ALTER TABLE statement_lines DROP CONSTRAINT state_is_known;
ALTER TABLE statement_lines DROP CONSTRAINT amount_in_range;
ALTER TABLE statement_lines DROP CONSTRAINT amount_positive;
ALTER TABLE statement_lines DROP CONSTRAINT credited_has_a_payment;
ALTER TABLE subscription_changes DROP CONSTRAINT subscription_changes_one_a_day;
ALTER TABLE subscription_changes DROP CONSTRAINT price_quantity_in_range;
ALTER TABLE subscription_changes DROP CONSTRAINT price_and_quantity_not_negative;
"""


class Migration(migrations.Migration):
    dependencies = [("billfold", "0004_books_in_full")]
    initial = False

    operations = [ops.RunSQL(ADD, DROP)]
