import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemContext } from '../../src/core/use-case-context.js';
import { newId } from '../../src/kernel/ids.js';
import {
  openScheduleScenario,
  type ScheduleScenario,
} from '../support/builders/schedule-scenario.builder.js';

const MINUTE = 60_000;

let scenario: ScheduleScenario;

beforeAll(async () => {
  Logger.overrideLogger(false);
  scenario = await openScheduleScenario();
  await scenario.declareQueues();
});

afterAll(() => scenario?.close());

function context({ tenantId }: { tenantId: string }) {
  return systemContext(tenantId, 'request-1');
}

/** Series of a metric, without its help. */
async function series(name: string): Promise<string[]> {
  const text = await scenario.services.metrics.registry.getSingleMetricAsString(`psa_connector_sync_${name}`);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

it('counts runs however they ended, and those that have not', async () => {
  const { clock, stores } = scenario.services;
  const [first, second, third] = await Promise.all([
    scenario.inserted(),
    scenario.inserted(),
    scenario.inserted(),
  ]);
  const startOf = (connection: typeof first) => scenario.runs.start(context(connection), connection.id);
  expect(await series('runs_total')).toEqual([]);

  // By a person.
  const { id } = await startOf(first);
  const told: string[] = [];
  scenario.services.signals.of(id).subscribe(() => told.push('ended'));
  await scenario.runs.cancel(context(first), id);
  expect(await series('runs_total')).toEqual([
    'psa_connector_sync_runs_total{mode="full",state="cancelled"} 1',
  ]);
  expect(told).toEqual(['ended']);

  // Given up, because it takes its workers with it.
  const lost = await startOf(first);
  await stores.runs.claim({ runId: lost.id, token: newId() }, clock.now());
  await scenario.installation.query(
    "UPDATE sync_run SET recoveries = 5, touched_at = now() - interval '11 minutes' WHERE id = $1",
    [lost.id],
  );
  clock.advance(11 * MINUTE);
  await scenario.upkeep().recover();
  expect(await series('runs_total')).toContain('psa_connector_sync_runs_total{mode="full",state="failed"} 1');
  expect(await series('run_duration_seconds')).toContain(
    'psa_connector_sync_run_duration_seconds_sum{mode="full",state="failed"} 660',
  );

  // By pausing the schedule that had started them; a person's own goes on.
  const own = await startOf(third);
  await scenario.dueRuns().plan();
  clock.advance(25 * MINUTE);
  await scenario.dueRuns().start();
  expect(await series('active_runs')).toContain('psa_connector_sync_active_runs{state="queued"} 3');
  for (const connection of [first, second, third]) {
    await scenario.schedules().change(context(connection), connection.id, { isPaused: true });
  }
  expect(await series('runs_total')).toContain(
    'psa_connector_sync_runs_total{mode="full",state="cancelled"} 3',
  );
  await scenario.installation.query(
    "UPDATE sync_run SET resumes_at = $2, wait_code = 'x', wait_detail = '' WHERE id = $1",
    [own.id, new Date(clock.now().getTime() + MINUTE)],
  );
  expect((await series('active_runs')).toSorted()).toEqual([
    'psa_connector_sync_active_runs{state="queued"} 0',
    'psa_connector_sync_active_runs{state="running"} 0',
    'psa_connector_sync_active_runs{state="waiting"} 1',
  ]);
});
