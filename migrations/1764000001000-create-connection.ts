import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connections and their sealed credentials. */
export class CreateConnection1764000001000 implements MigrationInterface {
  name = 'CreateConnection1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sealed_secret (
        owner_id uuid NOT NULL,
        master_key_id text NOT NULL,
        wrapped_key bytea NOT NULL,
        sealed_value bytea NOT NULL,
        sealed_at timestamptz(3) NOT NULL,
        CONSTRAINT sealed_secret_pk PRIMARY KEY (owner_id)
      )`);
    await runner.query(`CREATE INDEX sealed_secret_master_key_idx ON sealed_secret (master_key_id)`);
    await runner.query(`
      CREATE TABLE connection (
        id uuid NOT NULL,
        tenant_id text NOT NULL,
        root_tenant_id text NOT NULL,
        provider text NOT NULL,
        alias text NOT NULL,
        currency text NOT NULL,
        state text NOT NULL,
        username text NOT NULL,
        instance_id text NOT NULL,
        zone_name text NOT NULL,
        api_url text NOT NULL,
        web_url text NOT NULL,
        internal_currency text,
        instance_metadata jsonb NOT NULL,
        capabilities jsonb NOT NULL,
        access_report jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        created_by_id text NOT NULL,
        created_by_name text NOT NULL,
        check_scheduled_for timestamptz(3),
        removed_at timestamptz(3),
        CONSTRAINT connection_pk PRIMARY KEY (id),
        CONSTRAINT connection_state_ck CHECK (state IN ('active', 'attention', 'disabled', 'removed')),
        CONSTRAINT connection_removed_ck CHECK ((state = 'removed') = (removed_at IS NOT NULL)),
        CONSTRAINT connection_currency_ck CHECK (currency ~ '^[A-Z]{3}$')
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX connection_instance_currency_uq ON connection (tenant_id, provider, instance_id, currency)
      WHERE removed_at IS NULL`);
    await runner.query(`
      CREATE UNIQUE INDEX connection_alias_uq ON connection (tenant_id, lower(alias)) WHERE removed_at IS NULL`);
    await runner.query(
      `CREATE INDEX connection_list_idx ON connection (tenant_id, created_at, id) WHERE removed_at IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE connection');
    await runner.query('DROP TABLE sealed_secret');
  }
}
