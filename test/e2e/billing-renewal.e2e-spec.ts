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
