import type { Readable } from 'node:stream';
import type { CurrencyCode } from '../../kernel/currency.js';
import { csvStream } from '../../platform/http/csv.js';
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
const AMOUNTS = ['expectedAmount', 'actualAmount', 'impact'];

function unitsOf(value: FindingValue | null): string | null {
  return value === null || value.values.length === 0 ? null : valuesText(value.values);
}

/** Findings as CSV with a header, written as they are read. */
export function findingsCsv(findings: AsyncIterable<Finding>, currency: CurrencyCode): Readable {
  const columns = COLUMNS.map(
    ([name, valueOf]) => [name, (finding: Finding) => valueOf(finding, currency)] as const,
  );
  return csvStream(findings, columns, AMOUNTS);
}
