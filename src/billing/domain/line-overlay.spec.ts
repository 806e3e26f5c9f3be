import { describe, expect, it } from 'vitest';
import { contractOfTheYear, plan, state, TODAY } from '../../../test/support/billing/line-plan-case.js';
import { day } from '../../../test/support/billing/vendor-model.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { overlaid } from './line-overlay.js';
import { LineTimeline } from './line-timeline.js';
import type { Operation } from './operation.js';
import type { PlanStep } from './plan-step.js';

function waiting(step: PlanStep): Operation {
  return {
    id: 'operation',
    sequence: '1',
    connectionId: 'connection',
    tenantId: 'tenant',
    lineId: 'line',
    subscriptionId: 'subscription',
    planId: null,
    stepId: null,
    compensatesId: null,
    step,
    state: 'pending',
    version: 1,
    isRebased: false,
    attempts: 0,
    notBefore: new Date(0),
    externalId: null,
    error: null,
    actorId: 'admin',
    actorName: 'Admin',
    correlationId: 'correlation',
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
}

/** A line of which somebody added two units by hand since a change of it was decided. */
function withWaiting(change: { quantity?: number; unitPrice?: MoneyDecimal }) {
  const vendor = contractOfTheYear();
  const { steps } = plan({ vendor, changes: [state(2, '2026-04-01', change)] });
  const [own] = vendor.lines;
  if (own === undefined) throw new Error('no line');
  vendor.adjust(own, day('2026-03-15'), 2);
  const [line] = vendor.state(TODAY).lines;
  const key = { lineId: 'line', serviceExternalId: own.serviceExternalId };
  return LineTimeline.of(overlaid(line ?? null, key, [], steps.map(waiting), TODAY).line).on(
    day('2026-04-01'),
  );
}

describe('a line with what waits for it', () => {
  it('has the total of a change of units', () => {
    expect(withWaiting({ quantity: 8 }).units).toBe(8);
  });

  it('keeps its units under a price that waits', () => {
    const { units, unitPrice } = withWaiting({ unitPrice: new MoneyDecimal(12) });
    expect([units, unitPrice?.toFixed()]).toEqual([7, '12']);
  });
});
