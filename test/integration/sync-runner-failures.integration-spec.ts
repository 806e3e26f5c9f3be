import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemContext, type UseCaseContext } from '../../src/core/use-case-context.js';
import { newId } from '../../src/kernel/ids.js';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaRateLimitedError,
  PsaRequestRejectedError,
  PsaUnreachableError,
} from '../../src/ports/psa/psa.errors.js';
import { AFTER_PULL_QUEUE, LONG_SYNC_QUEUE } from '../../src/sync/application/sync-queue.js';
import { openInstallation, type TestInstallation } from '../support/builders/installation.builder.js';
import { aCompany } from '../support/builders/psa-records.builder.js';
import { buildSyncScenario, type SyncScenario } from '../support/builders/sync-scenario.builder.js';
import type { FakeJobQueue } from '../support/fakes/fake-job-queue.js';
import type { FakePsaAdapter } from '../support/fakes/fake-psa-adapter.js';

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

function context(): UseCaseContext {
  return systemContext(scenario.connection.tenantId, newId());
}

/** Does something, or throws, before the PSA gives its n-th page. */
function beforePage(page: number, work: () => void | Promise<unknown>): void {
  psa.beforeRead = async () => {
    if (psa.reads.length === page) await work();
  };
}

function failAtPage(page: number, error: Error): void {
  beforePage(page, () => {
    throw error;
  });
}

describe('a connection that goes away while it is synced', () => {
  it.each([
    [
      'disabled',
      () => scenario.services.administration.update(context(), scenario.connection.id, { enabled: false }),
    ],
    ['removed', () => scenario.services.administration.remove(context(), scenario.connection.id)],
  ])('because it is %s ends the run as cancelled and writes no further page', async (_, work) => {
    beforePage(3, work);
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'cancelled', error: null, apiCalls: 3 });
    expect(psa.reads).toHaveLength(3);
    expect((await scenario.mirrored())['psa_company']).toHaveLength(2);
    expect(await scenario.leftOvers(run)).toEqual(NOTHING);
  });

  it('before the run begins ends it without asking the PSA', async () => {
    const run = await scenario.queuedRun();
    await scenario.services.administration.remove(context(), scenario.connection.id);
    await scenario.execute(run);
    expect(await scenario.find(run)).toMatchObject({ state: 'cancelled', apiCalls: 0 });
    expect(psa.opened).toEqual([]);
  });
});

describe('a PSA that is away or asks to wait', () => {
  const MINUTE = 60_000;

  it('parks the run where it stands, for as long as the PSA says, and goes on from there', async () => {
    failAtPage(3, new PsaRateLimitedError('Autotask asks to wait.', 90));
    const { clock } = scenario.services;
    const run = await scenario.execute();
    const resumesAt = new Date(clock.now().getTime() + 90_000);
    expect(run).toMatchObject({
      state: 'queued',
      apiCalls: 3,
      error: null,
      resumesAt,
      wait: { code: 'psa.rate_limited', detail: 'Autotask asks to wait.' },
    });
    expect((scenario.services.queue as FakeJobQueue).jobs).toEqual([
      {
        queue: 'sync-run-long',
        payload: { runId: run.id, continuation: 1 },
        exclusiveKey: `${run.id}:1`,
        delaySeconds: 90,
      },
    ]);
    expect(await scenario.stateOfConnection()).toBe('active');
    expect(psa.openSessions).toBe(0);

    psa.beforeRead = () => undefined;
    await scenario.execute(run);
    expect(psa.reads).toHaveLength(3);
    clock.advance(90_000);
    const ended = await scenario.execute(run);
    expect(ended).toMatchObject({ state: 'succeeded', resumesAt: null, wait: null, apiCalls: 17 });
    expect(psa.reads[3]).toEqual(psa.reads[2]);
    expect(await scenario.leftOvers(run)).toEqual(NOTHING);
  });

  it('keeps its job when a replica takes it up whose clock is behind', async () => {
    failAtPage(3, new PsaRateLimitedError('Autotask asks to wait.', 90));
    const { clock, runner } = scenario.services;
    const run = await scenario.execute();
    psa.beforeRead = () => undefined;
    clock.advance(30_000);
    await runner.execute(run.id, new AbortController().signal, 1);
    expect(psa.reads).toHaveLength(3);
    const { jobs } = scenario.services.queue as FakeJobQueue;
    expect(jobs.at(-1)).toEqual({
      queue: 'sync-run-long',
      payload: { runId: run.id, continuation: 2 },
      exclusiveKey: `${run.id}:2`,
      delaySeconds: 60,
    });
    // A job of before that comes again gives it no second one.
    await runner.execute(run.id, new AbortController().signal, 1);
    expect(jobs).toHaveLength(2);
    clock.advance(60_000);
    expect(await scenario.execute(run)).toMatchObject({ state: 'succeeded' });
  });

  it('is asked less and less often while it does not answer, and given up after six hours without a page', async () => {
    failAtPage(1, new PsaUnreachableError('Autotask does not answer.'));
    const { clock } = scenario.services;
    const start = clock.now().getTime();
    let run = await scenario.execute();
    const waits: number[] = [];
    while (run.state === 'queued') {
      const waitMs = (run.resumesAt ?? clock.now()).getTime() - clock.now().getTime();
      waits.push(waitMs);
      clock.advance(waitMs);
      psa.reads.length = 0;
      run = await scenario.execute(run);
    }
    expect(run).toMatchObject({ state: 'failed', error: { code: 'psa.unreachable' } });
    expect(waits[0]).toBeLessThan(6_100);
    expect(Math.max(...waits)).toBeLessThanOrEqual(18 * MINUTE);
    const minutes = (clock.now().getTime() - start) / MINUTE;
    expect(minutes).toBeGreaterThanOrEqual(360);
    expect(minutes).toBeLessThan(380);
    expect(await scenario.leftOvers(run)).toEqual(NOTHING);
  });

  it('is waited for anew once something was stored', async () => {
    const { clock } = scenario.services;
    psa.beforeRead = () => {
      // Every second page is refused; a long outage that lets a page through now and then.
      if (psa.reads.length % 2 === 0) throw new PsaUnreachableError('Autotask does not answer.');
    };
    let run = await scenario.execute();
    while (run.state === 'queued') {
      clock.advance(3 * 60 * MINUTE);
      run = await scenario.execute(run);
    }
    expect(run.state).toBe('succeeded');
  });
});

describe('a run that takes longer than its slice of time', () => {
  it('goes to the end of the queue after each batch, and gets there', async () => {
    const { clock, queue } = scenario.services;
    psa.beforeRead = () => clock.advance(61_000);
    let run = await scenario.execute();
    let turns = 1;
    while (run.state === 'queued') {
      expect(run).toMatchObject({ resumesAt: null, wait: null });
      run = await scenario.execute(run);
      turns += 1;
    }
    expect(run.state).toBe('succeeded');
    // The last page of an entity is not followed by a look at the clock.
    expect(turns).toBeGreaterThan(8);
    expect(psa.reads).toHaveLength(16);
    const jobs = (queue as FakeJobQueue).jobs.map((job) => job.queue);
    expect(jobs).toEqual([...jobs.slice(0, turns - 1).fill(LONG_SYNC_QUEUE), AFTER_PULL_QUEUE]);
  });
});

describe('a PSA that says no', () => {
  it.each([
    ['psa.credentials_rejected', new PsaCredentialsRejectedError('Autotask refuses the API user.')],
    ['psa.access_denied', new PsaAccessDeniedError('The security level forbids Contracts.')],
  ])('with %s fails the run and asks for attention, audited once', async (code, error) => {
    failAtPage(3, error);
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'failed', apiCalls: 3, error: { code, detail: error.detail } });
    expect(await scenario.stateOfConnection()).toBe('attention');
    const entries = await scenario.auditEntries();
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      operation: 'Update Connector Connection',
      outcome: 'succeeded',
      actor: { id: 'psa-connector' },
      connectionId: scenario.connection.id,
      correlationId: run.correlationId,
      details: {
        code,
        syncRunId: run.id,
        changes: [{ field: 'state', before: 'active', after: 'attention' }],
      },
    });
    expect(await scenario.leftOvers(run)).toEqual(NOTHING);
  });

  it.each([['psa.request_rejected', new PsaRequestRejectedError('The query is refused.')]])(
    'with %s fails the run and leaves the connection active',
    async (code, error) => {
      failAtPage(3, error);
      const run = await scenario.execute();
      expect(run).toMatchObject({ state: 'failed', error: { code, detail: error.detail } });
      expect(await scenario.stateOfConnection()).toBe('active');
      expect(await scenario.auditEntries()).toEqual([]);
      expect(await scenario.leftOvers(run)).toEqual(NOTHING);
    },
  );

  it('or does something unheard of fails the run without showing what', async () => {
    failAtPage(3, new Error('internals that nobody should see'));
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'failed', error: { code: 'internal.unexpected' } });
    expect(JSON.stringify(run)).not.toContain('internals');
    expect(await scenario.stateOfConnection()).toBe('active');
  });

  it('halfway deletes nothing and keeps the pages before', async () => {
    await scenario.execute();
    psa.records.companies = psa.records.companies.slice(0, 5);
    psa.reads.length = 0;
    failAtPage(2, new PsaRequestRejectedError('The query is refused.'));
    await scenario.execute();
    expect((await scenario.mirrored())['psa_company']).toHaveLength(7);
    psa.beforeRead = () => undefined;
    expect(await scenario.execute()).toMatchObject({ state: 'succeeded' });
    expect((await scenario.mirrored())['psa_company']).toHaveLength(5);
  });

  it('by showing almost nothing of many records deletes nothing and asks for attention', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => String(index + 1));
    psa.records.companies = ids.map((externalId) => aCompany({ externalId }));
    await scenario.execute();
    psa.records.companies = [];
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'failed', error: { code: 'sync.visibility_shrunk' } });
    expect((await scenario.mirrored())['psa_company']).toHaveLength(30);
    expect(await scenario.stateOfConnection()).toBe('attention');
    expect(await scenario.leftOvers(run)).toEqual(NOTHING);
  });

  it.each([
    ['contracts', ['contracts', 'contractServices', 'contractServiceUnits']],
    ['currencies', ['currencies']],
  ] as const)('by hiding the few %s deletes nothing of any entity', async (_, hidden) => {
    await scenario.execute();
    const before = await scenario.mirrored();
    psa.records.companies = psa.records.companies.slice(1);
    for (const entity of hidden) psa.records[entity] = [];
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'failed', error: { code: 'sync.visibility_shrunk' } });
    for (const entity of hidden) expect(run.error?.detail).toContain(`0 ${entity} where`);
    expect(await scenario.mirrored()).toEqual(before);
    expect(await scenario.stateOfConnection()).toBe('attention');
  });

  it('cannot be asked when the credentials do not open, which needs attention', async () => {
    await installation.query('DELETE FROM sealed_secret WHERE owner_id = $1', [scenario.connection.id]);
    const run = await scenario.execute();
    expect(run).toMatchObject({ state: 'failed', apiCalls: 0, error: { code: 'secret.unreadable' } });
    expect(await scenario.stateOfConnection()).toBe('attention');
    expect(psa.reads).toEqual([]);
  });
});
