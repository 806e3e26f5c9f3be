import { describe, expect, it } from 'vitest';
import { currencyCode } from '../../kernel/currency.js';
import type { AccessCheck, AccessReport } from '../../ports/psa/access-report.js';
import { PsaUnreachableError } from '../../ports/psa/psa.errors.js';
import { DEFAULT_POLICIES } from './connection-policies.js';
import { afterCheck, type Connection, mayCheckUnattended, withAttention, withEnabled } from './connection.js';

function report(outcome: AccessReport['outcome'], checks: AccessCheck[] = []): AccessReport {
  return {
    outcome,
    checkedAt: '',
    capabilities: { billing: true, crm: true, helpdesk: false },
    checks,
    excess: [],
  };
}

const INSTANCE = {
  id: '1',
  zoneName: 'Z',
  apiUrl: 'https://a/',
  webUrl: 'https://w/',
  internalCurrency: 'EUR',
  metadata: {},
};
const CONNECTION: Connection = {
  id: 'c',
  tenantId: 't',
  rootTenantId: 't',
  provider: 'autotask',
  alias: 'Main',
  currency: currencyCode('EUR'),
  state: 'active',
  username: 'u',
  instance: INSTANCE,
  accessReport: report('passed'),
  policies: DEFAULT_POLICIES,
  createdAt: new Date(0),
  createdBy: { id: 'a', name: 'A' },
};

describe('a connection after a check', () => {
  it('needs attention when rights were lost, and is active again when they are back', () => {
    const refused = afterCheck(CONNECTION, {
      report: report('failed'),
      instance: INSTANCE,
      refusal: 'access_insufficient',
      interruption: null,
    });
    expect(refused.state).toBe('attention');
    expect(refused.accessReport.outcome).toBe('failed');
    const passed = afterCheck(refused, {
      report: report('passed'),
      instance: INSTANCE,
      refusal: null,
      interruption: null,
    });
    expect(passed.state).toBe('active');
  });

  it('stays disabled whatever the check says', () => {
    const disabled = withEnabled(CONNECTION, false);
    const result = { report: report('passed'), instance: INSTANCE, refusal: null, interruption: null };
    expect(afterCheck(disabled, result).state).toBe('disabled');
  });

  it('is unchanged when the PSA could not be asked', () => {
    const result = {
      report: report('failed'),
      instance: null,
      refusal: null,
      interruption: new PsaUnreachableError('x'),
    };
    expect(afterCheck(CONNECTION, result)).toBe(CONNECTION);
  });
});

describe('enabling', () => {
  it('gives attention when the last check failed', () => {
    const disabled = withEnabled({ ...CONNECTION, accessReport: report('failed') }, false);
    expect(withEnabled(disabled, true).state).toBe('attention');
  });

  it('does not clear attention of a connection that is not disabled', () => {
    expect(withEnabled(withAttention(CONNECTION), true).state).toBe('attention');
  });
});

describe('unattended checks', () => {
  const refusedSignIn = report('failed', [{ id: 'sign_in', title: '', outcome: 'failed', detail: '' }]);

  it('never sign in again after the PSA refused the credentials', () => {
    expect(mayCheckUnattended({ ...CONNECTION, state: 'attention', accessReport: refusedSignIn })).toBe(
      false,
    );
  });

  it('go on while only rights are missing', () => {
    expect(mayCheckUnattended({ ...CONNECTION, state: 'attention', accessReport: report('failed') })).toBe(
      true,
    );
    expect(mayCheckUnattended(CONNECTION)).toBe(true);
    expect(mayCheckUnattended(withEnabled(CONNECTION, false))).toBe(false);
  });
});
