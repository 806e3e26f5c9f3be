import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { isCurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, type MoneyJson, moneyToJson } from '../../kernel/money.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type {
  MirroredCompany,
  MirroredContract,
  MirroredContractService,
  MirroredService,
} from '../domain/mirrored-records.js';
import type { MirrorListKey, MirrorReader, MirrorScope } from '../domain/mirror-reader.js';
import { COMPANIES, CONTRACT, CONTRACT_SERVICES, CONTRACTS, SERVICES } from './mirror-queries.js';

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

/** An amount the PSA gave in a currency we cannot name is not shown rather than shown in a wrong one. */
function amountIn(currency: string | null, amount: string | null): MoneyJson | null {
  return amount === null || !isCurrencyCode(currency) ? null : moneyToJson(money(amount, currency));
}

/** Hand-written SQL: these lists are read far more often than changed, and join what TypeORM has no relations for. */
@Injectable()
export class MirrorReaderRepository implements MirrorReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async companies(
    { connectionId, internalCurrency }: MirrorScope,
    { limit }: PageRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredCompany>> {
    const rows = await this.rows<MirroredCompany>(COMPANIES, [
      connectionId,
      ...afterParameters(after),
      limit + 1,
      internalCurrency,
    ]);
    return toPage(rows, limit, keyOf);
  }

  async services(
    { connectionId, internalCurrency }: MirrorScope,
    { limit }: PageRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredService>> {
    const rows = await this.rows<ServiceRow>(SERVICES, [connectionId, ...afterParameters(after), limit + 1]);
    const page = toPage(rows, limit, keyOf);
    const items = page.items.map((row) => ({
      ...row,
      unitPrice: amountIn(internalCurrency, row.unitPrice),
      unitCost: amountIn(internalCurrency, row.unitCost),
    }));
    return { items, nextCursor: page.nextCursor };
  }

  async contracts(
    scope: MirrorScope,
    asOf: LocalDate,
    { limit }: PageRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredContract>> {
    const { connectionId, internalCurrency } = scope;
    const rows = await this.rows<ContractRow>(CONTRACTS, [
      connectionId,
      ...afterParameters(after),
      limit + 1,
      internalCurrency,
    ]);
    const page = toPage(rows, limit, keyOf);
    return { items: await this.withServices(scope, asOf, page.items), nextCursor: page.nextCursor };
  }

  async contract(scope: MirrorScope, asOf: LocalDate, externalId: string): Promise<MirroredContract | null> {
    const rows = await this.rows<ContractRow>(CONTRACT, [
      scope.connectionId,
      externalId,
      scope.internalCurrency,
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

  private rows<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}

function afterParameters(after: MirrorListKey | undefined): [string | null, string | null] {
  return after === undefined ? [null, null] : [after[0], after[1]];
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
