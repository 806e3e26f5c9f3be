import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Incremental runs, runs that wait, and a schedule per connection. Runs under way when this is migrated are ended: their progress
 * was kept in another form. The next tick of the schedule starts them anew.
 */
export class SyncIncrementalAndSchedule1764000006000 implements MigrationInterface {
  name = 'SyncIncrementalAndSchedule1764000006000';

  async up(runner: QueryRunner): Promise<void> {
    await this.extendRuns(runner);
    await this.createWatermarks(runner);
    await this.createSchedule(runner);
  }

  private async extendRuns(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE sync_run SET state = 'cancelled', finished_at = touched_at, lease_token = NULL
      WHERE state IN ('queued', 'running')`);
    await runner.query(`
      ALTER TABLE sync_run
        ADD COLUMN mode text NOT NULL DEFAULT 'full',
        ADD COLUMN resumes_at timestamptz(3),
        ADD COLUMN wait_code text,
        ADD COLUMN wait_detail text,
        ADD COLUMN waiting_since timestamptz(3),
        ADD COLUMN waits integer NOT NULL DEFAULT 0,
        ADD COLUMN continuations integer NOT NULL DEFAULT 0,
        ADD COLUMN recoveries integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT sync_run_mode_ck CHECK (mode IN ('full', 'incremental')),
        ADD CONSTRAINT sync_run_wait_ck CHECK (wait_code IS NULL OR state = 'queued')`);
    await runner.query(`
      ALTER TABLE sync_run
        ALTER COLUMN mode DROP DEFAULT, ALTER COLUMN waits DROP DEFAULT,
        ALTER COLUMN continuations DROP DEFAULT, ALTER COLUMN recoveries DROP DEFAULT`);
    await runner.query(
      `CREATE INDEX sync_run_finished_idx ON sync_run (finished_at) WHERE finished_at IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX sync_run_open_idx ON sync_run (touched_at) WHERE state IN ('queued', 'running')`,
    );
    await runner.query(`
      ALTER TABLE sync_run_entity
        ADD COLUMN step text NOT NULL DEFAULT 'all',
        ADD COLUMN tracking text NOT NULL DEFAULT 'new rows',
        ADD COLUMN since timestamptz(3),
        ADD COLUMN after_external_id text,
        ADD COLUMN contracts_through text,
        ADD COLUMN highest_external_id text,
        ADD COLUMN expected integer,
        ADD CONSTRAINT sync_run_entity_step_ck CHECK (step IN ('all', 'changes', 'contracts'))`);
    await runner.query(
      `ALTER TABLE sync_run_entity ALTER COLUMN step DROP DEFAULT, ALTER COLUMN tracking DROP DEFAULT`,
    );
  }

  private async createWatermarks(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sync_watermark (
        connection_id uuid NOT NULL,
        entity text NOT NULL,
        synced_from timestamptz(3) NOT NULL,
        highest_external_id text,
        tracking text NOT NULL,
        full_pages integer NOT NULL,
        full_rows integer NOT NULL,
        CONSTRAINT sync_watermark_pk PRIMARY KEY (connection_id, entity),
        CONSTRAINT sync_watermark_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id)
      )`);
    await runner.query(`
      CREATE TABLE sync_touched_contract (
        connection_id uuid NOT NULL,
        contract_external_id text NOT NULL,
        CONSTRAINT sync_touched_contract_pk PRIMARY KEY (connection_id, contract_external_id),
        CONSTRAINT sync_touched_contract_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id)
      )`);
  }

  private async createSchedule(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sync_schedule (
        connection_id uuid NOT NULL,
        sync_cron text,
        paused_at timestamptz(3),
        next_run_at timestamptz(3),
        next_sweep_at timestamptz(3),
        due_at timestamptz(3) GENERATED ALWAYS AS (least(next_run_at, next_sweep_at)) STORED,
        planned_with text,
        needs_full boolean NOT NULL,
        deletions_accepted_at timestamptz(3),
        CONSTRAINT sync_schedule_pk PRIMARY KEY (connection_id),
        CONSTRAINT sync_schedule_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT sync_schedule_paused_ck CHECK (paused_at IS NULL OR (next_run_at IS NULL AND next_sweep_at IS NULL))
      )`);
    await runner.query(
      `CREATE INDEX sync_schedule_due_idx ON sync_schedule (due_at) WHERE due_at IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sync_schedule');
    await runner.query('DROP TABLE sync_touched_contract');
    await runner.query('DROP TABLE sync_watermark');
    await runner.query(`
      ALTER TABLE sync_run_entity
        DROP COLUMN step, DROP COLUMN tracking, DROP COLUMN since, DROP COLUMN after_external_id,
        DROP COLUMN contracts_through, DROP COLUMN highest_external_id, DROP COLUMN expected`);
    await runner.query('DROP INDEX sync_run_finished_idx');
    await runner.query('DROP INDEX sync_run_open_idx');
    await runner.query(`
      ALTER TABLE sync_run
        DROP COLUMN mode, DROP COLUMN resumes_at, DROP COLUMN wait_code, DROP COLUMN wait_detail, DROP COLUMN waiting_since,
        DROP COLUMN waits, DROP COLUMN continuations, DROP COLUMN recoveries`);
  }
}
