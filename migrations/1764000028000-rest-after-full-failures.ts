import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Full runs that failed in a row: the more, the longer the connection rests before the next. */
export class RestAfterFullFailures1764000028000 implements MigrationInterface {
  name = 'RestAfterFullFailures1764000028000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sync_schedule ADD COLUMN full_failures integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT sync_schedule_full_failures_ck CHECK (full_failures >= 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_schedule DROP COLUMN full_failures');
  }
}
