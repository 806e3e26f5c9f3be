import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AutotaskSimulator } from '../../src/autotask-simulator/autotask-simulator.js';
import { MULTI_CURRENCY_CI } from '../../src/autotask-simulator/sandbox-users.js';
import { seedLargeWorld } from '../../src/autotask-simulator/seed/seed-large-world.js';
import { DEFAULT_AUTOTASK_OPTIONS } from '../../src/autotask/autotask-options.js';
import { AutotaskAdapter } from '../../src/autotask/autotask.adapter.js';
import { packCredentials } from '../../src/connections/domain/connection-credentials.js';
import { currencyCode } from '../../src/kernel/currency.js';
import { sandboxCredentials } from '../contract/autotask-harness.js';
import { aConnection } from '../support/builders/connection.builder.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { buildServices } from '../support/builders/services.builder.js';
import { aSyncRun } from '../support/builders/sync-run.builder.js';
import { FakeClock } from '../support/fakes/fake-clock.js';
import { FakeJobQueue } from '../support/fakes/fake-job-queue.js';

const HOUR_MS = 3_600_000;
/** Requests of a rolling hour; small, so that a pull of some seconds is larger. */
const ALLOWANCE = 400;
const PULL_SHARE = 0.8;
/** What another consumer sends in an hour on average, at random instants. */
const OTHERS_AN_HOUR = 80;
/** What a request takes by the clock of the test. */
const CALL_MS = 250;
/** As many as leave the last hour about half used: the few calls that are made twice must not decide about a whole hour. */
const CONTRACT_SERVICES = 150_000;
const SEED = 5;

/** The clock of everybody in the test, and what others send while it moves on. */
class SharedHour {
  readonly clock = new FakeClock();
  readonly others: number[] = [];
  #state = SEED;
  #next = this.after(this.clock.now().getTime());

  constructor(private readonly onOther: () => void) {}

  /** Moves the clock on, from one request of the others to the next. */
  pass(ms: number): void {
    const until = this.clock.now().getTime() + ms;
    while (this.#next <= until) {
      this.clock.advance(this.#next - this.clock.now().getTime());
      this.others.push(this.#next);
      this.onOther();
      this.#next = this.after(this.#next);
    }
    this.clock.advance(until - this.clock.now().getTime());
  }

  /** Exponentially distributed, by the generator of Lehmer: instants that know nothing of each other. */
  private after(at: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    const gap = (-Math.log(this.#state / 2_147_483_647) * HOUR_MS) / OTHERS_AN_HOUR;
    return at + Math.max(1, Math.round(gap));
  }
}

/** When the last of so many requests could end, sent one after the other as soon as the hour has room, by somebody who knows the others' beforehand. */
function bestEnd(start: number, requests: number, others: readonly number[], ceiling: number): number {
  const own: number[] = [];
  let at = start;
  let [firstOwn, firstOther, nextOther] = [0, 0, 0];
  const moveTo = (instant: number): void => {
    at = instant;
    while ((others[nextOther] ?? Infinity) <= at) nextOther += 1;
    while ((others[firstOther] ?? Infinity) <= at - HOUR_MS) firstOther += 1;
    while ((own[firstOwn] ?? Infinity) <= at - HOUR_MS) firstOwn += 1;
  };
  while (own.length < requests) {
    moveTo(at);
    while (own.length - firstOwn + (nextOther - firstOther) >= ceiling) {
      moveTo(Math.min(own[firstOwn] ?? Infinity, others[firstOther] ?? Infinity) + HOUR_MS);
    }
    own.push(at);
    at += CALL_MS;
  }
  return at;
}

let installation: TestInstallation;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

it('finishes a pull larger than the hourly budget within 5 % of the best time, whatever others use of it', async () => {
  const hour: SharedHour = new SharedHour(() => simulator.addUsage(MULTI_CURRENCY_CI, 1));
  const { clock } = hour;
  const world = seedLargeWorld({ companies: 2_000, contractServices: CONTRACT_SERVICES, now: clock.now() });
  world.database(MULTI_CURRENCY_CI).requestThreshold = ALLOWANCE;
  const simulator = await AutotaskSimulator.start({ world, now: () => clock.now() });
  const options = {
    ...DEFAULT_AUTOTASK_OPTIONS,
    discoveryUrl: simulator.discoveryUrl,
    // The pace would be kept by the real clock.
    limits: { slotReleaseMs: 0, pullShare: PULL_SHARE, pacesPulls: false },
  };
  const observer = { onRequest: () => hour.pass(CALL_MS), onHeldBack: () => undefined };
  const adapter = new AutotaskAdapter(options, clock, { observer });
  try {
    const { stores, vault, runner } = buildServices(installation, new FakeJobQueue(), { adapter, clock });
    const credentials = sandboxCredentials('all-rights@sandbox-csp');
    const { instance } = await adapter.checkAccess({ credentials, currency: currencyCode('EUR') });
    if (instance === null) throw new Error('The access check found no instance');
    const connection = aConnection({ provider: 'autotask', username: credentials.username, instance });
    const sealed = await vault.seal(connection.id, packCredentials(credentials));
    await installation.transactions.run(async (tx) => {
      await stores.connections.insert(tx, connection);
      await vault.put(tx, connection.id, sealed);
    });
    // What the check took has left the hour; what others took meanwhile is in it.
    hour.pass(2 * HOUR_MS);

    const start = clock.now().getTime();
    const run = aSyncRun({ connectionId: connection.id, createdAt: clock.now() });
    await installation.transactions.run((tx) => stores.runs.insert(tx, run));
    const now = async () => {
      const found = await stores.runs.find(run.id);
      if (found === null) throw new Error('The run is gone');
      return found;
    };
    let waits = 0;
    for (;;) {
      await runner.execute(run.id, new AbortController().signal);
      const { state, resumesAt, wait } = await now();
      if (state !== 'queued') break;
      if (resumesAt === null) continue;
      expect(wait?.code).toBe('psa.rate_limited');
      waits += 1;
      hour.pass(resumesAt.getTime() - clock.now().getTime());
    }
    const ended = await now();
    const end = clock.now().getTime();
    expect(ended.state).toBe('succeeded');
    const pages = ended.entities.reduce((sum, progress) => sum + progress.pages, 0);
    const best = bestEnd(start, pages, hour.others, ALLOWANCE * PULL_SHARE);
    const share = (end - start) / (best - start);
    console.log(
      `${pages} pages, ${ended.apiCalls} calls, ${waits} waits, ${hour.others.length} of others: ` +
        `${((end - start) / HOUR_MS).toFixed(2)} h, best ${((best - start) / HOUR_MS).toFixed(2)} h, ${share.toFixed(3)}`,
    );
    // More than the hour holds beside the others, twice over; and the PSA never had to refuse.
    expect(pages).toBeGreaterThan(2 * (ALLOWANCE * PULL_SHARE - OTHERS_AN_HOUR));
    expect(simulator.journal.count({ status: 429 })).toBe(0);
    // Counts, and after each wait the pages that had been read ahead.
    expect(ended.apiCalls / pages).toBeLessThanOrEqual(1.08);
    expect(share).toBeLessThanOrEqual(1.05);
  } finally {
    await adapter.close();
    await simulator.stop();
  }
}, 120_000);
