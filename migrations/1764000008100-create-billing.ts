import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPERATION_STATES = `('pending', 'sending', 'verifying', 'applied', 'failed', 'dismissed')`;
const ADJUSTMENTS = `('addService', 'adjustUnits', 'adjustPrice')`;
const KINDS = `('addService', 'adjustUnits', 'adjustPrice', 'createCharge', 'extendContract')`;

/** Lines, recorded changes, plans and the outbox of writes; what may happen at most once is guaranteed here. */
export class CreateBilling1764000008100 implements MigrationInterface {
  name = 'CreateBilling1764000008100';

  async up(runner: QueryRunner): Promise<void> {
    await this.createLines(runner);
    await this.createPlans(runner);
    await this.createOperations(runner);
    await this.createPushes(runner);
    await this.createFindings(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'billing_drift',
      'billing_push',
      'billing_operation',
      'billing_plan_step',
      'billing_plan',
      'billing_change',
      'billing_line',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }

  private async createLines(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE billing_line (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        subscription_id text NOT NULL,
        contract_external_id text NOT NULL,
        service_external_id text NOT NULL,
        line_external_id text,
        is_mapped boolean NOT NULL,
        known jsonb,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT billing_line_pk PRIMARY KEY (id),
        CONSTRAINT billing_line_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX billing_line_subscription_uq ON billing_line (connection_id, subscription_id, contract_external_id)`);
    await runner.query(`
      CREATE UNIQUE INDEX billing_line_mapped_uq ON billing_line (connection_id, subscription_id) WHERE is_mapped`);
    await runner.query(
      `CREATE INDEX billing_line_tenant_idx ON billing_line (tenant_id, subscription_id) WHERE is_mapped`,
    );
    await runner.query(`
      CREATE UNIQUE INDEX billing_line_external_uq ON billing_line (connection_id, line_external_id) WHERE line_external_id IS NOT NULL`);
    await runner.query(`
      CREATE TABLE billing_change (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        subscription_id text NOT NULL,
        revision integer NOT NULL,
        subscription jsonb NOT NULL,
        state text NOT NULL,
        hold_reason text,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        correlation_id text NOT NULL,
        recorded_at timestamptz(3) NOT NULL,
        CONSTRAINT billing_change_pk PRIMARY KEY (id),
        CONSTRAINT billing_change_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT billing_change_state_ck CHECK (state IN ('pending', 'planned', 'dismissed')),
        CONSTRAINT billing_change_hold_ck CHECK (hold_reason IS NULL OR state = 'pending')
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX billing_change_pending_uq ON billing_change (connection_id, subscription_id, revision) WHERE state = 'pending'`);
  }

  private async createPlans(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE billing_plan (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        state text NOT NULL,
        fingerprint text NOT NULL,
        refusals jsonb NOT NULL,
        change_ids jsonb NOT NULL,
        approvals jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        created_by_id text NOT NULL,
        created_by_name text NOT NULL,
        CONSTRAINT billing_plan_pk PRIMARY KEY (id),
        CONSTRAINT billing_plan_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT billing_plan_state_ck CHECK (state IN ('draft', 'approved', 'applied', 'stale'))
      )`);
    await runner.query(`
      CREATE TABLE billing_plan_step (
        id uuid NOT NULL,
        plan_id uuid NOT NULL,
        position integer NOT NULL,
        line_id uuid NOT NULL,
        step jsonb NOT NULL,
        dismissed_reason text,
        CONSTRAINT billing_plan_step_pk PRIMARY KEY (id),
        CONSTRAINT billing_plan_step_plan_fk FOREIGN KEY (plan_id) REFERENCES billing_plan (id) ON DELETE CASCADE,
        CONSTRAINT billing_plan_step_line_fk FOREIGN KEY (line_id) REFERENCES billing_line (id)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX billing_plan_step_position_uq ON billing_plan_step (plan_id, position)`,
    );
  }

  private async createOperations(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE billing_operation (
        id uuid NOT NULL,
        sequence bigint GENERATED ALWAYS AS IDENTITY,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        line_id uuid NOT NULL,
        subscription_id text NOT NULL,
        plan_id uuid,
        step_id uuid,
        compensates_id uuid,
        kind text NOT NULL,
        effective_on date NOT NULL,
        step jsonb NOT NULL,
        state text NOT NULL,
        is_rebased boolean NOT NULL DEFAULT false,
        attempts integer NOT NULL,
        not_before timestamptz(3) NOT NULL,
        external_id text,
        error_code text,
        error_detail text,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        correlation_id text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT billing_operation_pk PRIMARY KEY (id),
        CONSTRAINT billing_operation_line_fk FOREIGN KEY (line_id) REFERENCES billing_line (id),
        CONSTRAINT billing_operation_plan_fk FOREIGN KEY (plan_id) REFERENCES billing_plan (id),
        CONSTRAINT billing_operation_step_fk FOREIGN KEY (step_id) REFERENCES billing_plan_step (id),
        CONSTRAINT billing_operation_compensates_fk FOREIGN KEY (compensates_id) REFERENCES billing_operation (id),
        CONSTRAINT billing_operation_kind_ck CHECK (kind IN ${KINDS}),
        CONSTRAINT billing_operation_state_ck CHECK (state IN ${OPERATION_STATES}),
        CONSTRAINT billing_operation_sent_ck CHECK (state NOT IN ('sending', 'verifying') OR attempts > 0),
        CONSTRAINT billing_operation_error_ck CHECK (state <> 'failed' OR error_code IS NOT NULL)
      )`);
    // The PSA takes one adjustment per line and day; so do we, before it is asked.
    await runner.query(`
      CREATE UNIQUE INDEX billing_operation_day_uq ON billing_operation (line_id, effective_on)
      WHERE kind IN ${ADJUSTMENTS} AND state IN ('pending', 'sending', 'verifying', 'applied')`);
    // Of one line nothing is under way twice: the order of its changes is what they mean.
    await runner.query(`
      CREATE UNIQUE INDEX billing_operation_one_under_way_uq ON billing_operation (line_id) WHERE state IN ('sending', 'verifying')`);
    await runner.query(`
      CREATE UNIQUE INDEX billing_operation_step_uq ON billing_operation (step_id) WHERE step_id IS NOT NULL`);
    await runner.query(`
      CREATE UNIQUE INDEX billing_operation_charge_uq ON billing_operation (connection_id, (step -> 'charge' ->> 'chargeId'))
      WHERE kind = 'createCharge' AND state <> 'dismissed'`);
    await runner.query(`
      CREATE INDEX billing_operation_open_idx ON billing_operation (connection_id, line_id, sequence)
      WHERE state IN ('pending', 'sending', 'verifying', 'failed')`);
    await runner.query(`CREATE INDEX billing_operation_line_idx ON billing_operation (line_id, sequence)`);
    await runner.query(`CREATE INDEX billing_operation_list_idx ON billing_operation (tenant_id, sequence)`);
  }

  private async createPushes(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE billing_push (
        connection_id uuid NOT NULL,
        lease_token uuid,
        leased_until timestamptz(3),
        failures integer NOT NULL DEFAULT 0,
        stopped_at timestamptz(3),
        stop_reason text,
        CONSTRAINT billing_push_pk PRIMARY KEY (connection_id),
        CONSTRAINT billing_push_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT billing_push_lease_ck CHECK ((lease_token IS NULL) = (leased_until IS NULL)),
        CONSTRAINT billing_push_stop_ck CHECK ((stopped_at IS NULL) = (stop_reason IS NULL))
      )`);
  }

  private async createFindings(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE billing_drift (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        tenant_id text NOT NULL,
        line_id uuid NOT NULL,
        subscription_id text NOT NULL,
        expected jsonb NOT NULL,
        actual jsonb NOT NULL,
        impact_amount numeric NOT NULL,
        impact_currency text NOT NULL,
        state text NOT NULL,
        found_at timestamptz(3) NOT NULL,
        seen_at timestamptz(3) NOT NULL,
        decided_at timestamptz(3),
        decided_by_id text,
        decided_by_name text,
        CONSTRAINT billing_drift_pk PRIMARY KEY (id),
        CONSTRAINT billing_drift_line_fk FOREIGN KEY (line_id) REFERENCES billing_line (id),
        CONSTRAINT billing_drift_state_ck CHECK (state IN ('open', 'kept', 'corrected', 'gone')),
        CONSTRAINT billing_drift_decided_ck CHECK ((decided_at IS NULL) = (state = 'open'))
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX billing_drift_open_uq ON billing_drift (line_id) WHERE state = 'open'`,
    );
    await runner.query(`CREATE INDEX billing_drift_list_idx ON billing_drift (connection_id, found_at, id)`);
  }
}
