import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A change is taken back at most once, and who asked for it is kept where a second person has to. */
export class CompensateOnce1764000021100 implements MigrationInterface {
  name = 'CompensateOnce1764000021100';

  async up(runner: QueryRunner): Promise<void> {
    // contract: refuses nothing but a second compensation of one operation, which would bill a change back twice.
    await runner.query(
      `ALTER TABLE billing_operation ADD COLUMN compensation_approvals jsonb NOT NULL DEFAULT '[]'`,
    );
    // What was taken back more than once stays as it happened; only the first still counts as the one that took it back.
    await runner.query(`
      UPDATE billing_operation AS again SET compensates_id = NULL
      WHERE again.compensates_id IS NOT NULL AND again.state <> 'dismissed' AND EXISTS (
        SELECT FROM billing_operation AS first WHERE first.compensates_id = again.compensates_id
          AND first.state <> 'dismissed' AND first.sequence < again.sequence)`);
    await runner.query(`
      CREATE UNIQUE INDEX billing_operation_compensates_uq ON billing_operation (compensates_id)
      WHERE compensates_id IS NOT NULL AND state <> 'dismissed'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX billing_operation_compensates_uq');
    await runner.query('ALTER TABLE billing_operation DROP COLUMN compensation_approvals');
  }
}
