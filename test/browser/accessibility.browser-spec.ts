import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AccountsPage } from './pages/accounts.page.js';
import { AuditLogsPage } from './pages/audit-logs.page.js';
import { ConnectionPage } from './pages/connection.page.js';
import { ConnectorsPage } from './pages/connectors.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { accessibilityViolations, sidewaysOverflow } from './support/accessibility.js';
import { ALL_RIGHTS, apiUser, connectionRequest, LACKS_ADJUSTMENTS } from './support/api-users.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

let ui: UiSession;

beforeAll(async () => {
  // The provider is never asked; that its button is there is what is looked at.
  ui = await startUiSession({
    PSA_OIDC_ISSUER: 'http://127.0.0.1:9',
    PSA_OIDC_CLIENT_ID: 'psa',
    PSA_OIDC_CLIENT_SECRET: 'unused',
  });
  await ui.callApi('POST', 'connections', connectionRequest(apiUser(ALL_RIGHTS), 'Contoso EUR', 'EUR'));
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

  it.each([1280, 360])('the sign-in has no violations at %i pixels', async (width) => {
    const page = await openPage(width);
    const signIn = new SignInPage(page);
    await signIn.provider('single sign-on').waitFor();
    await signIn.submit('wrong');
    await signIn.message.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
  });

  it.each([1280, 360])('the connectors and the add dialog have none at %i pixels', async (width) => {
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

  it.each([1280, 360])('a connection with a sync run has none at %i pixels', async (width) => {
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

  it.each([1280, 360])('the sign-in with an account has none at %i pixels', async (width) => {
    const page = await openPage(width);
    const signIn = new SignInPage(page);
    await signIn.choose('Account');
    await signIn.userName.waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysOverflow(page)).toBe(0);
  });

  it.each([1280, 360])('the accounts and their dialogs have none at %i pixels', async (width) => {
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

  it.each([1280, 360])('the audit log and an entry have none at %i pixels', async (width) => {
    const page = await openPage(width);
    await new SignInPage(page).signIn(ui.token);
    await page.evaluate(() => window.location.assign('#/audit-logs'));
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
