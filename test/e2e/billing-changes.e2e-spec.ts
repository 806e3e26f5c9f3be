import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';

describe('a changed subscription, read back from Autotask', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  it('plans nothing when it is mapped to equal values', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    expect(await scenario.operations(line)).toEqual([]);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(5);
  });

  it('is added to a contract that lacks the service, with its price from the first day', async () => {
    const line = await scenario.line({ quantity: 4, unitPrice: '12.5', effectiveOn: '2026-11-10' });
    expect(await scenario.operations(line)).toMatchObject([
      { kind: 'addService', state: 'applied', effectiveOn: '2026-11-10', externalId: expect.any(String) },
    ]);
    expect(scenario.unitsOn(line, '2026-11-09')).toBeUndefined();
    expect(scenario.rowOn(line, '2026-11-10')).toMatchObject({ units: 4, price: '35' });
    expect(scenario.rowOn(line, '2026-12-01')).toMatchObject({ units: 4, price: '50' });
  });

  it('changes its units on the day of the change', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.change(line, { quantity: 8, effectiveOn: '2026-11-20' });
    expect(await scenario.settled(line)).toMatchObject([{ kind: 'adjustUnits', state: 'applied', attempts: 1 }]);
    expect(scenario.unitsOn(line, '2026-11-19')).toBe(5);
    expect(scenario.unitsOn(line, '2026-11-20')).toBe(8);
    expect(scenario.adjustments(line)).toHaveLength(2);
  });
});
