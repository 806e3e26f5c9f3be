import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signed checkpoints of the chains, and seals: how far a chain left the database with an archive. */
export class CreateAuditCheckpoint1764000009200 implements MigrationInterface {
  name = 'CreateAuditCheckpoint1764000009200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_checkpoint (
        tenant_id text NOT NULL,
        sequence bigint NOT NULL,
        hash text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        key_id text NOT NULL,
        public_key text NOT NULL,
        signature text NOT NULL,
        published_at timestamptz(3),
        CONSTRAINT audit_checkpoint_pk PRIMARY KEY (tenant_id, sequence)
      )`);
    await runner.query(`
      CREATE INDEX audit_checkpoint_unpublished_idx ON audit_checkpoint (created_at) WHERE published_at IS NULL`);
    await runner.query(`
      CREATE TABLE audit_seal (
        tenant_id text NOT NULL,
        sequence bigint NOT NULL,
        sealed_at timestamptz(3) NOT NULL,
        file_name text NOT NULL,
        CONSTRAINT audit_seal_pk PRIMARY KEY (tenant_id, sequence),
        CONSTRAINT audit_seal_checkpoint_fk FOREIGN KEY (tenant_id, sequence) REFERENCES audit_checkpoint (tenant_id, sequence)
      )`);
    await runner.query(`
      CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_seal');
    await runner.query('DROP TABLE audit_checkpoint');
  }
}
