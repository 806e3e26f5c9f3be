import { DEFAULT_POLICIES } from '../../../src/connections/domain/connection-policies.js';
import type { Connection } from '../../../src/connections/domain/connection.js';
import { currencyCode } from '../../../src/kernel/currency.js';
import { newId } from '../../../src/kernel/ids.js';
import type { AccessReport } from '../../../src/ports/psa/access-report.js';
import type { PsaInstance } from '../../../src/ports/psa/psa-adapter.port.js';

export function anAccessReport(change: Partial<AccessReport> = {}): AccessReport {
  return {
    outcome: 'passed',
    checkedAt: '2026-05-04T12:00:00.000Z',
    capabilities: { billing: true, crm: true, helpdesk: false },
    checks: [{ id: 'sign_in', title: 'Sign-in', outcome: 'passed', detail: 'Signed in.' }],
    excess: [],
    ...change,
  };
}

export function anInstance(change: Partial<PsaInstance> = {}): PsaInstance {
  return {
    id: '90001',
    zoneName: 'Zone 1',
    apiUrl: 'https://webservices1.autotask.net/atservicesrest/',
    webUrl: 'https://ww1.autotask.net/',
    internalCurrency: 'EUR',
    metadata: { companyTypes: { '1': 'Customer' } },
    ...change,
  };
}

/** A connection that collides with no other one made here: its alias and its instance are its own. */
export function aConnection(change: Partial<Connection> = {}): Connection {
  const id = change.id ?? newId();
  return {
    id,
    tenantId: 'tenant-1',
    rootTenantId: 'tenant-root',
    provider: 'fake',
    alias: `Autotask ${id}`,
    currency: currencyCode('EUR'),
    state: 'active',
    username: 'api-user@example.com',
    instance: anInstance({ id: `instance of ${id}` }),
    accessReport: anAccessReport(),
    policies: DEFAULT_POLICIES,
    createdAt: new Date('2026-05-04T12:00:00.000Z'),
    createdBy: { id: 'user-1', name: 'Ada Example' },
    ...change,
  };
}
