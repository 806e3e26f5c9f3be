import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalRequestLedger } from '../../src/autotask/client/local-request-ledger.js';
import { PostgresRequestLedger } from '../../src/platform/limits/postgres-request-ledger.js';
import {
  type LedgerChange,
  type RequestLedger,
  UNKNOWN_LEDGER_STATE,
  USAGE_SPAN_MS,
} from '../../src/ports/psa/request-ledger.port.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';

const SPAN = Date.parse('2026-05-04T12:00:00.000Z');
const AT = new Date(SPAN + 5_000);
const LONG_AGO = new Date(0);

let installation: TestInstallation;

beforeEach(async () => {
  installation = await openInstallation();
});

afterEach(() => installation.close());

const spans = (...counts: number[]) =>
  new Map(counts.map((count, index) => [SPAN + index * USAGE_SPAN_MS, count]));

function sampleOf(others: Map<number, number>, knownSampledAt: Date | null = null, at = AT): LedgerChange {
  return { sample: { at, limit: 20_000, windowMinutes: 30, others, knownSampledAt } };
}

/** The same for a process alone and for replicas, of which there are two here on one database. */
const LEDGERS: [string, () => [RequestLedger, RequestLedger]][] = [
  [
    'of one process',
    () => {
      const ledger = new LocalRequestLedger();
      return [ledger, ledger];
    },
  ],
  [
    'on Postgres',
    () => [
      new PostgresRequestLedger(installation.dataSource),
      new PostgresRequestLedger(installation.dataSource),
    ],
  ],
];

describe.each(LEDGERS)('the ledger %s', (_what, openTwo) => {
  it('knows nothing of an instance nobody asked', async () => {
    const [ledger] = openTwo();
    expect(await ledger.exchange('autotask/1', {}, LONG_AGO)).toEqual({ ...UNKNOWN_LEDGER_STATE });
  });

  it('adds up what all processes sent, by instance', async () => {
    const [one, two] = openTwo();
    await Promise.all([
      one.exchange('autotask/1', { own: spans(3, 1) }, LONG_AGO),
      two.exchange('autotask/1', { own: spans(4) }, LONG_AGO),
      two.exchange('autotask/2', { own: spans(9) }, LONG_AGO),
    ]);
    expect((await one.exchange('autotask/1', {}, LONG_AGO)).usage).toEqual([
      { startsAt: SPAN, own: 7, others: 0 },
      { startsAt: SPAN + USAGE_SPAN_MS, own: 1, others: 0 },
    ]);
  });

  it('takes one of two samples that were taken at the same time', async () => {
    const [one, two] = openTwo();
    await one.exchange('autotask/1', sampleOf(spans(50)), LONG_AGO);
    const state = await two.exchange('autotask/1', sampleOf(spans(50)), LONG_AGO);
    expect(state).toMatchObject({ limit: 20_000, windowMinutes: 30, sampledAt: AT });
    expect(state.usage).toEqual([{ startsAt: SPAN, own: 0, others: 50 }]);
    const later = new Date(AT.getTime() + 1_000);
    const corrected = await two.exchange('autotask/1', sampleOf(spans(-20), AT, later), LONG_AGO);
    expect(corrected.usage).toEqual([{ startsAt: SPAN, own: 0, others: 30 }]);
  });

  it('keeps until when the PSA is left alone, and that it answers again', async () => {
    const [one, two] = openTwo();
    const until = new Date(AT.getTime() + 60_000);
    await one.exchange('autotask/1', { closed: { at: AT, until, closings: 2 } }, LONG_AGO);
    expect(await two.exchange('autotask/1', {}, LONG_AGO)).toMatchObject({
      closedAt: AT,
      closedUntil: until,
      closings: 2,
    });
    const open = await two.exchange('autotask/1', { closed: { at: AT, until: null, closings: 0 } }, LONG_AGO);
    expect(open).toMatchObject({ closedUntil: null, closings: 0 });
  });

  it('raises the rest once for refusals of requests that were sent before', async () => {
    const [one, two] = openTwo();
    const sentAt = new Date(AT.getTime() - 50);
    await one.exchange('autotask/1', { rest: { ms: 100, at: AT, sentAt } }, LONG_AGO);
    const same = await two.exchange('autotask/1', { rest: { ms: 200, at: AT, sentAt } }, LONG_AGO);
    expect(same).toMatchObject({ restMs: 100, restRaisedAt: AT });
    const later = new Date(AT.getTime() + 100);
    const raised = await two.exchange(
      'autotask/1',
      { rest: { ms: 200, at: later, sentAt: later } },
      LONG_AGO,
    );
    expect(raised).toMatchObject({ restMs: 200, restRaisedAt: later });
  });

  it('forgets what has long left the window', async () => {
    const [ledger] = openTwo();
    await ledger.exchange('autotask/1', { own: spans(3, 1) }, LONG_AGO);
    const own = new Map([[SPAN + 2 * USAGE_SPAN_MS, 1]]);
    const state = await ledger.exchange('autotask/1', { own }, new Date(SPAN + USAGE_SPAN_MS));
    expect(state.usage.map(({ startsAt }) => startsAt)).toEqual([
      SPAN + USAGE_SPAN_MS,
      SPAN + 2 * USAGE_SPAN_MS,
    ]);
  });
});
