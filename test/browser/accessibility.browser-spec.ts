import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AccountsPage } from './pages/accounts.page.js';
import { AuditLogsPage } from './pages/audit-logs.page.js';
import { ConnectionPage } from './pages/connection.page.js';
import { ConnectorsPage } from './pages/connectors.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { accessibilityViolations, sidewaysOverflow } from './support/accessibility.js';
import { apiUser, LACKS_ADJUSTMENTS } from './support/api-users.js';
import { mapAll, planWithDecisions, seedWorld } from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** Colours depend on the scheme alone and the layout on the width: each page is seen in both. Every combination: `PSA_EVERY_WIDTH=1`. */
const WIDTHS =
  process.env['PSA_EVERY_WIDTH'] === '1'
    ? { light: [1280, 360], dark: [1280, 360] }
    : { light: [1280], dark: [360] };

let ui: UiSession;
let world: SeededWorld;
let planId: string;

beforeAll(async () => {
  // The provider is never asked; that its button is there is what is looked at.
  ui = await startUiSession({
    PSA_OIDC_ISSUER: 'http://127.0.0.1:9',
    PSA_OIDC_CLIENT_ID: 'psa',
    PSA_OIDC_CLIENT_SECRET: 'unused',
  });
  world = await seedWorld(ui, 4);
  await mapAll(ui, { ...world, customers: world.customers.slice(0, 3) });
  planId = await planWithDecisions(ui, world.connectionId);
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

describe.each(['light', 'dark'] as const)('accessibility in the %s scheme', (colorScheme) => {
  async function openPage(width: number): Promise<Page> {
    return ui.openPage({ colorScheme, viewport: { width, height: 800 } });
  }

  it.each(WIDTHS[colorScheme])('the sign-in has no violations at %i pixels', async (width) => {
    const page = await openPage(width);
    const signIn = new SignInPage(page);
    await signIn.provider('single sign-on').waitFor();
    await signIn.submit('wrong');
    await signIn.message.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
  });

  it.each(WIDTHS[colorScheme])('the connectors and the add dialog have none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    const connectors = new ConnectorsPage(page);
    await connectors.row('Contoso EUR').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);

    const dialog = await connectors.startAdding();
    await dialog.fill(apiUser(LACKS_ADJUSTMENTS), 'Lacking', 'USD');
    await dialog.testButton.click();
    await dialog.checkGroup('Rights for billing').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
  });

  it.each(WIDTHS[colorScheme])('a connection with a sync run has none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    await new ConnectorsPage(page).openConnection('Contoso EUR');
    const connection = new ConnectionPage(page);
    await connection.syncNow.click();
    await connection.runState.getByText('Succeeded').waitFor({ timeout: 60_000 });
    await connection.contracts.waitFor();
    await connection.contractLines.table.waitFor();
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

  it.each(WIDTHS[colorScheme])(
    'mapping, plans, operations and the start page have none at %i pixels',
    async (width) => {
      const page = await openPage(width);
      await new SignInPage(page).signIn(ui.token);
      const base = `#/connectors/${world.connectionId}`;
      const free = world.customers[3]?.name ?? '';
      const pages: [address: string, shown: Locator][] = [
        ['#/overview', page.getByRole('heading', { name: 'Needs you now' })],
        [`${base}/customers?state=all`, page.getByRole('rowheader').first()],
        [`${base}/customers`, page.getByRole('button', { name: `Accept ${free} for ${free}` })],
        [`${base}/subscriptions?state=mapped`, page.getByText('Out of Sync').first()],
        [`${base}/plans`, page.getByRole('table', { name: 'Plans' })],
        [`${base}/plans/${planId}`, page.getByRole('table', { name: 'Changes by customer' })],
        [`${base}/operations`, page.getByRole('table', { name: 'Operations' })],
        [`${base}/drift`, page.getByText('Nothing differs from what was applied.')],
      ];
      for (const [address, shown] of pages) {
        await page.evaluate((to) => window.location.assign(to), address);
        await shown.waitFor();
        expect({ address, found: await accessibilityViolations(page) }).toEqual({ address, found: [] });
        expect({ address, overflow: await sidewaysOverflow(page) }).toEqual({ address, overflow: 0 });
      }
    },
  );

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

  it.each(WIDTHS[colorScheme])('the accounts and their dialogs have none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    await page.evaluate(() => window.location.assign('#/access'));
    const accounts = new AccountsPage(page);
    await accounts.row('ada@csp.example').waitFor();
    await accounts.tokenRow('Nightly job').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
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
