import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemContext } from '../../src/core/use-case-context.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { newId } from '../../src/kernel/ids.js';
import { LONG_SYNC_QUEUE, type SyncJob } from '../../src/sync/application/sync-queue.js';
import {
  openScheduleScenario,
  SCHEDULE_SETTINGS,
  type ScheduleScenario,
} from '../support/builders/schedule-scenario.builder.js';

import { aCompany } from '../support/builders/psa-records.builder.js';

let scenario: ScheduleScenario;

beforeEach(async () => {
  Logger.overrideLogger(false);
  scenario = await openScheduleScenario();
});

afterEach(() => scenario.close());

interface ScheduledRow {
  connection: string;
  mode: string;
  scheduledFor: Date;
}

function scheduledRuns(): Promise<ScheduledRow[]> {
  return scenario.installation.query<ScheduledRow>(
    `SELECT connection_id AS connection, mode, scheduled_for AS "scheduledFor" FROM sync_run ORDER BY scheduled_for`,
  );
}

/** Lets every run that is queued or running end, and the full ones among them count. */
async function endRuns(): Promise<void> {
  await scenario.installation.query(
    `UPDATE sync_run SET state = 'succeeded', finished_at = now() WHERE state IN ('queued', 'running')`,
  );
  await scenario.installation.query('UPDATE sync_schedule SET needs_full = false');
}

const MINUTE = 60_000;

describe('the schedule of pulls', () => {
  it('starts one run per active connection, however many replicas fire', async () => {
    await scenario.declareQueues();
    const active = await Promise.all([scenario.inserted(), scenario.inserted(), scenario.inserted()]);
    await Promise.all([scenario.inserted({ state: 'disabled' }), scenario.inserted({ state: 'attention' })]);
    await Promise.all(Array.from({ length: 4 }, () => scenario.dueRuns().plan()));
    scenario.services.clock.advance(25 * MINUTE);
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => scenario.dueRuns().start()));
    }
    const rows = await scheduledRuns();
    expect(rows.map(({ connection }) => connection).toSorted()).toEqual(
      active.map(({ id }) => id).toSorted(),
    );
    expect(rows.every(({ mode }) => mode === 'full')).toBe(true);
    const jobs = await scenario.queued<SyncJob>(LONG_SYNC_QUEUE);
    expect(jobs.map(({ runId }) => runId).toSorted()).toEqual((await scenario.runIds()).toSorted());
  });

  it('is incremental once a full run has succeeded, but for the daily sweep', async () => {
    await scenario.declareQueues();
    await scenario.inserted();
    await scenario.dueRuns().plan();
    const modes: string[] = [];
    for (let quarter = 0; quarter < 96; quarter += 1) {
      scenario.services.clock.advance(15 * MINUTE);
      await scenario.dueRuns().start();
      modes.push((await scheduledRuns()).at(-1)?.mode ?? 'none');
      await endRuns();
    }
    expect(modes.filter((mode) => mode === 'full')).toHaveLength(2);
    expect(modes.filter((mode) => mode === 'incremental')).toHaveLength(94);
  });

  it('spreads connections over the time after a tick, each always at the same place', async () => {
    await scenario.declareQueues();
    await Promise.all(Array.from({ length: 40 }, () => scenario.inserted()));
    await scenario.dueRuns().plan();
    const offsets = new Map<string, number>();
    for (let round = 0; round < 2; round += 1) {
      scenario.services.clock.advance(30 * MINUTE);
      await scenario.dueRuns().start();
      for (const { connection, scheduledFor } of await scheduledRuns()) {
        const offset = scheduledFor.getTime() % (15 * MINUTE);
        expect(offset).toBeLessThan(600_000);
        expect(offsets.get(connection) ?? offset).toBe(offset);
        offsets.set(connection, offset);
      }
      await endRuns();
    }
    expect(new Set(offsets.values()).size).toBeGreaterThan(30);
  });

  it('makes up for hours that were missed with one run', async () => {
    await scenario.declareQueues();
    await scenario.inserted();
    await scenario.dueRuns().plan();
    scenario.services.clock.advance(7 * 60 * MINUTE);
    await scenario.dueRuns().start();
    await endRuns();
    await scenario.dueRuns().start();
    expect(await scheduledRuns()).toHaveLength(1);
  });

  it('leaves a connection alone whose run is still at work, and gives the sweep it missed later', async () => {
    await scenario.declareQueues();
    const connection = await scenario.inserted();
    await scenario.dueRuns().plan();
    scenario.services.clock.advance(25 * MINUTE);
    await scenario.dueRuns().start();
    scenario.services.clock.advance(23 * 60 * MINUTE);
    await scenario.dueRuns().start();
    expect(await scheduledRuns()).toHaveLength(1);
    await endRuns();
    scenario.services.clock.advance(MINUTE);
    await scenario.dueRuns().start();
    expect((await scheduledRuns()).at(-1)).toMatchObject({ connection: connection.id, mode: 'full' });
  });

  it("follows a connection's own expression, pauses and resumes", async () => {
    await scenario.declareQueues();
    const connection = await scenario.inserted();
    const context = systemContext(connection.tenantId, 'request-1');
    const daily = await scenario.schedules().change(context, connection.id, { syncCron: '30 5 * * *' });
    expect(daily).toMatchObject({ syncCron: '30 5 * * *', effectiveCron: '30 5 * * *', pausedAt: null });
    expect(daily.nextRunAt?.toISOString()).toMatch(/^2026-05-05T05:3\d:/);
    const paused = await scenario.schedules().change(context, connection.id, { isPaused: true });
    expect(paused).toMatchObject({ syncCron: '30 5 * * *', nextRunAt: null, nextSweepAt: null });
    await scenario.dueRuns({ schedules: { ...SCHEDULE_SETTINGS.schedules, syncCron: '* * * * *' } }).plan({
      isReplanning: true,
    });
    scenario.services.clock.advance(48 * 60 * MINUTE);
    await scenario.dueRuns().start();
    expect(await scheduledRuns()).toEqual([]);
    const resumed = await scenario
      .schedules()
      .change(context, connection.id, { isPaused: false, syncCron: null });
    expect(resumed).toMatchObject({ syncCron: null, effectiveCron: '*/15 * * * *', pausedAt: null });
    scenario.services.clock.advance(26 * MINUTE);
    await scenario.dueRuns().start();
    expect(await scheduledRuns()).toHaveLength(1);
    expect(await scenario.auditOf(connection)).toEqual(
      Array.from({ length: 3 }, () => ['Update Sync Schedule', 'succeeded', null]),
    );
  });

  it.each([
    ['queued', "state = 'queued'"],
    ['waiting', "state = 'queued', resumes_at = now() + interval '1 hour', wait_code = 'psa.unreachable'"],
    ['at work', "state = 'running', lease_token = gen_random_uuid()"],
  ])('cancels its run that is %s when it is paused, audited, and no run of a person', async (_, state) => {
    await scenario.declareQueues();
    const connection = await scenario.inserted();
    const context = systemContext(connection.tenantId, 'request-1');
    await scenario.dueRuns().plan();
    scenario.services.clock.advance(25 * MINUTE);
    await scenario.dueRuns().start();
    await scenario.installation.query(`UPDATE sync_run SET ${state}`);
    await scenario.schedules().change(context, connection.id, { isPaused: true });
    const statesOf = () =>
      scenario.installation.query("SELECT trigger, state FROM sync_run ORDER BY trigger = 'manual'");
    expect(await statesOf()).toEqual([{ trigger: 'schedule', state: 'cancelled' }]);
    expect(await scenario.auditOf(connection)).toEqual([
      ['Cancel Sync Run', 'succeeded', null],
      ['Update Sync Schedule', 'succeeded', null],
    ]);
    await scenario.runs.start(context, connection.id);
    await scenario.schedules().change(context, connection.id, { isPaused: true });
    expect(await statesOf()).toEqual([
      { trigger: 'schedule', state: 'cancelled' },
      { trigger: 'manual', state: 'queued' },
    ]);
  });

  it('goes by that of the installation where a stored one never comes, and holds up no other connection', async () => {
    await scenario.declareQueues();
    const [never] = await Promise.all([scenario.inserted(), scenario.inserted()]);
    await scenario.dueRuns().plan();
    await scenario.installation.query(
      "UPDATE sync_schedule SET sync_cron = '0 0 31 2 *' WHERE connection_id = $1",
      [never.id],
    );
    scenario.services.clock.advance(25 * MINUTE);
    await scenario.dueRuns().start();
    expect(await scheduledRuns()).toHaveLength(2);
    const context = systemContext(never.tenantId, 'request-1');
    const shown = await scenario.schedules().change(context, never.id, { isPaused: true });
    expect(shown).toMatchObject({ syncCron: '0 0 31 2 *', effectiveCron: '*/15 * * * *' });
    const resumed = await scenario.schedules().change(context, never.id, { isPaused: false });
    expect(resumed.nextRunAt).not.toBeNull();
  });

  it.each(['every day', '* * * * * *', '61 * * * *', '0 0 31 2 *'])(
    'refuses %s, audited',
    async (syncCron) => {
      const connection = await scenario.inserted();
      const change = scenario
        .schedules()
        .change(systemContext(connection.tenantId, 'r'), connection.id, { syncCron });
      await expect(change).rejects.toMatchObject({ code: 'sync.cron_invalid' });
      expect(await scenario.auditOf(connection)).toEqual([
        ['Update Sync Schedule', 'failed', 'sync.cron_invalid'],
      ]);
    },
  );

  it('is planned anew when the host starts with other settings', async () => {
    await scenario.declareQueues();
    await scenario.inserted();
    await scenario.dueRuns().plan();
    const hourly = { schedules: { ...SCHEDULE_SETTINGS.schedules, syncCron: '0 * * * *' } };
    await scenario.dueRuns(hourly).plan();
    await scenario.dueRuns(hourly).plan({ isReplanning: true });
    for (let minute = 0; minute < 120; minute += 5) {
      scenario.services.clock.advance(5 * MINUTE);
      await scenario.dueRuns(hourly).start();
      await endRuns();
    }
    expect(await scheduledRuns()).toHaveLength(2);
  });
});

/** A job that works until the process shuts down. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('shut down')), { once: true });
  });
}

describe('upkeep', () => {
  it('gives a queued run whose job is lost a new one, and one whose job waits none', async () => {
    await scenario.queue.work({ name: LONG_SYNC_QUEUE, concurrency: 1, expireSeconds: 60 }, (_, signal) =>
      untilAborted(signal),
    );
    const connections = await Promise.all([scenario.inserted(), scenario.inserted()]);
    for (const { tenantId, id } of connections)
      await scenario.runs.start(systemContext(tenantId, 'request-1'), id);
    const [lost] = await scenario.runIds();
    await scenario.installation.query("DELETE FROM psa_connector_queue.job WHERE data ->> 'runId' = $1", [
      lost,
    ]);
    await scenario.ageRuns(31);
    await Promise.all(Array.from({ length: 3 }, () => scenario.upkeep().recover()));
    const jobs = await scenario.queued<SyncJob>(LONG_SYNC_QUEUE);
    expect(jobs.map(({ runId }) => runId).toSorted()).toEqual((await scenario.runIds()).toSorted());
  });

  it('takes up a run again that nobody has touched for ten minutes', async () => {
    await scenario.declareQueues();
    const connection = await scenario.inserted();
    const run = await scenario.runs.start(systemContext(connection.tenantId, 'request-1'), connection.id);
    await scenario.services.stores.runs.claim(
      { runId: run.id, token: newId() },
      scenario.services.clock.now(),
    );
    await scenario.ageRuns(9);
    await scenario.upkeep().recover();
    expect(await scenario.services.stores.runs.find(run.id)).toMatchObject({ state: 'running' });
    await scenario.ageRuns(2);
    await scenario.upkeep().recover();
    expect(await scenario.services.stores.runs.find(run.id)).toMatchObject({ state: 'queued' });
    expect(await scenario.runIds()).toEqual([run.id]);
  });

  it('forgets what runs have seen that were ended, or that are gone, and nothing of the others', async () => {
    await scenario.declareQueues();
    const [worn, atWork, bare] = await Promise.all([
      scenario.inserted(),
      scenario.inserted(),
      scenario.inserted(),
    ]);
    const runOf = async ({ id, tenantId }: Connection) =>
      (await scenario.runs.start(systemContext(tenantId, 'request-1'), id)).id;
    const [wornRun, openRun, gone] = [await runOf(worn), await runOf(atWork), newId()];
    const { mirror } = scenario.services;
    await scenario.installation.transactions.run(async (tx) => {
      for (const [connectionId, pullId] of [
        [worn.id, wornRun],
        [atWork.id, openRun],
        [bare.id, gone],
      ] as const) {
        const page = { connectionId, pullId, entity: 'companies' as const, pageNumber: 0, records: [] };
        await mirror.writePage(tx, page);
        await mirror.writeRecord(tx, connectionId, 'companies', aCompany({ externalId: '1' }));
      }
    });
    await scenario.installation.query(
      "UPDATE sync_run SET state = 'running', recoveries = 5, touched_at = now() - interval '11 minutes' WHERE id = $1",
      [wornRun],
    );
    await scenario.upkeep().recover();
    expect(await mirror.rememberedPulls()).not.toContain(wornRun);
    expect(await mirror.rememberedPulls()).toContain(gone);
    await scenario.upkeep().deleteOld();
    expect((await mirror.rememberedPulls()).toSorted()).toEqual([atWork.id, openRun].toSorted());
  });

  it('deletes runs after the days they are kept', async () => {
    await scenario.declareQueues();
    const connection = await scenario.inserted();
    await scenario.runs.start(systemContext(connection.tenantId, 'request-1'), connection.id);
    await scenario.installation.query("UPDATE sync_run SET state = 'succeeded', finished_at = $1", [
      scenario.services.clock.now(),
    ]);
    scenario.services.clock.advance(30 * 24 * 60 * MINUTE - 1);
    await scenario.upkeep().deleteOld();
    expect(await scenario.runIds()).toHaveLength(1);
    scenario.services.clock.advance(2);
    await scenario.upkeep().deleteOld();
    expect(await scenario.runIds()).toEqual([]);
  });
});
