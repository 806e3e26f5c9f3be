import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sync runs, with at most one active run per connection guaranteed here. */
export class CreateSyncRun1764000003000 implements MigrationInterface {
  name = 'CreateSyncRun1764000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sync_run (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        trigger text NOT NULL,
        state text NOT NULL,
        scheduled_for timestamptz(3),
        correlation_id text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        started_at timestamptz(3),
        finished_at timestamptz(3),
        touched_at timestamptz(3) NOT NULL,
        lease_token uuid,
        api_calls integer NOT NULL,
        error_code text,
        error_detail text,
        CONSTRAINT sync_run_pk PRIMARY KEY (id),
        CONSTRAINT sync_run_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT sync_run_trigger_ck CHECK (trigger IN ('manual', 'schedule')),
        CONSTRAINT sync_run_state_ck CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
        CONSTRAINT sync_run_finished_ck CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled'))),
        CONSTRAINT sync_run_error_ck CHECK ((error_code IS NOT NULL) = (state = 'failed'))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX sync_run_one_active_uq ON sync_run (connection_id) WHERE state IN ('queued', 'running')`);
    await runner.query(`
      CREATE UNIQUE INDEX sync_run_scheduled_uq ON sync_run (connection_id, scheduled_for) WHERE scheduled_for IS NOT NULL`);
    await runner.query(`CREATE INDEX sync_run_list_idx ON sync_run (connection_id, created_at, id)`);
    await runner.query(`
      CREATE TABLE sync_run_entity (
        run_id uuid NOT NULL,
        entity text NOT NULL,
        position integer NOT NULL,
        next_cursor text,
        pages integer NOT NULL,
        is_complete boolean NOT NULL,
        read integer NOT NULL,
        created integer NOT NULL,
        updated integer NOT NULL,
        deleted integer NOT NULL,
        CONSTRAINT sync_run_entity_pk PRIMARY KEY (run_id, entity),
        CONSTRAINT sync_run_entity_run_fk FOREIGN KEY (run_id) REFERENCES sync_run (id) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sync_run_entity');
    await runner.query('DROP TABLE sync_run');
  }
}
