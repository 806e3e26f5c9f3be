import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { ChargeScenario } from '../support/billing/charge-scenario.js';
import { letTimePass } from '../support/billing/scenario-clock.js';
import type { Line } from '../support/billing/scenario-types.js';
import { until } from '../support/until.js';

const CHARGE = /Contracts\/\d+\/Charges$/;
const ADJUST = /ServiceAdjustments$/;
const UNITS = /ContractServiceUnits\/query$/;
const MINUTE_MS = 60_000;

describe('the outbox of billing operations', () => {
  let scenario: BillingScenario;
  let amounts: ChargeScenario;

  beforeAll(async () => {
    scenario = await BillingScenario.start();
    amounts = new ChargeScenario(scenario);
  });

  afterEach(async () => {
    scenario.simulator.faults.clear();
    await scenario.setPolicies({ applyMode: 'automatic', charges: 'itemised' });
  });

  afterAll(async () => {
    await scenario?.stop();
  });

  /** The worker that holds the lease may write nothing more, as one that was killed; its requests go on at the vendor. */
  const loseWorker = () =>
    scenario.connector.rows(
      `UPDATE psa_connector.billing_push SET lease_token = gen_random_uuid(), leased_until = '2026-01-01'
       WHERE connection_id = $1`,
      [scenario.connectionId],
    );
  const chargesSent = () => scenario.simulator.journal.count({ method: 'POST', path: CHARGE });
  const chargeOf = (line: Line) =>
    until('the operation', async () => (await scenario.operations(line))[0] ?? null);

  it('sends what a change became that was merged into it while the PSA was read', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { quantity: 8 });
    await scenario.stopPushes();
    await scenario.applyAll();
    const look = scenario.hold({ path: UNITS });
    await scenario.resumePushes();
    await look.isHeld();
    await scenario.change(line, { quantity: 10 });
    await scenario.applyAll();
    expect(await scenario.operations(line)).toMatchObject([{ state: 'pending', unitsAfter: 10 }]);
    look.release();
    expect(await scenario.settled(line)).toMatchObject([
      { state: 'applied', unitsBefore: 5, unitsAfter: 10 },
    ]);
    expect(scenario.unitsOn(line, '2026-11-25')).toBe(10);
    expect(scenario.adjustments(line).at(-1)).toEqual({ effectiveDate: '2026-11-25', unitChange: 5 });
  });

  it('does not take a change for made that became another one while the PSA was read', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    await scenario.setPolicies({ applyMode: 'approval' });
    await scenario.change(line, { quantity: 8 });
    await scenario.stopPushes();
    await scenario.applyAll();
    await scenario.adjustByHand(line, '2026-11-20', 3);
    const look = scenario.hold({ path: UNITS });
    await scenario.resumePushes();
    await look.isHeld();
    await scenario.change(line, { quantity: 10 });
    await scenario.applyAll();
    look.release();
    // Somebody had made the old change by hand; the new one is neither there nor may it be sent on top.
    expect(await scenario.settled(line)).toMatchObject([
      { state: 'failed', unitsAfter: 10, lastError: { code: 'billing.conflict' } },
    ]);
  });

  it('bills all of a bundle that grew while the PSA was read', async () => {
    const line = await amounts.azurePlan();
    await scenario.setPolicies({ charges: 'bundled', applyMode: 'approval' });
    await amounts.record(line, '10.00');
    await scenario.stopPushes();
    await scenario.applyAll();
    const look = scenario.hold({ path: /ContractCharges\/query$/ });
    await scenario.resumePushes();
    await look.isHeld();
    await amounts.record(line, '2.50');
    await scenario.applyAll();
    look.release();
    expect(await amounts.billed(line, '12.50')).toHaveLength(1);
  });

  it('does not send a charge again that its worker left behind while the request may still be carried out', async () => {
    const line = await amounts.azurePlan();
    const post = scenario.hold({ path: CHARGE });
    const before = chargesSent();
    await amounts.record(line, '12.34');
    await post.isHeld();
    await loseWorker();
    // Something else of the connection is pushed, so the new worker has had its turn.
    const other = await scenario.line({ unitsBefore: 5 });
    await scenario.change(other, { quantity: 6 });
    expect((await scenario.settled(other)).at(-1)).toMatchObject({ state: 'applied' });
    expect(await chargeOf(line)).toMatchObject({ kind: 'createCharge', state: 'sending', attempts: 1 });
    expect(chargesSent() - before, 'it is the only one').toBe(0);
    post.release();
    await until('the late commit', async () => (amounts.charges(line).length > 0 ? true : null));
    letTimePass(7 * MINUTE_MS);
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', attempts: 1 }]);
    expect(amounts.charges(line)).toMatchObject([{ amount: '12.34' }]);
    expect(chargesSent() - before).toBe(1);
  });

  it('bills a charge once whose answer is lost and that is carried out some seconds later', async () => {
    const line = await amounts.azurePlan();
    scenario.simulator.faults.add({ path: CHARGE, times: 1, fault: { kind: 'commitLate', ms: 3_000 } });
    const before = chargesSent();
    await amounts.record(line, '4.50');
    await until('the late commit', async () => (amounts.charges(line).length > 0 ? true : null));
    letTimePass(7 * MINUTE_MS);
    expect(await scenario.settled(line)).toMatchObject([{ state: 'applied', attempts: 1 }]);
    expect(amounts.charges(line)).toMatchObject([{ amount: '4.5' }]);
    expect(chargesSent() - before).toBe(1);
  });

  it('does not add a second service again that its worker left behind', async () => {
    const first = await scenario.line({ unitsBefore: 5 });
    const second = await scenario.anotherOn(first, 4);
    const post = scenario.hold({ path: ADJUST });
    await scenario.map(second);
    await post.isHeld();
    await loseWorker();
    await scenario.change(first, { quantity: 6 });
    expect((await scenario.settled(first)).at(-1)).toMatchObject({ state: 'applied' });
    expect(await chargeOf(second)).toMatchObject({ kind: 'addService', state: 'sending', attempts: 1 });
    post.release();
    await until('the late commit', async () => (scenario.adjustments(first).length === 3 ? true : null));
    letTimePass(7 * MINUTE_MS);
    expect(await scenario.settled(second)).toMatchObject([{ state: 'applied', attempts: 1 }]);
    expect(scenario.adjustments(first)).toHaveLength(3);
  });
});
