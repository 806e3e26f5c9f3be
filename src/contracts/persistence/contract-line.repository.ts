import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { PoolClient } from 'pg';
import QueryStream from 'pg-query-stream';
import type { DataSource } from 'typeorm';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type {
  ContractLine,
  ContractLineFilter,
  ContractLineKey,
  ContractLineReader,
} from '../domain/contract-line.js';
import type { MirrorScope } from '../domain/mirror-reader.js';
import { type ContractLineRow, toContractLine } from './contract-line.mapping.js';
import { CONTRACT_LINES } from './contract-line-queries.js';

/** Hand-written SQL; the amounts of a unit are worked out in code, where decimals are exact and tests are near. */
@Injectable()
export class ContractLineRepository implements ContractLineReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async page(
    scope: MirrorScope,
    filter: ContractLineFilter,
    { limit }: PageRequest,
    after: ContractLineKey | undefined,
  ): Promise<Page<ContractLine>> {
    const rows = await rowsOf<ContractLineRow>(
      this.dataSource.manager,
      CONTRACT_LINES,
      parameters(scope, filter, after, limit + 1),
    );
    const { items, nextCursor } = toPage(rows, limit, (row) => [row.contractId, row.kind, row.externalId]);
    return { items: items.map((row) => toContractLine(row, scope.internalCurrency)), nextCursor };
  }

  /** Holds one database connection until the last line is taken or the loop is left. */
  async *all(scope: MirrorScope, filter: ContractLineFilter): AsyncGenerator<ContractLine> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const stream = client.query(
        new QueryStream(CONTRACT_LINES, parameters(scope, filter, undefined, null), { batchSize: 500 }),
      );
      for await (const row of stream as AsyncIterable<ContractLineRow>) {
        yield toContractLine(row, scope.internalCurrency);
      }
    } finally {
      await runner.release();
    }
  }
}

function parameters(
  { connectionId, internalCurrency }: MirrorScope,
  { asOf, contractId, companyId }: ContractLineFilter,
  after: ContractLineKey | undefined,
  rows: number | null,
): unknown[] {
  const key = after ?? [null, null, null];
  return [connectionId, asOf, contractId ?? null, companyId ?? null, internalCurrency, ...key, rows];
}
