import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import type { SyncRun } from '../../src/sync/domain/sync-run.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany } from '../support/builders/psa-records.builder.js';
import { buildSyncScenario, type SyncScenario } from '../support/builders/sync-scenario.builder.js';
import type { FakePsaAdapter } from '../support/fakes/fake-psa-adapter.js';

/** What a whole pull of the PSA takes, and finds the first time. */
const PAGES = 16;
const FIRST_COUNTS = [
  ['currencies', 2, 2, 0, 0],
  ['companies', 7, 7, 0, 0],
  ['services', 3, 3, 0, 0],
  ['contracts', 5, 5, 0, 0],
  ['contractServices', 5, 5, 0, 0],
  ['contractServiceUnits', 6, 6, 0, 0],
];
const NEVER = new AbortController().signal;

let installation: TestInstallation;
let scenario: SyncScenario;
let psa: FakePsaAdapter;

beforeAll(async () => {
  Logger.overrideLogger(false);
  installation = await openInstallation();
});

afterAll(() => installation?.close());

beforeEach(async () => {
  scenario = await buildSyncScenario(installation);
  ({ psa } = scenario.services);
});

/** What a run leaves behind once it has ended. */
const NOTHING = { seenPages: 0, openSessions: 0 };

function countsOf({ entities }: SyncRun): unknown[][] {
  return entities.map(({ entity, read, created, updated, deleted }) => [
    entity,
    read,
    created,
    updated,
    deleted,
  ]);
}

describe('a run', () => {
  it('mirrors everything, counts it and leaves no session behind', async () => {
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'succeeded', apiCalls: PAGES, error: null });
    expect(run.startedAt).toEqual(scenario.services.clock.now());
    expect(run.finishedAt).toEqual(scenario.services.clock.now());
    expect(countsOf(run)).toEqual(FIRST_COUNTS);
    expect(run.entities.every(({ isComplete, nextCursor }) => isComplete && nextCursor === null)).toBe(true);
    expect(Object.values(await scenario.mirrored()).map((rows) => rows.length)).toEqual([2, 7, 3, 5, 5, 6]);
    expect(psa.opened.map(({ credentials }) => credentials.secret.reveal())).toEqual(['the-secret']);
    expect(await scenario.leftOvers(run)).toEqual(NOTHING);
  });

  it('after another counts only what changed meanwhile', async () => {
    await scenario.execute();
    const before = await scenario.mirrored();
    expect(
      countsOf(await scenario.execute()).every(([, , ...changes]) => changes.every((count) => count === 0)),
    ).toBe(true);
    expect(await scenario.mirrored()).toEqual(before);
    const { records } = psa;
    records.companies = [
      ...records.companies.slice(1, 6),
      aCompany({ externalId: '7', name: 'Renamed' }),
      aCompany({ externalId: '8' }),
    ];
    expect(countsOf(await scenario.execute())[1]).toEqual(['companies', 7, 1, 1, 1]);
    expect(await scenario.stateOfConnection()).toBe('active');
  });

  it('after one that had read a part finds what was deleted meanwhile', async () => {
    psa.beforeRead = ({ entity, cursor }) => {
      if (entity === 'companies' && cursor !== null) throw new Error('broken');
    };
    expect(await scenario.execute()).toMatchObject({ state: 'failed' });
    psa.beforeRead = () => undefined;
    const [, ...left] = psa.records.companies;
    psa.records.companies = left;
    expect(countsOf(await scenario.execute())[1]).toEqual(['companies', 6, 5, 0, 1]);
  });

  it('that is unknown or has ended does nothing', async () => {
    const run = await scenario.execute();
    psa.reads.length = 0;
    await scenario.execute(run);
    await scenario.services.runner.execute(newId(), NEVER);
    expect(psa.reads).toEqual([]);
    expect(await scenario.find(run)).toEqual(run);
  });
});

describe('a run while a record is written by itself', () => {
  it('and that record never wait for each other', async () => {
    const { mirror } = scenario.services;
    const begin = mirror.begin.bind(mirror);
    let written: Promise<void> | undefined;
    mirror.begin = async (tx, pull) => {
      if (pull.entity === 'companies' && written === undefined) {
        // The first batch comes late to the database; the next is on its way.
        written = new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
          installation.transactions.run((other) =>
            mirror.writeRecord(other, scenario.connection.id, 'companies', aCompany({ externalId: '99' })),
          ),
        );
        written.catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 800));
      }
      return begin(tx, pull);
    };
    const run = await scenario.execute();
    await written;
    expect(run.state).toBe('succeeded');
    expect((await scenario.mirrored())['psa_company']).toHaveLength(8);
  });
});

describe('a run whose worker is stopped', () => {
  it.each(Array.from({ length: PAGES }, (_, index) => index + 1))(
    'before page %i goes on after the last committed page, to the same end',
    async (stoppedAt) => {
      const shutdown = new AbortController();
      psa.beforeRead = (_, signal) => {
        if (psa.reads.length !== stoppedAt) return;
        shutdown.abort(new Error('The process is shutting down'));
        signal?.throwIfAborted();
      };
      const run = await scenario.queuedRun();
      await expect(scenario.services.runner.execute(run.id, shutdown.signal)).rejects.toThrow(
        'shutting down',
      );
      expect(await scenario.find(run)).toMatchObject({ state: 'running', finishedAt: null });
      expect(psa.openSessions).toBe(0);

      psa.beforeRead = () => undefined;
      await scenario.execute(run);
      const ended = await scenario.find(run);
      expect(ended.state).toBe('succeeded');
      expect(countsOf(ended)).toEqual(FIRST_COUNTS);
      // Only the page that was interrupted is asked for again.
      expect(psa.reads).toHaveLength(PAGES + 1);
      expect(psa.reads[stoppedAt]).toEqual(psa.reads[stoppedAt - 1]);
      expect(await scenario.leftOvers(run)).toEqual(NOTHING);
      const resumed = await scenario.mirrored();
      await scenario.execute();
      expect(await scenario.mirrored()).toEqual(resumed);
      expect(Object.values(resumed).map((rows) => rows.length)).toEqual([2, 7, 3, 5, 5, 6]);
    },
  );

  it('stops between pages as well, before the next is asked for', async () => {
    const shutdown = new AbortController();
    psa.beforeRead = () => {
      if (psa.reads.length === 3) shutdown.abort(new Error('The process is shutting down'));
    };
    const run = await scenario.queuedRun();
    await expect(scenario.services.runner.execute(run.id, shutdown.signal)).rejects.toThrow('shutting down');
    expect(psa.reads).toHaveLength(3);
    await scenario.execute(run);
    expect(psa.reads).toHaveLength(PAGES);
    expect(countsOf(await scenario.find(run))).toEqual(FIRST_COUNTS);
  });

  it('deletes what the pages before and after the stop did not show', async () => {
    await scenario.execute();
    psa.records.companies = psa.records.companies.filter(
      ({ externalId }) => externalId !== '1' && externalId !== '6',
    );
    psa.reads.length = 0;
    const shutdown = new AbortController();
    psa.beforeRead = ({ entity, cursor }, signal) => {
      if (entity === 'companies' && cursor !== null)
        shutdown.abort(new Error('The process is shutting down'));
      signal?.throwIfAborted();
    };
    const run = await scenario.queuedRun();
    await expect(scenario.services.runner.execute(run.id, shutdown.signal)).rejects.toThrow('shutting down');
    psa.beforeRead = () => undefined;
    await scenario.execute(run);
    expect(countsOf(await scenario.find(run))[1]).toEqual(['companies', 5, 0, 0, 2]);
  });

  it('and comes back to life after another took over can spoil nothing', async () => {
    const reached = Promise.withResolvers<void>();
    const awakened = Promise.withResolvers<void>();
    psa.beforeRead = async () => {
      if (psa.reads.length !== 4) return;
      reached.resolve();
      await awakened.promise;
    };
    const run = await scenario.queuedRun();
    const sleeper = scenario.services.runner.execute(run.id, NEVER);
    await reached.promise;
    await scenario.execute(run);
    const ended = await scenario.find(run);
    expect(ended.state).toBe('succeeded');
    const before = await scenario.mirrored();

    awakened.resolve();
    await expect(sleeper).resolves.toBeUndefined();
    expect(await scenario.find(run)).toEqual(ended);
    expect(countsOf(ended)).toEqual(FIRST_COUNTS);
    expect(await scenario.mirrored()).toEqual(before);
    expect(await scenario.leftOvers(run)).toEqual(NOTHING);
  });
});
