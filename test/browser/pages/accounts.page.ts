import type { Locator, Page } from 'playwright-core';

/** Administration › Accounts. */
export class AccountsPage {
  constructor(private readonly page: Page) {}

  get heading() {
    return this.page.getByRole('heading', { name: 'Accounts', level: 1 });
  }

  row(userName: string): Locator {
    return this.rowOf('Accounts', userName);
  }

  tokenRow(name: string): Locator {
    return this.rowOf('API tokens', name);
  }

  async open(): Promise<void> {
    await this.page.getByRole('link', { name: 'Accounts' }).click();
    await this.heading.waitFor();
  }

  async openAdding(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Add account' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Add account' });
    await dialog.waitFor();
    return dialog;
  }

  async add(account: { userName: string; name: string; password: string; role: string }): Promise<void> {
    const dialog = await this.openAdding();
    await dialog.getByRole('textbox', { name: 'User name' }).fill(account.userName);
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(account.name);
    await dialog.getByRole('textbox', { name: 'Password' }).fill(account.password);
    await dialog.getByRole('combobox', { name: 'Role' }).selectOption({ label: account.role });
    await dialog.getByRole('button', { name: 'Add account' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** The edit dialog of an account. */
  async edit(userName: string): Promise<Locator> {
    await this.row(userName).getByRole('button', { name: 'Edit' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Edit account' });
    await dialog.waitFor();
    return dialog;
  }

  async openAddingToken(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Create API token' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Create API token' });
    await dialog.waitFor();
    return dialog;
  }

  /** Makes a token, closes the dialog and gives what was shown. */
  async addToken(name: string, permission: string): Promise<string> {
    const dialog = await this.openAddingToken();
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('checkbox', { name: permission, exact: true }).check();
    await dialog.getByRole('button', { name: 'Create API token' }).click();
    const token = await dialog.getByRole('textbox', { name: 'New API token' }).inputValue();
    await dialog.getByText('Close', { exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    return token;
  }

  async changeOwnPassword(page: Page, current: string, next: string): Promise<void> {
    await page.getByRole('button', { name: 'Change my password' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change my password' });
    await dialog.getByRole('textbox', { name: 'Current password' }).fill(current);
    await dialog.getByRole('textbox', { name: 'New password' }).fill(next);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  private rowOf(table: string, header: string): Locator {
    return this.page
      .getByRole('table', { name: table })
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: header }) });
  }
}
