import { expect, it, onTestFinished } from 'vitest';
import { CAPABILITIES } from '../../src/ports/psa/capabilities.js';
import type { AccessCheckResult, PsaCredentials } from '../../src/ports/psa/psa-adapter.port.js';
import type { ContractFault, ContractStage, PsaAdapterHarness } from './psa-adapter-harness.js';

const STAGES: ContractStage[] = ['discovery', 'sign-in', 'rights', 'functional read', 'currency'];

const INTERRUPTIONS: [ContractFault, string][] = [
  ['html', 'psa.unexpected_answer'],
  ['truncated body', 'psa.unexpected_answer'],
  ['malformed JSON', 'psa.unexpected_answer'],
  ['500 with errors', 'psa.request_rejected'],
  ['503', 'psa.unreachable'],
  ['dropped connection', 'psa.unreachable'],
  ['429 with Retry-After 0', 'psa.rate_limited'],
];

/** Everything of a result that can reach a person, a log or a table. */
function shown(result: AccessCheckResult): string {
  const { interruption } = result;
  return JSON.stringify([result, interruption?.message, interruption?.context, String(interruption?.cause)]);
}

function expectNoSecrets(result: AccessCheckResult, credentials: PsaCredentials): void {
  expect(shown(result)).not.toContain(credentials.secret.reveal());
  expect(shown(result)).not.toContain(credentials.integrationCode?.reveal());
}

/** A report is a complete checklist: what was not reached is skipped, and something says why it ends. */
function expectStopped(result: AccessCheckResult): void {
  const { checks } = result.report;
  expect(result.report.outcome).toBe('failed');
  expect(checks.some(({ outcome }) => outcome === 'failed' || outcome === 'unknown')).toBe(true);
  expect(checks.some(({ outcome }) => outcome === 'skipped')).toBe(true);
  expect(Number(result.refusal !== null) + Number(result.interruption !== null)).toBe(1);
}

export function accessCheckContract(start: () => Promise<PsaAdapterHarness>): void {
  async function harness(): Promise<PsaAdapterHarness> {
    const started = await start();
    onTestFinished(() => started.stop());
    return started;
  }

  it('passes for a user with all rights and can be stored as JSON', async () => {
    const { adapter, users, currency } = await harness();
    const result = await adapter.checkAccess({ credentials: users.good, currency });
    expect(result).toMatchObject({ refusal: null, interruption: null, report: { outcome: 'passed' } });
    expect(CAPABILITIES.map((capability) => result.report.capabilities[capability])).toEqual([
      true,
      true,
      true,
    ]);
    expect(new Set(result.report.checks.map(({ id }) => id)).size).toBe(result.report.checks.length);
    expect(JSON.parse(JSON.stringify(result.report))).toEqual(result.report);
    expect(JSON.parse(JSON.stringify(result.instance))).toEqual(result.instance);
    expect(result.instance?.apiUrl.endsWith('/')).toBe(true);
    expectNoSecrets(result, users.good);
  });

  it('switches an optional capability off without refusing, and says where to grant what lacks', async () => {
    const { adapter, users, currency } = await harness();
    const result = await adapter.checkAccess({ credentials: users.withoutHelpdesk, currency });
    expect(result).toMatchObject({ refusal: null, report: { outcome: 'passed' } });
    expect(result.report.capabilities).toEqual({ billing: true, crm: true, helpdesk: false });
    const failed = result.report.checks.filter(({ outcome }) => outcome === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(({ capability, remedy }) => capability === 'helpdesk' && remedy !== undefined)).toBe(
      true,
    );
  });

  it.each([
    ['unknown', 'user_unknown', 0],
    ['wrongSecret', 'credentials_rejected', 1],
    ['wrongIntegrationCode', 'integration_code_rejected', 1],
  ] as const)(
    'refuses the user %s as %s after %i authenticated requests',
    async (user, refusal, attempts) => {
      const started = await harness();
      const credentials = started.users[user];
      const result = await started.adapter.checkAccess({
        credentials,
        currency: started.unavailableCurrency,
      });
      expect(result).toMatchObject({ refusal, interruption: null });
      expect(started.authenticatedRequests()).toBe(attempts);
      expectStopped(result);
      expectNoSecrets(result, credentials);
    },
  );

  it('refuses a level that lacks rights, before it looks at the currency', async () => {
    const { adapter, users, unavailableCurrency } = await harness();
    const result = await adapter.checkAccess({
      credentials: users.insufficient,
      currency: unavailableCurrency,
    });
    expect(result.refusal).toBe('access_insufficient');
    expect(result.report.capabilities.billing).toBe(false);
    const failed = result.report.checks.filter(({ outcome }) => outcome === 'failed');
    expect(failed[0]).toMatchObject({ capability: 'billing', found: 'None' });
    expect(failed[0]).toHaveProperty('entity');
    expect(failed[0]).toHaveProperty('verb');
    expect(failed[0]?.remedy).toBeTruthy();
    expectStopped(result);
  });

  it('refuses a currency the instance does not have', async () => {
    const { adapter, users, unavailableCurrency } = await harness();
    const result = await adapter.checkAccess({ credentials: users.good, currency: unavailableCurrency });
    expect(result).toMatchObject({ refusal: 'currency_unavailable', interruption: null });
    expectStopped(result);
  });

  it.each(STAGES.flatMap((stage) => INTERRUPTIONS.map(([fault, code]) => [fault, stage, code] as const)))(
    'is interrupted by "%s" at %s with %s, and repeats nothing',
    async (fault, stage, code) => {
      const started = await harness();
      const untouched = await started.adapter.checkAccess({
        credentials: started.users.good,
        currency: started.currency,
      });
      expect(untouched.report.outcome).toBe('passed');
      const inFull = started.requests();
      started.forgetRequests();
      // A fault that is over at once: had the request been repeated, the check would have passed.
      started.fail(stage, fault, 1);
      const result = await started.adapter.checkAccess({
        credentials: started.users.good,
        currency: started.currency,
      });
      expect(result.interruption).toMatchObject({ code });
      expect(started.requests()).toBeLessThan(inFull);
      expectStopped(result);
      expectNoSecrets(result, started.users.good);
    },
  );

  it.each(STAGES.slice(1))('refuses the credentials on a 401 at %s and asks no more', async (stage) => {
    const started = await harness();
    started.fail(stage, 'empty 401');
    const result = await started.adapter.checkAccess({
      credentials: started.users.good,
      currency: started.currency,
    });
    expect(result.refusal).toBe('credentials_rejected');
    started.heal();
    expectStopped(result);
  });

  it('is interrupted by a vendor that does not answer in time', async () => {
    const started = await harness();
    started.fail('sign-in', 'slow');
    const result = await started.adapter.checkAccess({
      credentials: started.users.good,
      currency: started.currency,
    });
    expect(result.interruption).toMatchObject({ code: 'psa.unreachable' });
    expectStopped(result);
  });

  it('is interrupted by a vendor that cannot be reached', async () => {
    const started = await harness();
    await started.goDark();
    const result = await started.adapter.checkAccess({
      credentials: started.users.good,
      currency: started.currency,
    });
    expect(result.interruption).toMatchObject({ code: 'psa.unreachable' });
    expect(result.instance).toBeNull();
    expectStopped(result);
  });

  it('ends with the reason of its abort signal', async () => {
    const { adapter, users, currency } = await harness();
    const signal = AbortSignal.abort(new Error('shutting down'));
    await expect(adapter.checkAccess({ credentials: users.good, currency }, signal)).rejects.toThrow(
      'shutting down',
    );
  });
}
