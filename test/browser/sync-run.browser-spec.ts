import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConnectionPage } from './pages/connection.page.js';
import { ConnectorsPage } from './pages/connectors.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import type { ContractLine } from '../../src/admin-ui/api/contract-lines.js';
import type { Contract } from '../../src/admin-ui/api/contracts.js';
import { accessibilityViolations } from './support/accessibility.js';
import { ALL_RIGHTS, apiUser, connectionRequest } from './support/api-users.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** A loaded machine takes longer than the second that is usual. */
const PATIENT = { timeout: 15_000 };
const ALIAS = 'Contoso EUR';
/** So that no run starts by itself. */
const RARELY = '0 3 1 * *';

describe('a connection in the browser', () => {
  let ui: UiSession;
  beforeAll(async () => {
    ui = await startUiSession({ PSA_SYNC_CRON: RARELY });
    await ui.callApi('POST', 'connections', connectionRequest(apiUser(ALL_RIGHTS), ALIAS, 'EUR'));
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  async function openConnection(): Promise<{ page: Page; connection: ConnectionPage }> {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    await new ConnectorsPage(page).openConnection(ALIAS);
    return { page, connection: new ConnectionPage(page) };
  }

  it('has its schedule changed and paused before its first run', async () => {
    const { page, connection } = await openConnection();
    const { syncPanel } = connection;
    await syncPanel.getByText('No sync run yet.').waitFor();
    await syncPanel.getByRole('button', { name: 'Change pattern' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pattern of the schedule' });
    const pattern = dialog.getByRole('textbox', { name: 'Pattern (UTC)' });
    await pattern.fill('* * * * * *');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('it must have five fields').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await pattern.fill('0 */2 * * *');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await syncPanel.getByText('0 */2 * * * (of this connection)').waitFor();

    await syncPanel.getByRole('button', { name: 'Pause schedule' }).click();
    await syncPanel.getByText('Paused. Runs start only when you choose Sync now.').waitFor();
    const { items } = await ui.callApi<{ items: { id: string }[] }>('GET', 'connections');
    const path = `connections/${items[0]?.id}`;
    const schedule = await ui.callApi('GET', `${path}/sync-schedule`);
    expect(schedule).toMatchObject({ syncCron: '0 */2 * * *', paused: true, nextRunAt: null });
    expect(await ui.callApi('GET', `${path}/sync-runs`)).toMatchObject({ items: [] });

    // An empty pattern is that of the host.
    await syncPanel.getByRole('button', { name: 'Change pattern' }).click();
    await pattern.fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await syncPanel.getByText(RARELY, { exact: true }).waitFor();
    await syncPanel.getByRole('button', { name: 'Resume schedule' }).click();
    await syncPanel.getByRole('button', { name: 'Pause schedule' }).waitFor();
  });

  it('syncs now with live progress and then lists the contracts', async () => {
    const { page, connection } = await openConnection();
    const stream = page.waitForRequest(/\/sync-runs\/[^/]+\/events$/);
    await connection.syncNow.click();
    // The cookie of the session travels in a header; nothing secret is in the address of the stream.
    const headers = await (await stream).allHeaders();
    expect(headers['cookie']).toMatch(/psa_session=[\w-]{43}/);
    expect(headers['authorization']).toBeUndefined();
    await connection.runState.getByText('Succeeded').waitFor({ timeout: 60_000 });

    const [read = 0, created = 0] = await connection.countsOf('Contracts');
    expect(read).toBeGreaterThan(0);
    expect(created).toBe(read);
    expect(await connection.history.getByRole('row').filter({ hasText: 'Manual' }).count()).toBe(1);

    // What the run took of the allowance of the instance.
    await connection.syncPanel
      .getByText(/^API calls to this instance within 60 minutes: [1-9]\d* by this connector/)
      .waitFor();
    await new ConnectorsPage(page).open();
    const row = new ConnectorsPage(page).row(ALIAS);
    await row.getByText(/^9,\d{3} of 10,000 API calls left$/).waitFor();
    await new ConnectorsPage(page).openConnection(ALIAS);

    await connection.contracts.waitFor();
    expect(await connection.contracts.innerText()).toMatch(/€\s?\d|\d\s?€/);
  });

  it('loads further contracts on demand', async () => {
    const { connection } = await openConnection();
    await connection.contractsShown.waitFor();
    const shown = async (): Promise<number> =>
      Number.parseInt(await connection.contractsShown.innerText(), 10);
    const before = await shown();
    await connection.moreContracts.click();
    await expect.poll(shown, PATIENT).toBeGreaterThan(before);
  });

  it('shows what contracts bill on a day, and hands it out as CSV', async () => {
    const { page, connection } = await openConnection();
    const { table, day, shown, none, download } = connection.contractLines;
    await table.waitFor();
    expect(await table.innerText()).toMatch(/€\s?\d|\d\s?€/);
    expect(Number.parseInt(await shown.innerText(), 10)).toBe(50);
    const saving = page.waitForEvent('download');
    await download.click();
    expect((await saving).suggestedFilename()).toMatch(/^contract-lines-\d{4}-\d{2}-\d{2}\.csv$/);
    await day.fill('1999-01-01');
    await none.waitFor();
  });

  it('narrows the lines down to one company and to one contract, in the list and in the CSV', async () => {
    const { page, connection } = await openConnection();
    const { items } = await ui.callApi<{ items: { id: string }[] }>('GET', 'connections');
    const path = `connections/${items[0]?.id}`;
    const linesOf = async (query: string) =>
      (await ui.callApi<{ items: ContractLine[] }>('GET', `${path}/contract-lines?limit=200&${query}`)).items;
    // A contract among the first that are listed, so that the way from it is on the page.
    const { items: contracts } = await ui.callApi<{ items: Contract[] }>('GET', `${path}/contracts?limit=25`);
    const billed = await linesOf('');
    const contract = contracts.find(({ externalId }) =>
      billed.some((line) => line.contract.externalId === externalId),
    );
    if (contract === undefined) throw new Error('The sandbox bills nothing of the first contracts');
    const { company } = contract;
    const ofCompany = await linesOf(`companyId=${company.externalId}`);
    const ofContract = await linesOf(`contractId=${contract.externalId}`);
    const { rows, day, heading, ...of } = connection.contractLines;

    // By typing: the list behind the field is searched by the server.
    await of.company.fill(company.name);
    await page.getByRole('option', { name: company.name }).first().waitFor();
    // Until the server has answered, the list is the long one of before, which scrolls with the arrow keys alone.
    await expect.poll(() => accessibilityViolations(page), PATIENT).toEqual([]);
    await page.getByRole('option', { name: company.name }).first().click();
    await expect.poll(() => rows.count(), PATIENT).toBe(ofCompany.length);
    expect(await rows.allInnerTexts()).toEqual(ofCompany.map(() => expect.stringContaining(company.name)));
    const saving = page.waitForEvent('download');
    await of.download.click();
    const records = parse(await readFile(await (await saving).path()), { bom: true });
    expect(records).toHaveLength(ofCompany.length + 1);
    await day.fill('1999-01-01');
    await of.noneOfChoice.waitFor();
    // What is chosen is in the address, and named again after it was opened from there.
    await page.reload();
    await expect.poll(() => of.company.inputValue(), PATIENT).toBe(company.name);

    // By the way from the contract.
    await connection.linesOf(contract).click();
    await expect.poll(() => of.contract.inputValue(), PATIENT).toBe(contract.name);
    expect(await of.company.inputValue()).toBe('');
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
    await expect.poll(() => rows.count(), PATIENT).toBe(ofContract.length);
    expect(await rows.allInnerTexts()).toEqual(ofContract.map(() => expect.stringContaining(contract.name)));
  });

  it('is renamed and takes the name everywhere', async () => {
    const { page, connection } = await openConnection();
    await connection.action('Rename').click();
    const dialog = page.getByRole('dialog', { name: 'Rename connection' });
    await dialog.getByRole('textbox', { name: 'Alias' }).fill('Contoso renamed');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Contoso renamed', level: 1 }).waitFor();
    await new ConnectorsPage(page).open();
    const row = new ConnectorsPage(page).row('Contoso renamed');
    await expect.poll(() => row.count(), PATIENT).toBe(1);
    // Later tests find it under its first name again.
    const { items } = await ui.callApi<{ items: { id: string }[] }>('GET', 'connections');
    await ui.callApi('PATCH', `connections/${items[0]?.id ?? ''}`, { alias: ALIAS });
  });

  it('is disabled, cannot be synced then, and is enabled again', async () => {
    const { connection } = await openConnection();
    await connection.action('Disable').click();
    await connection.action('Enable').waitFor();
    expect(await connection.syncNow.isDisabled()).toBe(true);
    await connection.action('Enable').click();
    await connection.action('Disable').waitFor();
    await expect.poll(() => connection.syncNow.isDisabled(), PATIENT).toBe(false);
  });

  it('is removed only after its alias was typed', async () => {
    const { page, connection } = await openConnection();
    await connection.action('Remove').click();
    const dialog = page.getByRole('dialog', { name: 'Remove connection' });
    const confirmation = dialog.getByRole('textbox', { name: `Type ${ALIAS} to confirm` });
    await confirmation.fill('something else');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText('This is not the alias of the connection.').waitFor();
    await confirmation.fill(ALIAS);
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await new ConnectorsPage(page).emptyState.waitFor();
    expect(await ui.callApi('GET', 'connections')).toEqual({ items: [], nextCursor: null });
  });
});
