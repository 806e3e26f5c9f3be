import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The groups of a block, of five sizes, stand beside its terms in the index, so that a search goes through an old log in large steps.
 * Made from the number of the block: blocks that the release before indexes have them too. They lie beyond the 32 bits of terms. In one
 * expression, because of two the planner uses one only; it is that of `TERMS` in `audit-text-search.ts`, another one is another index.
 * While it still runs, the release before searches for text without an index.
 */
export class GroupAuditTextBlocks1764000029000 implements MigrationInterface {
  name = 'GroupAuditTextBlocks1764000029000';

  async up(runner: QueryRunner): Promise<void> {
    // contract: the release before finds the same without the index, only slower.
    await runner.query('DROP INDEX audit_text_block_terms_idx');
    await runner.query(`
      CREATE INDEX audit_text_block_terms_idx ON audit_text_block USING gin ((terms::bigint[] || ARRAY[
        block / 1024 * 5 + 4294967296, block / 8192 * 5 + 4294967297, block / 65536 * 5 + 4294967298,
        block / 524288 * 5 + 4294967299, block / 4194304 * 5 + 4294967300])) WITH (fastupdate = off)`);
    // What the planner knows of an expression comes from this; without it, it may read a whole table instead.
    await runner.query('ANALYZE audit_text_block');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_text_block_terms_idx');
    await runner.query(`
      CREATE INDEX audit_text_block_terms_idx ON audit_text_block USING gin (terms) WITH (fastupdate = off)`);
  }
}
