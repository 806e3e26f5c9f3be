import type { Locator, Page } from 'playwright-core';
import type { SandboxUser } from '../support/api-users.js';

/** Administration › Connectors. */
export class ConnectorsPage {
  constructor(private readonly page: Page) {}

  get heading() {
    return this.page.getByRole('heading', { name: 'Connectors', level: 1 });
  }

  get emptyState() {
    return this.page.getByRole('heading', { name: 'No connections yet' });
  }

  get addButton() {
    return this.page.getByRole('button', { name: 'Add Connection' });
  }

  row(alias: string): Locator {
    return this.page
      .getByRole('table', { name: 'Connections' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('link', { name: alias, exact: true }) });
  }

  async open(): Promise<void> {
    await this.page.getByRole('link', { name: 'Connectors', exact: true }).click();
    await this.heading.waitFor();
  }

  async openConnection(alias: string): Promise<void> {
    // By key: the cells beside the link are filled while the list is there, and what is under a pointer may move before it is released.
    await this.row(alias).getByRole('link', { name: alias, exact: true }).press('Enter');
    await this.page.getByRole('heading', { name: alias, level: 1 }).waitFor();
  }

  async startAdding(): Promise<AddConnectionDialog> {
    await this.addButton.click();
    const dialog = new AddConnectionDialog(this.page);
    await dialog.alias.waitFor();
    return dialog;
  }
}

/** The dialog "Add Connection". */
export class AddConnectionDialog {
  constructor(private readonly page: Page) {}

  get root() {
    return this.page.getByRole('dialog', { name: 'Add Connection' });
  }

  get alias() {
    return this.root.getByRole('textbox', { name: 'Alias' });
  }

  get currency() {
    return this.root.getByRole('combobox', { name: 'Currency' });
  }

  get username() {
    return this.root.getByRole('textbox', { name: 'User name (key)' });
  }

  get secret() {
    return this.root.getByRole('textbox', { name: 'Secret' });
  }

  get integrationCode() {
    return this.root.getByRole('textbox', { name: 'Tracking identifier' });
  }

  get testButton() {
    return this.root.getByRole('button', { name: 'Test connection' });
  }

  get createButton() {
    return this.root.getByRole('button', { name: 'Create Connection' });
  }

  get problem() {
    return this.root.getByRole('alert');
  }

  /** The header of a group of checks, with its state. */
  checkGroup(name: string): Locator {
    return this.root.getByRole('button', { name: new RegExp(`^${name}`) });
  }

  async fill(user: SandboxUser, alias: string, currency: string): Promise<void> {
    await this.alias.fill(alias);
    await this.currency.fill(currency);
    await this.username.fill(user.userName);
    await this.secret.fill(user.secret);
    await this.integrationCode.fill(user.integrationCode);
  }
}
