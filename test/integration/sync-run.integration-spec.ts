import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { decodeCursor } from '../../src/kernel/page.js';
import { LeaseLostError, SyncAlreadyActiveError } from '../../src/sync/domain/sync.errors.js';
import { PULLED_ENTITIES, type SyncRun } from '../../src/sync/domain/sync-run.js';
import type { SyncRunListKey } from '../../src/sync/domain/sync-run-store.js';
import type { SyncRunRepository } from '../../src/sync/persistence/sync-run.repository.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany } from '../support/builders/psa-records.builder.js';
import {
  at,
  buildRunScenario,
  progressOf,
  type RunScenario,
} from '../support/builders/run-scenario.builder.js';
import { buildServices, type TestServices } from '../support/builders/services.builder.js';

let installation: TestInstallation;
let services: TestServices;
let runs: SyncRunRepository;
let scenario: RunScenario;

beforeAll(async () => {
  installation = await openInstallation();
  services = buildServices(installation);
  runs = services.stores.runs;
});

afterAll(() => installation?.close());

beforeEach(async () => {
  scenario = await buildRunScenario(installation, services);
});

/** Whether the tick started a run. */
async function insertScheduled(tick: Date): Promise<boolean> {
  return (
    (await installation.transactions.run((tx) => runs.insertScheduled(tx, [scenario.scheduled(tick)], at(0))))
      .length === 1
  );
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
    const run = await scenario.inserted({
      correlationId: 'request "1"',
      createdAt: new Date('2026-05-04T12:00:00.123Z'),
    });
    expect(await runs.find(run.id)).toEqual(run);
    await scenario.planned(run);
    expect((await runs.find(run.id))?.entities.map(({ entity }) => entity)).toEqual(PULLED_ENTITIES);
    expect(await runs.find(newId())).toBeNull();
  });

  it('shows its progress and its end', async () => {
    const run = await scenario.inserted();
    const lease = await scenario.planned(run);
    await scenario.saveProgress(lease);
    const found = await runs.find(run.id);
    expect(found).toMatchObject({ state: 'running', startedAt: at(1), apiCalls: 7 });
    expect(found?.entities.find(({ entity }) => entity === 'companies')).toEqual(progressOf());
    await scenario.finish(run, lease, 'failed');
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
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => scenario.inserted()));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(9);
    expect(refused.every(({ reason }) => reason instanceof SyncAlreadyActiveError)).toBe(true);
    const rows = await installation.query('SELECT 1 FROM sync_run WHERE connection_id = $1', [
      scenario.connectionId,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('holds for a queued and for a running one, by hand and by schedule, until it ends', async () => {
    const run = await scenario.inserted();
    expect(await insertScheduled(at(15))).toBe(false);
    const lease = await scenario.claimed(run);
    await expect(scenario.inserted()).rejects.toThrow(SyncAlreadyActiveError);
    expect(await insertScheduled(at(15))).toBe(false);
    await scenario.finish(run, lease, 'cancelled');
    await expect(scenario.inserted()).resolves.toBeDefined();
  });
});

describe('a tick of the schedule', () => {
  it('starts one run, however many replicas hear it and however late', async () => {
    const heard = await Promise.all(Array.from({ length: 8 }, () => insertScheduled(at(15))));
    expect(heard.filter(Boolean)).toHaveLength(1);
    const { items } = await runs.list(scenario.connectionId, { limit: 10 }, undefined);
    const [run] = items;
    expect(items).toHaveLength(1);
    if (run === undefined) throw new Error('There is no run');
    await scenario.finish(run, await scenario.claimed(run));
    expect(await insertScheduled(at(15))).toBe(false);
    expect(await insertScheduled(at(30))).toBe(true);
    expect((await runs.list(scenario.connectionId, { limit: 10 }, undefined)).items).toHaveLength(2);
  });

  it('that rolls back is free for another replica', async () => {
    const failed = installation.transactions.run(async (tx) => {
      await runs.insertScheduled(tx, [scenario.scheduled(at(15))], at(15));
      throw new Error('the queue is away');
    });
    await expect(failed).rejects.toThrow('the queue is away');
    expect(await insertScheduled(at(15))).toBe(true);
  });
});

describe('a lease', () => {
  it('is worthless once another worker has claimed the run, and writes nothing', async () => {
    const run = await scenario.inserted();
    const old = await scenario.claimed(run);
    await scenario.saveProgress(old);
    const current = await scenario.claimed(run, at(5));
    const before = await rowsOf(run.id);
    await expect(scenario.saveProgress(old, progressOf({ pages: 9 }))).rejects.toThrow(LeaseLostError);
    await expect(scenario.finish(run, old)).rejects.toThrow(LeaseLostError);
    expect(await rowsOf(run.id)).toEqual(before);
    await scenario.saveProgress(current, progressOf({ pages: 2 }));
    await scenario.finish(run, current);
    expect(await runs.find(run.id)).toMatchObject({ state: 'succeeded', startedAt: at(1) });
  });

  it('that was lost takes the page it belongs to with it', async () => {
    const run = await scenario.inserted();
    const old = await scenario.claimed(run);
    await scenario.claimed(run, at(5));
    const page = {
      connectionId: scenario.connectionId,
      pullId: run.id,
      entity: 'companies' as const,
      pageNumber: 0,
    };
    const commit = installation.transactions.run(async (tx) => {
      await services.mirror.writePage(tx, { ...page, records: [aCompany({ externalId: '1' })] });
      await runs.saveProgress(tx, old, progressOf(), 1);
    });
    await expect(commit).rejects.toThrow(LeaseLostError);
    expect(
      await installation.query('SELECT 1 FROM psa_company WHERE connection_id = $1', [scenario.connectionId]),
    ).toEqual([]);
    expect(await installation.query('SELECT 1 FROM mirror_seen_page WHERE pull_id = $1', [run.id])).toEqual(
      [],
    );
  });

  it('goes to the last of several workers that claim at once', async () => {
    const run = await scenario.inserted();
    const leases = await Promise.all(Array.from({ length: 5 }, () => scenario.claimed(run)));
    const results = await Promise.allSettled(leases.map((lease) => scenario.saveProgress(lease)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('ends with the run, which nobody can claim any more', async () => {
    const run = await scenario.inserted();
    const lease = await scenario.claimed(run);
    await scenario.finish(run, lease);
    const before = await rowsOf(run.id);
    await expect(scenario.saveProgress(lease)).rejects.toThrow(LeaseLostError);
    await expect(scenario.finish(run, lease, 'failed')).rejects.toThrow(LeaseLostError);
    expect(await runs.claim({ runId: run.id, token: newId() }, at(10))).toBeNull();
    expect(await runs.claim({ runId: newId(), token: newId() }, at(10))).toBeNull();
    expect(await rowsOf(run.id)).toEqual(before);
  });
});

function key({ createdAt, id }: SyncRun): string {
  return `${createdAt.toISOString()} ${id}`;
}

describe('the list of runs', () => {
  it('gives each run of the connection once, newest first, also where times are equal', async () => {
    const made: SyncRun[] = [];
    for (let index = 0; index < 9; index += 1) {
      const run = await scenario.inserted({ createdAt: at(Math.floor(index / 3)) });
      await scenario.finish(run, await scenario.claimed(run));
      made.push(run);
    }
    const expected = made.map(key).toSorted((a, b) => (a > b ? -1 : 1));
    for (const limit of [1, 2, 9, 10]) {
      const seen: SyncRun[] = [];
      let before: SyncRunListKey | undefined;
      do {
        const page = await runs.list(scenario.connectionId, { limit }, before);
        seen.push(...page.items);
        before =
          page.nextCursor === null ? undefined : (decodeCursor(page.nextCursor, 2) as [string, string]);
      } while (before !== undefined);
      expect(seen.map(key)).toEqual(expected);
    }
  });
});
