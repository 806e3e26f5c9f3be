import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TransactionRunner } from '../../src/platform/persistence/transaction-runner.js';
import { SubscriptionRepository } from '../../src/subscriptions/persistence/subscription.repository.js';
import { BillingScenario } from '../support/billing/billing-scenario.js';
import { demand } from '../support/billing/scenario-helpers.js';

/** Whether each call of the host's source was made while a transaction of ours was open: a host far away would keep it open. */
function watchSource(): boolean[] {
  const calls: boolean[] = [];
  const open = new AsyncLocalStorage<true>();
  const { run } = TransactionRunner.prototype;
  vi.spyOn(TransactionRunner.prototype, 'run').mockImplementation(function (this: TransactionRunner, work) {
    return run.call(this, (tx) => open.run(true, () => work(tx)));
  });
  const { findSubscriptions } = SubscriptionRepository.prototype;
  vi.spyOn(SubscriptionRepository.prototype, 'findSubscriptions').mockImplementation(function (
    this: SubscriptionRepository,
    ...asked
  ) {
    calls.push(open.getStore() === true);
    return findSubscriptions.apply(this, asked);
  });
  return calls;
}

describe('the host’s subscriptions', () => {
  let scenario: BillingScenario;
  let calls: boolean[];

  beforeAll(async () => {
    calls = watchSource();
    scenario = await BillingScenario.start({ applyMode: 'automatic', prices: 'marginRules' });
  });

  afterAll(async () => {
    await scenario?.stop();
    vi.restoreAllMocks();
  });

  it('are never asked for inside a transaction: not by a mapping, a margin rule or what follows a pull', async () => {
    const line = await scenario.line({ unitsBefore: 5 });
    const mapping = calls.length;
    expect(mapping).toBeGreaterThan(0);
    const rule = { method: 'markupOnList', percent: '10' };
    const path = `/connections/${scenario.connectionId}/margin-rules/all`;
    demand(await scenario.api.send('PUT', path, rule), 200, 201);
    await scenario.settled(line);
    const pricing = calls.length;
    expect(pricing).toBeGreaterThan(mapping);
    // A state that nobody reported.
    await scenario.connector.rows(
      `UPDATE psa_connector.subscription SET revision = revision + 1, quantity = 9, effective_on = '2026-11-25' WHERE id = $1`,
      [line.subscriptionId],
    );
    await scenario.pullAll();
    await vi.waitFor(() => expect(scenario.unitsOn(line, '2026-11-25')).toBe(9), { timeout: 20_000 });
    expect(calls.length).toBeGreaterThan(pricing);
    expect(calls.filter((isInside) => isInside)).toEqual([]);
  });
});
