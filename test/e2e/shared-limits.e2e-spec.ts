import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AutotaskSimulator,
  type AutotaskSimulatorOptions,
  MULTI_CURRENCY_CI,
  SANDBOX_API_USERS,
} from '../../src/autotask-simulator/testing.js';
import type { PsaInstance } from '../../src/ports/psa/psa-adapter.port.js';
import { ALL_RIGHTS } from '../support/connector.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type CallerSettings, type LimitedCaller, startLimitedCaller } from '../support/limited-caller.js';

let database: TestDatabase;
let simulator: AutotaskSimulator;
let callers: LimitedCaller[];

beforeEach(async () => {
  database = await createTestDatabase();
  callers = [];
});

afterEach(async () => {
  await Promise.all(callers.map((caller) => caller.stop()));
  await simulator?.stop();
  await database.drop();
});

/** As many replicas as asked for, on one Postgres against one instance. */
async function start(
  number: number,
  simulated: AutotaskSimulatorOptions,
  autotask: CallerSettings['autotask'] = {},
): Promise<LimitedCaller[]> {
  simulator = await AutotaskSimulator.start(simulated);
  const user = SANDBOX_API_USERS.find(({ userName }) => userName === ALL_RIGHTS);
  if (user === undefined) throw new Error(`The sandbox has no user ${ALL_RIGHTS}`);
  const instance: PsaInstance = {
    id: String(MULTI_CURRENCY_CI),
    zoneName: '',
    apiUrl: `http://${simulator.host}/zone${simulator.world.database(MULTI_CURRENCY_CI).zoneNumber}/ATServicesRest/`,
    webUrl: '',
    internalCurrency: 'EUR',
    metadata: {},
  };
  const settings: CallerSettings = {
    databaseUrl: database.url,
    discoveryUrl: simulator.discoveryUrl,
    username: user.userName,
    secret: user.secret,
    integrationCode: user.integrationCode,
    instance,
    autotask,
  };
  callers = await Promise.all(Array.from({ length: number }, () => startLimitedCaller(settings)));
  return callers;
}

const work = { entity: 'companies', calls: 60, parallel: 5, purpose: 'push' } as const;

function refusals(): number {
  return simulator.journal.entries().filter(({ status }) => status === 429).length;
}

/** Most requests of one entity that the vendor counted at once, those whose slot it had not freed yet included. */
function highestConcurrency(): number {
  return Math.max(...simulator.journal.summary().map((bucket) => bucket.highestConcurrency));
}

describe('two processes on one Postgres against one Autotask', () => {
  it('never have more than three requests of an entity under way, nor one refused', async () => {
    const [one, two] = await start(2, { latencyMs: 20, threadLimitStatus: 429 });
    const results = await Promise.all([one?.run({ ...work, calls: 150 }), two?.run({ ...work, calls: 150 })]);
    expect(results.map((result) => result?.failures)).toEqual([[], []]);
    expect(results.map((result) => result?.calls)).toEqual([150, 150]);
    expect(simulator.journal.count({ entity: 'Companies' })).toBe(300);
    expect(highestConcurrency()).toBe(3);
    expect(refusals()).toBe(0);
  });

  it('are refused nothing where the vendor frees slots 100 ms late and the option says so', async () => {
    const [one, two] = await start(
      2,
      { latencyMs: 20, threadLimitStatus: 429, slotReleaseDelayMs: 100 },
      { limits: { slotReleaseMs: 120 } },
    );
    const results = await Promise.all([one?.run(work), two?.run(work)]);
    expect(results.map((result) => result?.failures)).toEqual([[], []]);
    expect(highestConcurrency()).toBe(3);
    expect(refusals()).toBe(0);
  });

  it('learn from a handful of refusals that the vendor frees slots late', async () => {
    const [one, two] = await start(2, { latencyMs: 20, threadLimitStatus: 429, slotReleaseDelayMs: 100 });
    const results = await Promise.all([one?.run(work), two?.run(work)]);
    expect(results.map((result) => result?.failures)).toEqual([[], []]);
    expect(refusals()).toBeGreaterThan(0);
    const learning = refusals();
    expect(learning).toBeLessThanOrEqual(12);
    simulator.journal.clear();
    await Promise.all([one?.run(work), two?.run(work)]);
    // The vendor's own timers are late on a busy machine, so a slot can be freed later than was learned.
    expect(refusals()).toBeLessThan(learning);
  });

  it('go on when the other is killed, once its slots have expired', async () => {
    const [one, two] = await start(2, { latencyMs: 200, threadLimitStatus: 429 });
    const abandoned = one?.run({ ...work, calls: 1_000 }).catch(() => null);
    await wait(700);
    const startedAt = performance.now();
    await one?.kill9();
    await abandoned;
    const result = await two?.run({ ...work, calls: 30 });
    expect(result?.failures).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    expect(highestConcurrency()).toBeLessThanOrEqual(3);
    expect(refusals()).toBe(0);
  });
});
