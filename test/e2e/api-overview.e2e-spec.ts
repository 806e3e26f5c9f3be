import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OverviewResponse } from '../../src/overview/http/overview.controller.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { MoneyDecimal } from '../../src/index.js';
import type { Page } from '../../src/kernel/page.js';
import { expectProblem } from '../support/connector.js';

interface Company {
  externalId: string;
  currency: string;
}
interface Contract {
  externalId: string;
  isActive: boolean;
  company: { externalId: string };
  periodType: string;
  startsOn: string;
  endsOn: string;
  services: { units: number; unitPrice: { amount: string } | null }[];
}

interface ContractLine {
  kind: string;
  contract: { externalId: string };
  units: number;
  unitPrice: { amount: string } | null;
}

const MONTHS: Readonly<Record<string, number>> = { monthly: 1, quarterly: 3, semi_annual: 6, yearly: 12 };

describe('GET /overview', () => {
  let scenario: BillingScenario;
  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic' });
  });
  afterAll(() => scenario?.stop());

  const read = async () => (await scenario.api.get<OverviewResponse>('/overview')).body;
  const all = async <Row>(path: string, query = ''): Promise<Row[]> => {
    const rows: Row[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await scenario.api.get<Page<Row>>(`${path}?limit=200${query}${cursor}`);
      rows.push(...body.items);
      if (body.nextCursor === null) return rows;
      cursor = `&cursor=${body.nextCursor}`;
    }
  };
  const ours = async () =>
    (await read()).connections.find(({ connectionId }) => connectionId === scenario.connectionId);

  it('says what waits for a person, and what the plan, operations and names say of it', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    expect(await ours()).toMatchObject({
      state: 'active',
      currency: 'EUR',
      failedOperations: 0,
      waitingSubscriptions: 0,
      openDrift: 0,
      driftImpact: { amount: '0.00', currency: 'EUR' },
      stopReason: null,
    });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { quantity: 8 });
    expect(await ours()).toMatchObject({ waitingSubscriptions: 1, plansToApprove: 0 });
    const plan = await scenario.plan();
    expect(plan.steps[0]?.subject).toMatchObject({
      customerName: expect.any(String),
      subscriptionName: expect.any(String),
    });
    await scenario.setPolicies({ secondApproverAbove: { amount: '1.00', currency: 'EUR' } });
    expectProblem(
      await scenario.api.post(`/plans/${plan.id}/apply`, {}),
      409,
      'billing.second_approver_required',
    );
    expect(await ours()).toMatchObject({ waitingSubscriptions: 1, plansToApprove: 1 });
  });

  it('says how much of the allowance of the instance is used, which a pull adds to', async () => {
    const before = (await ours())?.apiBudget;
    expect(before).toMatchObject({ limit: 10_000, windowMinutes: 60, others: 0, closedUntil: null });
    const run = await scenario.connector.sync(scenario.connectionId);
    const after = (await ours())?.apiBudget;
    expect(run.apiCalls).toBeGreaterThan(0);
    expect((after?.own ?? 0) - (before?.own ?? 0)).toBeGreaterThanOrEqual(run.apiCalls);
    expect(after?.used).toBe(after?.own);
  });

  it('adds up what the contracts bill in a month, by currency', async () => {
    await scenario.connector.sync(scenario.connectionId);
    const { day, monthlyRecurring, connections } = await read();
    const path = `/connections/${scenario.connectionId}`;
    const companies = await all<Company>(`${path}/companies`);
    const inEuros = new Set(
      companies.filter(({ currency }) => currency === 'EUR').map(({ externalId }) => externalId),
    );
    const contracts = (await all<Contract>(`${path}/contracts`)).filter(
      ({ isActive, company, startsOn, endsOn }) =>
        isActive && inEuros.has(company.externalId) && startsOn <= day && endsOn >= day,
    );
    const periods = new Map(contracts.map(({ externalId, periodType }) => [externalId, periodType]));
    // The services of a contract do not name its bundles; the lines of the day do.
    const bundles = (await all<ContractLine>(`${path}/contract-lines`, `&asOf=${day}`)).filter(
      ({ kind, contract }) => kind === 'bundle' && periods.has(contract.externalId),
    );
    expect(bundles).not.toEqual([]);
    const expected = [
      ...contracts,
      ...bundles.map((line) => ({
        periodType: periods.get(line.contract.externalId) ?? '',
        services: [line],
      })),
    ]
      .flatMap(({ periodType, services }) =>
        services.map(({ units, unitPrice }) =>
          new MoneyDecimal(unitPrice?.amount ?? 0).times(units).dividedBy(MONTHS[periodType] ?? Infinity),
        ),
      )
      .reduce((sum, amount) => sum.plus(amount), new MoneyDecimal(0));
    expect(expected.toNumber()).toBeGreaterThan(0);
    expect(connections[0]?.monthlyRecurring).toEqual({ amount: expected.toFixed(2), currency: 'EUR' });
    expect(monthlyRecurring).toEqual([connections[0]?.monthlyRecurring]);
  });

  it('shows a tenant nothing of another, and asks for the right to read billing', async () => {
    const other = await scenario.connector.as('reseller').get<OverviewResponse>('/overview');
    expect(other.body.connections).toEqual([]);
    expectProblem(await scenario.connector.as(null).get('/overview'), 401, 'access.unauthenticated');
  });
});
