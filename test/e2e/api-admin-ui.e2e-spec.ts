import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connector, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS } from '../support/test-app.js';
import { builtLibrary, hostMain } from '../support/host-process.js';

const STYLESHEET = ':root { --psa-accent: #7b1fa2; }';
const BUILT = pathToFileURL(hostMain());

describe.each(
  HTTP_ADAPTERS.flatMap((adapter) =>
    [undefined, 'api/v2'].map((globalPrefix) => ({ adapter, globalPrefix })),
  ),
)('the admin UI under $adapter with the global prefix $globalPrefix', ({ adapter, globalPrefix }) => {
  let connector: Connector;
  /** Address of the UI, with its slash. */
  let ui: string;

  beforeAll(async () => {
    connector = await startConnector({
      adapter,
      globalPrefix,
      library: await builtLibrary(),
      adminUi: { stylesheet: STYLESHEET },
    });
    ui = connector.app.apiUrl.replace(/api$/, '');
  });

  afterAll(async () => {
    await connector?.stop();
  });

  it('is a page whose files can all be loaded', async () => {
    const page = await fetch(ui);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="(\.[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files.length).toBeGreaterThan(1);
    for (const file of files.filter((path) => path !== './theme.css')) {
      const response = await fetch(new URL(file, ui));
      expect([file, response.status]).toEqual([file, 200]);
      expect(response.headers.get('content-type')).toMatch(/javascript|css|svg/);
      expect(response.headers.get('cache-control')).toContain('immutable');
      const built = await readFile(new URL(`../admin-ui/${file}`, BUILT));
      expect(Buffer.from(await response.arrayBuffer()).equals(built)).toBe(true);
      expect(response.headers.get('content-length')).toBe(String(built.length));
    }
  });

  it('has the style sheet of the host, which is asked for anew each time', async () => {
    const response = await fetch(new URL('theme.css', ui));
    expect(response.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.text()).toBe(STYLESHEET);
    expect(await (await fetch(ui)).text()).toContain('href="./theme.css"');
  });

  it('leads from the address without a slash to the one with it', async () => {
    const response = await fetch(ui.slice(0, -1));
    expect(response.status).toBe(200);
    expect(response.url).toBe(ui);
    expect(await response.text()).toContain('<html');
  });

  it('has its API where the page looks for it', async () => {
    const response = await fetch(new URL('./api/health/live', ui));
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it.each(['assets/nothing.js', 'assets/..%2F..%2Findex.js', '%2e%2e/package.json', 'index.js', 'main.tsx'])(
    'has no file %s',
    async (path) => {
      expect((await fetch(ui + path)).status).toBe(404);
    },
  );
});
