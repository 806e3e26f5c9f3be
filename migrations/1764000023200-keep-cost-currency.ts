import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['subscription', 'subscription_revision', 'charge'];

/** The cost of a record may be in another currency than its price; null: in the same. */
export class KeepCostCurrency1764000023200 implements MigrationInterface {
  name = 'KeepCostCurrency1764000023200';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`ALTER TABLE ${table} ADD COLUMN cost_currency text`);
  }

  /** Costs in another currency would be taken for costs in that of the price, so there must be none. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`
        DO $$ BEGIN
          IF EXISTS (SELECT FROM ${table} WHERE cost_currency <> currency) THEN
            RAISE EXCEPTION '${table} has costs in another currency than the price, which the schema of before cannot hold';
          END IF;
        END $$`);
      await runner.query(`ALTER TABLE ${table} DROP COLUMN cost_currency`);
    }
  }
}
