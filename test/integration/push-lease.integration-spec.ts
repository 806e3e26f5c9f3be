import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PushLeaseLostError } from '../../src/billing/domain/billing.errors.js';
import type { PushLease } from '../../src/billing/domain/operation-store.js';
import { PushRepository } from '../../src/billing/persistence/push.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { until } from '../support/until.js';

const BEFORE = new Date('2026-11-25T08:00:00Z');
const EXPIRY = new Date('2026-11-25T08:00:06Z');
const LATER = new Date('2026-11-25T08:00:07Z');
const LATER_EXPIRY = new Date('2026-11-25T08:00:13Z');

let installation: TestInstallation;
let pushes: PushRepository;

beforeAll(async () => {
  installation = await openInstallation();
  pushes = new PushRepository(installation.dataSource);
  // Leases alone: what they are for is of no matter here.
  await installation.query('ALTER TABLE billing_push DROP CONSTRAINT billing_push_connection_fk');
});

afterAll(() => installation?.close());

async function taken(): Promise<PushLease> {
  const lease = { connectionId: newId(), token: newId() };
  expect(await pushes.take(lease, BEFORE, EXPIRY)).toBe(true);
  return lease;
}

/** Null while nobody waits for a row of the leases. */
async function waiter(): Promise<object | null> {
  const [row] = await installation.query(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%billing_push%'`,
  );
  return row ?? null;
}

describe('the lease of a connection', () => {
  it('is not taken over, though it has run out, until the transaction that holds it ends', async () => {
    const lease = await taken();
    const next = { ...lease, token: newId() };
    const order: string[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    await installation.transactions.run(async (tx) => {
      await pushes.hold(tx, lease);
      taking = pushes.take(next, LATER, LATER_EXPIRY).then((isTaken) => order.push(`taken: ${isTaken}`));
      await until('somebody who waits for the lease', waiter);
      order.push('held');
    });
    await taking;
    expect(order).toEqual(['held', 'taken: true']);
  });

  it('cannot be held by whoever lost it', async () => {
    const lease = await taken();
    expect(await pushes.take({ ...lease, token: newId() }, LATER, LATER_EXPIRY)).toBe(true);
    const holding = installation.transactions.run((tx) => pushes.hold(tx, lease));
    await expect(holding).rejects.toThrow(PushLeaseLostError);
  });
});
