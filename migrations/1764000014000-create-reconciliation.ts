import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The report of a month that is still worked on: made anew whenever what it was made from has changed. A report is complete when it has
 * `computed_at`; one that has not is being made, or was given up. The newest one counts; the one before stays for those who are reading it.
 */
export class CreateReconciliation1764000014000 implements MigrationInterface {
  name = 'CreateReconciliation1764000014000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reconciliation_report (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        month date NOT NULL,
        currency text NOT NULL,
        inputs text NOT NULL,
        begun_at timestamptz(3) NOT NULL,
        computed_at timestamptz(3),
        CONSTRAINT reconciliation_report_pk PRIMARY KEY (id),
        CONSTRAINT reconciliation_report_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT reconciliation_report_month_ck CHECK (extract(day FROM month) = 1)
      )`);
    await runner.query(
      `CREATE INDEX reconciliation_report_month_idx ON reconciliation_report (connection_id, month, computed_at)`,
    );
    await runner.query(`
      CREATE TABLE reconciliation_finding (
        report_id uuid NOT NULL,
        finding_id text NOT NULL,
        kind text NOT NULL,
        stage text NOT NULL,
        customer_id text NOT NULL,
        customer_name text NOT NULL,
        subscription_id text,
        contract_external_id text,
        title text NOT NULL,
        expected jsonb,
        actual jsonb,
        expected_amount numeric,
        actual_amount numeric,
        impact numeric NOT NULL,
        explanation jsonb NOT NULL,
        is_fixable boolean NOT NULL,
        CONSTRAINT reconciliation_finding_pk PRIMARY KEY (report_id, customer_id, finding_id),
        CONSTRAINT reconciliation_finding_report_fk FOREIGN KEY (report_id) REFERENCES reconciliation_report (id) ON DELETE CASCADE,
        CONSTRAINT reconciliation_finding_kind_ck CHECK (kind IN ('matched', 'missingInAutotask', 'missingAtMicrosoft',
          'differentQuantity', 'differentPrice', 'differentDate', 'differentCurrency')),
        CONSTRAINT reconciliation_finding_stage_ck CHECK (stage IN ('units', 'charges', 'billingItem', 'invoice', 'bill'))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reconciliation_finding');
    await runner.query('DROP TABLE reconciliation_report');
  }
}
