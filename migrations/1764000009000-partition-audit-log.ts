import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Partitions the audit log by month, so that a sealed month can leave as a whole. The table there is becomes the first partition as
 * it stands: no row is copied, and the release before goes on writing through the same names. Writers wait while the indexes of
 * that first partition are built (see the change log for how long).
 */
export class PartitionAuditLog1764000009000 implements MigrationInterface {
  name = 'PartitionAuditLog1764000009000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('LOCK TABLE audit_chain_head, audit_entry IN ACCESS EXCLUSIVE MODE');
    await this.detachName(runner);
    await runner.query('ALTER TABLE audit_chain_head ADD COLUMN occurred_at timestamptz(3)');
    await this.createParent(runner);
    await this.createFunctions(runner);
    await this.attachFirst(runner);
    await runner.query(`
      UPDATE audit_chain_head AS h
      SET occurred_at = (SELECT max(e.occurred_at) FROM audit_entry AS e WHERE e.tenant_id = h.tenant_id)`);
    await runner.query(`
      CREATE TABLE audit_actor (
        tenant_id text NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        CONSTRAINT audit_actor_pk PRIMARY KEY (tenant_id, actor_id, actor_name)
      )`);
    await runner.query(`
      INSERT INTO audit_actor (tenant_id, actor_id, actor_name)
      SELECT DISTINCT tenant_id, actor_id, actor_name FROM audit_entry`);
  }

  /** Gives the table there is the name it has as a partition, and takes off what the parent brings. */
  private async detachName(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_entry RENAME TO audit_entry_earlier');
    await runner.query(`
      ALTER TABLE audit_entry_earlier
      RENAME CONSTRAINT audit_entry_tenant_sequence_uq TO audit_entry_earlier_sequence_uq`);
    await runner.query('ALTER TABLE audit_entry_earlier DROP CONSTRAINT audit_entry_pk');
    for (const index of ['operation', 'connection', 'occurred']) {
      await runner.query(`DROP INDEX audit_entry_${index}_idx`);
    }
    await runner.query('DROP TRIGGER audit_entry_append_only ON audit_entry_earlier');
  }

  private async createParent(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entry (
        LIKE audit_entry_earlier INCLUDING CONSTRAINTS,
        CONSTRAINT audit_entry_pk PRIMARY KEY (tenant_id, occurred_at, sequence)
      ) PARTITION BY RANGE (occurred_at)`);
    for (const column of ['operation', 'outcome', 'actor_id', 'connection_id']) {
      const name = column.replace('_id', '');
      await runner.query(`
        CREATE INDEX audit_entry_${name}_idx ON audit_entry (tenant_id, ${column}, occurred_at, sequence)`);
    }
    // Row triggers are given to every partition; the one for TRUNCATE is not, so each partition gets its own.
    await runner.query(`
      CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
      FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
    await runner.query(`
      CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  /**
   * `audit_entry_earlier` reaches back without end and `audit_entry_later` forward, so that a wrong clock never stops a write. A
   * sequence number is unique within each partition; across them the chain head sees to it.
   */
  private async createFunctions(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION audit_add_partition(partition_name text, starts_at timestamptz, ends_at timestamptz)
      RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        EXECUTE format('CREATE TABLE %I (LIKE audit_entry INCLUDING CONSTRAINTS,
          CONSTRAINT %I UNIQUE (tenant_id, sequence))', partition_name, partition_name || '_sequence_uq');
        EXECUTE format('CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON %I
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', partition_name);
        EXECUTE format('ALTER TABLE audit_entry ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', partition_name,
          COALESCE(quote_literal(starts_at), 'MINVALUE'), COALESCE(quote_literal(ends_at), 'MAXVALUE'));
      END $$`);
    await runner.query(`
      CREATE FUNCTION audit_partition_bound(partition_name text, side text)
      RETURNS timestamptz LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
        SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM side || ' \\(''([^'']+)''\\)')::timestamptz
        FROM pg_class AS c WHERE c.oid = partition_name::regclass
      $$`);
    await runner.query(`
      CREATE FUNCTION audit_add_months(through timestamptz)
      RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
      DECLARE
        month timestamptz := audit_partition_bound('audit_entry_later', 'FROM');
        added integer := 0;
      BEGIN
        -- Rows of a clock that runs ahead stay where they are: they cannot be moved.
        IF month > through OR EXISTS (SELECT FROM audit_entry_later) THEN RETURN 0; END IF;
        DROP TABLE audit_entry_later;
        WHILE month <= through LOOP
          PERFORM audit_add_partition('audit_entry_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
          month := month + interval '1 month';
          added := added + 1;
        END LOOP;
        PERFORM audit_add_partition('audit_entry_later', month, NULL);
        RETURN added;
      END $$`);
  }

  private async attachFirst(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$
      DECLARE
        first_month timestamptz := date_trunc('month', GREATEST(now(), (SELECT max(occurred_at) FROM audit_entry_earlier)), 'UTC')
          + interval '1 month';
      BEGIN
        EXECUTE format('ALTER TABLE audit_entry ATTACH PARTITION audit_entry_earlier FOR VALUES FROM (MINVALUE) TO (%L)', first_month);
        PERFORM audit_add_partition('audit_entry_later', first_month, NULL);
        PERFORM audit_add_months(first_month + interval '11 months');
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('LOCK TABLE audit_chain_head, audit_entry IN ACCESS EXCLUSIVE MODE');
    await runner.query('DROP TABLE audit_actor');
    await runner.query('ALTER TABLE audit_chain_head DROP COLUMN occurred_at');
    await runner.query('ALTER TABLE audit_entry RENAME TO audit_entry_partitioned');
    await runner.query('CREATE TABLE audit_entry (LIKE audit_entry_partitioned INCLUDING CONSTRAINTS)');
    await runner.query('INSERT INTO audit_entry SELECT * FROM audit_entry_partitioned');
    await runner.query('DROP TABLE audit_entry_partitioned');
    await runner.query(`
      ALTER TABLE audit_entry
      ADD CONSTRAINT audit_entry_pk PRIMARY KEY (id),
      ADD CONSTRAINT audit_entry_tenant_sequence_uq UNIQUE (tenant_id, sequence)`);
    await runner.query(
      'CREATE INDEX audit_entry_operation_idx ON audit_entry (tenant_id, operation, sequence)',
    );
    await runner.query(
      'CREATE INDEX audit_entry_connection_idx ON audit_entry (tenant_id, connection_id, sequence)',
    );
    await runner.query('CREATE INDEX audit_entry_occurred_idx ON audit_entry (tenant_id, occurred_at)');
    await runner.query(`
      CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
      FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
    await runner.query(`
      CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
    await runner.query('DROP FUNCTION audit_add_months(timestamptz)');
    await runner.query('DROP FUNCTION audit_add_partition(text, timestamptz, timestamptz)');
    await runner.query('DROP FUNCTION audit_partition_bound(text, text)');
  }
}
