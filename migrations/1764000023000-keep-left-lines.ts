import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One line for each contract service a subscription ever fed: a subscription whose offer changed leaves a service behind on the contract it
 * stays on, and that is watched like one on another contract. A finding says whether somebody changed the service or it was left.
 */
export class KeepLeftLines1764000023000 implements MigrationInterface {
  name = 'KeepLeftLines1764000023000';

  async up(runner: QueryRunner): Promise<void> {
    // contract: accepted, and told of in the changelog: the release before answers 500 to new subscription mappings, whose `ON CONFLICT` names the narrow key.
    await runner.query('DROP INDEX billing_line_subscription_uq');
    await runner.query(`
      CREATE UNIQUE INDEX billing_line_subscription_uq
      ON billing_line (connection_id, subscription_id, contract_external_id, service_external_id)`);
    await runner.query(`
      ALTER TABLE billing_drift ADD COLUMN cause text NOT NULL DEFAULT 'changed',
        ADD CONSTRAINT billing_drift_cause_ck CHECK (cause IN ('changed', 'left'))`);
  }

  /** Fails where a subscription has fed two services of one contract, which the index of before cannot hold. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_drift DROP COLUMN cause');
    await runner.query('DROP INDEX billing_line_subscription_uq');
    await runner.query(`
      CREATE UNIQUE INDEX billing_line_subscription_uq ON billing_line (connection_id, subscription_id, contract_external_id)`);
  }
}
