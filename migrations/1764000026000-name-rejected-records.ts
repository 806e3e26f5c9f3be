import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A record that cannot be read is set aside and named on the run, instead of ending it: `[{externalId, field, detail}]`, at most 100. */
export class NameRejectedRecords1764000026000 implements MigrationInterface {
  name = 'NameRejectedRecords1764000026000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sync_run_entity ADD COLUMN rejections jsonb NOT NULL DEFAULT '[]',
        ADD CONSTRAINT sync_run_entity_rejections_ck CHECK (jsonb_typeof(rejections) = 'array' AND jsonb_array_length(rejections) <= 100)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_run_entity DROP COLUMN rejections');
  }
}
