import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { LeaseLostError } from '../../src/sync/domain/sync.errors.js';
import type { SyncRun } from '../../src/sync/domain/sync-run.js';
import type { LostRun } from '../../src/sync/domain/sync-run-store.js';
import type { SyncRunRepository } from '../../src/sync/persistence/sync-run.repository.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
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

const TEN_MINUTES = 600;

function recover(): Promise<LostRun[]> {
  return installation.transactions.run((tx) => runs.recoverAbandoned(tx, TEN_MINUTES));
}

const idsOf = (lost: readonly LostRun[]) => lost.map(({ id }) => id);

describe('an abandoned run', () => {
  it('is put back when nobody touched it for long, and its worker can write no more', async () => {
    const run = await scenario.inserted();
    const lease = await scenario.planned(run);
    await scenario.aged(run, 9);
    expect(idsOf(await recover())).not.toContain(run.id);
    await scenario.saveProgress(lease);
    await scenario.aged(run, 9);
    expect(idsOf(await recover())).not.toContain(run.id);
    await scenario.aged(run, 2);
    expect(await recover()).toContainEqual({ id: run.id, mode: 'full', continuations: 0 });
    expect(await runs.find(run.id)).toMatchObject({ state: 'queued', apiCalls: 7 });
    await expect(scenario.saveProgress(lease)).rejects.toThrow(LeaseLostError);
  });

  it('is ended once it was put back too often without storing anything', async () => {
    const run = await scenario.inserted();
    for (let round = 0; round < 5; round += 1) {
      await scenario.claimed(run, at(1));
      await scenario.aged(run, 11);
      expect(await runs.failAbandoned(TEN_MINUTES, at(40))).not.toContain(run.id);
      expect(idsOf(await recover())).toContain(run.id);
    }
    await scenario.claimed(run, at(1));
    await scenario.aged(run, 11);
    expect(idsOf(await recover())).not.toContain(run.id);
    const sweeps = await Promise.all(
      Array.from({ length: 5 }, () => runs.failAbandoned(TEN_MINUTES, at(40))),
    );
    expect(sweeps.flat().filter((id) => id === run.id)).toHaveLength(1);
    expect(await runs.find(run.id)).toMatchObject({
      state: 'failed',
      finishedAt: at(40),
      error: { code: 'sync.run_abandoned' },
    });
    await expect(scenario.inserted()).resolves.toBeDefined();
  });

  it('is not one that still waits for a worker, nor one that has ended', async () => {
    const waiting = await scenario.inserted();
    await scenario.aged(waiting, 11);
    expect(idsOf(await recover())).not.toContain(waiting.id);
    await scenario.finish(waiting, await scenario.claimed(waiting));
    await scenario.aged(waiting, 11);
    expect(idsOf(await recover())).not.toContain(waiting.id);
  });

  it('is not one whose worker goes by a clock that is an hour behind', async () => {
    const run = await scenario.inserted({ createdAt: new Date(Date.now() - 3_600_000) });
    await scenario.claimed(run, new Date(Date.now() - 3_600_000));
    expect(idsOf(await recover())).not.toContain(run.id);
  });
});

function take(): Promise<LostRun[]> {
  return installation.transactions.run((tx) => runs.takeForgotten(tx, TEN_MINUTES));
}

function resumesIn(run: SyncRun, minutes: number): Promise<unknown> {
  return installation.query(
    'UPDATE sync_run SET resumes_at = now() + make_interval(mins => $2) WHERE id = $1',
    [run.id, minutes],
  );
}

describe('a run that waits', () => {
  const RESUMES_AT = at(30);

  async function released(): Promise<SyncRun> {
    const run = await scenario.inserted();
    const lease = await scenario.planned(run);
    await scenario.saveProgress(lease);
    const wait = { code: 'psa.rate_limited', detail: 'Wait.' };
    const next = { apiCalls: 9, resumesAt: RESUMES_AT, wait, waitingSince: at(3), waits: 1 };
    expect(await installation.transactions.run((tx) => runs.release(tx, lease, next))).toBe(1);
    await expect(scenario.saveProgress(lease)).rejects.toThrow(LeaseLostError);
    return run;
  }

  it("keeps its place, says why, and is nobody's until its time", async () => {
    const run = await released();
    expect(await runs.find(run.id)).toMatchObject({
      state: 'queued',
      apiCalls: 9,
      resumesAt: RESUMES_AT,
      wait: { code: 'psa.rate_limited' },
      waits: 1,
    });
    expect(await runs.claim({ runId: run.id, token: newId() }, at(29))).toBeNull();
    const lease = await scenario.claimed(run, RESUMES_AT);
    const found = await runs.find(run.id);
    expect(found).toMatchObject({
      state: 'running',
      resumesAt: null,
      wait: null,
      waits: 1,
      waitingSince: at(3),
    });
    expect(found?.entities.find(({ entity }) => entity === 'companies')).toEqual(progressOf());
    await scenario.saveProgress(lease);
    expect(await runs.find(run.id)).toMatchObject({ waits: 0, waitingSince: null });
  });

  it('is not forgotten before its time, but when its job is gone after it', async () => {
    const run = await released();
    await scenario.aged(run, 20);
    await resumesIn(run, 5);
    expect(idsOf(await take())).not.toContain(run.id);
    await resumesIn(run, -11);
    expect(await take()).toContainEqual({ id: run.id, mode: 'full', continuations: 1 });
    expect(idsOf(await take())).not.toContain(run.id);
  });

  it('is put off by the job of its last continuation only', async () => {
    const run = await released();
    const postpone = (continuation: number) =>
      installation.transactions.run((tx) => runs.postpone(tx, run.id, continuation));
    expect(await postpone(0)).toBeNull();
    expect(await postpone(1)).toEqual({ id: run.id, mode: 'full', continuations: 2, resumesAt: RESUMES_AT });
    expect(await postpone(1)).toBeNull();
    await scenario.claimed(run, RESUMES_AT);
    expect(await postpone(2)).toBeNull();
  });

  it('can be cancelled, once', async () => {
    const run = await released();
    const cancel = () => installation.transactions.run((tx) => runs.cancel(tx, run.id, at(10)));
    expect(await cancel()).toBe(true);
    expect(await cancel()).toBe(false);
    expect(await runs.find(run.id)).toMatchObject({ state: 'cancelled', finishedAt: at(10), wait: null });
    expect(await runs.claim({ runId: run.id, token: newId() }, at(60))).toBeNull();
  });
});

describe('runs that ended long ago', () => {
  it('are deleted with their progress, some at a time', async () => {
    const made: SyncRun[] = [];
    for (let index = 0; index < 3; index += 1) {
      const run = await scenario.inserted();
      await scenario.finish(run, await scenario.planned(run));
      made.push(run);
    }
    const open = await scenario.inserted();
    expect(await runs.deleteFinished(at(9), 1000)).toBe(0);
    expect(await runs.deleteFinished(at(10), 2)).toBe(2);
    await runs.deleteFinished(at(10), 1000);
    for (const { id } of made) expect(await runs.find(id)).toBeNull();
    expect(await runs.find(open.id)).not.toBeNull();
  });
});
