import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reconCsv, reconLine } from '../support/builders/bill.builder.js';
import { ImportsPage } from './pages/imports.page.js';
import { SignInPage } from './pages/sign-in.page.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

const PATIENT = { timeout: 20_000 };

describe('imports in the browser', () => {
  let ui: UiSession;
  beforeAll(async () => {
    ui = await startUiSession();
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  it('sends a bill and shows its lines with rule and difference, and what was rejected', async () => {
    const page = await ui.openPage({}, '#/imports');
    await new SignInPage(page).signIn(ui.token);
    const imports = new ImportsPage(page);
    await imports.upload('june.csv', reconCsv([reconLine(), reconLine({ Quantity: 'many' })]));
    await imports.lines.getByText('Full cycle').waitFor(PATIENT);
    expect(await imports.lines.getByText('€100.80').or(imports.lines.getByText('$100.80')).count()).toBe(2);
    await imports.rejections.getByText('Quantity', { exact: true }).waitFor();
    await imports.onlyDifferent.check();
    await page.getByText('No lines to show.').waitFor();

    await page.getByRole('link', { name: 'All imports' }).click();
    await page.getByRole('table', { name: 'Imports' }).getByRole('link', { name: 'june.csv' }).waitFor();
  });
});
