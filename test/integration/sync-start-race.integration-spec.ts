import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionDirectory } from '../../src/connections/application/connection-directory.service.js';
import { systemContext } from '../../src/core/use-case-context.js';
import { DueRuns } from '../../src/sync/application/due-runs.service.js';
import { SyncRuns } from '../../src/sync/application/sync-run.service.js';
import { SyncAlreadyActiveError } from '../../src/sync/domain/sync.errors.js';
import type { SyncRun } from '../../src/sync/domain/sync-run.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { SCHEDULE_SETTINGS } from '../support/builders/schedule-scenario.builder.js';
import { buildSyncScenario, type SyncScenario } from '../support/builders/sync-scenario.builder.js';

/** Long enough for the other side to reach the lock it has to wait at; PostgreSQL looks for a deadlock after a second. */
const MEET_MS = 200;
const ROUNDS = 10;
const STARTERS = 12;

let installation: TestInstallation;
let scenario: SyncScenario;
let runs: SyncRuns;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

beforeEach(async () => {
  scenario = await buildSyncScenario(installation);
  const { stores, mirror, queue, audit, ends, clock } = scenario.services;
  const directory = new ConnectionDirectory(stores.connections);
  const { transactions } = installation;
  runs = new SyncRuns(
    directory,
    stores.runs,
    stores.schedules,
    mirror,
    queue,
    audit,
    ends,
    transactions,
    clock,
  );
});

function start(): Promise<SyncRun> {
  const { id, tenantId } = scenario.connection;
  return runs.start(systemContext(tenantId, 'request-1'), id, 'full');
}

/** A run that is just ending, with something to be done while its end is not committed yet. */
async function endingWhile(work: () => void): Promise<SyncRun> {
  const { schedules } = scenario.services.stores;
  const run = await start();
  const completeFull = schedules.completeFull.bind(schedules);
  schedules.completeFull = async (tx, connectionId) => {
    work();
    await wait(MEET_MS);
    await completeFull(tx, connectionId);
  };
  return scenario.execute(run);
}

describe('a start while the run before is ending', () => {
  it('waits for its end and begins the next', async () => {
    await scenario.execute(await start());
    let next: Promise<unknown> | undefined;
    const ended = await endingWhile(() => {
      next = start().catch((error: unknown) => error);
    });
    expect(ended.state).toBe('succeeded');
    expect(await next).toMatchObject({ state: 'queued', trigger: 'manual' });
  });

  it('by the schedule leaves it alone, and comes with the next tick', async () => {
    const { stores, queue, clock } = scenario.services;
    await scenario.execute(await start());
    await installation.query(
      `UPDATE sync_schedule SET next_run_at = '2000-01-01', planned_with = 'test' WHERE connection_id = $1`,
      [scenario.connection.id],
    );
    const { transactions } = installation;
    const due = new DueRuns(SCHEDULE_SETTINGS, stores.schedules, stores.runs, queue, transactions, clock);
    let next: Promise<unknown> | undefined;
    const ended = await endingWhile(() => {
      next = due.start().catch((error: unknown) => error);
    });
    expect(ended.state).toBe('succeeded');
    expect(await next).toBeUndefined();
  });
});

describe('starts by the dozen while runs come to their ends', () => {
  it('give one run or the refusal that one is active, and nothing else', async () => {
    let began = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const attempts = Array.from({ length: STARTERS }, async (_, index) => {
        await wait(index * 5);
        return start();
      });
      const work = Promise.all(
        attempts.map(async (attempt) => {
          const run = await attempt.catch(() => null);
          return run === null ? null : scenario.execute(run);
        }),
      );
      const outcomes = await Promise.allSettled(attempts);
      const ended = await work;
      const others = outcomes.filter(
        (outcome) => outcome.status === 'rejected' && !(outcome.reason instanceof SyncAlreadyActiveError),
      );
      expect(others).toEqual([]);
      expect(ended.filter((run) => run !== null && run.state !== 'succeeded')).toEqual([]);
      began += outcomes.filter(({ status }) => status === 'fulfilled').length;
    }
    expect(began).toBeGreaterThanOrEqual(ROUNDS);
  });
});
