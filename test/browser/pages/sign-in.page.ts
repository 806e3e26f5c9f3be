import type { Page } from 'playwright-core';

/** The sign-in. */
export class SignInPage {
  constructor(private readonly page: Page) {}

  get token() {
    return this.page.getByRole('textbox', { name: 'API token' });
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
