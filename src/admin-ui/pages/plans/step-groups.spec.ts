import { describe, expect, it } from 'vitest';
import type { BillingPlan, PlanStep } from '../../api/generated/api.js';
import { chosenSteps, groupSteps, stepName } from './step-groups.js';

function step(id: string, customer: string | null, amount: string, dismissed = false): PlanStep {
  const impact = { amount, currency: 'EUR' };
  return {
    id,
    kind: 'adjustUnits',
    identity: id,
    subscriptionId: `sub-${id}`,
    ...(customer === null
      ? {}
      : { subject: { subscriptionName: `Seats ${id}`, customerId: customer, customerName: customer } }),
    contractId: '1',
    serviceId: '1',
    before: { units: 1, unitPrice: null, unitCost: null },
    after: { units: 2, unitPrice: null, unitCost: null },
    effectiveOn: '2026-11-01',
    period: { start: '2026-11-01', end: '2026-11-30', posted: false },
    impactPerPeriod: impact,
    impact,
    reason: '',
    rule: 'quantity.sameDay',
    dismissed,
  };
}

const PLAN: BillingPlan = {
  id: 'plan',
  connectionId: 'connection',
  state: 'draft',
  createdAt: '2026-11-25T00:00:00Z',
  createdBy: { id: 'a', name: 'A' },
  approvals: [],
  refusals: [],
  steps: [
    step('1', 'Zeta', '10.00'),
    step('2', 'Alpha', '-2.50'),
    step('3', 'Zeta', '0.25'),
    step('4', 'Zeta', '99.00', true),
    step('5', null, '1.00'),
  ],
  total: { amount: '8.75', currency: 'EUR' },
};

describe('groupSteps', () => {
  it('puts the steps of a customer together, by name, and adds up what is not left out', () => {
    const groups = groupSteps(PLAN).map(({ customerName, steps, total }) => [
      customerName,
      steps.map(({ id }) => id),
      total.amount,
    ]);
    expect(groups).toEqual([
      [null, ['5'], '1.00'],
      ['Alpha', ['2'], '-2.50'],
      ['Zeta', ['1', '3', '4'], '10.25'],
    ]);
  });
});

describe('chosenSteps', () => {
  it('leaves out what is dismissed and what is not chosen', () => {
    expect(chosenSteps(PLAN, new Set(['2', '5'])).map(({ id }) => id)).toEqual(['1', '3']);
  });
});

describe('stepName', () => {
  it('is the name of the subscription, or its id where the host no longer knows it', () => {
    expect(PLAN.steps.map(stepName)).toEqual(['Seats 1', 'Seats 2', 'Seats 3', 'Seats 4', 'sub-5']);
  });
});
