import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConnectorsPage } from './pages/connectors.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

describe('signing in', () => {
  let ui: UiSession;
  beforeAll(async () => {
    ui = await startUiSession();
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  it('refuses a wrong token with a message and keeps nothing', async () => {
    const page = await ui.openPage();
    const signIn = new SignInPage(page);
    await signIn.submit('not-the-token');
    await signIn.message.getByText('This token was not accepted').waitFor();
    expect(await page.evaluate(() => window.sessionStorage.length + window.localStorage.length)).toBe(0);
    // The next attempt starts where the correction is made.
    expect(await signIn.token.evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('accepts the right token, keeps it for the tab only and survives a reload', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    await new ConnectorsPage(page).heading.waitFor();
    const stores = await page.evaluate(() => ({
      session: Object.values(window.sessionStorage),
      local: Object.values(window.localStorage),
      cookies: document.cookie,
    }));
    expect(stores).toEqual({ session: [ui.token], local: [], cookies: '' });
    await page.reload();
    await new ConnectorsPage(page).heading.waitFor();
  });

  it('shows what is embedded or simulated', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const notices = page.getByRole('complementary', { name: 'Notices about this installation' });
    expect(await notices.innerText()).not.toBe('');
  });

  it('forgets the token on signing out', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await new SignInPage(page).note.getByText('You have signed out.').waitFor();
    expect(await page.evaluate(() => window.sessionStorage.length)).toBe(0);
    await page.reload();
    await new SignInPage(page).token.waitFor();
  });

  it('returns to the sign-in with a note when the API no longer accepts the token', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    await new ConnectorsPage(page).heading.waitFor();
    await page.route('**/api/audit-entries*', (route) => route.fulfill({ status: 401, body: '' }));
    await page.getByRole('link', { name: 'Audit Logs' }).click();
    await new SignInPage(page).note.getByText('Your sign-in is no longer valid').waitFor();
    expect(await page.evaluate(() => window.sessionStorage.length)).toBe(0);
  });
});
