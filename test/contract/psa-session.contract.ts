import { expect, it, onTestFinished } from 'vitest';
import { ConnectorError } from '../../src/kernel/connector-error.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { PsaCredentials, PsaInstance } from '../../src/ports/psa/psa-adapter.port.js';
import type { PsaEntity } from '../../src/ports/psa/psa-records.js';
import type { PsaSession } from '../../src/ports/psa/psa-session.port.js';
import {
  CONTRACT_ATTEMPTS,
  type ContractFault,
  type ContractStage,
  type PsaAdapterHarness,
} from './psa-adapter-harness.js';
import { readEvery, readPage } from '../support/read-page.js';

const ENTITIES: PsaEntity[] = [
  'currencies',
  'companies',
  'services',
  'contracts',
  'contractServices',
  'contractServiceUnits',
];

/** Failures that pass: repeated until the attempts are used up, then raised. */
const PASSING: [ContractFault, string][] = [
  ['html', 'psa.unexpected_answer'],
  ['truncated body', 'psa.unexpected_answer'],
  ['malformed JSON', 'psa.unexpected_answer'],
  ['503', 'psa.unreachable'],
  ['dropped connection', 'psa.unreachable'],
  ['429 with Retry-After 0', 'psa.rate_limited'],
];

/** Failures for good: raised at once. */
const LASTING: [ContractFault, string][] = [
  ['empty 401', 'psa.credentials_rejected'],
  ['500 with errors', 'psa.request_rejected'],
  ['429 with Retry-After 3600', 'psa.rate_limited'],
];

interface Method {
  name: string;
  /** Where its first request goes. */
  stage: ContractStage;
  /** One request as long as nothing fails. */
  call(session: PsaSession, started: PsaAdapterHarness): Promise<unknown>;
}

const LONG_AGO = new Date('2001-01-01T00:00:00Z');
const ON = localDate('2026-05-04');

const METHODS: Method[] = [
  {
    name: 'readBatches of all',
    stage: 'companies',
    call: (session) => readEvery(session, 'companies', { maxPages: 6 }),
  },
  {
    name: 'readBatches of changes',
    stage: 'services',
    call: (session) =>
      readEvery(session, 'services', {
        scope: { kind: 'changes', since: LONG_AGO, afterExternalId: '1' },
        maxPages: 6,
      }),
  },
  {
    name: 'readBatches of contracts',
    stage: 'contractServices',
    call: (session, started) => {
      const contractExternalIds = started.idsOf('contracts').slice(0, 20);
      return readEvery(session, 'contractServices', {
        scope: { kind: 'ofContracts', contractExternalIds },
        maxPages: 6,
      });
    },
  },
  { name: 'countRows', stage: 'count', call: (session) => session.countRows('contracts') },
  {
    name: 'readUnits',
    stage: 'contractServiceUnits',
    call: (session, started) => session.readUnits(started.idsOf('contractServices').slice(0, 5), ON),
  },
  {
    name: 'readByIds',
    stage: 'contracts',
    call: (session, started) => session.readByIds('contracts', started.idsOf('contracts').slice(0, 5)),
  },
  { name: 'readApiUsage', stage: 'usage', call: (session) => session.readApiUsage() },
];

const casesOf = (faults: [ContractFault, string][]) =>
  METHODS.flatMap((method) => faults.map(([fault, code]) => [method.name, fault, code, method] as const));

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(
    () => new Error('It did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ConnectorError) return error;
  throw error;
}

async function readIds(session: PsaSession, entity: PsaEntity, between?: () => void): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of session.readBatches(entity, { scope: { kind: 'all' }, position: null })) {
    ids.push(...batch.records.map(({ externalId }) => externalId));
    between?.();
  }
  return ids;
}

function expectNoSecrets(error: ConnectorError, credentials: PsaCredentials): void {
  const shown = JSON.stringify([error, error.message, error.context, String(error.cause), error.stack]);
  expect(shown).not.toContain(credentials.secret.reveal());
  expect(shown).not.toContain(credentials.integrationCode?.reveal());
}

export function sessionContract(start: () => Promise<PsaAdapterHarness>): void {
  async function harness(): Promise<{ started: PsaAdapterHarness; session: PsaSession }> {
    const started = await start();
    const { adapter, users, currency } = started;
    const { instance } = await adapter.checkAccess({ credentials: users.good, currency });
    // As the instance comes back from a database.
    const stored = JSON.parse(JSON.stringify(instance)) as PsaInstance;
    const session = adapter.openSession({
      purpose: 'interactive',
      credentials: users.good,
      instance: stored,
    });
    onTestFinished(async () => {
      await session.close();
      await started.stop();
    });
    started.forgetRequests();
    return { started, session };
  }

  it.each(ENTITIES)(
    'reads every row of %s once, in ascending order, in one call per started page',
    async (entity) => {
      const { started, session } = await harness();
      const ids = started.idsOf(entity);
      expect(ids.length).toBeGreaterThan(0);
      expect(await readIds(session, entity)).toEqual(ids);
      expect(session.apiCalls).toBe(Math.ceil(ids.length / started.pageSize));
      expect(started.requests()).toBe(session.apiCalls);
    },
  );

  it.each([
    [1, 0],
    [2, 0],
    [2, 1],
  ])('reads %i full pages and %i more rows without an extra call', async (pages, more) => {
    const { started, session } = await harness();
    started.growTo('companies', pages * started.pageSize + more);
    expect(await readIds(session, 'companies')).toEqual(started.idsOf('companies'));
    expect(session.apiCalls).toBe(pages + more);
  });

  it('reads the rows that stay throughout exactly once while others come and go', async () => {
    const { started, session } = await harness();
    started.growTo('companies', 2 * started.pageSize);
    const before = started.idsOf('companies');
    const removed = [before[0], before[started.pageSize - 1], before[started.pageSize]].map(String);
    let isFirstPage = true;
    const read = await readIds(session, 'companies', () => {
      if (isFirstPage) for (const id of removed) started.remove('companies', id);
      if (isFirstPage) started.growTo('companies', 2 * started.pageSize + 1);
      isFirstPage = false;
    });
    const stayed = before.filter((id) => !removed.includes(id));
    expect(new Set(read).size).toBe(read.length);
    expect(read).toEqual(expect.arrayContaining(stayed));
  });

  it('goes on from a cursor in another session', async () => {
    const { started, session } = await harness();
    started.growTo('companies', started.pageSize + 3);
    const { position } = await readPage(session, 'companies', null);
    const { adapter, users, currency } = started;
    const { instance } = await adapter.checkAccess({ credentials: users.good, currency });
    if (instance === null) throw new Error('The access check found no instance');
    const second = adapter.openSession({ purpose: 'interactive', credentials: users.good, instance });
    onTestFinished(() => second.close());
    const page = await readPage(second, 'companies', position);
    expect(page.records.map(({ externalId }) => externalId)).toEqual(started.idsOf('companies').slice(-3));
    expect(page.position).toBeNull();
  });

  it('tells how much of the request allowance is used', async () => {
    const { session } = await harness();
    const usage = await session.readApiUsage();
    expect(usage.limit).toBeGreaterThan(0);
    expect(usage.used).toBeGreaterThan(0);
    expect(usage.windowMinutes).toBeGreaterThan(0);
  });

  it.each(casesOf(PASSING))('%s: survives one "%s"', async (_name, fault, _code, { stage, call }) => {
    const { started, session } = await harness();
    started.fail(stage, fault, 1);
    await expect(call(session, started)).resolves.toBeDefined();
    expect(session.apiCalls).toBe(2);
    expect(started.requests()).toBe(2);
  });

  it.each(casesOf(PASSING))(
    '%s: gives up on lasting "%s" with %s',
    async (_name, fault, code, { stage, call }) => {
      const { started, session } = await harness();
      started.fail(stage, fault);
      const error = await failureOf(call(session, started));
      expect(error.code).toBe(code);
      expect(session.apiCalls).toBe(CONTRACT_ATTEMPTS);
      expect(started.requests()).toBe(CONTRACT_ATTEMPTS);
      expectNoSecrets(error, started.users.good);
    },
  );

  it.each(casesOf(LASTING))('%s: raises "%s" at once as %s', async (_name, fault, code, { stage, call }) => {
    const { started, session } = await harness();
    started.fail(stage, fault, 1);
    const error = await failureOf(call(session, started));
    expect(error.code).toBe(code);
    expect(session.apiCalls).toBe(1);
    expect(started.authenticatedRequests()).toBe(1);
    expectNoSecrets(error, started.users.good);
  });

  it.each(METHODS)('$name: survives one answer that does not come in time', async ({ stage, call }) => {
    const { started, session } = await harness();
    started.fail(stage, 'slow', 1);
    await expect(call(session, started)).resolves.toBeDefined();
    expect(session.apiCalls).toBe(2);
  });

  it.each(METHODS)('$name: raises psa.unreachable when the vendor cannot be reached', async ({ call }) => {
    const { started, session } = await harness();
    await started.goDark();
    expect((await failureOf(call(session, started))).code).toBe('psa.unreachable');
    expect(session.apiCalls).toBe(CONTRACT_ATTEMPTS);
  });

  it('raises psa.credentials_rejected after one request with a wrong secret', async () => {
    const { started } = await harness();
    const { adapter, users, currency } = started;
    const { instance } = await adapter.checkAccess({ credentials: users.good, currency });
    if (instance === null) throw new Error('The access check found no instance');
    started.forgetRequests();
    const session = adapter.openSession({ purpose: 'interactive', credentials: users.wrongSecret, instance });
    onTestFinished(() => session.close());
    expect((await failureOf(readPage(session, 'companies', null))).code).toBe('psa.credentials_rejected');
    expect(started.authenticatedRequests()).toBe(1);
  });

  it('ends with the reason of the abort signal', async () => {
    const { started, session } = await harness();
    const signal = AbortSignal.abort(new Error('shutting down'));
    await expect(readPage(session, 'companies', null, signal)).rejects.toThrow('shutting down');
    await expect(session.readApiUsage(signal)).rejects.toThrow('shutting down');
    expect(started.requests()).toBe(0);
  });

  it('reads no more once closed', async () => {
    const { started, session } = await harness();
    await session.close();
    await expect(readPage(session, 'companies', null)).rejects.toMatchObject({ name: 'AbortError' });
    expect(started.requests()).toBe(0);
  });
}
