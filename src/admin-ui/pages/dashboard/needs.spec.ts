import { describe, expect, it } from 'vitest';
import type { ConnectionOverview } from '../../api/generated/api.js';
import { en } from '../../messages/en.js';
import { needsNow } from './needs.js';

const zero = { amount: '0.00', currency: 'EUR' };
const QUIET: ConnectionOverview = {
  connectionId: 'one',
  alias: 'Contoso EUR',
  currency: 'EUR',
  state: 'active',
  failedOperations: 0,
  openOperations: 3,
  waitingSubscriptions: 0,
  plansToApprove: 0,
  openDrift: 0,
  driftImpact: zero,
  stopReason: null,
  monthlyRecurring: zero,
  recurringLines: 0,
  apiBudget: { limit: 10_000, windowMinutes: 60, used: 0, own: 0, others: 0, closedUntil: null },
};

describe('needsNow', () => {
  it('asks for nobody while operations are merely on their way', () => {
    expect(needsNow([QUIET], new Set(), en)).toEqual([]);
  });

  it('puts what is broken before what waits, and leads to where it is dealt with', () => {
    const busy: ConnectionOverview = {
      ...QUIET,
      connectionId: 'two',
      state: 'attention',
      failedOperations: 2,
      waitingSubscriptions: 1,
      plansToApprove: 1,
      openDrift: 4,
      stopReason: 'Ten failures in a row.',
    };
    const needs = needsNow([QUIET, busy], new Set(['one']), en);
    expect(needs.map(({ kind, href }) => `${kind} ${href}`)).toEqual([
      'attention /connectors/two',
      'stopped /connectors/two/operations',
      'failed /connectors/two/operations?state=failed',
      'approve /connectors/two/plans',
      'drift /connectors/two/drift',
      'waiting /connectors/two/plans',
      'unmapped /connectors/one/customers',
    ]);
    expect(needs[2]?.text).toBe('Contoso EUR: 2 operations failed');
  });
});
