import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PsaConnectorSettings } from '../../src/core/psa-connector.options.js';
import { PostgresRequestSlots, SLOT_TIMING } from '../../src/platform/limits/postgres-request-slots.js';
import { SlotConnection } from '../../src/platform/limits/slot-connection.js';
import type { RequestSlot } from '../../src/ports/psa/request-slots.port.js';
import { openLine } from '../support/cuttable-line.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

const BUCKET = { key: 'code/1/companies', slots: 3 };

let installation: TestInstallation;
let replicas: PostgresRequestSlots[];

beforeAll(() => {
  Logger.overrideLogger(false);
});

beforeEach(async () => {
  installation = await openInstallation();
  replicas = [];
});

afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.onApplicationShutdown()));
  vi.restoreAllMocks();
  await installation.close();
});

function startReplica(
  timing: Partial<typeof SLOT_TIMING> = {},
  settings: Pick<PsaConnectorSettings, 'database'> = installation.settings,
): PostgresRequestSlots {
  const replica = new PostgresRequestSlots(settings, { ...SLOT_TIMING, ...timing });
  replicas.push(replica);
  return replica;
}

/** Whether it comes about within a while. */
async function isTaken(slot: Promise<RequestSlot>, withinMs: number): Promise<boolean> {
  return Promise.race([slot.then(() => true), wait(withinMs, false)]);
}

async function takeAll(replica: PostgresRequestSlots, bucket = BUCKET): Promise<RequestSlot[]> {
  return Promise.all(Array.from({ length: bucket.slots }, () => replica.take(bucket)));
}

/** Work of several replicas: how often each was served, and how many were at it together. */
class Crowd {
  inside = 0;
  most = 0;
  readonly served = new Map<string, number>();

  async work(name: string, replica: PostgresRequestSlots, untilMs: number, restMs = 0): Promise<void> {
    while (performance.now() < untilMs) {
      const slot = await replica.take(BUCKET);
      this.inside += 1;
      this.most = Math.max(this.most, this.inside);
      await wait(10);
      this.inside -= 1;
      this.served.set(name, (this.served.get(name) ?? 0) + 1);
      slot.release(restMs);
    }
  }
}

describe('request slots on Postgres', () => {
  it('gives out three of a bucket to all replicas together, and a fourth when one is given back', async () => {
    const [one, two] = [startReplica(), startReplica()];
    const held = await takeAll(one);
    const waiting = two.take(BUCKET);
    expect(await isTaken(waiting, 400)).toBe(false);
    held[0]?.release(0);
    expect(await isTaken(waiting, 5_000)).toBe(true);
    (await waiting).release(0);
    for (const slot of held.slice(1)) slot.release(0);
  });

  it('does not let one bucket hold up another', async () => {
    const [one, two] = [startReplica(), startReplica()];
    const held = await takeAll(one);
    const other = two.take({ key: 'code/1/contracts', slots: 3 });
    expect(await isTaken(other, 5_000)).toBe(true);
    for (const slot of [...held, await other]) slot.release(0);
  });

  it('lets a slot rest for everybody', async () => {
    const [one, two] = [startReplica(), startReplica()];
    const held = await takeAll(one);
    const waiting = two.take(BUCKET);
    const startedAt = performance.now();
    held[0]?.release(300);
    await waiting;
    expect(performance.now() - startedAt).toBeGreaterThan(295);
    (await waiting).release(0);
    for (const slot of held.slice(1)) slot.release(0);
  });

  it('ends a wait that is aborted, and lets others pass', async () => {
    const [one, two, three] = [startReplica(), startReplica(), startReplica()];
    const held = await takeAll(one);
    const controller = new AbortController();
    const first = two.take(BUCKET, controller.signal);
    expect(await isTaken(first, 200)).toBe(false);
    const second = three.take(BUCKET);
    controller.abort(new Error('not wanted any more'));
    await expect(first).rejects.toThrow('not wanted any more');
    held[0]?.release(0);
    expect(await isTaken(second, 5_000)).toBe(true);
    (await second).release(0);
    for (const slot of held.slice(1)) slot.release(0);
  });

  it('shares out evenly while two, then four replicas want more than there is', async () => {
    for (const number of [2, 4]) {
      const crowd = new Crowd();
      const team = Array.from({ length: number }, () => startReplica());
      const until = performance.now() + 4_000;
      await Promise.all(
        team.flatMap((replica, index) =>
          Array.from({ length: 4 }, () => crowd.work(`replica ${index}`, replica, until)),
        ),
      );
      expect(crowd.most).toBe(3);
      const shares = [...crowd.served.values()];
      const total = shares.reduce((sum, share) => sum + share, 0);
      expect(shares).toHaveLength(number);
      // Nobody starves; how even it is, and how long slots stand idle, is what the bench of the limiter measures.
      for (const share of shares) expect(share / total).toBeGreaterThan(0.2 / number);
    }
  });

  it('ends the requests of a replica that is cut off from Postgres before anybody else gets its slots', async () => {
    const timing = { leaseMs: 2_000, marginMs: 500 };
    const line = await openLine(installation.settings.database.url);
    const { database } = installation.settings;
    const cutOff = startReplica(timing, { database: { ...database, url: line.url } });
    const next = startReplica(timing);
    const held = await takeAll(cutOff);
    // Renewed beyond the first lease while the line holds.
    await wait(2_500);
    expect(held.map(({ lost }) => lost.aborted)).toEqual([false, false, false]);
    const gained = next.take(BUCKET);
    line.cut();
    const lost = await Promise.all(
      held.map(async (slot) => {
        await once(slot.lost, 'abort');
        return performance.now();
      }),
    );
    expect(held[0]?.lost.reason).toMatchObject({
      code: 'limits.slots_unavailable',
      category: 'rate_limited',
    });
    await gained;
    expect(performance.now() - Math.max(...lost)).toBeGreaterThan(300);
    await expect(cutOff.take(BUCKET)).rejects.toMatchObject({ code: 'limits.slots_unavailable' });
    (await gained).release(0);
    line.mend();
    expect(await isTaken(cutOff.take(BUCKET), 10_000)).toBe(true);
    await line.close();
  });

  it('does not give a slot out while a request that began in time is still under way', async () => {
    const [one, two] = [startReplica({ leaseMs: 1_500, marginMs: 300 }), startReplica()];
    const held = await takeAll(one);
    expect(await isTaken(two.take(BUCKET), 4_000)).toBe(false);
    expect(held.some(({ lost }) => lost.aborted)).toBe(false);
    for (const slot of held) slot.release(0);
  });

  it('gives everything back at shutdown, and leaves no place in a line', async () => {
    const [one, two] = [startReplica(), startReplica()];
    const held = await takeAll(one);
    const waiting = two.take(BUCKET);
    expect(await isTaken(waiting, 200)).toBe(false);
    const outcome = Promise.allSettled([waiting]);
    await two.onApplicationShutdown();
    expect(await outcome).toMatchObject([
      { status: 'rejected', reason: { code: 'limits.slots_unavailable' } },
    ]);
    for (const slot of held) slot.release(0);
    await one.onApplicationShutdown();
    replicas = [];
    expect(await installation.query('SELECT FROM psa_connector.request_slot_waiter')).toEqual([]);
    expect(
      await installation.query(
        'SELECT FROM psa_connector.request_slot WHERE taken_until > clock_timestamp()',
      ),
    ).toEqual([]);
  });

  it('gives several buckets back in one statement, and tells who waits for one of them', async () => {
    const statements = vi.spyOn(SlotConnection.prototype, 'query');
    const [one, two] = [startReplica(), startReplica()];
    const buckets = ['code/1/companies', 'code/1/contracts', 'code/2/contracts'];
    const held = await Promise.all(buckets.map((key) => takeAll(one, { key, slots: 3 })));
    const waiting = two.take({ key: 'code/1/contracts', slots: 3 });
    expect(await isTaken(waiting, 200)).toBe(false);
    for (const slot of held.flat()) slot.release(0);
    statements.mockClear();
    await one.onApplicationShutdown();
    replicas = [two];
    const names = statements.mock.calls.map(([{ name }]) => name);
    // The bucket that was waited for was given back at once, by the release.
    expect(names.filter((name) => name === 'give_back_request_slots')).toHaveLength(1);
    expect(await isTaken(waiting, 5_000)).toBe(true);
    (await waiting).release(0);
    const taken =
      'SELECT bucket FROM psa_connector.request_slot WHERE holder IS NOT NULL AND taken_until > clock_timestamp()';
    expect(await installation.query(taken)).toEqual([{ bucket: 'code/1/contracts' }]);
  });
});
