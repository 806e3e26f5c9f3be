import type { Locator, Page } from 'playwright-core';

/** Administration › Imports, and one import. */
export class ImportsPage {
  constructor(private readonly page: Page) {}

  get heading(): Locator {
    return this.page.getByRole('heading', { name: 'Imports', level: 1 });
  }

  get lines(): Locator {
    return this.page.getByRole('table', { name: 'Lines', exact: true });
  }

  get rejections(): Locator {
    return this.page.getByRole('table', { name: 'Rejected lines' });
  }

  get onlyDifferent(): Locator {
    return this.page.getByRole('checkbox', { name: 'Only lines with a difference' });
  }

  async upload(name: string, text: string): Promise<void> {
    await this.heading.waitFor();
    const chosen = this.page.waitForEvent('filechooser');
    await this.page.getByRole('button', { name: 'Choose a file' }).click();
    await (await chosen).setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await this.page.getByRole('heading', { name, level: 1 }).waitFor();
  }
}
