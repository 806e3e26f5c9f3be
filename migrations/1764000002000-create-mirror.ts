import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Columns every mirrored record has: which connection it was read for, and the PSA's id. */
function mirrorTable(name: string, columns: string): string {
  return `
    CREATE TABLE ${name} (
      connection_id uuid NOT NULL,
      external_id text NOT NULL,
      ${columns},
      CONSTRAINT ${name}_pk PRIMARY KEY (connection_id, external_id),
      CONSTRAINT ${name}_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id)
    )`;
}

/** What a pull mirrors of the PSA; amounts without a currency column are in the company's or the internal currency, by record. */
export class CreateMirror1764000002000 implements MigrationInterface {
  name = 'CreateMirror1764000002000';

  async up(runner: QueryRunner): Promise<void> {
    const tables: [string, string][] = [
      [
        'psa_currency',
        'code text NOT NULL, is_active boolean NOT NULL, is_internal boolean NOT NULL, exchange_rate numeric',
      ],
      [
        'psa_company',
        `name text NOT NULL, number text, type text NOT NULL, is_active boolean NOT NULL, currency_external_id text,
         parent_external_id text, web_address text`,
      ],
      [
        'psa_service',
        `name text NOT NULL, description text, sku text, period_type text NOT NULL, is_active boolean NOT NULL,
         unit_price numeric, unit_cost numeric, billing_code_external_id text`,
      ],
      [
        'psa_contract',
        `company_external_id text NOT NULL, name text NOT NULL, number text, type text NOT NULL, is_active boolean NOT NULL,
         period_type text NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL`,
      ],
      [
        'psa_contract_service',
        `contract_external_id text NOT NULL, service_external_id text NOT NULL, description text, unit_price numeric,
         unit_cost numeric, internal_unit_price numeric`,
      ],
      [
        'psa_contract_service_unit',
        `contract_external_id text NOT NULL, contract_service_external_id text NOT NULL, service_external_id text NOT NULL,
         starts_on date NOT NULL, ends_on date NOT NULL, units numeric NOT NULL, price numeric, cost numeric,
         posted_at timestamptz(3)`,
      ],
    ];
    for (const [name, columns] of tables) await runner.query(mirrorTable(name, columns));
    for (const name of ['psa_company', 'psa_service', 'psa_contract']) {
      await runner.query(`CREATE INDEX ${name}_name_idx ON ${name} (connection_id, name, external_id)`);
    }
    await runner.query(`
      CREATE INDEX psa_contract_service_contract_idx ON psa_contract_service (connection_id, contract_external_id)`);
    await runner.query(`
      CREATE INDEX psa_contract_service_unit_service_idx
      ON psa_contract_service_unit (connection_id, contract_service_external_id, starts_on)`);
    await runner.query(`
      CREATE TABLE mirror_seen_page (
        pull_id uuid NOT NULL,
        entity text NOT NULL,
        page_number integer NOT NULL,
        external_ids text[] NOT NULL,
        CONSTRAINT mirror_seen_page_pk PRIMARY KEY (pull_id, entity, page_number)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of [
      'mirror_seen_page',
      'psa_contract_service_unit',
      'psa_contract_service',
      'psa_contract',
      'psa_service',
      'psa_company',
      'psa_currency',
    ]) {
      await runner.query(`DROP TABLE ${name}`);
    }
  }
}
