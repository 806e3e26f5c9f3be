import type { Locator, Page } from 'playwright-core';

/** The details of one connection. */
export class ConnectionPage {
  constructor(private readonly page: Page) {}

  private panel(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  get syncPanel() {
    return this.panel('Contract sync');
  }

  get syncNow() {
    return this.syncPanel.getByRole('button', { name: 'Sync now' });
  }

  /** State of the latest run, as announced. */
  get runState() {
    return this.syncPanel.getByRole('status').first();
  }

  /** The counts of the latest run, one row per record kind. */
  get progress() {
    return this.syncPanel.getByRole('table', { name: 'Rows by record kind' });
  }

  get history() {
    return this.syncPanel.getByRole('table', { name: 'Run history' });
  }

  get contracts() {
    return this.panel('Contracts').getByRole('table', { name: 'Contracts' });
  }

  /** Leads from a contract to its lines. */
  linesOf({ name, externalId }: { name: string; externalId: string }): Locator {
    return this.contracts
      .getByRole('link', { name: `Lines as of a date of ${name}`, exact: true })
      .and(this.page.locator(`[href$="?contract=${externalId}"]`));
  }

  get moreContracts() {
    return this.panel('Contracts').getByRole('button', { name: 'Load more' });
  }

  get contractsShown() {
    return this.panel('Contracts').getByText(/contracts? shown/);
  }

  /** What the contracts bill on a day. */
  get contractLines() {
    const panel = this.panel('Contract lines as of a date');
    return {
      panel,
      day: panel.getByLabel('Day'),
      heading: panel.getByRole('heading', { name: 'Contract lines as of a date' }),
      company: panel.getByRole('combobox', { name: 'Company' }),
      contract: panel.getByRole('combobox', { name: 'Contract' }),
      rows: panel.getByRole('rowheader'),
      noneOfChoice: panel.getByText('What you chose bills nothing on this day.'),
      table: panel.getByRole('table', { name: 'Contract lines as of a date' }),
      shown: panel.getByText(/lines? shown/),
      none: panel.getByText('No contract bills anything on this day.'),
      download: panel.getByRole('button', { name: 'Download CSV' }),
    };
  }

  /** The cells of a row of the progress table. */
  async countsOf(recordKind: string): Promise<number[]> {
    const row = this.progress
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: recordKind, exact: true }) });
    const cells = await row.getByRole('cell').allInnerTexts();
    return cells.map((text) => Number(text.replaceAll(/\D/g, '')));
  }

  action(name: 'Rename' | 'Rotate credentials' | 'Disable' | 'Enable' | 'Remove'): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }
}
