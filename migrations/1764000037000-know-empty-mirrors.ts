import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether nothing was mirrored of an entity when its run began. What is under way, and what an older replica plans, counts its rows as before. */
export class KnowEmptyMirrors1764000037000 implements MigrationInterface {
  name = 'KnowEmptyMirrors1764000037000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_run_entity ADD COLUMN was_empty boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_run_entity DROP COLUMN was_empty');
  }
}
