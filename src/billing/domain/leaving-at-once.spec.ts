import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import { localDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import { leavingAtOnce, MOST_AT_ONCE } from './leaving-at-once.js';
import { lineToCome } from './line-identity.js';
import type { Operation } from './operation.js';
import type { NewOperation } from './operation-store.js';
import type { PlanStep } from './plan-step.js';

const EUR = currencyCode('EUR');
const DAY = localDate('2026-11-25');
const AT = new Date('2026-11-20T08:00:00Z');

function made(
  lineId: string,
  step: Partial<PlanStep> = {},
  state: NewOperation['state'] = 'pending',
): NewOperation {
  const price = new MoneyDecimal('10');
  return {
    id: `operation of ${lineId}`,
    connectionId: 'connection',
    tenantId: 'tenant',
    lineId,
    subscriptionId: 'subscription',
    planId: null,
    stepId: null,
    compensatesId: null,
    step: {
      kind: 'adjustUnits',
      identity: 'connection/account/subscription/2026-11-25',
      subscriptionId: 'subscription',
      contractExternalId: '1',
      serviceExternalId: '2',
      lineExternalId: '3',
      before: { units: 5, unitPrice: price, unitCost: price },
      after: { units: 8, unitPrice: price, unitCost: price },
      effectiveOn: DAY,
      notBefore: DAY,
      period: { startsOn: DAY, endsOn: DAY, fullDays: 30, isPosted: false },
      impactPerPeriod: money('30', EUR),
      impact: money('30', EUR),
      reason: 'To 8.',
      rule: 'quantity.sameDay',
      revision: 2,
      contractEndsOn: null,
      charge: null,
      ...step,
    },
    state,
    error: null,
    actorId: 'actor',
    actorName: 'Actor',
    correlationId: 'correlation',
    createdAt: AT,
  };
}

const statesOf = (operations: readonly NewOperation[], open: readonly Operation[] = []) =>
  leavingAtOnce(operations, open).map(({ state }) => state);

describe('what leaves at once', () => {
  it('is a change of units or of a price on a line that is there', () => {
    expect(statesOf([made('a'), made('b', { kind: 'adjustPrice' })])).toEqual(['sending', 'sending']);
  });

  it('is only the first of a line, whose others wait for what becomes of it', () => {
    expect(statesOf([made('a'), made('b'), made('a')])).toEqual(['sending', 'sending', 'pending']);
  });

  it.each(['pending', 'sending', 'verifying', 'failed'] as const)(
    'is nothing of a line with an operation that is %s',
    (state) => {
      expect(statesOf([made('a'), made('b')], [{ lineId: 'a', state } as Operation])).toEqual([
        'pending',
        'sending',
      ]);
    },
  );

  it('is nothing that waits for a line, an extension or a person', () => {
    const waiting = [
      made('a', { lineExternalId: null }),
      made('b', { lineExternalId: lineToCome('b') }),
      made('c', { waitsForExtension: true }),
      made('d', { rule: 'refused' }, 'failed'),
    ];
    expect(statesOf(waiting)).toEqual(['pending', 'pending', 'pending', 'failed']);
  });

  it('is nothing that the PSA would take twice', () => {
    const kinds = ['addService', 'createCharge', 'updateCharge', 'extendContract'] as const;
    expect(statesOf(kinds.map((kind) => made(kind, { kind })))).toEqual(kinds.map(() => 'pending'));
  });

  it('is as much as leaves in time; the rest waits for its turn', () => {
    const lines = Array.from({ length: MOST_AT_ONCE + 1 }, (_, index) => made(`line ${index}`));
    expect(statesOf(lines).lastIndexOf('sending')).toBe(MOST_AT_ONCE - 1);
    expect(statesOf(lines).at(-1)).toBe('pending');
  });
});
