import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What every mapping has; a row without a target says that its subject stays out of the PSA, and why. */
const COMMON = `
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    tenant_id text NOT NULL,
    excluded_reason text,
    changed_at timestamptz(3) NOT NULL,
    changed_by_id text NOT NULL,
    changed_by_name text NOT NULL,
    archived_at timestamptz(3)`;

function mappingTable(name: string, target: string, columns: string): string {
  return `
  CREATE TABLE ${name} (${COMMON},
    ${columns},
    ${target} text,
    CONSTRAINT ${name}_pk PRIMARY KEY (id),
    CONSTRAINT ${name}_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
    CONSTRAINT ${name}_target_ck CHECK ((${target} IS NULL) = (excluded_reason IS NOT NULL))
  )`;
}

/** Name, table, columns and which rows that are not archived. */
const UNIQUE: readonly [string, string, string, string][] = [
  ['customer_mapping_customer_uq', 'customer_mapping', 'connection_id, customer_id', 'true'],
  [
    'customer_mapping_company_uq',
    'customer_mapping',
    'connection_id, company_external_id',
    'company_external_id IS NOT NULL',
  ],
  [
    'offer_mapping_offer_uq',
    'offer_mapping',
    'connection_id, product_id, sku_id, segment, term, billing_cycle',
    'true',
  ],
  [
    'offer_mapping_service_uq',
    'offer_mapping',
    'connection_id, service_external_id',
    'service_external_id IS NOT NULL',
  ],
  ['subscription_mapping_row_uq', 'subscription_mapping', 'connection_id, subscription_id', 'true'],
  [
    'subscription_mapping_subscription_uq',
    'subscription_mapping',
    'root_tenant_id, subscription_id',
    'contract_external_id IS NOT NULL',
  ],
];

/**
 * Which company, service and contract the platform's customers, offers and subscriptions feed, for each connection. Rows of a removed
 * connection are kept with `archived_at`; every uniqueness rule is about rows that are not archived.
 */
export class CreateMapping1764000007100 implements MigrationInterface {
  name = 'CreateMapping1764000007100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(mappingTable('customer_mapping', 'company_external_id', 'customer_id text NOT NULL'));
    await runner.query(
      mappingTable(
        'offer_mapping',
        'service_external_id',
        `product_id text NOT NULL, sku_id text NOT NULL, segment text NOT NULL, term text NOT NULL, billing_cycle text NOT NULL,
    offer_name text NOT NULL`,
      ),
    );
    await runner.query(
      mappingTable(
        'subscription_mapping',
        'contract_external_id',
        `root_tenant_id text NOT NULL, subscription_id text NOT NULL, customer_id text NOT NULL, customer_mapping_id uuid,
    offer_mapping_id uuid`,
      ),
    );
    await runner.query(`
      ALTER TABLE subscription_mapping
        ADD CONSTRAINT subscription_mapping_customer_fk FOREIGN KEY (customer_mapping_id) REFERENCES customer_mapping (id),
        ADD CONSTRAINT subscription_mapping_offer_fk FOREIGN KEY (offer_mapping_id) REFERENCES offer_mapping (id),
        ADD CONSTRAINT subscription_mapping_parts_ck CHECK (
          (contract_external_id IS NULL) = (customer_mapping_id IS NULL) AND (contract_external_id IS NULL) = (offer_mapping_id IS NULL))`);
    for (const [name, table, columns, where] of UNIQUE) {
      await runner.query(
        `CREATE UNIQUE INDEX ${name} ON ${table} (${columns}) WHERE archived_at IS NULL AND ${where}`,
      );
    }
    for (const part of ['customer', 'offer']) {
      await runner.query(
        `CREATE INDEX subscription_mapping_${part}_idx ON subscription_mapping (${part}_mapping_id)`,
      );
    }
    await runner.query(
      `CREATE INDEX subscription_mapping_contract_idx ON subscription_mapping (connection_id, contract_external_id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['subscription_mapping', 'offer_mapping', 'customer_mapping']) {
      await runner.query(`DROP TABLE ${name}`);
    }
  }
}
