import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reads the log once to hold the entries that are there to the new check; appends go on meanwhile. */
export class ValidateAuditHashes1764000020100 implements MigrationInterface {
  name = 'ValidateAuditHashes1764000020100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_entry VALIDATE CONSTRAINT audit_entry_hash_ck');
  }

  async down(): Promise<void> {
    // A constraint that holds for every entry stays so.
  }
}
