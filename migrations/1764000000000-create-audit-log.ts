import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log: entries that the database itself refuses to change, chained by hash within each tenant. */
export class CreateAuditLog1764000000000 implements MigrationInterface {
  name = 'CreateAuditLog1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_chain_head (
        tenant_id text NOT NULL,
        sequence bigint NOT NULL,
        previous_hash text NOT NULL,
        hash text NOT NULL,
        CONSTRAINT audit_chain_head_pk PRIMARY KEY (tenant_id)
      )`);
    await runner.query(`
      CREATE TABLE audit_entry (
        id uuid NOT NULL,
        tenant_id text NOT NULL,
        sequence bigint NOT NULL,
        occurred_at timestamptz(3) NOT NULL,
        operation text NOT NULL,
        outcome text NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        connection_id uuid,
        subject_type text NOT NULL,
        subject_id text,
        subject_label text NOT NULL,
        details jsonb NOT NULL,
        correlation_id text NOT NULL,
        previous_hash text NOT NULL,
        hash text NOT NULL,
        CONSTRAINT audit_entry_pk PRIMARY KEY (id),
        CONSTRAINT audit_entry_tenant_sequence_uq UNIQUE (tenant_id, sequence),
        CONSTRAINT audit_entry_outcome_ck CHECK (outcome IN ('succeeded', 'failed')),
        CONSTRAINT audit_entry_hash_ck CHECK (hash ~ '^[0-9a-f]{64}$' AND previous_hash ~ '^[0-9a-f]{64}$')
      )`);
    await runner.query(`
      CREATE INDEX audit_entry_operation_idx ON audit_entry (tenant_id, operation, sequence)`);
    await runner.query(`
      CREATE INDEX audit_entry_connection_idx ON audit_entry (tenant_id, connection_id, sequence)`);
    await runner.query(`
      CREATE INDEX audit_entry_occurred_idx ON audit_entry (tenant_id, occurred_at)`);
    await runner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'The audit log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
      FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
    await runner.query(`
      CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entry');
    await runner.query('DROP FUNCTION refuse_audit_change()');
    await runner.query('DROP TABLE audit_chain_head');
  }
}
