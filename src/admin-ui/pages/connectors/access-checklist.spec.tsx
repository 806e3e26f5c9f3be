// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { AccessReport } from '../../api/access-report.js';
import { AccessChecklist } from './access-checklist.js';

const REPORT: AccessReport = {
  outcome: 'failed',
  checkedAt: '2026-01-01T00:00:00Z',
  capabilities: { billing: false, crm: true, helpdesk: false },
  checks: [
    { id: 'sign_in', title: 'Sign-in', outcome: 'passed', detail: 'Accepted.' },
    {
      id: 'right.billing.ContractServiceAdjustments.create',
      title: 'Create ContractServiceAdjustments',
      outcome: 'failed',
      detail: 'The security level does not allow it.',
      remedy: 'Security Levels > Contracts.',
      capability: 'billing',
      found: 'None',
    },
    { id: 'read.Companies', title: 'Read a company', outcome: 'skipped', detail: 'Rights are lacking.' },
  ],
  excess: [{ entity: 'Tickets', verb: 'delete' }],
};

function expanded(name: RegExp): string | null {
  return screen.getByRole('button', { name }).getAttribute('aria-expanded');
}

function show(report: AccessReport): void {
  render(
    <MantineProvider env="test">
      <AccessChecklist report={report} />
    </MantineProvider>,
  );
}

describe('AccessChecklist', () => {
  afterEach(cleanup);

  it('opens the groups that need action and leaves the others closed', () => {
    show(REPORT);
    expect(expanded(/^Rights for billing/)).toBe('true');
    expect(expanded(/^Sign-in/)).toBe('false');
    expect(expanded(/^Data visibility/)).toBe('false');
  });

  it('shows outcome as a word, what was found and the remedy of a failed check', () => {
    show(REPORT);
    const item = screen.getByText('Create ContractServiceAdjustments').closest('li');
    if (item === null) throw new Error('the check is not in a list');
    within(item).getByText('Failed');
    within(item).getByText('Found: None');
    within(item).getByText('What to do:');
    expect(item.textContent).toContain('Security Levels > Contracts.');
  });

  it('keeps excess rights behind a summary', () => {
    show(REPORT);
    const summary = screen.getByText('1 right more than needed');
    expect(summary.closest('details')?.open).toBe(false);
    screen.getByText('Tickets: delete');
  });
});
