import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { type Page, toPage } from '../../kernel/page.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf, type Statement, statementRowsOf } from '../../platform/persistence/sql.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type {
  MirroredCompany,
  MirroredContract,
  MirroredContractService,
  MirroredService,
} from '../domain/mirrored-records.js';
import type { MirrorListKey, MirrorListRequest, MirrorReader, MirrorScope } from '../domain/mirror-reader.js';
import { amountIn } from './contract-line.mapping.js';
import {
  companies,
  CONTRACT,
  CONTRACT_SERVICES,
  contracts,
  type ListQuestion,
  services,
} from './mirror-queries.js';

interface ServiceRow extends Omit<MirroredService, 'unitPrice' | 'unitCost'> {
  unitPrice: string | null;
  unitCost: string | null;
}

interface ContractRow {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  periodType: PeriodType;
  startsOn: LocalDate;
  endsOn: LocalDate;
  companyExternalId: string;
  companyName: string | null;
  currency: string | null;
}

interface ContractServiceRow {
  externalId: string;
  contractExternalId: string;
  serviceId: string;
  name: string | null;
  description: string | null;
  units: string | null;
  unitPrice: string | null;
  unitCost: string | null;
}

const keyOf = ({ name, externalId }: { name: string; externalId: string }): MirrorListKey => [
  name,
  externalId,
];

/** Hand-written SQL: these lists are read far more often than changed, and join what TypeORM has no relations for. */
@Injectable()
export class MirrorReaderRepository implements MirrorReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async companies(
    scope: MirrorScope,
    request: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredCompany>> {
    const rows = await this.page<MirroredCompany>(companies(question(scope, request, after)));
    return toPage(rows, request.limit, keyOf);
  }

  async services(
    scope: MirrorScope,
    request: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredService>> {
    const rows = await this.page<ServiceRow>(services(question(scope, request, after)));
    const page = toPage(rows, request.limit, keyOf);
    const items = page.items.map((row) => ({
      ...row,
      unitPrice: amountIn(scope.internalCurrency, row.unitPrice),
      unitCost: amountIn(scope.internalCurrency, row.unitCost),
    }));
    return { items, nextCursor: page.nextCursor };
  }

  async contracts(
    scope: MirrorScope,
    asOf: LocalDate,
    request: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredContract>> {
    const rows = await this.page<ContractRow>(contracts(question(scope, request, after)));
    const page = toPage(rows, request.limit, keyOf);
    return { items: await this.withServices(scope, asOf, page.items), nextCursor: page.nextCursor };
  }

  async contract(scope: MirrorScope, asOf: LocalDate, externalId: string): Promise<MirroredContract | null> {
    const rows = await this.rows<ContractRow>(CONTRACT, [
      scope.connectionId,
      scope.internalCurrency,
      externalId,
    ]);
    const [contract] = await this.withServices(scope, asOf, rows);
    return contract ?? null;
  }

  private async withServices(
    { connectionId, internalCurrency }: MirrorScope,
    asOf: LocalDate,
    contracts: ContractRow[],
  ): Promise<MirroredContract[]> {
    const ids = contracts.map(({ externalId }) => externalId);
    const lines = await this.rows<ContractServiceRow>(CONTRACT_SERVICES, [connectionId, ids, asOf]);
    const linesOf = Map.groupBy(lines, ({ contractExternalId }) => contractExternalId);
    return contracts.map(({ companyExternalId, companyName, currency, ...contract }) => ({
      ...contract,
      company: { externalId: companyExternalId, name: companyName ?? companyExternalId },
      services: (linesOf.get(contract.externalId) ?? []).map((line) =>
        toLine(line, currency, internalCurrency),
      ),
    }));
  }

  private page<Row extends object>(statement: Statement): Promise<Row[]> {
    return statementRowsOf<Row>(this.dataSource.manager, statement);
  }

  private rows<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}

/** One row more than the page shows whether there is a next one. */
function question(
  scope: MirrorScope,
  { limit, search }: MirrorListRequest,
  after: MirrorListKey | undefined,
): ListQuestion {
  return { ...scope, after, search, limit: limit + 1 };
}

function toLine(
  row: ContractServiceRow,
  currency: string | null,
  internalCurrency: string | null,
): MirroredContractService {
  return {
    externalId: row.externalId,
    serviceId: row.serviceId,
    name: row.name ?? row.serviceId,
    description: row.description,
    // Units are whole numbers in Autotask, far below the exact range of a JSON number.
    units: Number(row.units ?? '0'),
    unitPrice: amountIn(currency, row.unitPrice),
    unitCost: amountIn(internalCurrency, row.unitCost),
  };
}
