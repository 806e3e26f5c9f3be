import { describe, expect, it } from 'vitest';
import { autotaskMetadata } from './autotask-metadata.js';
import { fromAutotaskContract } from './contract.mapping.js';

const LABELS = autotaskMetadata({
  pickLists: {
    contractType: { 1: 'Time & Materials', 7: 'Recurring Service' },
    contractStatus: { 0: 'Inactive', 1: 'Active', 5: 'Active' },
    contractPeriodType: { 2: 'Monthly' },
  },
});
const NO_LABELS = autotaskMetadata({});
const ROW = {
  id: 7001,
  companyID: 174,
  contractName: 'Microsoft CSP',
  contractNumber: null,
  contractType: 7,
  status: 1,
  contractPeriodType: 2,
  startDate: '2026-01-01T00:00:00Z',
  endDate: '2026-12-31T00:00:00Z',
};

describe('contracts', () => {
  it('reads a row', () => {
    expect(fromAutotaskContract(ROW, LABELS)).toEqual({
      externalId: '7001',
      companyExternalId: '174',
      name: 'Microsoft CSP',
      number: null,
      type: 'recurring_service',
      isActive: true,
      periodType: 'monthly',
      startsOn: '2026-01-01',
      endsOn: '2026-12-31',
    });
  });

  it('reads the same without pick lists', () => {
    expect(fromAutotaskContract(ROW, NO_LABELS)).toEqual(fromAutotaskContract(ROW, LABELS));
  });

  it.each([
    [1, LABELS, 'time & materials'],
    [1, NO_LABELS, '1'],
    [9, autotaskMetadata({ pickLists: { contractType: { 9: 'recurring service' } } }), 'recurring_service'],
    [null, LABELS, 'unknown'],
  ])('puts the contract type %j in words', (contractType, metadata, word) => {
    expect(fromAutotaskContract({ ...ROW, contractType }, metadata).type).toBe(word);
  });

  it.each([
    [1, true],
    [5, true],
    ['1', true],
    [0, false],
    [3, false],
    [null, false],
  ])('reads the status %j as active: %s', (status, isActive) => {
    expect(fromAutotaskContract({ ...ROW, status }, LABELS).isActive).toBe(isActive);
  });

  it('reads a contract without a billing period', () => {
    expect(fromAutotaskContract({ ...ROW, contractPeriodType: null }, LABELS).periodType).toBe('unknown');
  });

  it('refuses a row without an end', () => {
    expect(() => fromAutotaskContract({ ...ROW, endDate: null }, LABELS)).toThrow(
      'Contracts 7001: endDate is missing.',
    );
  });
});
