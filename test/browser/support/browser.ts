import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, LaunchOptions } from 'playwright-core';

const HOW_TO_GET_ONE =
  'The browser tests need Chromium. On linux-x64 it comes with `npm ci` (package @sparticuz/chromium, a development dependency); ' +
  'elsewhere, or where that one does not start, install Chromium or Chrome and set CHROMIUM_PATH to its executable.';

/** Containers and root have no user namespaces for the sandbox; only pages of our own host are opened. */
const ARGUMENTS = ['--no-sandbox', '--no-zygote', '--disable-dev-shm-usage', '--font-render-hinting=none'];

/** What the package sets up by environment variables when it is imported; children of the tests must not inherit it. */
const CHANGED_BY_PACKAGE = [
  'AWS_LAMBDA_JS_RUNTIME',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'FONTCONFIG_PATH',
  'HOME',
] as const;

/** Starts a headless Chromium: the one at `CHROMIUM_PATH`, else the one that comes as a package. */
export async function launchBrowser(): Promise<Browser> {
  try {
    const given = process.env['CHROMIUM_PATH'];
    const options =
      given === undefined || given === '' ? await packagedChromium() : { executablePath: given };
    return await chromium.launch({ ...options, headless: true, args: ARGUMENTS });
  } catch (error) {
    throw new Error(`${HOW_TO_GET_ONE} What happened: ${String(error)}`, { cause: error });
  }
}

async function packagedChromium(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`@sparticuz/chromium does not run on ${process.platform}-${process.arch}`);
  }
  const folder = await unpackedFolder();
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) env[name] = value;
  }
  env['LD_LIBRARY_PATH'] = join(folder, 'al2023', 'lib');
  env['FONTCONFIG_PATH'] = join(folder, 'fonts');
  return { executablePath: join(folder, 'chromium'), env };
}

/**
 * Where the package is unpacked, once per version and user. It is unpacked beside and then renamed, so that of several test
 * processes none sees a half-written executable.
 */
async function unpackedFolder(): Promise<string> {
  const manifest = createRequire(import.meta.url)('../../../package.json') as {
    devDependencies: Record<string, string>;
  };
  const version = manifest.devDependencies['@sparticuz/chromium'] ?? 'unknown';
  const user = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `psa-connector-chromium-${version}-${user}`);
  if (existsSync(folder)) return folder;
  const fresh = await mkdtemp(`${folder}.`);
  try {
    await unpackInto(fresh);
    await writeFile(join(fresh, 'fonts', 'fonts.conf'), fontConfiguration(folder));
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The package's own names fixed folders; without a font no text has a size, and nothing counts as visible. */
function fontConfiguration(folder: string): string {
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    '<fontconfig>',
    `<dir>${join(folder, 'fonts', 'fonts')}</dir>`,
    `<cachedir>${join(folder, 'fonts-cache')}</cachedir>`,
    '</fontconfig>',
    '',
  ].join('\n');
}

async function unpackInto(folder: string): Promise<void> {
  const before = new Map(CHANGED_BY_PACKAGE.map((name) => [name, process.env[name]]));
  process.env['AWS_LAMBDA_JS_RUNTIME'] = 'nodejs22.x';
  process.env['TMPDIR'] = folder;
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    await packaged.executablePath();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
