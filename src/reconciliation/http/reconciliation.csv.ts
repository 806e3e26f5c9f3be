import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { CurrencyCode } from '../../kernel/currency.js';
import { valuesText } from '../domain/explanations.js';
import type { Finding, FindingValue } from '../domain/finding.js';
import { digitsOf } from './reconciliation-response.js';

type Column = (finding: Finding, currency: CurrencyCode) => string | null;

const COLUMNS: readonly [name: string, valueOf: Column][] = [
  ['customerId', ({ customerId }) => customerId],
  ['customerName', ({ customerName }) => customerName],
  ['subscriptionId', ({ subscriptionId }) => subscriptionId],
  ['title', ({ title }) => title],
  ['contractId', ({ contractExternalId }) => contractExternalId],
  ['kind', ({ kind }) => kind],
  ['stage', ({ stage }) => stage],
  ['expectedAmount', ({ expected }) => expected?.amount ?? null],
  ['expectedCurrency', ({ expected }) => expected?.currency ?? null],
  ['expectedUnits', ({ expected }) => unitsOf(expected)],
  ['actualAmount', ({ actual }) => actual?.amount ?? null],
  ['actualCurrency', ({ actual }) => actual?.currency ?? null],
  ['actualUnits', ({ actual }) => unitsOf(actual)],
  ['impact', ({ impact }, currency) => digitsOf(impact, currency)],
  ['currency', (_, currency) => currency],
  ['what', ({ explanation }) => explanation.what],
  ['why', ({ explanation }) => explanation.why],
  ['whatToDo', ({ explanation }) => explanation.whatToDo],
  ['findingId', ({ id }) => id],
];
/** Places of amounts: a minus sign there is a sign, not the start of a formula. Of rows that are lists the writer tells the place only. */
const AMOUNTS = new Set<unknown>(
  ['expectedAmount', 'actualAmount', 'impact'].map((name) =>
    COLUMNS.findIndex(([column]) => column === name),
  ),
);

function unitsOf(value: FindingValue | null): string | null {
  return value === null || value.values.length === 0 ? null : valuesText(value.values);
}

/**
 * Findings as CSV with a header, written as they are read. A text that a spreadsheet would run as a formula gets an apostrophe in
 * front (OWASP, CSV injection).
 */
export function findingsCsv(findings: AsyncIterable<Finding>, currency: CurrencyCode): Readable {
  const csv = stringify({
    header: true,
    columns: COLUMNS.map(([name]) => name),
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: {
      string: (value, { column }) => (AMOUNTS.has(column) ? { value, escape_formulas: false } : value),
    },
  });
  const rows = Readable.from(rowsOf(findings, currency));
  // Either end takes the other with it: a failed read ends the answer, an answer nobody takes ends the read.
  rows.once('error', (error) => csv.destroy(error));
  csv.once('close', () => rows.destroy());
  return rows.pipe(csv);
}

async function* rowsOf(
  findings: AsyncIterable<Finding>,
  currency: CurrencyCode,
): AsyncGenerator<(string | null)[]> {
  for await (const finding of findings) yield COLUMNS.map(([, valueOf]) => valueOf(finding, currency));
}
