import type { MigrationInterface, QueryRunner } from 'typeorm';

const CONSTRAINT = 'audit_entry_hash_ck';
const COUNTED = `hash ~ '^[0-9a-f]{64}$' AND previous_hash ~ '^[0-9a-f]{64}$'`;
const MEASURED = ['hash', 'previous_hash']
  .map((column) => `length(${column}) = 64 AND ${column} !~ '[^0-9a-f]'`)
  .join(' AND ');

/**
 * Says the same of the hashes of an entry in a way that costs a tenth: a counted repetition makes PostgreSQL follow 64 states through
 * every text, which took longer than the rest of an insert. Entries that are there passed the check before; the next migration has
 * the database look at them, while appends go on.
 */
export class CheckAuditHashesFast1764000020000 implements MigrationInterface {
  name = 'CheckAuditHashesFast1764000020000';

  async up(runner: QueryRunner): Promise<void> {
    await this.replace(runner, MEASURED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.replace(runner, COUNTED);
  }

  private async replace(runner: QueryRunner, condition: string): Promise<void> {
    await runner.query(`
      ALTER TABLE audit_entry DROP CONSTRAINT ${CONSTRAINT}, ADD CONSTRAINT ${CONSTRAINT} CHECK (${condition}) NOT VALID`);
  }
}
