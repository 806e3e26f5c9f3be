import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { PoolClient } from 'pg';
import QueryStream from 'pg-query-stream';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { type ImportedLine, ImportedLineRepository } from '../domain/imported-line.js';
import { fromRow, type ImportedLineRow, LINE_COLUMNS } from './imported-line.mapping.js';

/** Rows fetched at once while streaming. */
const FETCH_ROWS = 1_000;

const LINES_OF_MONTH = `
  SELECT ${LINE_COLUMNS} FROM imported_line
  WHERE tenant_id = $1 AND billing_month = $2::date AND superseded_by IS NULL AND ($3::text IS NULL OR customer_id = $3::text)
  ORDER BY customer_id, id`;

@Injectable()
export class PostgresImportedLineRepository extends ImportedLineRepository {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {
    super();
  }

  async *linesOfMonth(
    tenantId: string,
    month: LocalDate,
    { customerId }: { customerId?: string } = {},
  ): AsyncGenerator<ImportedLine> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const parameters = [tenantId, month, customerId ?? null];
      const rows = client.query(new QueryStream(LINES_OF_MONTH, parameters, { batchSize: FETCH_ROWS }));
      // Giving up early destroys the stream, which closes the cursor.
      for await (const row of rows) yield fromRow(row as ImportedLineRow);
    } finally {
      await runner.release();
    }
  }
}
