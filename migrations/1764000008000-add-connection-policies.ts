import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How changes of subscriptions reach the PSA, per connection; the defaults push nothing without a person. */
export class AddConnectionPolicies1764000008000 implements MigrationInterface {
  name = 'AddConnectionPolicies1764000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connection ADD COLUMN policies jsonb NOT NULL DEFAULT
        '{"applyMode": "approval", "decrease": "sameDay", "cancel": "sameDay", "azure": "charge"}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE connection DROP COLUMN policies');
  }
}
