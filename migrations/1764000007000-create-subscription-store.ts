import type { MigrationInterface, QueryRunner } from 'typeorm';

const CUSTOMER = `
  CREATE TABLE customer (
    tenant_id text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    domain text,
    country text,
    recorded_at timestamptz(3) NOT NULL,
    CONSTRAINT customer_pk PRIMARY KEY (tenant_id, id)
  )`;

const SUBSCRIPTION = `
  CREATE TABLE subscription (
    tenant_id text NOT NULL,
    id text NOT NULL,
    customer_id text NOT NULL,
    product_id text NOT NULL,
    sku_id text NOT NULL,
    offer_name text NOT NULL,
    segment text NOT NULL,
    term text NOT NULL,
    billing_cycle text NOT NULL,
    kind text NOT NULL,
    quantity integer NOT NULL,
    status text NOT NULL,
    starts_on date NOT NULL,
    commitment_ends_on date,
    friendly_name text,
    auto_renew boolean,
    promotion_id text,
    currency text NOT NULL,
    unit_cost numeric NOT NULL,
    unit_price numeric NOT NULL,
    list_price numeric,
    erp_price numeric,
    effective_on date NOT NULL,
    revision integer NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    recorded_by_id text NOT NULL,
    recorded_by_name text NOT NULL,
    CONSTRAINT subscription_term_ck CHECK (term IN ('P1M', 'P1Y', 'P3Y')),
    CONSTRAINT subscription_billing_cycle_ck CHECK (billing_cycle IN ('monthly', 'annual', 'triennial')),
    CONSTRAINT subscription_kind_ck CHECK (kind IN ('license', 'azurePlan')),
    CONSTRAINT subscription_status_ck CHECK (status IN ('active', 'suspended', 'cancelled')),
    CONSTRAINT subscription_quantity_ck CHECK (quantity >= 0),
    CONSTRAINT subscription_commitment_ck CHECK (commitment_ends_on >= starts_on),
    CONSTRAINT subscription_revision_ck CHECK (revision >= 1)
  )`;

const CHARGE = `
  CREATE TABLE charge (
    tenant_id text NOT NULL,
    id text NOT NULL,
    customer_id text NOT NULL,
    subscription_id text,
    kind text NOT NULL,
    description text NOT NULL,
    service_from date NOT NULL,
    service_to date NOT NULL,
    quantity numeric NOT NULL,
    currency text NOT NULL,
    unit_cost numeric NOT NULL,
    unit_price numeric NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    CONSTRAINT charge_pk PRIMARY KEY (tenant_id, id),
    CONSTRAINT charge_customer_fk FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT charge_subscription_fk FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscription (tenant_id, id),
    CONSTRAINT charge_kind_ck CHECK (kind IN ('usage', 'oneTime', 'fee', 'correction')),
    CONSTRAINT charge_service_period_ck CHECK (service_to >= service_from)
  )`;

/**
 * The connector's own customers, subscriptions and charges, for installations whose host supplies none. A row of `subscription` is the
 * newest revision; `subscription_revision` keeps every one. All amounts of a row are in its one currency.
 */
export class CreateSubscriptionStore1764000007000 implements MigrationInterface {
  name = 'CreateSubscriptionStore1764000007000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CUSTOMER);
    await runner.query(SUBSCRIPTION);
    await runner.query('CREATE TABLE subscription_revision (LIKE subscription INCLUDING CONSTRAINTS)');
    await runner.query(`
      ALTER TABLE subscription
        ADD CONSTRAINT subscription_pk PRIMARY KEY (tenant_id, id),
        ADD CONSTRAINT subscription_customer_fk FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id)`);
    await runner.query(`CREATE INDEX subscription_customer_idx ON subscription (tenant_id, customer_id, id)`);
    await runner.query(`
      ALTER TABLE subscription_revision
        ADD CONSTRAINT subscription_revision_pk PRIMARY KEY (tenant_id, id, revision),
        ADD CONSTRAINT subscription_revision_subscription_fk
          FOREIGN KEY (tenant_id, id) REFERENCES subscription (tenant_id, id)`);
    await runner.query(CHARGE);
    await runner.query(`CREATE INDEX charge_service_to_idx ON charge (tenant_id, service_to, id)`);
    await runner.query(`CREATE INDEX charge_subscription_idx ON charge (tenant_id, subscription_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['charge', 'subscription_revision', 'subscription', 'customer']) {
      await runner.query(`DROP TABLE ${name}`);
    }
  }
}
