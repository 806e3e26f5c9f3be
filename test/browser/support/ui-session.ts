import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startHostProcess } from '../../support/host-process.js';
import { launchBrowser } from './browser.js';

type Host = Awaited<ReturnType<typeof startHostProcess>>;

/** One host and one browser for a spec file. Every page is a fresh profile. */
export interface UiSession {
  /** The bootstrap token of the host. */
  readonly token: string;
  /** Address of the UI, ends with `/`. */
  readonly uiUrl: string;
  /** A page of a new profile, nobody signed in; it is kept through a sign-in. By default the list of connections. */
  openPage(options?: BrowserContextOptions, start?: string): Promise<Page>;
  /** Calls the HTTP API as the bootstrap administrator; fails unless it answers with 2xx. */
  callApi<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Sends a file to the HTTP API in a form, as the bootstrap administrator; fails unless it answers with 2xx. */
  upload<T>(path: string, fileName: string, text: string): Promise<T>;
  /** Calls the HTTP API as the bootstrap administrator; fails unless it answers with a problem of this code. */
  expectRefusal(code: string, method: string, path: string, body?: unknown): Promise<void>;
  /** Fails when a page raised an error or broke the content security policy. */
  assertNoPageErrors(): void;
  close(): Promise<void>;
}

const BLOCKED = /Content Security Policy|Refused to/i;

/** Motion is switched off, so that a page is still when it is looked at. */
const STILL: BrowserContextOptions = {
  reducedMotion: 'reduce',
  locale: 'en-GB',
  timezoneId: 'Europe/Lisbon',
};

function watch(page: Page, errors: string[]): void {
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (BLOCKED.test(message.text())) errors.push(message.text());
  });
}

function request(host: Host, method: string, path: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${host.token}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  return fetch(`${host.url}/psa/api/${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
}

async function upload<T>(host: Host, path: string, fileName: string, text: string): Promise<T> {
  const form = new FormData();
  form.append('file', new File([text], fileName, { type: 'text/csv' }));
  const headers = { authorization: `Bearer ${host.token}` };
  const response = await fetch(`${host.url}/psa/api/${path}`, { method: 'POST', headers, body: form });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function callApi<T>(host: Host, method: string, path: string, body: unknown): Promise<T> {
  const response = await request(host, method, path, body);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Starts the built host (database and sandbox included) and a browser. */
export async function startUiSession(variables: Record<string, string> = {}): Promise<UiSession> {
  const browser: Browser = await launchBrowser();
  let host: Host;
  try {
    host = await startHostProcess(variables);
  } catch (error) {
    await browser.close();
    throw error;
  }
  const errors: string[] = [];
  const uiUrl = `${host.url}/psa/`;
  return {
    token: host.token,
    uiUrl,
    openPage: async (options = {}, start = '#/connectors') => {
      const context = await browser.newContext({ ...STILL, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      watch(page, errors);
      await page.goto(`${uiUrl}${start}`);
      return page;
    },
    callApi: (method, path, body) => callApi(host, method, path, body),
    upload: (path, fileName, text) => upload(host, path, fileName, text),
    expectRefusal: async (code, method, path, body) => {
      const text = await (await request(host, method, path, body)).text();
      if (!text.includes(`"${code}"`)) throw new Error(`${method} ${path}: ${text} instead of ${code}`);
    },
    assertNoPageErrors: () => {
      if (errors.length > 0) throw new Error(`The page reported:\n${errors.join('\n')}`);
    },
    close: async () => {
      await browser.close();
      await host.stop();
    },
  };
}
