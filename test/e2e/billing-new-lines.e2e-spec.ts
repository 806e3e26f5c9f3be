import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import type { Line } from '../support/billing/scenario-types.js';

describe('new lines of one service on one contract', () => {
  let scenario: BillingScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start({ applyMode: 'approval' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  /** Two subscriptions of one offer whose lines are both to be made, and are decided before either is sent. */
  const bothToCome = async (first: { on: string }, second: { on: string }) => {
    const line = await scenario.unmappedLine({ quantity: 10, effectiveOn: first.on });
    const asOfSecond = { ...line, body: { ...line.body, effectiveOn: second.on } };
    const other = await scenario.anotherOn(asOfSecond, 5);
    await scenario.stopPushes();
    await scenario.map(line);
    await scenario.map(other);
    await scenario.applyAll();
    await scenario.resumePushes();
    return { line, other };
  };
  const contractServices = ({ contractId }: Line) =>
    scenario.database.table('ContractServices').where('contractID', contractId).length;
  const unitRows = (line: Line, day: string) =>
    scenario
      .units(line)
      .filter(({ startDate, endDate }) => startDate <= day && day <= endDate)
      .map(({ units }) => units);

  it.each([
    ['on one day', '2026-11-01', '2026-11-01', [10, 5]],
    ['on two days', '2026-11-05', '2026-11-10', [10, 5]],
  ])('are two lines when they begin %s', async (_, first, second, units) => {
    const { line, other } = await bothToCome({ on: first }, { on: second });
    const states = [...(await scenario.settled(line)), ...(await scenario.settled(other))];
    expect(states).toMatchObject([
      { state: 'applied', kind: 'addService', effectiveOn: first, attempts: 1 },
      { state: 'applied', kind: 'addService', effectiveOn: second, attempts: 1 },
    ]);
    expect(contractServices(line)).toBe(2);
    expect(unitRows(line, second).toSorted((a, b) => b - a)).toEqual(units);
  });
});
