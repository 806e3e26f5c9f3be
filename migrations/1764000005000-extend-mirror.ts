import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Without a foreign key, see below. */
function mirrorTable(name: string, columns: string): string {
  return `
    CREATE TABLE ${name} (
      connection_id uuid NOT NULL,
      external_id text NOT NULL,
      ${columns},
      CONSTRAINT ${name}_pk PRIMARY KEY (connection_id, external_id)
    )`;
}

const UNIT_COLUMNS = `starts_on date NOT NULL, ends_on date NOT NULL, units numeric NOT NULL, price numeric,
  internal_price numeric, cost numeric, posted_at timestamptz(3)`;

const TABLES: readonly [name: string, columns: string][] = [
  [
    'psa_billing_code',
    'name text NOT NULL, description text, use_type text, is_active boolean NOT NULL, number text',
  ],
  [
    'psa_service_bundle',
    `name text NOT NULL, description text, sku text, period_type text NOT NULL, is_active boolean NOT NULL,
     unit_price numeric, unit_cost numeric, billing_code_external_id text`,
  ],
  [
    'psa_price_list_service',
    `service_external_id text NOT NULL, currency_external_id text NOT NULL, unit_price numeric,
     uses_internal_price boolean NOT NULL`,
  ],
  [
    'psa_contract_service_bundle',
    `contract_external_id text NOT NULL, service_bundle_external_id text NOT NULL, description text, unit_price numeric,
     internal_unit_price numeric`,
  ],
  [
    'psa_contract_service_bundle_unit',
    `contract_external_id text NOT NULL, contract_service_bundle_external_id text NOT NULL,
     service_bundle_external_id text NOT NULL, ${UNIT_COLUMNS}`,
  ],
  [
    'psa_contract_charge',
    `contract_external_id text NOT NULL, contract_service_external_id text, contract_service_bundle_external_id text,
     name text NOT NULL, description text, charged_on date NOT NULL, billing_code_external_id text, product_external_id text,
     units numeric NOT NULL, unit_price numeric, unit_cost numeric, price numeric, internal_price numeric, cost numeric,
     is_billable boolean NOT NULL, is_billed boolean NOT NULL, reference text, purchase_order_number text`,
  ],
  [
    'psa_invoice',
    `company_external_id text, number text, invoiced_at timestamptz(3) NOT NULL, created_at timestamptz(3), due_on date,
     starts_on date, ends_on date, total numeric, tax numeric, paid_on date, is_voided boolean NOT NULL,
     voided_at timestamptz(3), raw jsonb NOT NULL`,
  ],
  [
    'psa_billing_item',
    `company_external_id text, contract_external_id text, contract_service_external_id text,
     contract_service_unit_external_id text, contract_service_bundle_external_id text,
     contract_service_bundle_unit_external_id text, contract_charge_external_id text, service_external_id text,
     service_bundle_external_id text, billing_code_external_id text, invoice_external_id text, name text, description text,
     item_on date, posted_on date, posted_at timestamptz(3), quantity numeric, unit_price numeric, price numeric,
     internal_price numeric, tax numeric, cost numeric, is_billable boolean NOT NULL, purchase_order_number text,
     raw jsonb NOT NULL`,
  ],
];

const EARLIER_TABLES = [
  'psa_currency',
  'psa_company',
  'psa_service',
  'psa_contract',
  'psa_contract_service',
  'psa_contract_service_unit',
];

/** `[name, table, columns]`: what the screens, contract lines and reconciliation look rows up by. */
const INDEXES: readonly [name: string, table: string, columns: string][] = [
  ['psa_contract_company_idx', 'psa_contract', 'company_external_id'],
  ['psa_contract_service_bundle_contract_idx', 'psa_contract_service_bundle', 'contract_external_id'],
  [
    'psa_contract_service_unit_line_idx',
    'psa_contract_service_unit',
    'contract_external_id, contract_service_external_id, starts_on',
  ],
  [
    'psa_contract_service_bundle_unit_line_idx',
    'psa_contract_service_bundle_unit',
    'contract_external_id, contract_service_bundle_external_id, starts_on',
  ],
  ['psa_contract_charge_contract_idx', 'psa_contract_charge', 'contract_external_id, charged_on'],
  ['psa_invoice_company_idx', 'psa_invoice', 'company_external_id, invoiced_at'],
  ['psa_billing_item_contract_idx', 'psa_billing_item', 'contract_external_id, item_on'],
];

/**
 * What a pull mirrors beside the contracts: bundles, charges, what was billed and invoiced, codes and price lists. Unit rows gain
 * their internal price, and one index that serves both a contract and a line of it in place of the one by line alone.
 *
 * Mirrored rows lose their foreign key to the connection: checked row by row it halves what a first pull can store. Every batch
 * writes or finds the row of `mirror_highest_id` for its connection and entity, and that one has the key.
 */
export class ExtendMirror1764000005000 implements MigrationInterface {
  name = 'ExtendMirror1764000005000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, columns] of TABLES) await runner.query(mirrorTable(name, columns));
    await runner.query('ALTER TABLE psa_contract_service_unit ADD COLUMN internal_price numeric');
    await runner.query('DROP INDEX psa_contract_service_unit_service_idx');
    for (const [name, table, columns] of INDEXES) {
      await runner.query(`CREATE INDEX ${name} ON ${table} (connection_id, ${columns})`);
    }
    for (const name of EARLIER_TABLES) {
      await runner.query(`ALTER TABLE ${name} DROP CONSTRAINT ${name}_connection_fk`);
    }
    // Written once per batch and dropped at the end of the run: compressing the ids costs more than their room.
    await runner.query('ALTER TABLE mirror_seen_page ALTER COLUMN external_ids SET STORAGE EXTERNAL');
    await runner.query(`
      CREATE TABLE mirror_highest_id (
        connection_id uuid NOT NULL,
        entity text NOT NULL,
        external_id text NOT NULL,
        CONSTRAINT mirror_highest_id_pk PRIMARY KEY (connection_id, entity),
        CONSTRAINT mirror_highest_id_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mirror_highest_id');
    await runner.query('ALTER TABLE mirror_seen_page ALTER COLUMN external_ids SET STORAGE EXTENDED');
    for (const name of EARLIER_TABLES) {
      await runner.query(
        `ALTER TABLE ${name} ADD CONSTRAINT ${name}_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id)`,
      );
    }
    for (const [name] of INDEXES.toReversed()) await runner.query(`DROP INDEX ${name}`);
    await runner.query(`
      CREATE INDEX psa_contract_service_unit_service_idx
      ON psa_contract_service_unit (connection_id, contract_service_external_id, starts_on)`);
    await runner.query('ALTER TABLE psa_contract_service_unit DROP COLUMN internal_price');
    for (const [name] of TABLES.toReversed()) await runner.query(`DROP TABLE ${name}`);
  }
}
