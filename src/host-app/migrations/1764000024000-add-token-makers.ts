import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps which account made an API token, so that the token does no more than its maker may. There is no foreign key on purpose: a token
 * whose maker is gone must keep saying so, and is refused for it. Null: the bootstrap token made it, or an earlier release did.
 */
export class AddTokenMakers1764000024000 implements MigrationInterface {
  name = 'AddTokenMakers1764000024000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE psa_host.api_token ADD COLUMN maker_id uuid');
    await runner.query(
      'CREATE INDEX api_token_maker_idx ON psa_host.api_token (maker_id) WHERE maker_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX psa_host.api_token_maker_idx');
    await runner.query('ALTER TABLE psa_host.api_token DROP COLUMN maker_id');
  }
}
