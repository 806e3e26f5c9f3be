import { isExternalId } from '../../platform/http/field-rules.js';
import { BILLING_CYCLES, type OfferKey, TERMS } from '../../ports/host/subscription-source.port.js';
import { MAPPING_STATES, type MappingKeys, type MappingKind, type MappingWish } from '../domain/mapping.js';
import type { MappingRows } from '../domain/mapping-rows.js';
import { REASON_LENGTH } from './mapping-request.dto.js';

/** One line of a file, by column. */
export type CsvRecord = Readonly<Record<string, string>>;

/** What is wrong with a line. */
export interface LineProblem {
  column?: string;
  code: string;
  detail: string;
}

/** How one kind of mapping is written as CSV and read back. */
export interface MappingCsv<K extends MappingKind> {
  /** In the order they are written; reading takes them in any order. */
  columns: readonly string[];
  /** Columns a file must have to be read; the others are for people. */
  needed: readonly string[];
  target: string;
  toRecord(row: MappingRows[K]): Record<string, string | null>;
  /** The key of a line, or what is wrong with it. */
  toKey(record: CsvRecord): MappingKeys[K] | LineProblem;
}

const malformed = (column: string, detail: string): LineProblem => ({
  column,
  code: 'import.malformed',
  detail,
});

function idIn(record: CsvRecord, column: string): string | LineProblem {
  const id = record[column] ?? '';
  return isExternalId(id) ? id : malformed(column, 'must be an id without spaces');
}

/** Columns every kind ends with. */
const STATE_COLUMNS = ['state', 'reason'];

function offerIn(record: CsvRecord): MappingKeys['offer'] | LineProblem {
  for (const column of ['productId', 'skuId']) {
    const id = idIn(record, column);
    if (typeof id !== 'string') return id;
  }
  const segment = record['segment'] ?? '';
  const term = TERMS.find((known) => known === record['term']);
  const billingCycle = BILLING_CYCLES.find((known) => known === record['billingCycle']);
  if (segment === '' || segment.length > 50)
    return malformed('segment', 'must be a text of 1 to 50 characters');
  if (term === undefined) return malformed('term', `must be one of ${TERMS.join(', ')}`);
  if (billingCycle === undefined) {
    return malformed('billingCycle', `must be one of ${BILLING_CYCLES.join(', ')}`);
  }
  const key: OfferKey = {
    productId: record['productId'] ?? '',
    skuId: record['skuId'] ?? '',
    segment,
    term,
    billingCycle,
  };
  const name = record['offerName']?.slice(0, 200);
  return name === undefined || name === '' ? key : { ...key, name };
}

export const MAPPING_CSV: { readonly [K in MappingKind]: MappingCsv<K> } = {
  customer: {
    columns: ['customerId', 'customerName', 'companyId', 'companyName', ...STATE_COLUMNS],
    needed: ['customerId', 'companyId'],
    target: 'companyId',
    toRecord: (row) => ({ ...row }),
    toKey: (record) => idIn(record, 'customerId'),
  },
  offer: {
    columns: [
      'productId',
      'skuId',
      'segment',
      'term',
      'billingCycle',
      'offerName',
      'serviceId',
      'serviceName',
      ...STATE_COLUMNS,
    ],
    needed: ['productId', 'skuId', 'segment', 'term', 'billingCycle', 'serviceId'],
    target: 'serviceId',
    toRecord: ({ offer: { name, ...key }, serviceId, serviceName, state, reason }) => ({
      ...key,
      offerName: name,
      serviceId,
      serviceName,
      state,
      reason,
    }),
    toKey: offerIn,
  },
  subscription: {
    columns: [
      'subscriptionId',
      'subscriptionName',
      'customerName',
      'contractId',
      'contractName',
      ...STATE_COLUMNS,
    ],
    needed: ['subscriptionId', 'contractId'],
    target: 'contractId',
    toRecord: (row) => ({
      subscriptionId: row.subscriptionId,
      subscriptionName: row.subscriptionName,
      customerName: row.customerName,
      contractId: row.contractId,
      contractName: row.contractName,
      state: row.state,
      reason: row.reason,
    }),
    toKey: (record) => idIn(record, 'subscriptionId'),
  },
};

export function isProblem(value: unknown): value is LineProblem {
  return typeof value === 'object' && value !== null && 'code' in value;
}

/**
 * What a line asks for: a binding, an exclusion, or, where it names no target, nothing (null). A file never removes a mapping, so that a
 * column left empty by accident does no harm.
 */
export function wishOf<K extends MappingKind>(
  csv: MappingCsv<K>,
  record: CsvRecord,
): MappingWish<MappingKeys[K]> | LineProblem | null {
  const key = csv.toKey(record);
  if (isProblem(key)) return key;
  const target = record[csv.target] ?? '';
  const reason = record['reason'] ?? '';
  const state = record['state'] ?? '';
  if (state !== '' && !MAPPING_STATES.some((known) => known === state)) {
    return malformed('state', `must be one of ${MAPPING_STATES.join(', ')}, or empty`);
  }
  if (state === 'excluded') {
    if (target !== '') return malformed(csv.target, 'must be empty where the state is excluded');
    const isReason = reason !== '' && reason.length <= REASON_LENGTH;
    return isReason
      ? { key, targetId: null, excludedReason: reason }
      : malformed('reason', `must say in 1 to ${REASON_LENGTH} characters why it is excluded`);
  }
  if (target === '') {
    return state === 'mapped' ? malformed(csv.target, 'must be an id where the state is mapped') : null;
  }
  if (state === 'unmapped') return malformed('state', 'says unmapped, but the line names a target');
  if (!isExternalId(target)) return malformed(csv.target, 'must be an id without spaces');
  return { key, targetId: target, excludedReason: null };
}
