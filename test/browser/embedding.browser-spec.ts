import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { startConnector } from '../support/connector.js';
import type { Connector } from '../support/connector.js';
import { builtLibrary } from '../support/host-process.js';
import { TOKENS } from '../support/test-actors.js';
import { launchBrowser } from './support/browser.js';
import { startUiSession } from './support/ui-session.js';
import type { UiSession } from './support/ui-session.js';

const README = new URL('../../README.md', import.meta.url);

/** The portal of a host: shows whatever is asked for in a frame. */
async function startPortal(): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const shown = new URL(request.url ?? '/', 'http://portal').searchParams.get('shown') ?? '';
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><title>Portal</title><iframe title="PSA" src="${shown}" width="1100" height="700"></iframe>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function signIn(place: Page | FrameLocator, token: string): Promise<void> {
  await place.getByRole('textbox', { name: 'API token' }).fill(token);
  await place.getByRole('button', { name: 'Sign in' }).click();
  await place.getByRole('button', { name: 'Sign out' }).waitFor();
}

describe('the admin UI in a host of somebody else', () => {
  let browser: Browser;
  let connector: Connector;
  let portal: Awaited<ReturnType<typeof startPortal>>;
  const errors: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    portal = await startPortal();
    connector = await startConnector({
      adapter: 'express',
      globalPrefix: 'v1',
      mountPath: 'tools/billing/psa',
      library: await builtLibrary(),
    });
  });
  afterEach(() => {
    const found = errors.splice(0);
    if (found.length > 0) throw new Error(`The page reported:\n${found.join('\n')}`);
  });
  afterAll(async () => {
    await browser?.close();
    await connector?.stop();
    await portal?.stop();
  });

  async function openPage(): Promise<Page> {
    const page = await browser.newPage({ locale: 'en-GB' });
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => errors.push(String(error)));
    return page;
  }

  it('works deep below the paths of the host, and stays there', async () => {
    const page = await openPage();
    const mount = connector.app.apiUrl.replace(/api$/, '');
    expect(new URL(mount).pathname).toBe('/v1/tools/billing/psa/');
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(mount)) elsewhere.push(request.url());
    });
    // Without the slash that relative addresses need.
    await page.goto(mount.replace(/\/$/, ''));
    elsewhere.length = 0;
    await signIn(page, TOKENS.admin);
    for (const [name, title] of [
      ['Connectors', 'Connectors'],
      ['Imports', 'Imports'],
      ['Audit Logs', 'Audit Logs'],
    ] as const) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    }
    await page.reload();
    await page.getByRole('heading', { name: 'Audit Logs', level: 1 }).waitFor();
    expect(page.url()).toBe(`${mount}#/audit-logs`);
    expect(elsewhere).toEqual([]);
  });

  it('works in a frame whose browser keeps nothing for it', async () => {
    const page = await openPage();
    await page.addInitScript(() => {
      if (window === window.top) return;
      const refuse = {
        get: () => {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      };
      Object.defineProperty(window, 'sessionStorage', refuse);
      Object.defineProperty(window, 'localStorage', refuse);
    });
    const shown = connector.app.apiUrl.replace(/api$/, '');
    // Another site than the UI's, as far as browsers are concerned.
    await page.goto(`http://localhost:${portal.port}/?shown=${encodeURIComponent(shown)}`);
    const frame = page.frameLocator('iframe');
    await signIn(frame, TOKENS.admin);
    await frame.getByRole('link', { name: 'Audit Logs' }).click();
    await frame
      .getByRole('table', { name: 'Audit entries' })
      .or(frame.getByText('No entries yet'))
      .first()
      .waitFor();
    await frame.getByRole('combobox', { name: 'Language' }).selectOption('de');
    await frame.getByRole('heading', { name: 'Prüfprotokoll', level: 1 }).waitFor();
    expect(await frame.locator('html').getAttribute('lang')).toBe('de');
  });
});

describe('the standalone host in a portal', () => {
  let ui: UiSession;
  let portal: Awaited<ReturnType<typeof startPortal>>;
  beforeAll(async () => {
    portal = await startPortal();
    const stylesheet = join(inject('scratchDir'), 'look.css');
    const example = /```css\n([^]*?)```/.exec(await readFile(README, 'utf8'))?.[1];
    if (example === undefined) throw new Error('The README has no example of a style sheet');
    await writeFile(stylesheet, example);
    ui = await startUiSession({
      PSA_UI_FRAME_ANCESTORS: `http://127.0.0.1:${portal.port}`,
      PSA_UI_STYLESHEET_FILE: stylesheet,
    });
  });
  afterAll(async () => {
    await ui?.close();
    await portal?.stop();
  });

  it('is shown in a frame of the portal it allows, with its own session', async () => {
    const page = await ui.openPage();
    await page.goto(`http://127.0.0.1:${portal.port}/?shown=${encodeURIComponent(ui.uiUrl)}`);
    const frame = page.frameLocator('iframe');
    await signIn(frame, ui.token);
    await frame.getByRole('link', { name: 'Connectors', exact: true }).click();
    await frame.getByRole('button', { name: 'Add Connection' }).click();
    await frame.getByRole('dialog', { name: 'Add Connection' }).waitFor();
    await page.keyboard.press('Escape');
    await frame.getByRole('link', { name: 'Audit Logs' }).click();
    await frame.getByRole('button', { name: 'Verify', exact: true }).click();
    await frame.getByText('The chain is intact').waitFor();
    expect(page.url()).toContain('/?shown=');
    ui.assertNoPageErrors();
  });

  it('is shown in no other frame', async () => {
    const page = await ui.openPage();
    await page.goto(`http://localhost:${portal.port}/?shown=${encodeURIComponent(ui.uiUrl)}`);
    await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
    expect(() => ui.assertNoPageErrors()).toThrow(/frame-ancestors/);
  });

  it.each([
    ['light', 'rgb(123, 31, 162)', 'rgb(251, 247, 252)'],
    ['dark', 'rgb(123, 31, 162)', 'rgb(26, 16, 32)'],
  ] as const)(
    'looks in the %s scheme as the example of the README says',
    async (colorScheme, accent, canvas) => {
      const page = await ui.openPage({ colorScheme });
      await signIn(page, ui.token);
      const styleOf = (selector: string, property: string): Promise<string> =>
        page
          .locator(selector)
          .first()
          .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
      const add = page.getByRole('button', { name: 'Add Connection' });
      await add.waitFor();
      const button = await add.evaluate((element) => {
        const { backgroundColor, borderTopLeftRadius, fontFamily } = getComputedStyle(element);
        return { backgroundColor, borderTopLeftRadius, fontFamily };
      });
      expect(button.backgroundColor).toBe(accent);
      expect(button.borderTopLeftRadius).toBe('2px');
      expect(button.fontFamily).toContain('Inter');
      expect(await styleOf('body', 'background-color')).toBe(canvas);
    },
  );
});
