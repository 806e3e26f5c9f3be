import { Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { currencyCode, isCurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { addMonths } from '../../kernel/period.js';
import type {
  ContractRecord,
  ContractServiceRecord,
  ContractServiceUnitRecord,
} from '../../ports/psa/psa-records.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import {
  type ContractLine,
  type ContractState,
  longestPeriodMonths,
  type UnitRange,
} from '../domain/contract-state.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';

/** Most ids of one request (Autotask REST reference, §2.2). */
export const IDS_PER_REQUEST = 500;

/** Reads contracts from the PSA itself, many in few requests: what money is decided on must not be a quarter of an hour old. */
@Injectable()
export class ContractReader {
  /**
   * Contracts with the lines of the services that are asked for.
   * @param first the first day that matters; the unit rows begin with a whole period before it
   */
  async read(
    session: PsaSession,
    contractExternalIds: readonly string[],
    serviceExternalIds: ReadonlySet<string>,
    first: LocalDate,
    signal?: AbortSignal,
  ): Promise<ContractState[]> {
    const contracts: ContractRecord[] = [];
    const services: ContractServiceRecord[] = [];
    for (const ids of chunks([...new Set(contractExternalIds)])) {
      contracts.push(...(await session.readByIds('contracts', ids, signal)));
      services.push(...(await this.readLines(session, ids, signal)));
    }
    const wanted = services.filter(({ serviceExternalId }) => serviceExternalIds.has(serviceExternalId));
    const from = addMonths(first, -longestPeriodMonths(contracts));
    const units = await this.readUnits(
      session,
      wanted.map(({ externalId }) => externalId),
      { from, to: null },
      signal,
    );
    const linesOf = Map.groupBy(wanted, ({ contractExternalId }) => contractExternalId);
    return contracts.map((contract) => ({
      ...contract,
      lines: (linesOf.get(contract.externalId) ?? []).map((line) =>
        toLine(line, units.get(line.externalId) ?? []),
      ),
    }));
  }

  /** Every service line of these contracts. */
  async readLines(
    session: PsaSession,
    contractExternalIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<ContractServiceRecord[]> {
    const lines: ContractServiceRecord[] = [];
    for (const ids of chunks(contractExternalIds)) {
      const scope = { kind: 'ofContracts', contractExternalIds: ids } as const;
      const request = { scope, position: null };
      for await (const { records } of session.readBatches('contractServices', request, signal)) {
        lines.push(...records);
      }
    }
    return lines;
  }

  /** Unit ranges by line that have a day between two, both included. */
  async readUnits(
    session: PsaSession,
    lineExternalIds: readonly string[],
    days: { from: LocalDate; to: LocalDate | null },
    signal?: AbortSignal,
  ): Promise<Map<string, UnitRange[]>> {
    const rows: ContractServiceUnitRecord[] = [];
    for (const ids of chunks([...new Set(lineExternalIds)])) {
      rows.push(...(await session.readUnits(ids, days, signal)));
    }
    const byLine = Map.groupBy(rows, ({ contractServiceExternalId }) => contractServiceExternalId);
    return new Map([...byLine].map(([id, own]) => [id, own.map(toRange)]));
  }

  /** The instance's own rates, as they are now. */
  async readRates(session: PsaSession, connection: Connection, signal?: AbortSignal): Promise<ExchangeRates> {
    const rates = new Map<string, NonNullable<ReturnType<ExchangeRates['rates']['get']>>>();
    let internal = internalCurrencyOf(connection);
    const request = { scope: { kind: 'all' }, position: null } as const;
    for await (const { records } of session.readBatches('currencies', request, signal)) {
      for (const { code, isInternal, exchangeRate } of records) {
        if (isInternal && isCurrencyCode(code)) internal = code;
        if (exchangeRate !== null) rates.set(code, exchangeRate);
      }
    }
    return { internal, rates };
  }
}

/** Currency the instance keeps costs in; the connection's own where the instance did not tell. */
export function internalCurrencyOf({ instance, currency }: Connection): ExchangeRates['internal'] {
  const { internalCurrency } = instance;
  return internalCurrency === null ? currency : currencyCode(internalCurrency);
}

export function* chunks<T>(items: readonly T[], size = IDS_PER_REQUEST): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function toLine(record: ContractServiceRecord, units: UnitRange[]): ContractLine {
  const { externalId, serviceExternalId, unitPrice, unitCost } = record;
  return {
    externalId,
    serviceExternalId,
    unitPrice,
    unitCost,
    units,
    deltas: [],
    scheduled: [],
    takenDays: [],
  };
}

function toRange(row: ContractServiceUnitRecord): UnitRange {
  const { externalId, startsOn, endsOn, units, postedAt, price, cost } = row;
  return { externalId, startsOn, endsOn, units: units.toNumber(), isPosted: postedAt !== null, price, cost };
}
