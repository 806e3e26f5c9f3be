import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Closed months, which nobody can change any more, the database's owner included: rows are refused to be updated, deleted and truncated, and
 * findings of a month that is closed are refused to be added. So the findings of a month are written first, and the month itself closes them.
 */
export class CreateReconciliationSnapshot1764000014100 implements MigrationInterface {
  name = 'CreateReconciliationSnapshot1764000014100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reconciliation_snapshot (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        month date NOT NULL,
        currency text NOT NULL,
        inputs text NOT NULL,
        computed_at timestamptz(3) NOT NULL,
        closed_at timestamptz(3) NOT NULL,
        closed_by_id text NOT NULL,
        closed_by_name text NOT NULL,
        CONSTRAINT reconciliation_snapshot_pk PRIMARY KEY (id),
        CONSTRAINT reconciliation_snapshot_month_uq UNIQUE (connection_id, month),
        CONSTRAINT reconciliation_snapshot_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT reconciliation_snapshot_month_ck CHECK (extract(day FROM month) = 1)
      )`);
    await runner.query(`
      CREATE TABLE reconciliation_snapshot_finding (LIKE reconciliation_finding INCLUDING CONSTRAINTS)`);
    await runner.query('ALTER TABLE reconciliation_snapshot_finding RENAME COLUMN report_id TO snapshot_id');
    // Deferred, because the findings come before the month that seals them.
    await runner.query(`
      ALTER TABLE reconciliation_snapshot_finding
        ADD CONSTRAINT reconciliation_snapshot_finding_pk PRIMARY KEY (snapshot_id, customer_id, finding_id),
        ADD CONSTRAINT reconciliation_snapshot_finding_snapshot_fk FOREIGN KEY (snapshot_id)
          REFERENCES reconciliation_snapshot (id) DEFERRABLE INITIALLY DEFERRED`);
    await runner.query(`
      CREATE FUNCTION refuse_closed_month_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'A closed billing month is immutable: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    for (const table of ['reconciliation_snapshot', 'reconciliation_snapshot_finding']) {
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON ${table}
        FOR EACH ROW EXECUTE FUNCTION refuse_closed_month_change()`);
      await runner.query(`
        CREATE TRIGGER ${table}_no_truncate BEFORE TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month_change()`);
    }
    await runner.query(`
      CREATE FUNCTION refuse_finding_of_closed_month() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        IF EXISTS (SELECT FROM reconciliation_snapshot AS snapshot JOIN added ON added.snapshot_id = snapshot.id) THEN
          RAISE EXCEPTION 'A closed billing month is immutable: INSERT is refused' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER reconciliation_snapshot_finding_sealed AFTER INSERT ON reconciliation_snapshot_finding
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_finding_of_closed_month()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reconciliation_snapshot_finding');
    await runner.query('DROP TABLE reconciliation_snapshot');
    await runner.query('DROP FUNCTION refuse_finding_of_closed_month()');
    await runner.query('DROP FUNCTION refuse_closed_month_change()');
  }
}
