import { describe, expect, it, onTestFinished } from 'vitest';
import type { AutotaskSimulatorOptions } from '../../src/autotask-simulator/autotask-simulator.js';
import { MULTI_CURRENCY_CI, SANDBOX_API_USERS } from '../../src/autotask-simulator/sandbox-users.js';
import { currencyCode } from '../../src/kernel/currency.js';
import type { PsaSession } from '../../src/ports/psa/psa-session.port.js';
import { type AutotaskHarness, sandboxCredentials, startAutotaskHarness } from './autotask-harness.js';
import { psaAdapterContract } from './psa-adapter.contract.js';
import { readEvery, readPage } from '../support/read-page.js';

psaAdapterContract('Autotask', startAutotaskHarness);

async function harness(options?: AutotaskSimulatorOptions): Promise<AutotaskHarness> {
  const started = await startAutotaskHarness(options);
  onTestFinished(() => started.stop());
  return started;
}

async function openSession({ adapter, users, currency }: AutotaskHarness): Promise<PsaSession> {
  const { instance } = await adapter.checkAccess({ credentials: users.good, currency });
  if (instance === null) throw new Error('The access check found no instance');
  return adapter.openSession({ purpose: 'interactive', credentials: users.good, instance });
}

describe('Autotask: its own situations', () => {
  it.each(SANDBOX_API_USERS.map(({ userName, describedAs }) => [userName, describedAs]))(
    'has an answer for the sandbox user %s (%s)',
    async (userName) => {
      const { adapter, currency } = await harness();
      const result = await adapter.checkAccess({ credentials: sandboxCredentials(userName), currency });
      expect(result.interruption).toBeNull();
      expect(result.report.outcome).toBe(result.refusal === null ? 'passed' : 'failed');
    },
  );

  it('refuses a locked user after one attempt and names the lock among the causes', async () => {
    const started = await harness();
    const credentials = sandboxCredentials('locked@');
    const result = await started.adapter.checkAccess({ credentials, currency: started.currency });
    expect(result.refusal).toBe('credentials_rejected');
    expect(result.report.checks.find(({ id }) => id === 'sign_in')?.detail).toContain('locked');
    expect(started.authenticatedRequests()).toBe(1);
  });

  it('cannot tell a wrong tracking identifier from a wrong secret where Autotask answers an empty 401', async () => {
    const { adapter, users, currency } = await harness({ authFailures: 'empty401' });
    const result = await adapter.checkAccess({ credentials: users.wrongIntegrationCode, currency });
    expect(result.refusal).toBe('credentials_rejected');
    expect(result.report.checks.find(({ id }) => id === 'sign_in')?.detail).toContain('tracking identifier');
  });

  it('warns of a level that sees no contract', async () => {
    const { adapter, currency } = await harness();
    const result = await adapter.checkAccess({ credentials: sandboxCredentials('no-contracts@'), currency });
    expect(result.report.outcome).toBe('passed');
    expect(result.report.checks.find(({ id }) => id === 'read.Contracts')).toMatchObject({
      outcome: 'unknown',
    });
  });

  it.each([
    ['all-rights@sandbox-csp', 'USD', null, 'EUR'],
    ['all-rights@sandbox-csp', 'CHF', 'currency_unavailable', 'EUR'],
    ['all-rights@sandbox-single', 'EUR', null, 'EUR'],
    ['all-rights@sandbox-single', 'USD', 'currency_unavailable', 'EUR'],
  ])('connects %s in %s with the refusal %s', async (user, currency, refusal, internalCurrency) => {
    const { adapter } = await harness();
    const result = await adapter.checkAccess({
      credentials: sandboxCredentials(user),
      currency: currencyCode(currency),
    });
    expect(result.refusal).toBe(refusal);
    expect(result.instance?.internalCurrency).toBe(internalCurrency);
  });

  it('pulls 1,000 companies and 5,000 contract services in 12 calls', async () => {
    const started = await harness();
    started.growTo('companies', 1000);
    started.growTo('contractServices', 5000);
    const session = await openSession(started);
    expect(await readEvery(session, 'companies')).toHaveLength(1000);
    expect(await readEvery(session, 'contractServices')).toHaveLength(5000);
    expect(session.apiCalls).toBe(12);
  });

  it('waits out the thread limit that other clients of the tracking identifier use up', async () => {
    const started = await harness();
    const session = await openSession(started);
    started.simulator.faults.add({
      path: /\/Companies\/query$/i,
      times: 2,
      fault: {
        kind: 'status',
        status: 500,
        body: { errors: ['Itgenatr005: The Autotask API thread threshold of 3 threads has been exceeded.'] },
      },
    });
    expect((await readPage(session, 'companies', null)).records.length).toBeGreaterThan(0);
    expect(session.apiCalls).toBe(3);
  });

  it('reads amounts and days as they stand in Autotask', async () => {
    const started = await harness();
    const session = await openSession(started);
    const units = await readEvery(session, 'contractServiceUnits');
    const table = started.simulator.world.database(MULTI_CURRENCY_CI).table('ContractServiceUnits');
    for (const record of units) {
      const row = table.get(Number(record.externalId));
      expect(record.price?.toFixed()).toBe(String(row?.['price']));
      expect(`${record.startsOn}T00:00:00Z`).toBe(row?.['startDate']);
      expect(record.postedAt === null).toBe(row?.['approveAndPostDate'] === null);
    }
    const services = await readEvery(session, 'contractServices');
    const priced = services.filter(({ unitPrice }) => unitPrice?.isPositive());
    expect(priced.length).toBeGreaterThan(services.length / 2);
    const contracts = await readEvery(session, 'contracts');
    expect(new Set(contracts.map(({ type }) => type))).toContain('recurring_service');
    expect(new Set(contracts.map(({ isActive }) => isActive))).toEqual(new Set([true, false]));
  });
});
