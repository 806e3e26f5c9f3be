import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { PgBossJobQueue } from '../../src/platform/queue/pg-boss.job-queue.js';
import type { JobHandler } from '../../src/platform/queue/job-queue.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

const QUEUE = 'test-queue';
const DEFINITION = { name: QUEUE, concurrency: 2, expireSeconds: 60 };

/** How long to look for a state of the database that no event announces; a busy machine takes seconds. */
const PATIENT = { timeout: 20_000, interval: 50 };

interface Job {
  name: string;
}

let installation: TestInstallation;
let replicas: PgBossJobQueue[];

beforeAll(() => {
  Logger.overrideLogger(false);
});

beforeEach(async () => {
  installation = await openInstallation();
  replicas = [];
});

afterEach(async () => {
  await Promise.all(replicas.map(stop));
  await installation.close();
});

/** Starts a process' queue as Nest does; it works with the handler when there is one. */
async function start(handler?: JobHandler<Job>): Promise<PgBossJobQueue> {
  const queue = new PgBossJobQueue(installation.settings);
  await queue.onModuleInit();
  replicas.push(queue);
  if (handler !== undefined) await queue.work(DEFINITION, handler);
  return queue;
}

async function stop(queue: PgBossJobQueue): Promise<void> {
  replicas = replicas.filter((replica) => replica !== queue);
  await queue.beforeApplicationShutdown();
}

function enqueue(queue: PgBossJobQueue, name: string, exclusiveKey = newId()): Promise<void> {
  return installation.transactions.run((tx) =>
    queue.enqueue<Job>(tx, { queue: QUEUE, payload: { name }, exclusiveKey }),
  );
}

/** Names of the jobs the database holds, in whatever state. */
async function storedJobs(): Promise<string[]> {
  const rows = await installation.query<{ name: string }>(
    `SELECT data->>'name' AS name FROM psa_connector_queue.job WHERE name = $1 ORDER BY 1`,
    [QUEUE],
  );
  return rows.map(({ name }) => name);
}

/** Collects the jobs that were worked on, and tells when there are enough. */
function collector(enough: number) {
  const seen: string[] = [];
  const done = Promise.withResolvers<void>();
  const handler: JobHandler<Job> = async ({ name }) => {
    seen.push(name);
    if (seen.length >= enough) done.resolve();
  };
  return { seen, handler, done: done.promise };
}

describe('a job', () => {
  it('that was enqueued in a transaction that rolls back never runs', async () => {
    const { seen, handler, done } = collector(1);
    const queue = await start(handler);
    const failed = installation.transactions.run(async (tx) => {
      await queue.enqueue<Job>(tx, { queue: QUEUE, payload: { name: 'undone' }, exclusiveKey: newId() });
      throw new Error('the change failed');
    });
    await expect(failed).rejects.toThrow('the change failed');
    await enqueue(queue, 'committed');
    await done;
    expect(seen).toEqual(['committed']);
    expect(await storedJobs()).toEqual(['committed']);
  });

  it('does not exist before its transaction commits', async () => {
    const { seen, handler, done } = collector(1);
    const queue = await start(handler);
    await installation.transactions.run(async (tx) => {
      await queue.enqueue<Job>(tx, { queue: QUEUE, payload: { name: 'one' }, exclusiveKey: newId() });
      expect(await storedJobs()).toEqual([]);
      expect(seen).toEqual([]);
    });
    await done;
    expect(seen).toEqual(['one']);
  });

  it('runs once, whichever of two workers takes it', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `job ${index}`);
    const { seen, handler, done } = collector(names.length);
    // Both start on a database that has no queue yet, as replicas of a first release do.
    const [queue] = await Promise.all([start(handler), start(handler)]);
    await Promise.all(names.map((name) => enqueue(queue, name)));
    await done;
    await Promise.all(replicas.map(stop));
    expect(seen.toSorted()).toEqual(names.toSorted());
    const open = await installation.query(
      `SELECT 1 FROM psa_connector_queue.job WHERE name = $1 AND state <> 'completed'`,
      [QUEUE],
    );
    expect(open).toEqual([]);
  });

  it('that waits is taken by the worker that has just ended another', async () => {
    const seen: string[] = [];
    const release = Promise.withResolvers<void>();
    const queue = await start();
    await queue.work<Job>({ ...DEFINITION, concurrency: 1 }, async ({ name }) => {
      seen.push(name);
      await release.promise;
    });
    await Promise.all(['one', 'two', 'three', 'four'].map((name) => enqueue(queue, name)));
    await vi.waitFor(() => expect(seen).toHaveLength(1), PATIENT);
    release.resolve();
    // It was notified while it worked, once for all; a worker that rests until its next poll would take one more now.
    await vi.waitFor(() => expect(seen).toHaveLength(4), { timeout: 4_000, interval: 20 });
  });

  it('is dropped while one with the same key waits or runs, and welcome afterwards', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const seen: string[] = [];
    const queue = await start(async ({ name }) => {
      seen.push(name);
      if (name === 'later') second.resolve();
      started.resolve();
      await release.promise;
    });
    await enqueue(queue, 'first', 'key');
    await started.promise;
    await enqueue(queue, 'dropped', 'key');
    expect(await storedJobs()).toEqual(['first']);
    release.resolve();
    await expect
      .poll(
        async () => (await installation.query(`SELECT state::text FROM psa_connector_queue.job`))[0],
        PATIENT,
      )
      .toEqual({ state: 'completed' });
    await enqueue(queue, 'later', 'key');
    await second.promise;
    expect(seen).toEqual(['first', 'later']);
  });

  it('whose handler rejects is run again', async () => {
    const twice = Promise.withResolvers<void>();
    let attempts = 0;
    const queue = await start(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('the database went away');
      twice.resolve();
    });
    await enqueue(queue, 'again');
    await twice.promise;
    expect(attempts).toBe(2);
  });

  it('hears of a shutdown, and is given back to be run by another worker', async () => {
    const started = Promise.withResolvers<void>();
    const reasons: unknown[] = [];
    const first = await start(async (_, signal) => {
      started.resolve();
      await new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(signal.reason as Error);
        });
      });
    });
    await enqueue(first, 'survivor');
    await started.promise;
    await stop(first);
    expect(reasons).toEqual([new Error('The process is shutting down')]);

    const { seen, handler, done } = collector(1);
    await start(handler);
    await done;
    expect(seen).toEqual(['survivor']);
  });
});

describe('the queue', () => {
  it('keeps to a schema of its own beside ours', async () => {
    await start();
    const schemas = await installation.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'psa%' ORDER BY 1`,
    );
    expect(schemas.map(({ name }) => name)).toEqual(['psa_connector', 'psa_connector_queue']);
  });

  it('leaves no connection behind when it stops', async () => {
    const queue = await start(async () => undefined);
    await stop(queue);
    await expect
      .poll(
        () =>
          installation.query(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'psa-connector-queue'
          AND datname = current_database()`),
        PATIENT,
      )
      .toEqual([]);
  });
});
