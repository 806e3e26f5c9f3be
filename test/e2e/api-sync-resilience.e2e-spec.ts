import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/autotask-simulator/testing.js';
import type { SyncMode } from '../../src/sync/domain/sync-run.js';
import { FaultBench, type Outcome } from '../support/fault-bench.js';

/** `npm run test:faults -- --seed N --rounds N` sets these; without them a short round is made. */
const SEED = Number(process.env['PSA_FAULT_SEED'] ?? 1);
const ROUNDS = Number(process.env['PSA_FAULT_ROUNDS'] ?? 1);
const IS_LONG = process.env['PSA_FAULT_ROUNDS'] !== undefined;

/**
 * Queries more at most after a kill: the pages that may be unstored, one that is asked for while all of these are being stored, and one because
 * a walk that goes on is cut into ranges anew, the last pages of which are not full.
 */
const READ_AGAIN = 8 + 1 + 1;

const MODES: readonly SyncMode[] = ['incremental', 'full'];

const OUTAGES: readonly Fault[] = [
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
  { kind: 'truncate' },
  { kind: 'html' },
  { kind: 'malformedJson' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 429, headers: { 'Retry-After': '1' } },
];

let bench: FaultBench;
let undisturbed: Outcome;
let state = SEED;

/** A whole number from `from` to `to`, by the generator of Lehmer. */
function random(from: number, to: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return from + (state % (to - from + 1));
}

/** A whole number from 0, as the edits want it. */
function below(limit: number): number {
  return random(0, limit - 1);
}

function rounds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function report(what: string, { calls, run }: Outcome, beside: Outcome = undisturbed): void {
  const [asked, began, ended] = [run.createdAt, run.startedAt, run.finishedAt].map((at) =>
    Date.parse(at ?? ''),
  );
  const waited = ((began ?? 0) - (asked ?? 0)) / 1000;
  const worked = ((ended ?? 0) - (began ?? 0)) / 1000;
  const more = calls - beside.calls;
  const why = run.error === null ? '' : ` (${run.error.code}; the log: ${bench.failures()})`;
  console.log(`${what}: ${run.state}${why} after ${waited} + ${worked} s, ${calls} queries (${more} more)`);
}

beforeAll(async () => {
  bench = await FaultBench.open();
  undisturbed = await bench.pull();
  console.log(`seed ${SEED}; undisturbed: ${undisturbed.run.state}, ${undisturbed.calls} queries`);
}, 120_000);

afterEach(() => bench.simulator.faults.clear());
afterAll(() => bench?.close());

describe('a pull ends with the tables of an undisturbed one', () => {
  it('when nothing happens', () => {
    expect(undisturbed.run).toMatchObject({ state: 'succeeded', mode: 'full' });
    expect(undisturbed.calls).toBeGreaterThan(40);
  });

  it.each(rounds(ROUNDS))('when its worker is killed (%i)', { timeout: 150_000 }, async () => {
    const point = random(1, undisturbed.calls - 1);
    const outcome = await bench.pull(async () => {
      await bench.untilQuery(point);
      await bench.killWorker();
    });
    report(`killed at query ${point}`, outcome);
    expect(outcome.run.state).toBe('succeeded');
    expect(outcome.tables).toEqual(undisturbed.tables);
    expect(outcome.calls - undisturbed.calls).toBeLessThanOrEqual(READ_AGAIN);
  });

  it.each(rounds(ROUNDS))('when the database is restarted (%i)', { timeout: 150_000 }, async () => {
    const point = random(1, undisturbed.calls - 1);
    const outcome = await bench.pull(async () => {
      await bench.untilQuery(point);
      await bench.restartDatabase();
    });
    report(`database restarted at query ${point}`, outcome);
    expect(outcome.run.state).toBe('succeeded');
    expect(outcome.tables).toEqual(undisturbed.tables);
    expect(outcome.calls - undisturbed.calls).toBeLessThanOrEqual(READ_AGAIN);
  });

  it.each(rounds(ROUNDS))('when the PSA is away for some requests (%i)', { timeout: 150_000 }, async () => {
    const fault = OUTAGES[random(0, OUTAGES.length - 1)] ?? { kind: 'html' };
    const after = random(0, undisturbed.calls - 6);
    const times = random(1, 6);
    bench.simulator.faults.add({ path: /\/query$/, after, times, fault });
    const outcome = await bench.pull();
    report(`${JSON.stringify(fault)} ${times} times after query ${after}`, outcome);
    expect(outcome.run.state).toBe('succeeded');
    expect(outcome.tables).toEqual(undisturbed.tables);
    const [{ applied } = { applied: 0 }] = bench.simulator.faults.list();
    expect(applied).toBe(times);
    expect(outcome.calls - undisturbed.calls).toBeLessThanOrEqual(times + 1);
  });
});

type Disturbance = 'killed worker' | 'restarted database' | 'PSA outage';

/** Disturbs a run that takes so many queries; gives how many more it may take for that. */
const DISTURBANCES: Record<Disturbance, (calls: number) => Promise<number>> = {
  'killed worker': async (calls) => {
    await bench.untilQuery(random(1, calls - 1));
    await bench.killWorker();
    return READ_AGAIN;
  },
  'restarted database': async (calls) => {
    await bench.untilQuery(random(1, calls - 1));
    await bench.restartDatabase();
    return READ_AGAIN;
  },
  'PSA outage': (calls) => {
    const fault = OUTAGES[random(0, OUTAGES.length - 1)] ?? { kind: 'html' };
    const times = random(1, 6);
    bench.simulator.faults.add({ path: /\/query$/, after: random(0, calls - times), times, fault });
    return Promise.resolve(times + 1);
  },
};

/** Every one of them in the long suite; in a short round each of them once, so that it stays short. */
const AFTER_EDITS: readonly (readonly [SyncMode, Disturbance])[] = IS_LONG
  ? MODES.flatMap((mode) => (Object.keys(DISTURBANCES) as Disturbance[]).map((what) => [mode, what] as const))
  : [
      ['incremental', 'killed worker'],
      ['incremental', 'PSA outage'],
      ['full', 'restarted database'],
    ];

describe.each(AFTER_EDITS)('%s runs after edits and deletions, with a %s', (mode, what) => {
  it.each(rounds(ROUNDS))('end with the tables of undisturbed ones (%i)', { timeout: 150_000 }, async () => {
    let allowed = 0;
    const before = await bench.tables();
    const { undisturbed: beside, disturbed } = await bench.pullEdits(mode, below, async (calls) => {
      allowed = await DISTURBANCES[what](calls);
    });
    report(`${mode} run with a ${what}`, disturbed, beside);
    expect([beside.run, disturbed.run]).toMatchObject([
      { state: 'succeeded', mode },
      { state: 'succeeded', mode },
    ]);
    for (const table of ['psa_company', 'psa_contract', 'psa_contract_service']) {
      expect(beside.tables[table]).not.toBe(before[table]);
    }
    expect(disturbed.tables).toEqual(beside.tables);
    expect(disturbed.calls - beside.calls).toBeLessThanOrEqual(allowed);
  });
});
