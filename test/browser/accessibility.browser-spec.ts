import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROUTE_PATHS } from '../../src/admin-ui/route-paths.js';
import type { RoutePath } from '../../src/admin-ui/route-paths.js';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { AccountsPage } from './pages/accounts.page.js';
import { AuditLogsPage } from './pages/audit-logs.page.js';
import { ConnectionPage } from './pages/connection.page.js';
import { ConnectorsPage } from './pages/connectors.page.js';
import { ReconciliationPage } from './pages/reconciliation.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { accessibilityViolations, sidewaysOverflow } from './support/accessibility.js';
import { apiUser, LACKS_ADJUSTMENTS } from './support/api-users.js';
import { importBill, mapAll, planWithDecisions, recordCharge, seedWorld } from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** Colours depend on the scheme alone and the layout on the width: each page is seen in both. Every combination: `PSA_EVERY_WIDTH=1`. */
const WIDTHS =
  process.env['PSA_EVERY_WIDTH'] === '1'
    ? { light: [1280, 360], dark: [1280, 360] }
    : { light: [1280], dark: [360] };

/** A reconciliation is computed when it is first asked for. */
const PATIENT = { timeout: 30_000 };
/** What an address that leads nowhere shows. */
const NOWHERE: Visit = {
  address: '#/no/such/page',
  shown: (page) => page.getByText('There is no such page.'),
};

let ui: UiSession;
let world: SeededWorld;
let planId: string;
let importId: string;

interface Visit {
  address: string;
  /** What has to be there before the page is looked at. */
  shown: (page: Page) => Locator;
}

const table = (name: string) => (page: Page) => page.getByRole('table', { name, exact: true });

/** A visit of every page the router has, with something on it. */
function visits(): Record<RoutePath, Visit> {
  const connection = `#/connectors/${world.connectionId}`;
  const free = world.customers[3]?.name ?? '';
  return {
    '/overview': {
      address: '#/overview',
      shown: (page) => page.getByRole('heading', { name: 'Needs you now' }),
    },
    '/connectors': { address: '#/connectors', shown: (page) => new ConnectorsPage(page).row('Contoso EUR') },
    '/connectors/:id': { address: connection, shown: (page) => new ConnectionPage(page).contractLines.table },
    '/connectors/:id/customers': {
      address: `${connection}/customers`,
      shown: (page) => page.getByRole('button', { name: `Accept ${free} for ${free}` }),
    },
    '/connectors/:id/offers': {
      address: `${connection}/offers?state=all`,
      shown: (page) => page.getByRole('rowheader').first(),
    },
    '/connectors/:id/subscriptions': {
      address: `${connection}/subscriptions?state=mapped`,
      shown: (page) => page.getByText('Out of Sync').first(),
    },
    '/connectors/:id/plans': { address: `${connection}/plans`, shown: table('Plans') },
    '/connectors/:id/plans/:planId': {
      address: `${connection}/plans/${planId}`,
      shown: table('Changes by customer'),
    },
    '/connectors/:id/operations': { address: `${connection}/operations`, shown: table('Operations') },
    '/connectors/:id/drift': {
      address: `${connection}/drift`,
      shown: (page) => page.getByText('Nothing differs from what was applied.'),
    },
    '/connectors/:id/reconciliation': {
      address: `${connection}/reconciliation?month=${new Date().toISOString().slice(0, 7)}`,
      shown: (page) => new ReconciliationPage(page).bars.first(),
    },
    '/charges': { address: '#/charges', shown: table('Charges') },
    '/imports': { address: '#/imports', shown: table('Imports') },
    '/imports/:id': { address: `#/imports/${importId}`, shown: table('Lines') },
    '/audit-logs': { address: '#/audit-logs', shown: table('Audit entries') },
    '/access': { address: '#/access', shown: table('API tokens') },
  };
}

beforeAll(async () => {
  // The provider is never asked; that its button is there is what is looked at.
  ui = await startUiSession({
    PSA_OIDC_ISSUER: 'http://127.0.0.1:9',
    PSA_OIDC_CLIENT_ID: 'psa',
    PSA_OIDC_CLIENT_SECRET: 'unused',
  });
  const seeded = await seedWorld(ui, 14);
  // The reconciliation finds what the sandbox does not bill yet.
  world = { ...seeded, customers: seeded.customers.filter(({ hasLine }) => !hasLine).slice(0, 4) };
  const [first] = world.customers;
  if (first === undefined) throw new Error('The world has too few customers');
  await mapAll(ui, { ...world, customers: world.customers.slice(0, 3) });
  planId = await planWithDecisions(ui, world.connectionId);
  await recordCharge(ui, first);
  importId = await importBill(ui, 'june.csv', reconCsv([reconLine(), reconLine({ Quantity: 'many' })]));
  await ui.callApi('POST', 'accounts', {
    userName: 'ada@csp.example',
    displayName: 'Ada Auditor',
    password: 'correct horse battery staple',
    role: 'auditor',
  });
  await ui.callApi('POST', 'api-tokens', {
    name: 'Nightly job',
    permissions: ['connection:read', 'sync:run'],
    expiresInDays: 30,
  });
});

afterEach(() => ui.assertNoPageErrors());
afterAll(() => ui?.close());

it('knows a visit of every page the router has', () => {
  expect(Object.keys(visits())).toEqual([...ROUTE_PATHS]);
});

describe.each(['light', 'dark'] as const)('accessibility in the %s scheme', (colorScheme) => {
  async function openPage(width: number): Promise<Page> {
    return ui.openPage({ colorScheme, viewport: { width, height: 800 } });
  }

  it.each(WIDTHS[colorScheme])('every page has no violations at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    for (const { address, shown } of [...Object.values(visits()), NOWHERE]) {
      await page.evaluate((to) => window.location.assign(to), address);
      await shown(page).waitFor(PATIENT);
      expect({ address, found: await accessibilityViolations(page) }).toEqual({ address, found: [] });
      expect({ address, overflow: await sidewaysOverflow(page) }).toEqual({ address, overflow: 0 });
    }
  });

  it.each(WIDTHS[colorScheme])('the sign-in has no violations at %i pixels', async (width) => {
    const page = await openPage(width);
    const signIn = new SignInPage(page);
    await signIn.provider('single sign-on').waitFor();
    await signIn.submit('wrong');
    await signIn.message.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
  });

  it.each(WIDTHS[colorScheme])('the dialog that adds a connection has none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    const connectors = new ConnectorsPage(page);
    const dialog = await connectors.startAdding();
    await dialog.fill(apiUser(LACKS_ADJUSTMENTS), 'Lacking', 'USD');
    await dialog.testButton.click();
    await dialog.checkGroup('Rights for billing').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
  });

  it.each(WIDTHS[colorScheme])('the sign-in with an account has none at %i pixels', async (width) => {
    const page = await openPage(width);
    const signIn = new SignInPage(page);
    await signIn.choose('Account');
    await signIn.userName.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
  });

  it.each(WIDTHS[colorScheme])('the dialogs of mapping and plans have none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    const base = `#/connectors/${world.connectionId}`;
    const free = world.customers[3]?.name ?? '';
    const dialogs: [address: string, opener: Locator][] = [
      [`${base}/customers`, page.getByRole('button', { name: `Choose the counterpart of ${free}` })],
      [`${base}/customers`, page.getByRole('button', { name: `Exclude ${free}` })],
      [`${base}/customers`, page.getByRole('button', { name: 'Import CSV' })],
      [`${base}/plans/${planId}`, page.getByRole('button', { name: /^Move date/ }).first()],
      [`${base}/plans/${planId}`, page.getByRole('button', { name: /^Apply / }).first()],
    ];
    for (const [address, opener] of dialogs) {
      await page.evaluate((to) => window.location.assign(to), address);
      await opener.click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      const text = await dialog.innerText();
      expect({ text, found: await accessibilityViolations(page) }).toEqual({ text, found: [] });
      expect({ text, overflow: await sidewaysOverflow(page) }).toEqual({ text, overflow: 0 });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    }
  });

  it.each(WIDTHS[colorScheme])('the dialogs of accounts have none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    await page.evaluate(() => window.location.assign('#/access'));
    const accounts = new AccountsPage(page);
    await accounts.row('ada@csp.example').waitFor();
    await accounts.tokenRow('Nightly job').waitFor();
    const dialogs = [
      () => accounts.openAdding(),
      () => accounts.edit('ada@csp.example'),
      () => accounts.openAddingToken(),
    ];
    for (const open of dialogs) {
      const dialog = await open();
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await sidewaysOverflow(page)).toBe(0);
      await dialog.getByRole('button', { name: 'Cancel' }).first().click();
      await dialog.waitFor({ state: 'hidden' });
    }
  });

  it.each(WIDTHS[colorScheme])('the audit log and an entry have none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    await page.evaluate(() => window.location.assign('#/audit-logs?operation=Create+Connector+Connection'));
    const log = new AuditLogsPage(page);
    await log.table.waitFor();
    await log.verify.click();
    await log.verified.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
    await log.entryButton('Create Connector Connection').last().click();
    await log.details.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
