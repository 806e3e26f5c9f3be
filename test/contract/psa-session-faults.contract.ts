import { expect, it, onTestFinished } from 'vitest';
import { ConnectorError } from '../../src/kernel/connector-error.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { PsaCredentials } from '../../src/ports/psa/psa-adapter.port.js';
import type { PsaSession } from '../../src/ports/psa/psa-session.port.js';
import {
  CONTRACT_ATTEMPTS,
  type ContractFault,
  type ContractStage,
  type PsaAdapterHarness,
} from './psa-adapter-harness.js';
import { failureOf, sessionUnderTest } from './session-under-test.js';
import { readEvery, readPage } from '../support/read-page.js';

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
  readonly call: (session: PsaSession, started: PsaAdapterHarness) => Promise<unknown>;
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
  {
    name: 'readUnits',
    stage: 'contractServiceUnits',
    call: (session, started) =>
      session.readUnits(started.idsOf('contractServices').slice(0, 5), { from: ON, to: null }),
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

function expectNoSecrets(error: ConnectorError, credentials: PsaCredentials): void {
  const shown = JSON.stringify([error, error.message, error.context, String(error.cause), error.stack]);
  expect(shown).not.toContain(credentials.secret.reveal());
  expect(shown).not.toContain(credentials.integrationCode?.reveal());
}

/** What every method of a session does under every failure. */
export function sessionFaultContract(start: () => Promise<PsaAdapterHarness>): void {
  it.each(casesOf(PASSING))('%s: survives one "%s"', async (_name, fault, _code, { stage, call }) => {
    const { started, session } = await sessionUnderTest(start);
    started.fail(stage, fault, 1);
    await expect(call(session, started)).resolves.toBeDefined();
    expect(session.apiCalls).toBe(2);
    expect(started.requests()).toBe(2);
  });

  it.each(casesOf(PASSING))(
    '%s: gives up on lasting "%s" with %s',
    async (_name, fault, code, { stage, call }) => {
      const { started, session } = await sessionUnderTest(start);
      started.fail(stage, fault);
      const error = await failureOf(call(session, started));
      expect(error.code).toBe(code);
      expect(session.apiCalls).toBe(CONTRACT_ATTEMPTS);
      expect(started.requests()).toBe(CONTRACT_ATTEMPTS);
      expectNoSecrets(error, started.users.good);
    },
  );

  it.each(casesOf(LASTING))('%s: raises "%s" at once as %s', async (_name, fault, code, { stage, call }) => {
    const { started, session } = await sessionUnderTest(start);
    started.fail(stage, fault, 1);
    const error = await failureOf(call(session, started));
    expect(error.code).toBe(code);
    expect(session.apiCalls).toBe(1);
    expect(started.authenticatedRequests()).toBe(1);
    expectNoSecrets(error, started.users.good);
  });

  it.each(METHODS)('$name: survives one answer that does not come in time', async ({ stage, call }) => {
    const { started, session } = await sessionUnderTest(start);
    started.fail(stage, 'slow', 1);
    await expect(call(session, started)).resolves.toBeDefined();
    expect(session.apiCalls).toBe(2);
  });

  it.each(METHODS)('$name: raises psa.unreachable when the vendor cannot be reached', async ({ call }) => {
    const { started, session } = await sessionUnderTest(start);
    await started.goDark();
    expect((await failureOf(call(session, started))).code).toBe('psa.unreachable');
    expect(session.apiCalls).toBe(CONTRACT_ATTEMPTS);
  });

  it('raises psa.credentials_rejected after one request with a wrong secret', async () => {
    const { started } = await sessionUnderTest(start);
    const { adapter, users, currency } = started;
    const { instance } = await adapter.checkAccess({ credentials: users.good, currency });
    if (instance === null) throw new Error('The access check found no instance');
    started.forgetRequests();
    const session = adapter.openSession({ purpose: 'interactive', credentials: users.wrongSecret, instance });
    onTestFinished(() => session.close());
    expect((await failureOf(readPage(session, 'companies', null))).code).toBe('psa.credentials_rejected');
    expect(started.authenticatedRequests()).toBe(1);
  });

  it.each(['html', '503', '500 with errors', 'dropped connection'] as const)(
    'ends all requests of a pull when one of them fails for good: "%s"',
    async (fault) => {
      const { started, session } = await sessionUnderTest(start);
      started.growTo('companies', 12 * started.pageSize);
      const work = (async () => {
        let batches = 0;
        const request = { scope: { kind: 'all' }, position: null, maxPages: 6 } as const;
        for await (const batch of session.readBatches('companies', request)) {
          batches += batch.pages;
          if (batches >= 4) started.fail('companies', fault);
        }
      })();
      expect(await failureOf(work)).toBeInstanceOf(ConnectorError);
      const calls = session.apiCalls;
      started.heal();
      expect((await session.readApiUsage()).limit).toBeGreaterThan(0);
      expect(session.apiCalls).toBe(calls + 1);
    },
  );
}
