import type { Locator, Page } from 'playwright-core';

/** Administration › Audit Logs. */
export class AuditLogsPage {
  constructor(private readonly page: Page) {}

  get heading() {
    return this.page.getByRole('heading', { name: 'Audit Logs', level: 1 });
  }

  get table() {
    return this.page.getByRole('table', { name: 'Audit entries' });
  }

  get text() {
    return this.page.getByRole('searchbox', { name: 'Text' });
  }

  get actor() {
    return this.page.getByRole('searchbox', { name: 'Actor' });
  }

  get verify() {
    return this.page.getByRole('button', { name: 'Verify', exact: true });
  }

  get verified() {
    return this.page.getByRole('status').filter({ hasText: 'The chain is intact' });
  }

  get clearFilters() {
    return this.page.getByRole('button', { name: 'Clear filters' });
  }

  get noMatches() {
    return this.page.getByText('No entries match these filters.');
  }

  get details() {
    return this.page.getByRole('dialog', { name: 'Audit entry' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('link', { name: 'Audit Logs' }).click();
    await this.heading.waitFor();
  }

  /** The rows of entries, without the header. */
  rows(): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('rowheader') });
  }

  entryButton(operation: string): Locator {
    return this.table.getByRole('button', { name: operation });
  }

  async filterBy(filter: 'Operation' | 'Outcome' | 'Connection', value: string): Promise<void> {
    await this.page.getByRole('combobox', { name: filter }).click();
    await this.page.getByRole('option', { name: value, exact: true }).click();
  }
}
