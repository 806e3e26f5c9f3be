import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConnectorsPage } from './pages/connectors.page.js';
import { MappingPage } from './pages/mapping.page.js';
import { ALL_RIGHTS, apiUser } from './support/api-users.js';
import { KeyboardPerson } from './support/keyboard.js';
import { seedWorld } from './support/seeded-world.js';
import type { SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** Nothing but keys is pressed in these tests; locators only look. */
describe('with the keyboard alone', () => {
  let ui: UiSession;
  let world: SeededWorld;
  beforeAll(async () => {
    ui = await startUiSession();
    world = await seedWorld(ui, 11);
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  it('a connection is added, tested first, from the sign-in on', async () => {
    const page = await ui.openPage({}, '');
    const person = new KeyboardPerson(page);
    const user = apiUser(ALL_RIGHTS);
    await person.signIn(ui.token);
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await person.choose('link "Connectors"');
    const connectors = new ConnectorsPage(page);
    await connectors.row(world.alias).waitFor();
    await person.choose('button "Add Connection"');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-path') === 'alias');

    // The guide for the Autotask side is opened and left.
    await person.choose('text: How to prepare Autotask');
    await page.getByRole('dialog').getByText('PSA Connector API User').first().waitFor();
    await person.type('textbox "Alias"', 'Contoso USD');
    await person.type('combobox "Currency"', 'us dollar');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await person.type('textbox "User name (key)"', user.userName);
    await person.type('textbox "Secret"', user.secret);
    await person.type('textbox "Tracking identifier"', user.integrationCode);
    await person.choose('button "Test connection"');
    await page.getByText('The API user has all the access that is needed.').waitFor();
    const { items: before } = await ui.callApi<{ items: unknown[] }>('GET', 'connections');
    expect(before).toHaveLength(1);

    await person.choose('button "Create Connection"');
    await page.getByText('Connection Contoso USD was created.').waitFor();
    await connectors.row('Contoso USD').waitFor();
    // Whoever cannot see the dialog close still stands where it was opened.
    await expect.poll(() => person.focused()).toBe('button "Add Connection"');
    expect(await person.pointerEvents()).toEqual([]);
  });

  it('ten customers are mapped from the sign-in on, half of them with a choice, and the last is undone', async () => {
    const page = await ui.openPage({}, '');
    const person = new KeyboardPerson(page);
    await person.signIn(ui.token);
    await person.choose('link "Connectors"');
    await person.choose(`link "${world.alias}"`);
    await page.getByRole('heading', { name: world.alias, level: 1 }).waitFor();
    await person.choose('link "Customers"');
    const mapping = new MappingPage(page, world.connectionId);
    const ten = world.customers.slice(0, 10);
    await mapping
      .row(ten[0]?.name ?? '')
      .getByText('Suggested:')
      .waitFor();
    await person.tabTo('grid "Customers and their companies"');
    for (const [index, customer] of ten.entries()) {
      await mapping.activeRow.getByText(customer.name, { exact: true }).waitFor();
      if (index % 2 === 0) {
        await page.keyboard.press('a');
      } else {
        await page.keyboard.press('Enter');
        const dialog = mapping.dialog(`Choose the counterpart of ${customer.name}`);
        await dialog.getByRole('option', { selected: true }).getByText(customer.name).first().waitFor();
        // A person sees the caret in the search field first; what is typed before goes to nobody.
        await dialog.locator('input:focus').waitFor();
        await page.keyboard.press('Enter');
        await dialog.waitFor({ state: 'hidden' });
        await mapping.hasFocus();
      }
      await mapping.row(customer.name).getByText('Mapped', { exact: true }).waitFor();
    }
    const mapped = async (): Promise<string[]> => {
      const path = `connections/${world.connectionId}/customer-mappings?limit=200&state=mapped`;
      const { items } = await ui.callApi<{ items: { customerId: string; companyId: string }[] }>('GET', path);
      return items.map(({ customerId, companyId }) => `${customerId} ${companyId}`).toSorted();
    };
    expect(await mapped()).toEqual(
      ten.map(({ customerId, companyId }) => `${customerId} ${companyId}`).toSorted(),
    );
    await page.keyboard.press('u');
    await expect.poll(async () => (await mapped()).length).toBe(9);
    expect(await person.pointerEvents()).toEqual([]);
  });
});
