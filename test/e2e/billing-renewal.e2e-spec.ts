import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import type { Line } from '../support/billing/scenario-types.js';
import { until } from '../support/until.js';

describe('a renewed subscription, by the policy nextContract', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic', renewal: 'nextContract' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  /** Another contract of the same company, pulled. */
  const nextContract = async (line: Line, startsOn: string, endsOn: string) => {
    const contracts = scenario.database.table('Contracts');
    const { id: _, ...row } = contracts.get(line.contractId) ?? { id: 0 };
    const { id } = contracts.insert({
      ...row,
      contractName: `${line.subscriptionId} from ${startsOn}`,
      contractNumber: `${line.subscriptionId}-next`,
      startDate: `${startsOn}T00:00:00Z`,
      endDate: `${endsOn}T00:00:00Z`,
    });
    await scenario.pullAll();
    return id;
  };
  const renewed = async (contractEnd: string) => {
    const line = await scenario.line({ unitsBefore: 5, contractEnd, commitmentEndsOn: '2026-12-31' });
    await scenario.change(line, {
      startsOn: '2027-01-01',
      commitmentEndsOn: '2027-12-31',
      effectiveOn: '2027-01-01',
    });
    const [waiting] = await scenario.settled(line);
    return { line, waiting };
  };

  it('waits for the next contract and is then billed on one of them at a time', async () => {
    const { line, waiting } = await renewed('2027-06-30');
    expect(waiting).toMatchObject({
      state: 'failed',
      lastError: {
        code: 'billing.renewal_next_contract',
        detail: expect.stringMatching(/ends on 2027-06-30.*covers 2027-01-01/s),
      },
    });
    expect(scenario.unitsOn(line, '2027-06-30')).toBe(5);
    const moved = { ...line, contractId: await nextContract(line, '2027-01-01', '2027-12-31') };
    await scenario.map(moved);
    await until('both contracts', async () => {
      await scenario.settled(line);
      return scenario.unitsOn(moved, '2027-01-01') === 5 && scenario.unitsOn(line, '2027-01-01') === 0
        ? true
        : null;
    });
    expect(scenario.unitsOn(line, '2026-12-31')).toBe(5);
    const operations = await scenario.operations(line);
    expect(operations.map(({ kind, rule, state }) => `${kind} ${rule} ${state}`).toSorted()).toEqual([
      'addService mapping.difference applied',
      'adjustUnits refused dismissed',
      'adjustUnits renew.nextContract applied',
    ]);
  });

  it('leaves a contract alone that ends before the new term begins', async () => {
    const { line } = await renewed('2026-12-31');
    const moved = { ...line, contractId: await nextContract(line, '2027-01-01', '2027-12-31') };
    await scenario.map(moved);
    await until('the next contract', async () => {
      await scenario.settled(moved);
      return scenario.unitsOn(moved, '2027-01-01') === 5 ? true : null;
    });
    expect(scenario.unitsOn(line, '2026-12-31')).toBe(5);
    expect(scenario.adjustments(line)).toHaveLength(1);
  });
});

describe('a subscription that is cancelled to the end of its contract', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'automatic', cancel: 'periodEnd' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  const syncStateOf = async ({ subscriptionId }: Line) => {
    const path = `/connections/${scenario.connectionId}/subscription-mappings?limit=200`;
    const { body } = await scenario.api.get<{ items: { subscriptionId: string; syncState: string }[] }>(path);
    return body.items.find((item) => item.subscriptionId === subscriptionId)?.syncState;
  };
  /** Another subscription of the same customer on the same contract. */
  const siblingOf = async (line: Line) => {
    const other = await scenario.unmappedLine({ quantity: 3 });
    const { subscriptionId: customerId, contractId } = line;
    const sibling = { ...other, subscriptionId: `${customerId}-sibling`, contractId };
    await scenario.change(sibling, { customerId, effectiveOn: '2026-11-10' });
    await scenario.map(sibling);
    await scenario.settled(sibling);
    return sibling;
  };
  const renew = (line: Line) =>
    scenario.change(line, {
      startsOn: '2027-01-01',
      commitmentEndsOn: '2027-12-31',
      effectiveOn: '2027-01-01',
    });

  it.each(['2026-12-10', '2027-01-10'])('is synced without a write when that is on %s', async (day) => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { status: 'cancelled', effectiveOn: day });
    expect(await scenario.settled(line)).toEqual([]);
    expect(await syncStateOf(line)).toBe('synced');
    expect(scenario.unitsOn(line, '2026-12-31')).toBe(5);
  });

  it('is not carried on when another subscription has the contract extended', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const sibling = await siblingOf(line);
    await scenario.change(line, { status: 'cancelled', effectiveOn: '2026-12-10' });
    expect(await scenario.settled(line)).toEqual([]);
    await renew(sibling);
    expect((await scenario.settled(sibling)).at(-1)).toMatchObject({
      kind: 'extendContract',
      state: 'applied',
    });
    const operations = await until('the end of the cancelled one', async () => {
      const settled = await scenario.settled(line);
      return settled.length > 0 ? settled : null;
    });
    expect(operations).toMatchObject([{ state: 'applied', attempts: 1, effectiveOn: '2027-01-01' }]);
    expect(['2026-12-31', '2027-01-01', '2027-12-31'].map((day) => scenario.unitsOn(line, day))).toEqual([
      5, 0, 0,
    ]);
    expect(scenario.unitsOn(sibling, '2027-12-31')).toBe(3);
  });

  it('is not carried on either when a person applies the plan of the extension', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const sibling = await siblingOf(line);
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { status: 'cancelled', effectiveOn: '2026-12-10' });
    await renew(sibling);
    const plan = await scenario.plan();
    expect(plan.steps.map(({ kind, effectiveOn }) => `${kind} ${effectiveOn}`)).toEqual([
      'extendContract 2027-01-01',
      'adjustUnits 2027-01-01',
    ]);
    expect((await scenario.api.post(`/plans/${plan.id}/apply`, {})).status).toBe(202);
    await scenario.settled(sibling);
    await scenario.settled(line);
    expect(['2026-12-31', '2027-01-01'].map((day) => scenario.unitsOn(line, day))).toEqual([5, 0]);
    expect(scenario.unitsOn(sibling, '2027-12-31')).toBe(3);
  });
});
