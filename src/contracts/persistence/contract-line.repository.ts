import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { statementRowsOf } from '../../platform/persistence/sql.js';
import type {
  ContractLine,
  ContractLineFilter,
  ContractLineKey,
  ContractLineReader,
} from '../domain/contract-line.js';
import type { MirrorScope } from '../domain/mirror-reader.js';
import { type ContractLineRow, toContractLine } from './contract-line.mapping.js';
import { contractLines } from './contract-line-queries.js';

/** Lines read at once for an export: about half a megabyte. */
const EXPORT_PAGE = 1_000;

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
    const rows = await this.rows(scope, filter, after, limit + 1);
    const { items, nextCursor } = toPage(rows, limit, keyOf);
    return { items: items.map((row) => toContractLine(row, scope.internalCurrency)), nextCursor };
  }

  /**
   * Page by page, so that no database connection is held while a slow reader takes the lines. A pull in between may show in the later
   * pages, as it does to whoever reads the list.
   */
  async *all(scope: MirrorScope, filter: ContractLineFilter): AsyncGenerator<ContractLine> {
    let after: ContractLineKey | undefined;
    for (;;) {
      const rows = await this.rows(scope, filter, after, EXPORT_PAGE);
      for (const row of rows) yield toContractLine(row, scope.internalCurrency);
      const last = rows.at(-1);
      if (last === undefined || rows.length < EXPORT_PAGE) return;
      after = keyOf(last);
    }
  }

  private rows(
    scope: MirrorScope,
    filter: ContractLineFilter,
    after: ContractLineKey | undefined,
    limit: number,
  ): Promise<ContractLineRow[]> {
    return statementRowsOf<ContractLineRow>(
      this.dataSource.manager,
      contractLines({ ...scope, ...filter, after, limit }),
    );
  }
}

function keyOf({ contractId, kind, externalId }: ContractLineRow): ContractLineKey {
  return [contractId, kind, externalId];
}
