import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who changed a plan last: from then on it is that person's word, and no longer of the one who made it. */
export class NamePlanChanger1764000023100 implements MigrationInterface {
  name = 'NamePlanChanger1764000023100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_plan ADD COLUMN changed_by_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_plan DROP COLUMN changed_by_id');
  }
}
