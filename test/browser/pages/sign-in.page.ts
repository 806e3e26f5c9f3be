import type { Page } from 'playwright-core';

/** The sign-in. */
export class SignInPage {
  constructor(private readonly page: Page) {}

  get token() {
    return this.page.getByRole('textbox', { name: 'API token' });
  }

  get userName() {
    return this.page.getByRole('textbox', { name: 'User name' });
  }

  get password() {
    return this.page.getByRole('textbox', { name: 'Password' });
  }

  /** Chooses between an account and a token. */
  async choose(method: 'Account' | 'API token'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Sign in with' }).getByText(method).click();
  }

  /** Signs in with an account and waits until the first page is there. */
  async signInAs(userName: string, password: string): Promise<void> {
    await this.choose('Account');
    await this.userName.fill(userName);
    await this.password.fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** Where the browser goes to sign in through a provider. */
  provider(label: string) {
    return this.page.getByRole('link', { name: `Sign in with ${label}` });
  }

  get message() {
    return this.page.getByRole('alert');
  }

  get note() {
    return this.page.getByRole('status');
  }

  async submit(token: string): Promise<void> {
    await this.token.fill(token);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signs in and waits until the first page is there. */
  async signIn(token: string): Promise<void> {
    await this.submit(token);
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor();
  }
}
