import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SignInPage } from './pages/sign-in.page.js';
import { adjustByHand } from './support/sandbox-edit.js';
import {
  applyChangesOf,
  EXCHANGE_SERVICE_ID,
  mapAll,
  seedWorld,
  subscriptionOf,
  syncNow,
} from './support/seeded-world.js';
import type { SeededCustomer, SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** What is on its way is looked at every two seconds. */
const PATIENT = { timeout: 20_000 };

const steps = (page: Page): Locator => page.getByRole('table', { name: 'Changes by customer' });
const operations = (page: Page): Locator => page.getByRole('table', { name: 'Operations' });

describe('plans and operations in the browser', () => {
  let ui: UiSession;
  let world: SeededWorld;
  let drifting: SeededCustomer;
  beforeAll(async () => {
    ui = await startUiSession();
    const seeded = await seedWorld(ui, 14);
    const found = seeded.customers.find(({ hasLine }) => hasLine);
    if (found === undefined) throw new Error('The sandbox bills the offer to nobody');
    drifting = found;
    world = { ...seeded, customers: seeded.customers.filter((one) => one !== drifting).slice(0, 4) };
    await mapAll(ui, world);
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  const tab = (page: Page, name: string): Locator =>
    page.getByRole('navigation', { name: `Parts of ${world.alias}` }).getByRole('link', { name });
  async function signedIn(start = ''): Promise<Page> {
    const page = await ui.openPage({}, start);
    await new SignInPage(page).signIn(ui.token);
    return page;
  }
  async function preview(page: Page): Promise<void> {
    await tab(page, 'Plans').click();
    await page.getByRole('button', { name: 'Preview changes' }).click();
    await page.getByRole('heading', { name: 'Plan', level: 1 }).waitFor();
  }

  it('leads from the start page through a plan to applied operations', async () => {
    const page = await signedIn();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Contoso EUR: 4 subscriptions have changes to be planned' }).click();
    await preview(page);
    const [first, second, third] = world.customers;
    for (const { name } of world.customers) {
      await steps(page)
        .getByText(new RegExp(`^${name}: 1 change`))
        .waitFor();
    }

    await page
      .getByRole('button', { name: /^Leave out the change/ })
      .first()
      .click();
    const why = page.getByRole('dialog');
    await why.getByRole('textbox', { name: 'Reason' }).fill('The customer objects');
    await why.getByRole('button', { name: 'Leave out' }).click();
    await steps(page).getByText('The customer objects').waitFor();

    await page
      .getByRole('checkbox', { name: /^Apply the change/ })
      .last()
      .uncheck();
    await page.getByRole('button', { name: 'Apply 2 of 3 changes' }).click();
    const asked = page.getByRole('dialog', { name: 'Write to Autotask?' });
    await asked.getByText('The other changes wait for the next plan.').waitFor();
    await asked.getByRole('button', { name: 'Apply', exact: true }).click();
    await asked.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'See the operations' }).click();
    await operations(page).getByText('Applied', { exact: true }).nth(1).waitFor(PATIENT);
    expect(await operations(page).getByText('Applied', { exact: true }).count()).toBe(2);

    await tab(page, 'Subscriptions').click();
    await page.getByRole('heading', { name: 'Map subscriptions to contracts' }).waitFor();
    await page.getByRole('radiogroup', { name: 'Show' }).getByText('Mapped', { exact: true }).click();
    await page.getByText('Out of Sync').first().waitFor();
    expect(await page.getByText('Synced', { exact: true }).count()).toBeGreaterThan(0);
    expect([first, second, third]).not.toContain(undefined);
  });

  it('says in words when somebody else has to approve, and keeps the approval', async () => {
    const path = `connections/${world.connectionId}`;
    const page = await signedIn(`#/${path.replace('connections', 'connectors')}`);
    await page.getByRole('textbox', { name: 'Second approver above' }).fill('0.01');
    await page.getByRole('button', { name: 'Save policies' }).click();
    await page.getByText('The policies were changed.').waitFor();
    const last = world.customers[3];
    await ui.callApi(
      'PUT',
      `subscriptions/${last?.subscriptionId}`,
      subscriptionOf(last?.customerId ?? '', 50),
    );
    await preview(page);
    await page.getByRole('button', { name: /^Apply / }).click();
    const asked = page.getByRole('dialog', { name: 'Write to Autotask?' });
    await asked.getByRole('button', { name: 'Apply', exact: true }).click();
    await asked.getByText('billing.second_approver_required').waitFor();
    await asked.getByText(/Your approval is kept/).waitFor();
    await asked.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('Waits for a second approver').first().waitFor();
    const { items } = await ui.callApi<{ items: { state: string; approvals: unknown[] }[] }>(
      'GET',
      `${path}/plans?limit=1`,
    );
    expect(items[0]?.approvals).toHaveLength(1);
    await ui.callApi('PATCH', path, { policies: { secondApproverAbove: null } });
  });

  it('takes an applied change back', async () => {
    const page = await signedIn(`#/connectors/${world.connectionId}/operations`);
    await operations(page)
      .getByRole('button', { name: /^Compensate/ })
      .first()
      .click();
    const asked = page.getByRole('dialog', { name: 'Take this change back?' });
    await asked.getByRole('button', { name: 'Compensate' }).click();
    await asked.waitFor({ state: 'hidden' });
    await operations(page).getByText('Takes an earlier change back').waitFor(PATIENT);
    await expect.poll(() => operations(page).getByText('Applied', { exact: true }).count(), PATIENT).toBe(3);
    await page.getByRole('combobox', { name: 'State' }).selectOption('Failed');
    await page.getByText('There are none in this state.').waitFor();
  });

  it('shows a change by hand as drift, with its money, and corrects it by a plan', async () => {
    await mapAll(ui, { ...world, customers: [drifting] });
    await applyChangesOf(ui, world.connectionId, [drifting.subscriptionId]);
    const line = { contractId: drifting.contractId, serviceId: EXCHANGE_SERVICE_ID };
    await adjustByHand(ui, world.connectionId, line, 3);
    await syncNow(ui, world.connectionId);
    const page = await signedIn();
    await page.getByRole('link', { name: /1 contract service differs/ }).click(PATIENT);
    const findings = page.getByRole('table', { name: 'Findings' });
    await findings.getByText('Open', { exact: true }).waitFor();
    await findings.getByRole('button', { name: /^Correct Autotask/ }).click();
    await page
      .getByRole('dialog', { name: 'Correct Autotask?' })
      .getByRole('button', { name: 'Correct' })
      .click();
    await page.getByRole('button', { name: 'Apply 1 change' }).waitFor();
    expect(await steps(page).innerText()).toContain(drifting.name);
  });
});
