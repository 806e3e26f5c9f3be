import type { Locator, Page } from 'playwright-core';

/** Connectors › a connection › Reconciliation. */
export class ReconciliationPage {
  constructor(private readonly page: Page) {}

  get heading(): Locator {
    return this.page.getByRole('heading', { name: 'Reconciliation', level: 1 });
  }

  get findings(): Locator {
    return this.page.getByRole('table', { name: 'Findings' });
  }

  get byCustomer(): Locator {
    return this.page.getByRole('table', { name: 'By customer' });
  }

  get byCause(): Locator {
    return this.page.getByRole('table', { name: 'By cause' });
  }

  /** A bar somebody can see. */
  get bars(): Locator {
    return this.page.locator('.recharts-bar-rectangle path');
  }

  get month(): Locator {
    return this.page.getByRole('combobox', { name: 'Billing month' });
  }

  get difference(): Locator {
    return this.page.getByRole('combobox', { name: 'Difference' });
  }

  get search(): Locator {
    return this.page.getByRole('searchbox', { name: 'Search' });
  }

  choose(customer: string): Locator {
    return this.findings.getByRole('checkbox', { name: new RegExp(`of ${customer}$`) });
  }

  async close(): Promise<void> {
    await this.page.getByRole('button', { name: 'Close month' }).click();
    const asked = this.page.getByRole('dialog', { name: /^Close / });
    await asked.getByRole('button', { name: 'Close month' }).click();
    await asked.waitFor({ state: 'hidden' });
  }

  async download(): Promise<string> {
    const coming = this.page.waitForEvent('download');
    await this.page.getByRole('button', { name: 'Download CSV' }).click();
    return (await coming).suggestedFilename();
  }
}
