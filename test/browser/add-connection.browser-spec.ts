import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConnectorsPage } from './pages/connectors.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { ALL_RIGHTS, apiUser, LACKS_ADJUSTMENTS, NO_SERVICE_DESK } from './support/api-users.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

describe('adding a connection', () => {
  let ui: UiSession;
  beforeAll(async () => {
    ui = await startUiSession();
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  async function openConnectors(): Promise<{ page: Page; connectors: ConnectorsPage }> {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const connectors = new ConnectorsPage(page);
    await connectors.heading.waitFor();
    return { page, connectors };
  }

  async function savedAliases(): Promise<string[]> {
    const { items } = await ui.callApi<{ items: { alias: string }[] }>('GET', 'connections');
    return items.map(({ alias }) => alias);
  }

  it('shows an empty state, then tests with a checklist and creates', async () => {
    const { page, connectors } = await openConnectors();
    await connectors.emptyState.waitFor();
    const dialog = await connectors.startAdding();
    await dialog.fill(apiUser(ALL_RIGHTS), 'Contoso EUR', 'eur');
    await dialog.testButton.click();
    await dialog.root.getByText('The API user has all the access that is needed.').waitFor();
    for (const group of ['Sign-in', 'Rights for billing', 'Data visibility', 'Currency']) {
      expect(await dialog.checkGroup(group).innerText()).toContain('Passed');
    }
    expect(await savedAliases()).not.toContain('Contoso EUR');

    await dialog.createButton.click();
    await page.getByText('Connection Contoso EUR was created.').waitFor();
    const row = connectors.row('Contoso EUR');
    await row.getByText('Active', { exact: true }).waitFor();
    expect(await row.innerText()).toMatch(/EUR[\s\S]*Billing on/);

    const again = await connectors.startAdding();
    expect(await again.secret.inputValue()).toBe('');
    expect(await again.username.inputValue()).toBe('');
  });

  it('is refused for lacking rights, says which and where to grant them, and saves nothing', async () => {
    const { connectors } = await openConnectors();
    const dialog = await connectors.startAdding();
    await dialog.fill(apiUser(LACKS_ADJUSTMENTS), 'Lacking', 'EUR');
    await dialog.createButton.click();
    await dialog.problem.getByText('connection.access_insufficient').waitFor();
    expect(await dialog.checkGroup('Rights for billing').innerText()).toContain('Failed');
    const failed = dialog.root
      .getByRole('listitem')
      .filter({ hasText: 'ContractServiceAdjustments' })
      .filter({ hasText: 'Failed' });
    expect(await failed.first().innerText()).toContain('What to do');
    expect(await savedAliases()).not.toContain('Lacking');
  });

  it('puts a refused secret at its field and empties it', async () => {
    const { connectors } = await openConnectors();
    const dialog = await connectors.startAdding();
    await dialog.fill(apiUser(NO_SERVICE_DESK), 'Wrong secret', 'EUR');
    await dialog.secret.fill('not-the-secret');
    await dialog.createButton.click();
    await dialog.problem.getByText('connection.credentials_rejected').waitFor();
    expect(await dialog.secret.getAttribute('aria-invalid')).toBe('true');
    expect(await dialog.secret.inputValue()).toBe('');
    expect(await dialog.secret.evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('marks missing inputs before anything is sent', async () => {
    const { page, connectors } = await openConnectors();
    const dialog = await connectors.startAdding();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await dialog.createButton.click();
    expect(await dialog.alias.getAttribute('aria-invalid')).toBe('true');
    expect(await dialog.alias.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(requests).toEqual([]);
  });

  it('keeps the focus in the dialog and gives it back on Escape', async () => {
    const { page, connectors } = await openConnectors();
    const dialog = await connectors.startAdding();
    for (let stop = 0; stop < 12; stop += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog.root.evaluate((root) => root.contains(document.activeElement))).toBe(true);
    }
    // The first Escape may only close the list of currencies.
    await dialog.alias.focus();
    await page.keyboard.press('Escape');
    await dialog.root.waitFor({ state: 'hidden' });
    expect(await connectors.addButton.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});
