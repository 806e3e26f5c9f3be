import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemContext } from '../../src/core/use-case-context.js';
import {
  ACCESS_CHECK_QUEUE,
  type AccessCheckJob,
  LONG_SYNC_QUEUE,
  type SyncJob,
} from '../../src/sync/application/sync-queue.js';
import { SyncSchedule } from '../../src/sync/application/sync-schedule.service.js';
import { anAccessReport } from '../support/builders/connection.builder.js';
import {
  openScheduleScenario,
  type ScheduleScenario,
} from '../support/builders/schedule-scenario.builder.js';

let scenario: ScheduleScenario;

beforeEach(async () => {
  Logger.overrideLogger(false);
  scenario = await openScheduleScenario();
});

afterEach(() => scenario.close());

describe('a run that is started by hand', () => {
  it('is saved, queued and audited together', async () => {
    await scenario.declareQueues();
    const connection = await scenario.inserted();
    const run = await scenario.runs.start(systemContext(connection.tenantId, 'request-1'), connection.id);
    expect(await scenario.runIds()).toEqual([run.id]);
    expect(await scenario.queued<SyncJob>(LONG_SYNC_QUEUE)).toEqual([{ runId: run.id }]);
    expect(await scenario.auditOf(connection)).toEqual([['Start Sync Run', 'succeeded', null]]);
  });

  it('is one of ten that were wanted at once; the others are refused and audited', async () => {
    await scenario.declareQueues();
    const connection = await scenario.inserted();
    const context = systemContext(connection.tenantId, 'request-1');
    const attempts = Array.from({ length: 10 }, () => scenario.runs.start(context, connection.id));
    const refused = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(9);
    expect(await scenario.queued<SyncJob>(LONG_SYNC_QUEUE)).toEqual(
      (await scenario.runIds()).map((runId) => ({ runId })),
    );
    expect(await scenario.runIds()).toHaveLength(1);
    const failed = (await scenario.auditOf(connection)).filter(
      (entry) => (entry as unknown[])[1] === 'failed',
    );
    expect(failed).toEqual(
      Array.from({ length: 9 }, () => ['Start Sync Run', 'failed', 'sync.already_active']),
    );
  });

  it('does not exist when its job cannot be queued', async () => {
    const connection = await scenario.inserted();
    const start = scenario.runs.start(systemContext(connection.tenantId, 'request-1'), connection.id);
    await expect(start).rejects.toThrow('sync-run-long does not exist');
    expect(await scenario.runIds()).toEqual([]);
    expect(await scenario.auditOf(connection)).toEqual([['Start Sync Run', 'failed', 'internal.unexpected']]);
  });
});

/** The schedule of another replica; its timers are never started. */
function replica(): SyncSchedule {
  const { installation, services, directory, queue } = scenario;
  return new SyncSchedule(
    installation.settings,
    new SchedulerRegistry(),
    directory,
    scenario.dueRuns(),
    scenario.upkeep(),
    queue,
    installation.transactions,
    services.clock,
  );
}

describe('the schedule of access checks', () => {
  const TICK = new Date('2026-05-04T12:15:00.000Z');

  it('queues one access check per connection and tick, and none where the sign-in was refused', async () => {
    await scenario.declareQueues();
    const refused = anAccessReport({
      outcome: 'failed',
      checks: [{ id: 'sign_in', title: 'Sign-in', outcome: 'failed', detail: 'Refused.' }],
    });
    const due = [await scenario.inserted(), await scenario.inserted({ state: 'attention' })];
    await scenario.inserted({ state: 'attention', accessReport: refused });
    await scenario.inserted({ state: 'disabled' });
    await Promise.all(Array.from({ length: 4 }, () => replica().startDueChecks(TICK)));
    const jobs = await scenario.queued<AccessCheckJob>(ACCESS_CHECK_QUEUE);
    expect(jobs.map(({ connectionId }) => connectionId).toSorted()).toEqual(
      due.map(({ id }) => id).toSorted(),
    );
  });
});
