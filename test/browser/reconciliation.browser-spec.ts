import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ReconciliationPage } from './pages/reconciliation.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { mapAll, recordCharge, seedWorld } from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

const PATIENT = { timeout: 30_000 };

const monthBack = (back: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
};

describe('reconciliation and charges in the browser', () => {
  let ui: UiSession;
  let world: SeededWorld;
  beforeAll(async () => {
    ui = await startUiSession();
    const seeded = await seedWorld(ui, 14);
    // What the sandbox does not bill yet is missing in Autotask.
    world = { ...seeded, customers: seeded.customers.filter(({ hasLine }) => !hasLine).slice(0, 3) };
    await mapAll(ui, world);
    const [first] = world.customers;
    if (first === undefined) throw new Error('The world has too few customers');
    await recordCharge(ui, first);
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  const address = (query: string) => `#/connectors/${world.connectionId}/reconciliation${query}`;
  async function signedIn(start: string): Promise<Page> {
    const page = await ui.openPage({}, start);
    await new SignInPage(page).signIn(ui.token);
    return page;
  }

  it('shows a month with its money, filters it, and makes a plan of a finding', async () => {
    const page = await signedIn(address(''));
    const report = new ReconciliationPage(page);
    await report.heading.waitFor();
    await report.month.selectOption(monthBack(0));
    const [first, second] = world.customers.map(({ name }) => name);
    if (first === undefined || second === undefined) throw new Error('The world has too few customers');
    await report.choose(second).first().waitFor(PATIENT);
    await report.byCustomer.getByRole('rowheader', { name: second }).waitFor();
    await report.byCause.getByRole('rowheader', { name: 'Missing in Autotask' }).waitFor();
    await report.bars.first().waitFor();
    // Companies that nobody mapped are not one customer.
    const { items } = await ui.callApi<{ items: { customerId: string; customerName: string }[] }>(
      'GET',
      `connections/${world.connectionId}/reconciliation/customers?month=${monthBack(0)}&limit=200`,
    );
    const names = items.filter(({ customerId }) => customerId === '').map(({ customerName }) => customerName);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);

    await report.search.fill(second);
    await report.choose(first).first().waitFor({ state: 'hidden' });
    await report.difference.selectOption('Matched');
    await page.getByText('Nothing fits the filters.').waitFor();
    await report.difference.selectOption('Missing in Autotask');
    expect(await report.download()).toBe(`reconciliation-${monthBack(0)}.csv`);

    await report.choose(second).first().check();
    await page.getByRole('button', { name: 'Make a plan of 1 finding' }).click();
    await page.getByRole('heading', { name: 'Plan', level: 1 }).waitFor(PATIENT);
    const changes = page.getByRole('table', { name: 'Changes by customer' });
    await changes.getByText(new RegExp(`^${second}: 1 change`)).waitFor();
    expect(await changes.getByText(new RegExp(`^${first}: `)).count()).toBe(0);
  });

  it('closes a month that is over, and only such a one, and says what changed since', async () => {
    const page = await signedIn(address(`?month=${monthBack(0)}`));
    const report = new ReconciliationPage(page);
    await report.findings.waitFor(PATIENT);
    expect(await page.getByRole('button', { name: 'Close month' }).count()).toBe(0);
    await report.month.selectOption(monthBack(1));
    await report.close();
    await page.getByText('Closed', { exact: true }).waitFor(PATIENT);
    await page.getByText('Nothing has changed since the month was closed.').waitFor();
    expect(await page.getByRole('button', { name: 'Close month' }).count()).toBe(0);
  });

  it('lists charges by the end of their service period', async () => {
    const page = await signedIn('#/charges');
    const table = page.getByRole('table', { name: 'Charges' });
    await table.getByRole('rowheader', { name: 'Mailbox migration' }).waitFor();
    await table.getByText('€55.50').waitFor();
    await page.getByLabel('Service period ends from').fill(`${monthBack(0)}-03`);
    await page.getByText('No charge ends in this period.').waitFor();
    expect(await table.count()).toBe(0);
  });
});
