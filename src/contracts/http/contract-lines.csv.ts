import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { MoneyJson } from '../../kernel/money.js';
import type { ContractLine } from '../domain/contract-line.js';

/** Columns in order, each with its value in a line; those that are no amounts are texts from the PSA. */
const COLUMNS: readonly [name: string, valueOf: (line: ContractLine) => string | null][] = [
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
/** A minus sign there is a sign, not the start of a formula. */
const NUMERIC = new Set<unknown>(['units', 'unitPrice', 'internalUnitPrice', 'unitCost']);

function amount(money: MoneyJson | null): string | null {
  return money?.amount ?? null;
}

/**
 * Lines as CSV with a header, written as they are read. A text that a spreadsheet would run as a formula gets an apostrophe in
 * front (OWASP, CSV injection).
 */
export function contractLinesCsv(lines: AsyncIterable<ContractLine>): Readable {
  const csv = stringify({
    header: true,
    columns: COLUMNS.map(([name]) => name),
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: {
      string: (value, { column }) => (NUMERIC.has(column) ? { value, escape_formulas: false } : value),
    },
  });
  const rows = Readable.from(rowsOf(lines));
  // Either end takes the other with it: a failed read ends the answer, an answer nobody takes ends the read.
  rows.once('error', (error) => csv.destroy(error));
  csv.once('close', () => rows.destroy());
  return rows.pipe(csv);
}

async function* rowsOf(lines: AsyncIterable<ContractLine>): AsyncGenerator<(string | null)[]> {
  for await (const line of lines) yield COLUMNS.map(([, valueOf]) => valueOf(line));
}
