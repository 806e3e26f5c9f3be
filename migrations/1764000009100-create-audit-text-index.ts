import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which words stand in which 32 entries of a chain, so that a search for text looks at few entries however long the log is. Made
 * afterwards from the entries and can be made anew at any time: it is an index, not evidence.
 */
export class CreateAuditTextIndex1764000009100 implements MigrationInterface {
  name = 'CreateAuditTextIndex1764000009100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_text_block (
        tenant_id text NOT NULL,
        block bigint NOT NULL,
        begins_at timestamptz(3) NOT NULL,
        ends_at timestamptz(3) NOT NULL,
        terms integer[] NOT NULL,
        CONSTRAINT audit_text_block_pk PRIMARY KEY (tenant_id, block)
      )`);
    // Without a list of pending entries, which every search would have to read through.
    await runner.query(`
      CREATE INDEX audit_text_block_terms_idx ON audit_text_block USING gin (terms) WITH (fastupdate = off)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_text_block');
  }
}
