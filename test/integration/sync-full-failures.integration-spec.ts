import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PsaAccessDeniedError, PsaRequestRejectedError } from '../../src/ports/psa/psa.errors.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildSyncScenario, type SyncScenario } from '../support/builders/sync-scenario.builder.js';

const MINUTE = 60_000;

let installation: TestInstallation;
let scenario: SyncScenario;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

beforeEach(async () => {
  scenario = await buildSyncScenario(installation);
  await planFor(new Date(scenario.services.clock.now().getTime() + MINUTE));
});

/** Both the next run and the next sweep. */
function planFor(at: Date, pausedAt: Date | null = null): Promise<void> {
  const next = pausedAt === null ? at : null;
  const times = { nextRunAt: next, nextSweepAt: next };
  const { id: connectionId } = scenario.connection;
  const schedule = { connectionId, syncCron: null, pausedAt, needsFull: true, deletionsAcceptedAt: null };
  return installation.transactions.run((tx) =>
    scenario.services.stores.schedules.save(tx, { ...schedule, ...times }, 'test'),
  );
}

function schedule() {
  return scenario.services.stores.schedules.find(scenario.connection.id);
}

/** Minutes from now until the schedule starts something. */
async function restMinutes(): Promise<number> {
  const found = await schedule();
  const next = [found?.nextRunAt, found?.nextSweepAt].map((at) => at?.getTime() ?? Infinity);
  return (Math.min(...next) - scenario.services.clock.now().getTime()) / MINUTE;
}

function refuseEverything(error: Error): void {
  scenario.services.psa.beforeRead = () => {
    throw error;
  };
}

const REJECTED = new PsaRequestRejectedError('Autotask does not take the query.');

describe('a full run that fails for a reason no wait helps with', () => {
  it('lets the connection rest ever longer, a day at most', async () => {
    refuseEverything(REJECTED);
    const rests: number[] = [];
    for (let failure = 0; failure < 9; failure += 1) {
      expect(await scenario.execute()).toMatchObject({ state: 'failed' });
      rests.push(await restMinutes());
      scenario.services.clock.advance(rests.at(-1)! * MINUTE);
    }
    for (const [index, atLeast] of [15, 30, 60, 120, 240, 480, 960, 1440, 1440].entries()) {
      expect(rests[index]).toBeGreaterThanOrEqual(atLeast);
      // The next tick after it, and the place of the connection within the quarter of an hour that follows.
      expect(rests[index]).toBeLessThanOrEqual(atLeast + 30);
    }
    expect((await schedule())?.fullFailures).toBe(9);
  });

  it('begins anew with the shortest rest once one has succeeded, or the schedule was changed', async () => {
    refuseEverything(REJECTED);
    await scenario.execute();
    await scenario.execute();
    expect((await schedule())?.fullFailures).toBe(2);
    await planFor(new Date(scenario.services.clock.now().getTime() + MINUTE));
    expect((await schedule())?.fullFailures).toBe(0);
    await scenario.execute();
    scenario.services.psa.beforeRead = () => undefined;
    expect(await scenario.execute()).toMatchObject({ state: 'succeeded' });
    expect(await schedule()).toMatchObject({ fullFailures: 0, needsFull: false });
  });

  it('does not start what is paused', async () => {
    await planFor(new Date(), new Date());
    refuseEverything(REJECTED);
    await scenario.execute();
    expect(await schedule()).toMatchObject({ fullFailures: 1, nextRunAt: null, nextSweepAt: null });
  });

  it('leaves the schedule as it is where a person is asked: nothing starts before the answer', async () => {
    refuseEverything(new PsaAccessDeniedError('Autotask does not show companies to this API user.'));
    expect(await scenario.execute()).toMatchObject({ state: 'failed' });
    expect(await scenario.stateOfConnection()).toBe('attention');
    expect(await schedule()).toMatchObject({ fullFailures: 0 });
    expect(await restMinutes()).toBe(1);
  });
});
