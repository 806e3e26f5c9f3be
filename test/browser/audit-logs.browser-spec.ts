import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AuditLogsPage } from './pages/audit-logs.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { ALL_RIGHTS, apiUser, connectionRequest, LACKS_ADJUSTMENTS } from './support/api-users.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

/** A loaded machine takes longer than the second that is usual. */
const PATIENT = { timeout: 15_000 };
const CREATE = 'Create Connector Connection';

describe('the audit log in the browser', () => {
  let ui: UiSession;
  beforeAll(async () => {
    ui = await startUiSession();
    await ui.callApi('POST', 'connections', connectionRequest(apiUser(ALL_RIGHTS), 'Contoso EUR', 'EUR'));
    await ui.expectRefusal(
      'connection.access_insufficient',
      'POST',
      'connections',
      connectionRequest(apiUser(LACKS_ADJUSTMENTS), 'Lacking', 'USD'),
    );
    const { items } = await ui.callApi<{ items: { id: string }[] }>('GET', 'connections');
    await ui.callApi('PATCH', `connections/${items[0]?.id ?? ''}`, { alias: 'Contoso euro' });
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  async function openAuditLogs(): Promise<{ page: Page; log: AuditLogsPage }> {
    const page = await ui.openPage();
    await new SignInPage(page).signIn(ui.token);
    const log = new AuditLogsPage(page);
    await log.open();
    await log.table.waitFor();
    return { page, log };
  }

  /** Every sign-in of a page is an entry too. */
  async function entriesSoFar(): Promise<number> {
    const { items } = await ui.callApi<{ items: unknown[] }>('GET', 'audit-entries?limit=200');
    return items.length;
  }

  it('filters by operation and outcome and keeps the filters in the address', async () => {
    const { page, log } = await openAuditLogs();
    await log.filterBy('Operation', CREATE);
    await expect.poll(() => log.rows().count(), PATIENT).toBe(2);
    await log.filterBy('Outcome', 'Failed');
    await expect.poll(() => log.rows().count(), PATIENT).toBe(1);
    expect(await log.rows().innerText()).toMatch(/Failed[\s\S]*Lacking/);
    expect(new URL(page.url()).hash).toBe(
      '#/audit-logs?operation=Create+Connector+Connection&outcome=failed',
    );

    await page.reload();
    await log.rows().first().waitFor();
    expect(await log.rows().count()).toBe(1);
    await log.clearFilters.click();
    await expect.poll(() => log.rows().count(), PATIENT).toBe(await entriesSoFar());
    expect(new URL(page.url()).hash).toBe('#/audit-logs');
  });

  it('searches for text and says when nothing matches', async () => {
    const { log } = await openAuditLogs();
    await log.text.fill('Lacking');
    await expect.poll(() => log.rows().count(), PATIENT).toBe(1);
    await log.text.fill('no such words');
    await log.noMatches.waitFor();
  });

  it('shows all members of an entry, the changed fields, and gives the focus back', async () => {
    const { page, log } = await openAuditLogs();
    const opener = log.entryButton('Update Connector Connection');
    await opener.focus();
    await page.keyboard.press('Enter');
    await log.details.waitFor();
    const changes = log.details.getByRole('table', { name: 'Changes' });
    expect(await changes.innerText()).toMatch(/alias[\s\S]*Contoso EUR[\s\S]*Contoso euro/);
    expect(await log.details.innerText()).toMatch(/Previous hash[\s\S]*[0-9a-f]{32}/i);
    await page.keyboard.press('Escape');
    await log.details.waitFor({ state: 'hidden' });
    expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it('narrows down by actor and connection, and keeps both in the address', async () => {
    const { page, log } = await openAuditLogs();
    await log.filterBy('Connection', 'Contoso euro');
    await expect.poll(() => log.rows().count(), PATIENT).toBe(2);
    await log.actor.fill('nobody');
    await log.noMatches.waitFor();
    expect(new URL(page.url()).hash).toMatch(/^#\/audit-logs\?actor=nobody&connection=[0-9a-f-]{36}$/);
    await log.clearFilters.click();
    await expect.poll(() => log.rows().count(), PATIENT).toBe(await entriesSoFar());
  });

  it('verifies the chain and says how far, with the hash to keep', async () => {
    const { log } = await openAuditLogs();
    await log.verify.click();
    const result = log.verified;
    await result.waitFor();
    const count = await entriesSoFar();
    const text = await result.innerText();
    expect(text).toContain(`The chain is intact: ${count} entries verified`);
    expect(text).toMatch(new RegExp(`Hash of entry ${count}[^]*[0-9a-f]{64}`));
  });

  it('exports what the filters leave, as a file', async () => {
    const { page, log } = await openAuditLogs();
    await log.filterBy('Outcome', 'Failed');
    await expect.poll(() => log.rows().count(), PATIENT).toBe(1);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export JSON Lines' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('audit-log.jsonl');
    const text = await readFile(await file.path(), 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ outcome: 'failed', operation: CREATE });
  });

  it('shows no secret in any entry', async () => {
    const { log } = await openAuditLogs();
    for (const button of await log.entryButton(CREATE).all()) {
      await button.click();
      await log.details.getByText('Previous hash').waitFor();
      const text = await log.details.innerText();
      for (const words of [ALL_RIGHTS, LACKS_ADJUSTMENTS]) {
        expect(text).not.toContain(apiUser(words).secret);
        expect(text).not.toContain(apiUser(words).integrationCode);
      }
      await log.details.getByRole('button', { name: 'Close' }).click();
      await log.details.waitFor({ state: 'hidden' });
    }
  });
});
