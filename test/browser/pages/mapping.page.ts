import type { Locator, Page } from 'playwright-core';

type Kind = 'customers' | 'offers' | 'subscriptions';

const LISTS = {
  customers: 'Customers and their companies',
  offers: 'Offers and their services',
  subscriptions: 'Subscriptions and their contracts',
} as const;

/** The mapping of one kind on one connection. */
export class MappingPage {
  constructor(
    readonly page: Page,
    private readonly connectionId: string,
    private readonly kind: Kind = 'customers',
  ) {}

  async open(query = ''): Promise<void> {
    const address = `#/connectors/${this.connectionId}/${this.kind}${query}`;
    await this.page.evaluate((to) => window.location.assign(to), address);
    await this.grid.waitFor();
  }

  get grid() {
    return this.page.getByRole('grid', { name: LISTS[this.kind] });
  }

  get search() {
    return this.page.getByRole('searchbox', { name: 'Search' });
  }

  /** The row the keys act on. */
  get activeRow() {
    return this.grid.locator('[data-active]');
  }

  row(name: string): Locator {
    return this.grid
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: new RegExp(`^${name}`) }) });
  }

  /** Waits until the keys reach the rows. */
  async hasFocus(): Promise<void> {
    await this.page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'grid');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  dialog(name: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name });
  }

  async show(state: 'Not mapped' | 'Mapped' | 'Excluded' | 'All'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Show' }).getByText(state, { exact: true }).click();
  }
}
