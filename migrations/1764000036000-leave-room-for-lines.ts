import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Half of each page of lines stays free for the next version of its rows: what a decision writes of a line stands in no index, so that
 * beside the old version it costs none of the five an entry. Pages that are full already fill up as before.
 */
export class LeaveRoomForLines1764000036000 implements MigrationInterface {
  name = 'LeaveRoomForLines1764000036000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_line SET (fillfactor = 50)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE billing_line RESET (fillfactor)');
  }
}
