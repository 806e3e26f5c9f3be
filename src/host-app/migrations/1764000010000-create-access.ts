import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may sign in to the standalone host: accounts, API tokens, sessions, and the count of failed sign-ins. */
export class CreateAccess1764000010000 implements MigrationInterface {
  name = 'CreateAccess1764000010000';

  async up(runner: QueryRunner): Promise<void> {
    await this.createPrincipals(runner);
    await this.createSessions(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE psa_host.sign_in_attempt');
    await runner.query('DROP TABLE psa_host.session');
    await runner.query('DROP TABLE psa_host.api_token');
    await runner.query('DROP TABLE psa_host.account');
  }

  private async createPrincipals(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE psa_host.account (
        id uuid NOT NULL,
        user_name text NOT NULL,
        display_name text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL,
        tier text NOT NULL,
        tenant_id text NOT NULL,
        root_tenant_id text NOT NULL,
        is_active boolean NOT NULL,
        created_at timestamptz(3) NOT NULL,
        created_by text NOT NULL,
        password_changed_at timestamptz(3) NOT NULL,
        last_sign_in_at timestamptz(3),
        CONSTRAINT account_pk PRIMARY KEY (id),
        CONSTRAINT account_user_name_uq UNIQUE (user_name),
        CONSTRAINT account_role_ck CHECK (role IN ('administrator', 'operator', 'auditor')),
        CONSTRAINT account_tier_ck CHECK (tier IN ('csp', 'reseller', 'customer'))
      )`);
    await runner.query(`CREATE INDEX account_tenant_idx ON psa_host.account (root_tenant_id, tenant_id)`);
    await runner.query(`
      CREATE TABLE psa_host.api_token (
        id uuid NOT NULL,
        name text NOT NULL,
        digest bytea NOT NULL,
        permissions text[] NOT NULL,
        tier text NOT NULL,
        tenant_id text NOT NULL,
        root_tenant_id text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        created_by text NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        last_used_at timestamptz(3),
        CONSTRAINT api_token_pk PRIMARY KEY (id),
        CONSTRAINT api_token_digest_uq UNIQUE (digest),
        CONSTRAINT api_token_tier_ck CHECK (tier IN ('csp', 'reseller', 'customer'))
      )`);
    await runner.query(`CREATE INDEX api_token_tenant_idx ON psa_host.api_token (root_tenant_id, tenant_id)`);
  }

  private async createSessions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE psa_host.session (
        digest bytea NOT NULL,
        csrf_digest bytea NOT NULL,
        account_id uuid,
        token_id uuid,
        created_at timestamptz(3) NOT NULL,
        last_seen_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT session_pk PRIMARY KEY (digest),
        CONSTRAINT session_account_fk FOREIGN KEY (account_id) REFERENCES psa_host.account (id) ON DELETE CASCADE,
        CONSTRAINT session_token_fk FOREIGN KEY (token_id) REFERENCES psa_host.api_token (id) ON DELETE CASCADE
      )`);
    await runner.query(`CREATE INDEX session_account_idx ON psa_host.session (account_id)`);
    await runner.query(`CREATE INDEX session_token_idx ON psa_host.session (token_id)`);
    await runner.query(`CREATE INDEX session_expiry_idx ON psa_host.session (expires_at)`);
    // What was typed is kept as a digest: people type passwords into the field of the user name.
    await runner.query(`
      CREATE TABLE psa_host.sign_in_attempt (
        subject bytea NOT NULL,
        attempts integer NOT NULL,
        blocked_until timestamptz(3) NOT NULL,
        forget_at timestamptz(3) NOT NULL,
        CONSTRAINT sign_in_attempt_pk PRIMARY KEY (subject)
      )`);
    await runner.query(`CREATE INDEX sign_in_attempt_forget_idx ON psa_host.sign_in_attempt (forget_at)`);
  }
}
