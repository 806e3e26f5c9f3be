import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PushLeaseLostError } from '../../src/billing/domain/billing.errors.js';
import type { PushLease } from '../../src/billing/domain/operation-store.js';
import { PushRepository } from '../../src/billing/persistence/push.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';
import { until } from '../support/until.js';
import { storedConnection } from '../support/stored-connection.js';

const BEFORE = new Date('2026-11-25T08:00:00Z');
const EXPIRY = new Date('2026-11-25T08:00:06Z');
const LATER = new Date('2026-11-25T08:00:07Z');
const LATER_EXPIRY = new Date('2026-11-25T08:00:13Z');

let installation: TestInstallation;
let services: TestServices;
let pushes: PushRepository;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
  pushes = new PushRepository(installation.dataSource);
});

afterAll(() => installation?.close());

async function taken(): Promise<PushLease> {
  const connectionId = await storedConnection(installation, services);
  const lease = { connectionId, token: newId() };
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

  it.each(['disabled', 'attention'])('cannot be held once the connection is %s', async (state) => {
    const lease = await taken();
    await installation.query('UPDATE connection SET state = $2 WHERE id = $1', [lease.connectionId, state]);
    const holding = installation.transactions.run((tx) => pushes.hold(tx, lease));
    await expect(holding).rejects.toThrow(PushLeaseLostError);
  });

  it('cannot be held once the pushes are stopped, nor can they be while it is held', async () => {
    const lease = await taken();
    const { connectionId } = lease;
    const stop = () =>
      installation.transactions.run((tx) =>
        pushes.save(tx, { connectionId, failures: 0, stoppedAt: BEFORE, stopReason: 'a person' }),
      );
    const order: string[] = [];
    let stopping: Promise<unknown> = Promise.resolve();
    await installation.transactions.run(async (tx) => {
      await pushes.hold(tx, lease);
      stopping = stop().then(() => order.push('stopped'));
      await until('somebody who waits for the lease', waiter);
      order.push('held');
    });
    await stopping;
    expect(order).toEqual(['held', 'stopped']);
    const holding = installation.transactions.run((tx) => pushes.hold(tx, lease));
    await expect(holding).rejects.toThrow(PushLeaseLostError);
  });
});
