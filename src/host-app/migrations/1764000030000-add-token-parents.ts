import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps which API token made another one, so that it lives no longer. Null: no token made it, or an earlier release did. */
export class AddTokenParents1764000030000 implements MigrationInterface {
  name = 'AddTokenParents1764000030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE psa_host.api_token
        ADD COLUMN parent_id uuid,
        ADD CONSTRAINT api_token_parent_fk FOREIGN KEY (parent_id) REFERENCES psa_host.api_token (id)`);
    await runner.query(
      'CREATE INDEX api_token_parent_idx ON psa_host.api_token (parent_id) WHERE parent_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX psa_host.api_token_parent_idx');
    await runner.query('ALTER TABLE psa_host.api_token DROP COLUMN parent_id');
  }
}
