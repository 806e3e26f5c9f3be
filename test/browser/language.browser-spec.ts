import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

describe('the language', () => {
  let ui: UiSession;
  beforeAll(async () => {
    ui = await startUiSession();
  });
  afterEach(() => ui.assertNoPageErrors());
  afterAll(() => ui?.close());

  it('is the one of the browser, until another is chosen, which is kept', async () => {
    const page = await ui.openPage({ locale: 'de-AT' });
    await page.getByRole('heading', { name: 'Anmelden', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('textbox', { name: 'API-Token' }).fill(ui.token);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    await page.getByRole('heading', { name: 'Konnektoren', level: 1 }).waitFor();

    await page.getByRole('combobox', { name: 'Sprache' }).selectOption('pt-BR');
    await page.getByRole('heading', { name: 'Conectores', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('pt-BR');
    await page.reload();
    await page.getByRole('heading', { name: 'Conectores', level: 1 }).waitFor();
  });

  it('fits in German on a narrow screen', async () => {
    const page = await ui.openPage({ locale: 'de-DE', viewport: { width: 360, height: 740 } });
    await page.getByRole('textbox', { name: 'API-Token' }).fill(ui.token);
    await page.getByRole('button', { name: 'Anmelden' }).click();
    for (const [route, title] of [
      ['#/connectors', 'Konnektoren'],
      ['#/overview', 'Übersicht'],
      ['#/audit-logs', 'Prüfprotokoll'],
      ['#/access', 'Konten'],
    ] as const) {
      await page.goto(`${ui.uiUrl}${route}`);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([route, overflow]).toEqual([route, 0]);
    }
    await page.goto(`${ui.uiUrl}#/connectors`);
    await page.getByRole('button', { name: 'Verbindung hinzufügen' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Verbindung hinzufügen' });
    await dialog.getByText('Autotask vorbereiten').click();
    await dialog.getByRole('button', { name: 'Kopieren: PSA Connector API User' }).waitFor();
    expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(
      0,
    );
  });
});
