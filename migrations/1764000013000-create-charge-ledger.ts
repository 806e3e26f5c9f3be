import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS = ['addService', 'adjustUnits', 'adjustPrice', 'createCharge', 'extendContract'];
const kindCheck = (kinds: readonly string[]) =>
  `CHECK (kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}))`;

const POLICIES_BEFORE =
  '{"applyMode": "approval", "decrease": "sameDay", "cancel": "sameDay", "azure": "charge"}';
const POLICIES_AFTER =
  '{"applyMode": "approval", "decrease": "sameDay", "cancel": "sameDay", "azure": "charge", "charges": "itemised", "prices": "platform", "renewal": "extend"}';

/**
 * What charges need beside the outbox: what waits to be looked at, how much of each amount is decided already, and what a line had in force
 * when it was mapped.
 */
export class CreateChargeLedger1764000013000 implements MigrationInterface {
  name = 'CreateChargeLedger1764000013000';

  async up(runner: QueryRunner): Promise<void> {
    // contract: the check of kinds takes one more and all of before.
    await runner.query('ALTER TABLE billing_line ADD COLUMN baseline jsonb');
    await runner.query(`
      ALTER TABLE billing_operation
        DROP CONSTRAINT billing_operation_kind_ck,
        ADD CONSTRAINT billing_operation_kind_ck ${kindCheck([...KINDS, 'updateCharge'])}`);
    // Every operation says which amounts of which month it settles; they are added up before more is decided.
    await runner.query(`
      CREATE INDEX billing_operation_settled_idx ON billing_operation (connection_id, (step -> 'settles' ->> 'month'))
      WHERE step -> 'settles' ->> 'month' IS NOT NULL`);
    await runner.query(`ALTER TABLE connection ALTER COLUMN policies SET DEFAULT '${POLICIES_AFTER}'`);
    await runner.query(`
      CREATE TABLE billing_charge_due (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        charge_id text NOT NULL,
        customer_id text NOT NULL,
        month date NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        correlation_id text NOT NULL,
        recorded_at timestamptz(3) NOT NULL,
        CONSTRAINT billing_charge_due_pk PRIMARY KEY (id),
        CONSTRAINT billing_charge_due_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT billing_charge_due_month_ck CHECK (extract(day FROM month) = 1)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX billing_charge_due_charge_uq ON billing_charge_due (connection_id, charge_id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE billing_charge_due');
    await runner.query(`ALTER TABLE connection ALTER COLUMN policies SET DEFAULT '${POLICIES_BEFORE}'`);
    await runner.query('DROP INDEX billing_operation_settled_idx');
    await runner.query(`
      ALTER TABLE billing_operation
        DROP CONSTRAINT billing_operation_kind_ck,
        ADD CONSTRAINT billing_operation_kind_ck ${kindCheck(KINDS)}`);
    await runner.query('ALTER TABLE billing_line DROP COLUMN baseline');
  }
}
