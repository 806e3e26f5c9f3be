import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connector, startConnector } from '../support/connector.js';
import { HTTP_ADAPTERS, type TestAppOptions } from '../support/test-app.js';
import { hostMain } from '../support/host-process.js';

const BUILT = pathToFileURL(hostMain());

/** The built library: the admin UI lies beside its code. */
async function builtLibrary(): Promise<NonNullable<TestAppOptions['library']>> {
  return (await import(new URL('../index.js', BUILT).href)) as NonNullable<TestAppOptions['library']>;
}

describe.each(
  HTTP_ADAPTERS.flatMap((adapter) =>
    [undefined, 'api/v2'].map((globalPrefix) => ({ adapter, globalPrefix })),
  ),
)('the admin UI under $adapter with the global prefix $globalPrefix', ({ adapter, globalPrefix }) => {
  let connector: Connector;
  /** Address of the UI, with its slash. */
  let ui: string;

  beforeAll(async () => {
    connector = await startConnector({ adapter, globalPrefix, library: await builtLibrary() });
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
    for (const file of files) {
      const response = await fetch(new URL(file, ui));
      expect([file, response.status]).toEqual([file, 200]);
      expect(response.headers.get('content-type')).toMatch(/javascript|css|svg/);
      expect(response.headers.get('cache-control')).toContain('immutable');
      const built = await readFile(new URL(`../admin-ui/${file}`, BUILT));
      expect(Buffer.from(await response.arrayBuffer()).equals(built)).toBe(true);
      expect(response.headers.get('content-length')).toBe(String(built.length));
    }
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
