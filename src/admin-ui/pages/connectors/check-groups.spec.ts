import { describe, expect, it } from 'vitest';
import type { AccessCheck, AccessReport } from '../../api/access-report.js';
import { groupChecks } from './check-groups.js';

function check(id: string, outcome: AccessCheck['outcome'], more: Partial<AccessCheck> = {}): AccessCheck {
  return { id, title: id, outcome, detail: '', ...more };
}

function report(checks: AccessCheck[], helpdesk = false): AccessReport {
  return {
    outcome: 'passed',
    checkedAt: '2026-01-01T00:00:00Z',
    capabilities: { billing: true, crm: true, helpdesk },
    checks,
    excess: [],
  };
}

describe('groupChecks', () => {
  it('sorts every check into the group a person looks for it in', () => {
    const groups = groupChecks(
      report([
        check('currency', 'passed'),
        check('read.Companies', 'passed', { capability: 'billing' }),
        check('right.helpdesk.Tickets.query', 'passed', { capability: 'helpdesk' }),
        check('right.crm.Contacts.query', 'passed', { capability: 'crm' }),
        check('right.billing.Contracts.query', 'passed', { capability: 'billing' }),
        check('headroom', 'passed'),
        check('zone', 'passed'),
        check('sign_in', 'passed'),
        check('pick_lists', 'passed'),
        check('something_new', 'passed'),
      ]),
    );
    expect(groups.map((group) => [group.key, group.checks.map((entry) => entry.id)])).toEqual([
      ['signIn', ['headroom', 'zone', 'sign_in']],
      ['billing', ['right.billing.Contracts.query']],
      ['crm', ['right.crm.Contacts.query']],
      ['helpdesk', ['right.helpdesk.Tickets.query']],
      ['visibility', ['read.Companies', 'pick_lists']],
      ['currency', ['currency']],
      ['other', ['something_new']],
    ]);
  });

  it.each([
    ['failed', ['passed', 'unknown', 'failed']],
    ['unknown', ['passed', 'unknown']],
    ['passed', ['skipped', 'passed']],
    ['skipped', ['skipped', 'skipped']],
  ] as const)('says %s for a group of %j', (expected, outcomes) => {
    const checks = outcomes.map((outcome, index) => check(`read.${index}`, outcome));
    expect(groupChecks(report(checks))[0]?.outcome).toBe(expected);
  });

  it('puts what a person has to act on first and counts what passed', () => {
    const [group] = groupChecks(
      report([
        check('read.a', 'passed'),
        check('read.b', 'unknown'),
        check('read.c', 'failed'),
        check('read.d', 'passed'),
      ]),
    );
    expect(group?.checks.map((entry) => entry.id)).toEqual(['read.c', 'read.b', 'read.a', 'read.d']);
    expect(group?.passedCount).toBe(2);
  });

  it('calls an optional capability without its rights switched off, but never billing', () => {
    const groups = groupChecks(
      report([
        check('right.billing.Contracts.query', 'failed', { capability: 'billing' }),
        check('right.crm.Contacts.query', 'failed', { capability: 'crm' }),
        check('right.helpdesk.Tickets.query', 'failed', { capability: 'helpdesk' }),
      ]),
    );
    // In the report `crm` is still granted: one of its rights failed, which is worth reading.
    expect(groups.map((group) => group.isSwitchedOff)).toEqual([false, false, true]);
  });
});
