import { describe, expect, it } from 'vitest';
import { type Actor, PERMISSIONS } from '../../index.js';
import { managedScope, permissionsOf, ROLES, tiersUpTo } from './roles.js';

const actor = (tier: Actor['tier'], tenantId: string): Actor => ({
  id: 'x',
  name: 'X',
  tenantId,
  rootTenantId: 'root',
  tier,
  permissions: [],
});
const CSP = actor('csp', 'root');

describe('roles', () => {
  it('let administrators do everything', () => {
    expect(permissionsOf('administrator', CSP)).toEqual([...PERMISSIONS]);
  });

  it('let auditors read everything and change nothing', () => {
    const auditor = permissionsOf('auditor', CSP);
    expect(auditor).toContain('audit:read');
    expect(auditor).toEqual(PERMISSIONS.filter((permission) => permission.endsWith(':read')));
  });

  it('leave connections, approvals, the audit log and accounts out of an operator’s reach', () => {
    const operator = permissionsOf('operator', CSP);
    expect(operator).toEqual(expect.arrayContaining(['connection:read', 'sync:read', 'sync:run']));
    const beyond = operator.filter((permission) =>
      /^(connection:write|audit:|access:|billing:(?!read))/.test(permission),
    );
    expect(beyond).toEqual([]);
  });

  it.each([
    ['csp', 'root', true],
    ['csp', 'elsewhere', false],
    ['reseller', 'root', false],
    ['reseller', 'r1', false],
    ['customer', 'root', false],
  ] as const)('give figures of all tenants to the tier %s of %s: %s', (tier, tenantId, isGiven) => {
    for (const role of ROLES) {
      expect(permissionsOf(role, actor(tier, tenantId)).includes('metrics:read')).toBe(isGiven);
    }
  });
});

describe('what an actor manages', () => {
  it.each([
    ['csp', 'root', null, ['csp', 'reseller', 'customer']],
    ['csp', 'elsewhere', 'elsewhere', ['csp', 'reseller', 'customer']],
    ['reseller', 'r1', 'r1', ['reseller', 'customer']],
    ['customer', 'root', 'root', ['customer']],
  ] as const)('as %s of %s is tenant %s and the tiers %j', (tier, tenantId, managed, tiers) => {
    expect(managedScope(actor(tier, tenantId))).toEqual({ rootTenantId: 'root', tenantId: managed, tiers });
  });

  it('never reaches upwards', () => {
    expect(tiersUpTo('customer')).toEqual(['customer']);
  });
});
