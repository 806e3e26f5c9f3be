import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Decimal } from 'decimal.js';
import type { PoolClient } from 'pg';
import QueryStream from 'pg-query-stream';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type {
  BilledLine,
  BilledMonthReader,
  BilledUnits,
  ContractCharge,
  PostedItem,
} from '../domain/billed-month.js';
import type { MappedSubscription } from '../domain/mapped-subscription.js';
import { BILLED_LINES, BINDINGS, CONTRACT_CHARGES, STRAY_LINES } from './billed-month-queries.js';
import { fromMappedRow, MAPPED_IN_BYTE_ORDER, type MappedRow } from './mapped-subscription.repository.js';

type Digits = string | null;
type Scope = { connectionId: string; internalCurrency: string | null };

interface ItemRow {
  externalId: string;
  price: Digits;
  invoiceId: string | null;
  number: string | null;
  isVoided: boolean | null;
}

interface UnitRow {
  externalId: string;
  startsOn: LocalDate;
  endsOn: LocalDate;
  units: string;
  price: Digits;
  isPosted: boolean;
  items: ItemRow[] | null;
}

type LineRow = Omit<BilledLine, 'unitPrice' | 'period' | 'rows'> & {
  unitPrice: Digits;
  periodType: PeriodType;
  startsOn: LocalDate;
  endsOn: LocalDate;
  rows: UnitRow[];
};

type ChargeRow = Omit<ContractCharge, 'price' | 'items'> & { price: Digits; items: ItemRow[] | null };

const decimal = (digits: Digits): Decimal | null => (digits === null ? null : new MoneyDecimal(digits));

@Injectable()
export class BilledMonthRepository implements BilledMonthReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async *mappedInOrder(connectionId: string): AsyncGenerator<MappedSubscription> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const rows = client.query(new QueryStream(MAPPED_IN_BYTE_ORDER, [connectionId], { batchSize: 500 }));
      for await (const row of rows) yield fromMappedRow(row as MappedRow);
    } finally {
      await runner.release();
    }
  }

  async linesOf(
    { connectionId, internalCurrency }: Scope,
    contractExternalIds: readonly string[],
    { from, to }: { from: LocalDate; to: LocalDate },
  ): Promise<BilledLine[]> {
    const parameters = [connectionId, internalCurrency, contractExternalIds, from, to];
    return (await this.rows<LineRow>(BILLED_LINES, parameters)).map(toLine);
  }

  async chargesOf(
    { connectionId, internalCurrency }: Scope,
    externalIds: readonly string[],
  ): Promise<ContractCharge[]> {
    if (externalIds.length === 0) return [];
    const rows = await this.rows<ChargeRow>(CONTRACT_CHARGES, [connectionId, internalCurrency, externalIds]);
    return rows.map((row) => ({ ...row, price: decimal(row.price), items: toItems(row.items) }));
  }

  async strayLines(
    { connectionId, internalCurrency }: Scope,
    { from, to }: { from: LocalDate; to: LocalDate },
    afterId: string | undefined,
    limit: number,
  ): Promise<BilledLine[]> {
    const parameters = [connectionId, internalCurrency, from, to, afterId ?? null, limit];
    return (await this.rows<LineRow>(STRAY_LINES, parameters)).map(toLine);
  }

  bindingsOf(
    tenantId: string,
    customerIds: readonly string[],
    subscriptionIds: readonly string[],
  ): ReturnType<BilledMonthReader['bindingsOf']> {
    return this.rows(BINDINGS, [tenantId, customerIds, subscriptionIds]);
  }

  private rows<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}

function toLine({ periodType, startsOn, endsOn, rows, unitPrice, ...line }: LineRow): BilledLine {
  return {
    ...line,
    unitPrice: decimal(unitPrice),
    period: { startsOn, endsOn, periodType },
    rows: rows.map(toUnits),
  };
}

function toUnits({ units, price, items, ...row }: UnitRow): BilledUnits {
  return { ...row, units: Number(units), price: decimal(price), items: toItems(items) };
}

function toItems(items: ItemRow[] | null): PostedItem[] {
  return (items ?? []).map(({ externalId, price, invoiceId, number, isVoided }) => ({
    externalId,
    price: decimal(price),
    invoice: invoiceId === null ? null : { externalId: invoiceId, number, isVoided: isVoided ?? false },
  }));
}
