import type { Readable } from 'node:stream';
import type { MoneyJson } from '../../kernel/money.js';
import { type CsvColumn, csvStream } from '../../platform/http/csv.js';
import type { ContractLine } from '../domain/contract-line.js';

/** Columns in order, each with its value in a line; those that are no amounts are texts from the PSA. */
const COLUMNS: readonly CsvColumn<ContractLine>[] = [
  ['companyId', ({ company }) => company.externalId],
  ['companyName', ({ company }) => company.name],
  ['contractId', ({ contract }) => contract.externalId],
  ['contractName', ({ contract }) => contract.name],
  ['contractNumber', ({ contract }) => contract.number],
  ['kind', ({ kind }) => kind],
  ['lineId', ({ externalId }) => externalId],
  ['serviceId', ({ serviceId }) => serviceId],
  ['name', ({ name }) => name],
  ['description', ({ description }) => description],
  ['startsOn', ({ startsOn }) => startsOn],
  ['endsOn', ({ endsOn }) => endsOn],
  ['units', ({ units }) => String(units)],
  ['unitPrice', ({ unitPrice }) => amount(unitPrice)],
  ['currency', ({ unitPrice }) => unitPrice?.currency ?? null],
  ['unitPriceBasis', ({ unitPriceBasis }) => unitPriceBasis],
  ['internalUnitPrice', ({ internalUnitPrice }) => amount(internalUnitPrice)],
  ['unitCost', ({ unitCost }) => amount(unitCost)],
  [
    'internalCurrency',
    ({ internalUnitPrice, unitCost }) => (internalUnitPrice ?? unitCost)?.currency ?? null,
  ],
  ['isPosted', ({ isPosted }) => (isPosted ? 'yes' : 'no')],
  ['postedAt', ({ postedAt }) => postedAt],
];
const NUMERIC = ['units', 'unitPrice', 'internalUnitPrice', 'unitCost'];

function amount(money: MoneyJson | null): string | null {
  return money?.amount ?? null;
}

/** Lines as CSV with a header, written as they are read. */
export function contractLinesCsv(lines: AsyncIterable<ContractLine>): Readable {
  return csvStream(lines, COLUMNS, NUMERIC);
}
