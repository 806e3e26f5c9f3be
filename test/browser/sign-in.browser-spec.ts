import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AccountsPage } from './pages/accounts.page.js';
import { ConnectorsPage } from './pages/connectors.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { OidcIssuer } from '../support/oidc-issuer.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

const PASSWORD = 'correct horse battery staple';

describe('signing in', () => {
  let issuer: OidcIssuer;
  let ui: UiSession;
  beforeAll(async () => {
    issuer = await OidcIssuer.start();
    ui = await startUiSession({
      PSA_OIDC_ISSUER: issuer.url,
      PSA_OIDC_CLIENT_ID: issuer.clientId,
      PSA_OIDC_CLIENT_SECRET: issuer.clientSecret,
      PSA_OIDC_LABEL: 'Contoso',
    });
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(async () => {
    await ui?.close();
    await issuer?.stop();
  });

  it('goes to the provider and comes back signed in', async () => {
    issuer.person = { sub: 'grace', name: 'Grace Example', roles: ['administrator'] };
    const page = await ui.openPage();
    await new SignInPage(page).provider('Contoso').click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.getByText('Grace Example').first().waitFor();
    expect(new URL(page.url()).origin).toBe(new URL(ui.uiUrl).origin);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await new SignInPage(page).provider('Contoso').waitFor();
  });

  it('says that the provider let nobody in, once, and offers the other ways', async () => {
    issuer.person = { sub: 'eve', name: 'Eve', roles: ['guest'] };
    const page = await ui.openPage();
    const signIn = new SignInPage(page);
    await signIn.provider('Contoso').click();
    await signIn.message.getByText('You were not let in').waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.reload();
    await signIn.provider('Contoso').waitFor();
    expect(await signIn.message.count()).toBe(0);
    await signIn.signIn(ui.token);
  });

  it('refuses a wrong token with a message and keeps nothing', async () => {
    const page = await ui.openPage();
    const signIn = new SignInPage(page);
    await signIn.submit('not-the-token');
    await signIn.message.getByText('This token was not accepted').waitFor();
    expect(await page.evaluate(() => window.sessionStorage.length + window.localStorage.length)).toBe(0);
    // The next attempt starts where the correction is made.
    expect(await signIn.token.evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('accepts the right token, keeps no secret where scripts can read it, and survives a reload', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    await new ConnectorsPage(page).heading.waitFor();
    const stores = await page.evaluate(() => ({
      session: Object.values(window.sessionStorage),
      local: Object.values(window.localStorage),
      cookies: document.cookie.split('; ').map((cookie) => cookie.split('=')[0]),
    }));
    expect(stores).toEqual({ session: [], local: [], cookies: ['psa_csrf'] });
    await page.reload();
    await new ConnectorsPage(page).heading.waitFor();
  });

  it('takes an account, made with the token, which then changes its own password', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const accounts = new AccountsPage(page);
    await accounts.open();
    await accounts.add({
      userName: 'ada@csp.example',
      name: 'Ada Auditor',
      password: PASSWORD,
      role: 'Auditor',
    });
    await accounts.row('ada@csp.example').getByText('Active').waitFor();

    const other = await ui.openPage();
    const signIn = new SignInPage(other);
    await signIn.choose('Account');
    // What password managers look for.
    expect(await signIn.userName.getAttribute('autocomplete')).toBe('username');
    expect(await signIn.password.getAttribute('autocomplete')).toBe('current-password');
    await signIn.userName.fill('ada@csp.example');
    await signIn.password.fill('not her password');
    await other.getByRole('button', { name: 'Sign in' }).click();
    await signIn.message.getByText('This did not let you in').waitFor();
    await signIn.signInAs('ada@csp.example', PASSWORD);
    // An auditor looks and does not touch.
    expect(await other.getByRole('link', { name: 'Accounts' }).count()).toBe(0);
    expect(await new ConnectorsPage(other).addButton.count()).toBe(0);
    await accounts.changeOwnPassword(other, PASSWORD, `${PASSWORD} once more`);
    await other.getByText('Your password was changed').waitFor();
  });

  it('makes a token that is shown once, and revokes it', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const accounts = new AccountsPage(page);
    await accounts.open();
    const token = await accounts.addToken('Nightly job', 'sync:read');
    expect(token).toMatch(/^psa_[\w-]{43}$/);
    expect(await page.content()).not.toContain(token);
    const withToken = await ui.openPage();
    await new SignInPage(withToken).signIn(token);
    await accounts.tokenRow('Nightly job').getByRole('button', { name: 'Revoke' }).click();
    await accounts.tokenRow('Nightly job').getByText('Revoked').waitFor();
    await withToken.reload();
    await new SignInPage(withToken).token.waitFor();
  });

  it('shows what is embedded or simulated', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const notices = page.getByRole('complementary', { name: 'Notices about this installation' });
    expect(await notices.innerText()).not.toBe('');
  });

  it('ends the session on signing out', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await new SignInPage(page).note.getByText('You have signed out.').waitFor();
    expect(await page.evaluate(() => document.cookie)).toBe('');
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
