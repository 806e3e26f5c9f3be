import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Workers that took up an import and were not heard of again are counted, so that one that kills each of them comes to an end. */
export class CountImportAttempts1764000018000 implements MigrationInterface {
  name = 'CountImportAttempts1764000018000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE billing_import ADD COLUMN attempts integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT billing_import_attempts_ck CHECK (attempts >= 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_import DROP COLUMN attempts');
  }
}
