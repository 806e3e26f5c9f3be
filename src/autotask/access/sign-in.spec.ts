import { describe, expect, it } from 'vitest';
import { checkAgainst, checkOf, idsWith } from '../../../test/contract/scripted-access-check.js';
import {
  CREDENTIALS,
  INTEGRATION_CODE,
  isAuthenticated,
  SECRET,
  USER_NAME,
} from '../../../test/contract/scripted-autotask.js';
import { Secret } from '../../kernel/secret.js';

const usage = (used: number) => ({
  body: {
    externalRequestThreshold: 10_000,
    requestThresholdTimeframe: 60,
    currentTimeframeRequestCount: used,
  },
});

describe('the sign-in part of an access check', () => {
  it('refuses an unknown user after one request and without credentials', async () => {
    const result = await checkAgainst({
      answers: {
        'GET zoneInformation': {
          status: 500,
          body: { errors: ['Zone information could not be determined'] },
        },
      },
    });
    expect(result.refusal).toBe('user_unknown');
    expect(result.instance).toBeNull();
    expect(idsWith(result, 'failed')).toEqual(['zone']);
    expect(result.report.checks.slice(1).every(({ outcome }) => outcome === 'skipped')).toBe(true);
    expect(result.server.requests.map(isAuthenticated)).toEqual([false]);
  });

  it.each([
    [
      'an empty 401',
      { status: 401 },
      'credentials_rejected',
      'the tracking identifier is wrong, the API user is locked',
    ],
    [
      'a lock',
      {
        status: 401,
        body: 'The user account has been locked. Please see your Autotask Administrator for details.',
      },
      'credentials_rejected',
      'says that the API user is locked',
    ],
    [
      'the tracking identifier',
      { status: 500, body: { errors: ['IntegrationCode is invalid'] } },
      'integration_code_rejected',
      'tracking identifier',
    ],
    ['a general prohibition', { status: 403 }, 'access_insufficient', 'forbids'],
  ])('refuses %s after exactly one authenticated request', async (_name, reply, refusal, detail) => {
    const result = await checkAgainst({ answers: { 'GET Version': reply } });
    expect(result.refusal).toBe(refusal);
    expect(result.interruption).toBeNull();
    expect(checkOf(result, 'sign_in')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining(detail),
    });
    expect(checkOf(result, 'sign_in').remedy).toBeTruthy();
    expect(result.server.requests.filter(isAuthenticated)).toHaveLength(1);
    expect(result.instance?.id).toBe('281474');
  });

  it('refuses without a request when there is no tracking identifier at all', async () => {
    const result = await checkAgainst({ credentials: { username: USER_NAME, secret: CREDENTIALS.secret } });
    expect(result.refusal).toBe('integration_code_rejected');
    expect(checkOf(result, 'sign_in').detail).toContain('No tracking identifier was given');
    expect(result.server.requests.filter(isAuthenticated)).toHaveLength(0);
  });

  it.each(['line\nbreak', '密码', '  '])(
    'refuses the secret %j, which no header can carry, without a request',
    async (secret) => {
      const result = await checkAgainst({ credentials: { ...CREDENTIALS, secret: new Secret(secret) } });
      expect(result.refusal).toBe('credentials_rejected');
      expect(result.server.requests.filter(isAuthenticated)).toHaveLength(0);
      expect(JSON.stringify(result.report)).not.toContain(secret);
    },
  );

  it('refuses when the credentials stop being accepted half-way', async () => {
    const result = await checkAgainst({ answers: { 'GET Contracts/entityInformation': { status: 401 } } });
    expect(result.refusal).toBe('credentials_rejected');
    expect(checkOf(result, 'right.billing.Contracts.query').outcome).toBe('failed');
    expect(checkOf(result, 'right.billing.Companies.query').outcome).toBe('passed');
  });

  it('shows no secret that the vendor echoes', async () => {
    const echo = { status: 500, body: { errors: [`Value ${SECRET} of ${INTEGRATION_CODE} is odd`] } };
    const result = await checkAgainst({ answers: { 'GET Version': echo } });
    const shown = JSON.stringify([result.report, result.interruption, result.interruption?.message]);
    expect(result.interruption?.detail).toContain('[secret]');
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(INTEGRATION_CODE);
  });
});

describe('the headroom part of an access check', () => {
  it.each([
    [0, 'passed', '0 %'],
    [6000, 'passed', '60 %'],
    [7500, 'unknown', '75 %'],
    [12_000, 'unknown', '120 %'],
  ])('calls %i of 10000 used requests %s', async (used, outcome, found) => {
    const result = await checkAgainst({ answers: { 'GET ThresholdInformation': usage(used) } });
    expect(checkOf(result, 'headroom')).toMatchObject({ outcome, found });
    expect(result.report.outcome).toBe('passed');
  });

  it.each([{ body: {} }, { status: 403 }])('goes on without knowing it (%j)', async (reply) => {
    const result = await checkAgainst({ answers: { 'GET ThresholdInformation': reply } });
    expect(checkOf(result, 'headroom').outcome).toBe('unknown');
    expect(result.report.outcome).toBe('passed');
  });
});
