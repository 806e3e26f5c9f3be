import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets accounts belong to people of an OpenID Connect provider: they are known by issuer and subject, and have no password here. */
export class AddProviderAccounts1764000016100 implements MigrationInterface {
  name = 'AddProviderAccounts1764000016100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE psa_host.account
        ALTER COLUMN password_hash DROP NOT NULL,
        ADD COLUMN issuer text,
        ADD COLUMN subject text,
        ADD CONSTRAINT account_subject_uq UNIQUE (issuer, subject),
        ADD CONSTRAINT account_provider_ck CHECK (
          num_nulls(issuer, subject) IN (0, 2) AND (subject IS NULL) = (password_hash IS NOT NULL)
        )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM psa_host.account WHERE subject IS NOT NULL');
    await runner.query(`
      ALTER TABLE psa_host.account
        DROP CONSTRAINT account_provider_ck,
        DROP CONSTRAINT account_subject_uq,
        DROP COLUMN issuer,
        DROP COLUMN subject,
        ALTER COLUMN password_hash SET NOT NULL`);
  }
}
