import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps the configured address of the provider a person last came in through. It need not be the issuer of the ID tokens: an address that
 * names a domain or `common` gives tokens of the tenant's own issuer. Null: not signed in since; the issuer stands for it.
 */
export class AddAccountProviders1764000031000 implements MigrationInterface {
  name = 'AddAccountProviders1764000031000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE psa_host.account ADD COLUMN provider text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE psa_host.account DROP COLUMN provider');
  }
}
