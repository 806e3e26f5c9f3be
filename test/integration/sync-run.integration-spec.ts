import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { decodeCursor } from '../../src/kernel/page.js';
import { LeaseLostError, SyncAlreadyActiveError } from '../../src/sync/domain/sync.errors.js';
import { type EntityProgress, PULLED_ENTITIES, type SyncRun } from '../../src/sync/domain/sync-run.js';
import type { RunLease, SyncRunListKey } from '../../src/sync/domain/sync-run-store.js';
import type { SyncRunRepository } from '../../src/sync/persistence/sync-run.repository.js';
import { aConnection } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany } from '../support/builders/psa-records.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';
import { aSyncRun } from '../support/builders/sync-run.builder.js';

let installation: TestInstallation;
let services: TestServices;
let runs: SyncRunRepository;
let connectionId: string;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
  runs = services.stores.runs;
});

afterAll(() => installation?.close());

beforeEach(async () => {
  const connection = aConnection();
  await installation.transactions.run((tx) => services.stores.connections.insert(tx, connection));
  connectionId = connection.id;
});

function at(minute: number): Date {
  return new Date(Date.UTC(2026, 4, 4, 12, minute));
}

async function inserted(change: Partial<SyncRun> = {}): Promise<SyncRun> {
  const run = aSyncRun({ connectionId, ...change });
  await installation.transactions.run((tx) => runs.insert(tx, run));
  return run;
}

function insertScheduled(tick: Date): Promise<boolean> {
  const run = aSyncRun({ connectionId, trigger: 'schedule' });
  return installation.transactions.run((tx) => runs.insertScheduled(tx, run, tick));
}

async function claimed(run: SyncRun, when = at(1)): Promise<RunLease> {
  const lease = { runId: run.id, token: newId() };
  expect(await runs.claim(lease, when)).not.toBeNull();
  return lease;
}

function finish(
  run: SyncRun,
  lease: RunLease,
  state: 'succeeded' | 'failed' | 'cancelled' = 'succeeded',
): Promise<void> {
  const error = state === 'failed' ? { code: 'psa.unreachable', detail: 'No answer.' } : null;
  const ended = { ...run, state, error, finishedAt: at(9), apiCalls: 12 };
  return installation.transactions.run((tx) => runs.finish(tx, lease, ended));
}

function progressOf(change: Partial<EntityProgress> = {}): EntityProgress {
  return {
    entity: 'companies',
    nextCursor: '500',
    pages: 1,
    isComplete: false,
    read: 500,
    created: 3,
    updated: 2,
    deleted: 0,
    ...change,
  };
}

function saveProgress(lease: RunLease, progress = progressOf()): Promise<void> {
  return installation.transactions.run((tx) => runs.saveProgress(tx, lease, progress, 7, at(2)));
}

/** Everything the database holds about a run. */
function rowsOf(runId: string): Promise<unknown> {
  return installation.query(
    `SELECT to_jsonb(r) AS run, (SELECT jsonb_agg(e ORDER BY e.position) FROM sync_run_entity e WHERE run_id = r.id) AS entities
     FROM sync_run r WHERE id = $1`,
    [runId],
  );
}

describe('a run', () => {
  it('comes back as it was saved, entities in the order of the pull', async () => {
    const run = await inserted({
      correlationId: 'request "1"',
      createdAt: new Date('2026-05-04T12:00:00.123Z'),
    });
    expect(await runs.find(run.id)).toEqual(run);
    expect((await runs.find(run.id))?.entities.map(({ entity }) => entity)).toEqual(PULLED_ENTITIES);
    expect(await runs.find(newId())).toBeNull();
  });

  it('shows its progress and its end', async () => {
    const run = await inserted();
    const lease = await claimed(run);
    await saveProgress(lease);
    const found = await runs.find(run.id);
    expect(found).toMatchObject({ state: 'running', startedAt: at(1), apiCalls: 7 });
    expect(found?.entities[1]).toEqual(progressOf());
    await finish(run, lease, 'failed');
    expect(await runs.find(run.id)).toMatchObject({
      state: 'failed',
      finishedAt: at(9),
      apiCalls: 12,
      error: { code: 'psa.unreachable', detail: 'No answer.' },
    });
  });
});

describe('one active run per connection', () => {
  it('is all that ten starters at once get', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => inserted()));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(9);
    expect(refused.every(({ reason }) => reason instanceof SyncAlreadyActiveError)).toBe(true);
    const [rows] = await installation.query<{ runs: string; entities: string }>(
      `SELECT count(DISTINCT r.id) AS runs, count(*) AS entities FROM sync_run r
       JOIN sync_run_entity e ON e.run_id = r.id WHERE connection_id = $1`,
      [connectionId],
    );
    expect(rows).toEqual({ runs: '1', entities: String(PULLED_ENTITIES.length) });
  });

  it('holds for a queued and for a running one, by hand and by schedule, until it ends', async () => {
    const run = await inserted();
    expect(await insertScheduled(at(15))).toBe(false);
    const lease = await claimed(run);
    await expect(inserted()).rejects.toThrow(SyncAlreadyActiveError);
    expect(await insertScheduled(at(15))).toBe(false);
    await finish(run, lease, 'cancelled');
    await expect(inserted()).resolves.toBeDefined();
  });
});

describe('a tick of the schedule', () => {
  it('starts one run, however many replicas hear it and however late', async () => {
    const heard = await Promise.all(Array.from({ length: 8 }, () => insertScheduled(at(15))));
    expect(heard.filter(Boolean)).toHaveLength(1);
    const { items } = await runs.list(connectionId, { limit: 10 }, undefined);
    const [run] = items;
    expect(items).toHaveLength(1);
    if (run === undefined) throw new Error('There is no run');
    await finish(run, await claimed(run));
    expect(await insertScheduled(at(15))).toBe(false);
    expect(await insertScheduled(at(30))).toBe(true);
    expect((await runs.list(connectionId, { limit: 10 }, undefined)).items).toHaveLength(2);
  });

  it('that rolls back is free for another replica', async () => {
    const run = aSyncRun({ connectionId, trigger: 'schedule' });
    const failed = installation.transactions.run(async (tx) => {
      await runs.insertScheduled(tx, run, at(15));
      throw new Error('the queue is away');
    });
    await expect(failed).rejects.toThrow('the queue is away');
    expect(await insertScheduled(at(15))).toBe(true);
  });
});

describe('a lease', () => {
  it('is worthless once another worker has claimed the run, and writes nothing', async () => {
    const run = await inserted();
    const old = await claimed(run);
    await saveProgress(old);
    const current = await claimed(run, at(5));
    const before = await rowsOf(run.id);
    await expect(saveProgress(old, progressOf({ pages: 9 }))).rejects.toThrow(LeaseLostError);
    await expect(finish(run, old)).rejects.toThrow(LeaseLostError);
    expect(await rowsOf(run.id)).toEqual(before);
    await saveProgress(current, progressOf({ pages: 2 }));
    await finish(run, current);
    expect(await runs.find(run.id)).toMatchObject({ state: 'succeeded', startedAt: at(1) });
  });

  it('that was lost takes the page it belongs to with it', async () => {
    const run = await inserted();
    const old = await claimed(run);
    await claimed(run, at(5));
    const page = { connectionId, pullId: run.id, entity: 'companies' as const, pageNumber: 0 };
    const commit = installation.transactions.run(async (tx) => {
      await services.mirror.writePage(tx, { ...page, records: [aCompany({ externalId: '1' })] });
      await runs.saveProgress(tx, old, progressOf(), 1, at(6));
    });
    await expect(commit).rejects.toThrow(LeaseLostError);
    expect(
      await installation.query('SELECT 1 FROM psa_company WHERE connection_id = $1', [connectionId]),
    ).toEqual([]);
    expect(await installation.query('SELECT 1 FROM mirror_seen_page WHERE pull_id = $1', [run.id])).toEqual(
      [],
    );
  });

  it('goes to the last of several workers that claim at once', async () => {
    const run = await inserted();
    const leases = await Promise.all(Array.from({ length: 5 }, () => claimed(run)));
    const results = await Promise.allSettled(leases.map((lease) => saveProgress(lease)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('ends with the run, which nobody can claim any more', async () => {
    const run = await inserted();
    const lease = await claimed(run);
    await finish(run, lease);
    const before = await rowsOf(run.id);
    await expect(saveProgress(lease)).rejects.toThrow(LeaseLostError);
    await expect(finish(run, lease, 'failed')).rejects.toThrow(LeaseLostError);
    expect(await runs.claim({ runId: run.id, token: newId() }, at(10))).toBeNull();
    expect(await runs.claim({ runId: newId(), token: newId() }, at(10))).toBeNull();
    expect(await rowsOf(run.id)).toEqual(before);
  });
});

describe('an abandoned run', () => {
  it('is failed when nobody touched it for long, and its worker can write no more', async () => {
    const run = await inserted();
    const lease = await claimed(run, at(1));
    expect(await runs.failAbandoned(at(1), at(40))).not.toContain(run.id);
    await saveProgress(lease);
    expect(await runs.failAbandoned(at(2), at(40))).not.toContain(run.id);
    expect(await runs.failAbandoned(at(3), at(40))).toContain(run.id);
    expect(await runs.find(run.id)).toMatchObject({
      state: 'failed',
      finishedAt: at(40),
      error: { code: 'sync.run_abandoned' },
    });
    await expect(saveProgress(lease)).rejects.toThrow(LeaseLostError);
    await expect(inserted()).resolves.toBeDefined();
  });

  it('is not one that still waits for a worker, nor one that has ended', async () => {
    const waiting = await inserted();
    const later = new Date(Date.UTC(2027, 0, 1));
    await runs.failAbandoned(later, later);
    expect(await runs.find(waiting.id)).toMatchObject({ state: 'queued' });
    await finish(waiting, await claimed(waiting));
    expect(await runs.failAbandoned(later, later)).not.toContain(waiting.id);
  });

  it('is ended by one of several replicas', async () => {
    const run = await inserted();
    await claimed(run, at(1));
    const sweeps = await Promise.all(Array.from({ length: 5 }, () => runs.failAbandoned(at(30), at(40))));
    expect(sweeps.flat().filter((id) => id === run.id)).toHaveLength(1);
  });
});

function key({ createdAt, id }: SyncRun): string {
  return `${createdAt.toISOString()} ${id}`;
}

describe('the list of runs', () => {
  it('gives each run of the connection once, newest first, also where times are equal', async () => {
    const made: SyncRun[] = [];
    for (let index = 0; index < 9; index += 1) {
      const run = await inserted({ createdAt: at(Math.floor(index / 3)) });
      await finish(run, await claimed(run));
      made.push(run);
    }
    const expected = made.map(key).toSorted((a, b) => (a > b ? -1 : 1));
    for (const limit of [1, 2, 9, 10]) {
      const seen: SyncRun[] = [];
      let before: SyncRunListKey | undefined;
      do {
        const page = await runs.list(connectionId, { limit }, before);
        seen.push(...page.items);
        before =
          page.nextCursor === null ? undefined : (decodeCursor(page.nextCursor, 2) as [string, string]);
      } while (before !== undefined);
      expect(seen.map(key)).toEqual(expected);
      expect(seen.every(({ entities }) => entities.length === PULLED_ENTITIES.length)).toBe(true);
    }
  });
});
