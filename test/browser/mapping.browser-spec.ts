import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MappingPage } from './pages/mapping.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { seedWorld } from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

interface Mapping {
  customerId: string;
  companyId: string | null;
  state: string;
  reason: string | null;
}

describe('mapping in the browser', () => {
  let ui: UiSession;
  let world: SeededWorld;
  beforeAll(async () => {
    ui = await startUiSession();
    world = await seedWorld(ui, 14);
  });
  beforeEach(() => unmapAll());
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  async function openMapping(query = ''): Promise<{ page: Page; mapping: MappingPage }> {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const mapping = new MappingPage(page, world.connectionId);
    await mapping.open(query);
    return { page, mapping };
  }

  async function saved(state: string): Promise<Mapping[]> {
    const path = `connections/${world.connectionId}/customer-mappings?limit=200&state=${state}`;
    return (await ui.callApi<{ items: Mapping[] }>('GET', path)).items;
  }
  const unmapAll = async (): Promise<void> => {
    for (const state of ['mapped', 'excluded']) {
      for (const { customerId } of await saved(state)) {
        await ui.callApi('DELETE', `connections/${world.connectionId}/customer-mappings/${customerId}`);
      }
    }
  };

  it('accepts many suggestions at once, says what was refused, and undoes them together', async () => {
    const { page, mapping } = await openMapping();
    const [taken] = world.customers;
    if (taken === undefined) throw new Error('no customers');
    await mapping.row(taken.name).getByText('Suggested:').waitFor();
    // Somebody else takes the company of the first customer meanwhile.
    await ui.callApi('PUT', 'customers/zz-rival', { name: 'Rival' });
    await ui.callApi('PUT', `connections/${world.connectionId}/customer-mappings`, {
      customerId: 'zz-rival',
      companyId: taken.companyId,
    });
    await mapping.button('Select suggestions of 80 % and more').click();
    await mapping.button('Accept 14 selected').click();
    await page.getByText('13 mappings were accepted.').waitFor();
    await page.getByText('1 mapping was refused; the row says why.').waitFor();
    expect(await mapping.row(taken.name).innerText()).toMatch(/Not mapped/);
    expect(await saved('mapped')).toHaveLength(14);
    await mapping.button('Undo').click();
    await page.getByText('Undone: 13 mappings were accepted.').waitFor();
    expect((await saved('mapped')).map(({ customerId }) => customerId)).toEqual(['zz-rival']);
  });

  it('finds any part of a name with the key /, and keeps the search in the address', async () => {
    const { page, mapping } = await openMapping();
    await mapping.grid.focus();
    await page.keyboard.press('/');
    expect(await mapping.search.evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.type('dental');
    const matching = world.customers.filter(({ name }) => name.includes('Dental'));
    await expect.poll(() => mapping.grid.getByRole('rowheader').count()).toBe(matching.length);
    expect(new URL(page.url()).hash).toContain('customers?search=dental');
    await page.reload();
    await expect.poll(() => mapping.grid.getByRole('rowheader').count()).toBe(matching.length);
  });

  it('excludes with a reason, and includes again', async () => {
    const { page, mapping } = await openMapping();
    const customer = world.customers[3];
    if (customer === undefined) throw new Error('no customers');
    await mapping.row(customer.name).click();
    await mapping.grid.focus();
    await page.keyboard.press('e');
    const dialog = mapping.dialog(`Exclude ${customer.name}`);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Billed elsewhere');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(await saved('excluded')).toMatchObject([
      { customerId: customer.customerId, reason: 'Billed elsewhere' },
    ]);
    await mapping.show('Excluded');
    await mapping.row(customer.name).getByText('Billed elsewhere').waitFor();
    await mapping.button(`Include ${customer.name} again`).click();
    await page.getByText(`${customer.name} is not mapped any more.`).waitFor();
    expect(await saved('excluded')).toEqual([]);
  });

  it('exports, and imports with the fate of each line', async () => {
    const { page, mapping } = await openMapping();
    const download = page.waitForEvent('download');
    await mapping.button('Export CSV').click();
    const file = await download;
    const text = await readFile(await file.path(), 'utf8');
    expect(text).toContain('customerId,customerName,companyId');
    const [first, second] = world.customers;
    const lines = [
      'customerId,companyId',
      `${first?.customerId},${first?.companyId}`,
      `${second?.customerId},no-such-company`,
    ];
    await mapping.button('Import CSV').click();
    const dialog = mapping.dialog('Import mappings');
    await page.locator('input[type="file"]').setInputFiles({
      name: 'mappings.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(lines.join('\n')),
    });
    await dialog.getByText('1 accepted, 0 unchanged, 1 rejected').waitFor();
    const rejected = dialog.getByRole('table', { name: 'Rejected lines' }).getByRole('row').nth(1);
    expect(await rejected.innerText()).toMatch(/3[\s\S]*companyId[\s\S]*company\.not_found/);
    expect((await saved('mapped')).map(({ customerId }) => customerId)).toEqual([first?.customerId]);
  });

  it('maps an offer, moves it to another service, and undoes both', async () => {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const mapping = new MappingPage(page, world.connectionId, 'offers');
    await mapping.open();
    const row = mapping.row('Exchange Online');
    await row.getByRole('button', { name: /^Accept Exchange Online/ }).click();
    await row.getByText('Mapped', { exact: true }).waitFor();
    await row.getByRole('button', { name: /^Change/ }).click();
    const dialog = mapping.dialog(/^Choose the counterpart/);
    await dialog.getByRole('combobox').fill('Defender');
    await dialog.getByRole('option', { name: /Defender for Business/ }).click();
    await dialog.waitFor({ state: 'hidden' });
    await row.getByText(/Defender for Business/).waitFor();
    await mapping.button('Undo').click();
    await row.getByText(/Exchange Online Plan 1/).waitFor();
    await mapping.button('Undo').click();
    await row.getByText('Not mapped').waitFor();
    const path = `connections/${world.connectionId}/offer-mappings?state=mapped`;
    expect((await ui.callApi<{ items: unknown[] }>('GET', path)).items).toEqual([]);
  });
});
