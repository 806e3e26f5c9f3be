import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invoices that came in, until a run that succeeds has read their billing items again: no change field shows that an item was invoiced. */
export class CreateTouchedInvoice1764000026100 implements MigrationInterface {
  name = 'CreateTouchedInvoice1764000026100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sync_touched_invoice (
        connection_id uuid NOT NULL,
        invoice_external_id text NOT NULL,
        CONSTRAINT sync_touched_invoice_pk PRIMARY KEY (connection_id, invoice_external_id),
        CONSTRAINT sync_touched_invoice_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sync_touched_invoice');
  }
}
