import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { AccountsPage } from './pages/accounts.page.js';
import { AuditLogsPage } from './pages/audit-logs.page.js';
import { ConnectionPage } from './pages/connection.page.js';
import { ConnectorsPage } from './pages/connectors.page.js';
import { ImportsPage } from './pages/imports.page.js';
import { MappingPage } from './pages/mapping.page.js';
import { ReconciliationPage } from './pages/reconciliation.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { ALL_RIGHTS, apiUser } from './support/api-users.js';
import { recordCustomers } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

const PATIENT = { timeout: 60_000 };
const ALIAS = 'Contoso EUR';
const CUSTOMERS = 3;

/** One person on a fresh installation, who finds every page by what the pages say. The platform alone calls the API: it has customers. */
describe('a new user', () => {
  let ui: UiSession;
  let page: Page;
  beforeAll(async () => {
    ui = await startUiSession();
    page = await ui.openPage({}, '');
  });
  afterAll(() => ui?.close());

  const chooseTab = (name: string): Promise<void> =>
    page
      .getByRole('navigation', { name: `Parts of ${ALIAS}` })
      .getByRole('link', { name })
      .click();
  const choosePage = (name: string): Promise<void> =>
    page.getByRole('link', { name, exact: true }).first().click();
  const title = (name: string): Promise<void> => page.getByRole('heading', { name, level: 1 }).waitFor();

  async function connect(): Promise<void> {
    await new SignInPage(page).signIn(ui.token);
    await title('Overview');
    await page.getByRole('link', { name: 'Go to Connectors' }).click();
    const connectors = new ConnectorsPage(page);
    await connectors.emptyState.waitFor();
    const dialog = await connectors.startAdding();
    await dialog.fill(apiUser(ALL_RIGHTS), ALIAS, 'EUR');
    await dialog.testButton.click();
    await dialog.root.getByText('The API user has all the access that is needed.').waitFor();
    await dialog.createButton.click();
    await connectors.openConnection(ALIAS);
    const connection = new ConnectionPage(page);
    await connection.syncNow.click();
    await connection.runState.getByText('Succeeded').waitFor(PATIENT);
    await connection.contractLines.table.waitFor();
  }

  async function map(connectionId: string): Promise<void> {
    const acceptAll = async (kind: 'customers' | 'subscriptions'): Promise<void> => {
      const mapping = new MappingPage(page, connectionId, kind);
      await mapping.grid
        .getByText('Suggested:')
        .nth(CUSTOMERS - 1)
        .waitFor();
      const accept = mapping.grid.getByRole('button', { name: /^Accept / });
      for (let left = CUSTOMERS; left > 0; left -= 1) {
        await accept.first().click();
        await expect.poll(() => accept.count()).toBe(left - 1);
      }
      expect(await mapping.grid.getByText('Mapped', { exact: true }).count()).toBe(CUSTOMERS);
    };
    await chooseTab('Customers');
    await acceptAll('customers');
    await chooseTab('Offers');
    const offer = new MappingPage(page, connectionId, 'offers').row('Exchange Online');
    await offer.getByRole('button', { name: /^Accept / }).click();
    await offer.getByText('Mapped', { exact: true }).waitFor();
    await chooseTab('Subscriptions');
    await acceptAll('subscriptions');
  }

  async function push(): Promise<void> {
    await chooseTab('Plans');
    await page.getByRole('button', { name: 'Preview changes' }).click();
    await title('Plan');
    await page.getByRole('button', { name: `Apply all ${CUSTOMERS} changes` }).click();
    const asked = page.getByRole('dialog', { name: 'Write to Autotask?' });
    await asked.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByRole('link', { name: 'See the operations' }).click();
    const applied = page.getByRole('table', { name: 'Operations' }).getByText('Applied', { exact: true });
    await applied.nth(CUSTOMERS - 1).waitFor(PATIENT);
    await chooseTab('Drift');
    await page.getByText('Nothing differs from what was applied.').waitFor();
    await chooseTab('Reconciliation');
    await new ReconciliationPage(page).findings.waitFor(PATIENT);
  }

  async function lookAround(): Promise<void> {
    await choosePage('Charges');
    await page.getByText('No charge ends in this period.').waitFor();
    await choosePage('Imports');
    await page.getByText('Nothing has been imported yet.').waitFor();
    const imports = new ImportsPage(page);
    await imports.upload('june.csv', reconCsv([reconLine()]));
    await imports.lines.waitFor(PATIENT);
    await choosePage('Accounts');
    await new AccountsPage(page).heading.waitFor();
  }

  async function audit(): Promise<void> {
    const log = new AuditLogsPage(page);
    await log.open();
    await log.verify.click();
    await log.verified.waitFor();
    for (const operation of ['Create Connector Connection', 'Approve Billing Plan']) {
      await log.filterBy('Operation', operation);
      await expect.poll(() => log.rows().count()).toBe(1);
    }
    await log.entryButton('Approve Billing Plan').click();
    await log.details.getByText('Previous hash').waitFor();
    await page.keyboard.press('Escape');
  }

  it('gets from the sign-in to an applied plan and a verified audit log', { timeout: 300_000 }, async () => {
    await connect();
    const { items } = await ui.callApi<{ items: { id: string }[] }>('GET', 'connections');
    const connectionId = items[0]?.id ?? '';
    await recordCustomers(ui, connectionId, CUSTOMERS);
    await map(connectionId);
    await push();
    await lookAround();
    await audit();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await new SignInPage(page).note.getByText('You have signed out.').waitFor();
    const { items: operations } = await ui.callApi<{ items: { state: string }[] }>('GET', 'operations');
    expect(operations.map(({ state }) => state)).toEqual(Array.from({ length: CUSTOMERS }, () => 'applied'));
    ui.assertNoPageErrors();
  });
});
