import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AutotaskSimulator } from '../../src/autotask-simulator/autotask-simulator.js';
import { SignInPage } from './pages/sign-in.page.js';
import { adjustByHand } from './support/sandbox-edit.js';
import { applyChangesOf, EXCHANGE_SERVICE_ID, mapAll, seedWorld, syncNow } from './support/seeded-world.js';
import type { SeededCustomer, SeededWorld } from './support/seeded-world.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

const PATIENT = { timeout: 30_000 };
/** So many failures in a row stop a connection. */
const TOO_MANY = 10;
const WRITES = /ServiceAdjustments$/;
const REFUSAL = { kind: 'status', status: 500, body: { errors: ['The contract is locked.'] } } as const;

interface Step {
  id: string;
  subscriptionId: string;
  effectiveOn: string;
  period: { start: string; end: string };
}

const operations = (page: Page): Locator => page.getByRole('table', { name: 'Operations' });
const operation = (page: Page, { name }: SeededCustomer): Locator =>
  operations(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name }) });

describe('decisions about plans, operations and drift in the browser', () => {
  let autotask: AutotaskSimulator;
  let ui: UiSession;
  let world: SeededWorld;
  let drifting: SeededCustomer;
  beforeAll(async () => {
    autotask = await AutotaskSimulator.start();
    ui = await startUiSession({
      PSA_AUTOTASK_DISCOVERY_URL: autotask.discoveryUrl,
      PSA_AUTOTASK_ALLOWED_HOSTS: autotask.host,
    });
    const seeded = await seedWorld(ui, 16);
    const found = seeded.customers.find(({ hasLine }) => hasLine);
    if (found === undefined) throw new Error('The sandbox bills the offer to nobody');
    drifting = found;
    world = { ...seeded, customers: seeded.customers.filter((one) => one !== drifting).slice(0, 14) };
    await mapAll(ui, world);
  });
  afterEach(() => {
    autotask.faults.clear();
    ui.assertNoPageErrors();
  });
  afterAll(async () => {
    await ui?.close();
    await autotask?.stop();
  });

  async function signedIn(part: string): Promise<Page> {
    const page = await ui.openPage({}, `#/connectors/${world.connectionId}/${part}`);
    await new SignInPage(page).signIn(ui.token);
    return page;
  }
  async function planned(): Promise<{ id: string; steps: Step[] }> {
    return ui.callApi('POST', `connections/${world.connectionId}/plans`);
  }
  async function apply(customers: readonly SeededCustomer[]): Promise<void> {
    const plan = await planned();
    const wanted = new Set(customers.map(({ subscriptionId }) => subscriptionId));
    const stepIds = plan.steps.filter(({ subscriptionId }) => wanted.has(subscriptionId)).map(({ id }) => id);
    expect(stepIds).toHaveLength(customers.length);
    await ui.callApi('POST', `plans/${plan.id}/apply`, { stepIds });
  }

  it('retries a failed operation, and gives another up', async () => {
    const [first, second] = world.customers;
    if (first === undefined || second === undefined) throw new Error('The world has too few customers');
    autotask.faults.add({ path: WRITES, times: 2, fault: REFUSAL });
    await apply([first, second]);
    const page = await signedIn('operations');
    for (const customer of [first, second]) {
      await operation(page, customer).getByText('Failed', { exact: true }).waitFor(PATIENT);
      expect(await operation(page, customer).innerText()).toContain('The contract is locked.');
    }

    await operation(page, first)
      .getByRole('button', { name: /^Retry/ })
      .click();
    await page.getByText('The operation is taken up again.').waitFor();
    await operation(page, first).getByText('Applied', { exact: true }).waitFor(PATIENT);

    await operation(page, second)
      .getByRole('button', { name: /^Dismiss/ })
      .click();
    const asked = page.getByRole('dialog', { name: 'Give this operation up?' });
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await asked.waitFor({ state: 'hidden' });
    await operation(page, second).getByText('Failed', { exact: true }).waitFor();
    await operation(page, second)
      .getByRole('button', { name: /^Dismiss/ })
      .click();
    await asked.getByRole('button', { name: 'Dismiss', exact: true }).click();
    await operation(page, second).getByText('Dismissed', { exact: true }).waitFor();
    expect(
      await operation(page, second)
        .getByRole('button', { name: /^(Retry|Dismiss)/ })
        .count(),
    ).toBe(0);
  });

  it('tells why nothing is sent any more, and resumes', async () => {
    const many = world.customers.slice(2, 2 + TOO_MANY);
    autotask.faults.add({ path: WRITES, fault: REFUSAL });
    await apply(many);
    const page = await signedIn('operations');
    const stopped = page.getByRole('alert').filter({ hasText: 'Nothing is sent for this connection' });
    await expect
      .poll(
        async () =>
          (await ui.callApi<{ state: string }>('GET', `connections/${world.connectionId}/pushes`)).state,
        PATIENT,
      )
      .toBe('stopped');
    await page.reload();
    await stopped.waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: /Contoso EUR: nothing is sent/ }).click();
    await stopped.waitFor();
    // What is taken up again meanwhile waits.
    const [retried] = many;
    if (retried === undefined) throw new Error('The world has too few customers');
    autotask.faults.clear();
    await operation(page, retried)
      .getByRole('button', { name: /^Retry/ })
      .click();
    await operation(page, retried).getByText('Pending', { exact: true }).waitFor();

    await stopped.getByRole('button', { name: 'Resume sending' }).click();
    await page.getByText('Operations are sent again.').waitFor();
    await stopped.waitFor({ state: 'hidden' });
    await operation(page, retried).getByText('Applied', { exact: true }).waitFor(PATIENT);
  });

  it('moves the date of a change within its period, and only there', async () => {
    const last = world.customers.at(-1);
    const plan = await planned();
    const step = plan.steps.find(({ subscriptionId }) => subscriptionId === last?.subscriptionId);
    if (last === undefined || step === undefined) throw new Error('The change is not in the plan');
    const page = await signedIn(`plans/${plan.id}`);
    const row = page
      .getByRole('table', { name: 'Changes by customer' })
      .getByRole('row')
      .filter({ has: page.getByText(`Contract ${last.contractId}`) });
    await row.getByRole('button', { name: /^Move date/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Move date/ });
    const day = dialog.getByLabel('Day (year-month-day)');
    expect(await day.inputValue()).toBe(step.effectiveOn);
    await day.fill('2001-01-01');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('billing.date_not_allowed').waitFor();
    await day.fill(step.period.end);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('The date was moved.').waitFor();
    const { steps } = await ui.callApi<{ steps: Step[] }>('GET', `plans/${plan.id}`);
    expect(steps.find(({ id }) => id === step.id)?.effectiveOn).toBe(step.period.end);
  });

  it('keeps what somebody changed in Autotask, and does not ask again', async () => {
    await mapAll(ui, { ...world, customers: [drifting] });
    await applyChangesOf(ui, world.connectionId, [drifting.subscriptionId]);
    const line = { contractId: drifting.contractId, serviceId: EXCHANGE_SERVICE_ID };
    await adjustByHand(ui, world.connectionId, line, 3);
    await syncNow(ui, world.connectionId);
    const page = await signedIn('drift');
    const findings = page.getByRole('table', { name: 'Findings' });
    await findings.getByText('Open', { exact: true }).waitFor(PATIENT);
    await findings.getByRole('button', { name: /^Keep what Autotask holds/ }).click();
    await page
      .getByRole('dialog', { name: 'Keep what Autotask holds?' })
      .getByRole('button', { name: 'Keep', exact: true })
      .click();
    await page.getByText('What Autotask holds is kept.').waitFor();
    await page.getByText('Nothing differs from what was applied.').waitFor();
    await syncNow(ui, world.connectionId);
    await page.getByRole('combobox', { name: 'State' }).selectOption('Kept');
    await findings.getByText('Kept', { exact: true }).waitFor();
    expect(await findings.innerText()).toContain(drifting.name);
    await page.getByRole('combobox', { name: 'State' }).selectOption('Open');
    await page.getByText('Nothing differs from what was applied.').waitFor();
  });
});
