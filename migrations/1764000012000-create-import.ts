import type { MigrationInterface, QueryRunner } from 'typeorm';

const BILLING_IMPORT = `
  CREATE TABLE billing_import (
    id uuid NOT NULL,
    tenant_id text NOT NULL,
    file_name text,
    content_sha256 text NOT NULL,
    content_bytes bigint NOT NULL,
    format text NOT NULL,
    billing_month date,
    options jsonb NOT NULL,
    detected jsonb NOT NULL,
    state text NOT NULL,
    attempt uuid,
    lines_read integer NOT NULL DEFAULT 0,
    lines_accepted integer NOT NULL DEFAULT 0,
    lines_rejected integer NOT NULL DEFAULT 0,
    lines_unchanged integer NOT NULL DEFAULT 0,
    lines_superseded integer NOT NULL DEFAULT 0,
    error jsonb,
    correlation_id text NOT NULL,
    created_by_id text NOT NULL,
    created_by_name text NOT NULL,
    created_at timestamptz(3) NOT NULL,
    started_at timestamptz(3),
    touched_at timestamptz(3) NOT NULL,
    finished_at timestamptz(3),
    CONSTRAINT billing_import_pk PRIMARY KEY (id),
    CONSTRAINT billing_import_format_ck CHECK (format IN ('nceReconciliation', 'dailyUsage', 'focus')),
    CONSTRAINT billing_import_state_ck CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    CONSTRAINT billing_import_finished_ck CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed'))),
    CONSTRAINT billing_import_error_ck CHECK ((error IS NOT NULL) = (state = 'failed')),
    CONSTRAINT billing_import_lines_ck CHECK (state <> 'succeeded' OR lines_read = lines_accepted + lines_rejected + lines_unchanged),
    CONSTRAINT billing_import_month_ck CHECK (extract(day FROM billing_month) = 1)
  )`;

const IMPORTED_LINE = `
  CREATE TABLE imported_line (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id text NOT NULL,
    import_id uuid NOT NULL,
    line_number integer NOT NULL,
    line_key text NOT NULL,
    content_digest text NOT NULL,
    source text NOT NULL,
    billing_month date NOT NULL,
    customer_id text NOT NULL,
    customer_name text NOT NULL,
    subscription_id text,
    product_id text,
    sku_id text,
    product_name text,
    charge_type text NOT NULL,
    charge_start date NOT NULL,
    charge_end date NOT NULL,
    order_date date,
    quantity numeric NOT NULL,
    unit_price numeric NOT NULL,
    effective_unit_price numeric,
    subtotal numeric NOT NULL,
    tax_total numeric,
    total numeric NOT NULL,
    currency char(3) NOT NULL,
    term_and_billing_cycle text,
    reference_id text,
    invoice_number text,
    promotion_id text,
    superseded_by uuid,
    explanation jsonb,
    CONSTRAINT imported_line_pk PRIMARY KEY (id),
    CONSTRAINT imported_line_import_fk FOREIGN KEY (import_id) REFERENCES billing_import (id),
    CONSTRAINT imported_line_superseded_fk FOREIGN KEY (superseded_by) REFERENCES billing_import (id),
    CONSTRAINT imported_line_source_ck CHECK (source IN ('nceReconciliation', 'dailyUsage', 'focus')),
    CONSTRAINT imported_line_month_ck CHECK (extract(day FROM billing_month) = 1),
    CONSTRAINT imported_line_currency_ck CHECK (currency ~ '^[A-Z]{3}$')
  )`;

/**
 * What comes in from Microsoft's bills. `billing_import` is one file, `import_chunk` its bytes while they wait for a worker (no foreign
 * key: a file is stored before it is known to be one, and what nobody came back for is swept), `imported_line` its lines, and
 * `import_rejection` those that were not taken. A line's identity across files is its key: of the lines with a key one is current, and
 * those before it name the import that superseded them.
 */
export class CreateImport1764000012000 implements MigrationInterface {
  name = 'CreateImport1764000012000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BILLING_IMPORT);
    await runner.query(
      `CREATE INDEX billing_import_list_idx ON billing_import (tenant_id, created_at DESC, id DESC)`,
    );
    await runner.query(`
      CREATE INDEX billing_import_open_idx ON billing_import (touched_at) WHERE state IN ('queued', 'running')`);
    await runner.query(`
      CREATE TABLE import_chunk (
        import_id uuid NOT NULL,
        position integer NOT NULL,
        bytes bytea NOT NULL,
        stored_at timestamptz(3) NOT NULL,
        CONSTRAINT import_chunk_pk PRIMARY KEY (import_id, position)
      )`);
    // The bytes are compressed before they come.
    await runner.query(`ALTER TABLE import_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL`);
    await runner.query(IMPORTED_LINE);
    await runner.query(`
      CREATE UNIQUE INDEX imported_line_current_uq ON imported_line (tenant_id, source, line_key) WHERE superseded_by IS NULL`);
    await runner.query(`
      CREATE INDEX imported_line_month_idx ON imported_line (tenant_id, billing_month, customer_id) WHERE superseded_by IS NULL`);
    await runner.query(`CREATE INDEX imported_line_import_idx ON imported_line (import_id, line_number)`);
    await runner.query(`
      CREATE TABLE import_rejection (
        import_id uuid NOT NULL,
        line_number integer NOT NULL,
        column_name text,
        code text NOT NULL,
        detail text NOT NULL,
        CONSTRAINT import_rejection_pk PRIMARY KEY (import_id, line_number),
        CONSTRAINT import_rejection_import_fk FOREIGN KEY (import_id) REFERENCES billing_import (id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['import_rejection', 'imported_line', 'import_chunk', 'billing_import']) {
      await runner.query(`DROP TABLE ${name}`);
    }
  }
}
