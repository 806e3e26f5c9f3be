import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An operation says how often it was decided about, so that whoever acts on what he read of it notices that it is another one by now. */
export class VersionOperations1764000021000 implements MigrationInterface {
  name = 'VersionOperations1764000021000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_operation ADD COLUMN version integer NOT NULL DEFAULT 1');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_operation DROP COLUMN version');
  }
}
