import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../../src/core/psa-connector.settings.js';
import { ACCESS_OPENAPI } from '../../src/host-app/access/access.openapi.js';
import { VARIABLE_NAMES } from '../../src/host-app/environment.js';
import { PERMISSIONS } from '../../src/ports/host/actor-resolver.port.js';
import { PSA_CONNECTOR_OPENAPI } from '../../src/psa-connector.openapi.js';

const README = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

/** What stands under a heading, up to the next of its level. */
function section(heading: string): string {
  return README.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
}

/** `group.option`, or `option` where there is no group. */
function optionNames(): string[] {
  const settings = resolveSettings({ database: { url: 'postgres://user@host/database' } });
  return Object.entries(settings).flatMap(([group, value]) =>
    Array.isArray(value) ? [group] : Object.keys(value).map((name) => `${group}.${name}`),
  );
}

/** The last part of a path that is no parameter, as `/part`, which the tables name where they do not write all of it. */
function lastParts(paths: object): string[] {
  return Object.keys(paths).map((path) => `/${path.split('/').findLast((part) => !part.startsWith('{'))}`);
}

describe('the README', () => {
  it.each([
    ['Ports', 'permission', PERMISSIONS.map((name) => `\`${name}\``)],
    ['Options', 'option', optionNames().map((name) => `| \`${name}\` `)],
    ['Standalone host', 'variable', VARIABLE_NAMES.map((name) => `\`${name}\``)],
    ['HTTP API', 'route', lastParts({ ...PSA_CONNECTOR_OPENAPI.paths, ...ACCESS_OPENAPI.paths })],
  ])('tells under "%s" of every %s', (heading, _what, wanted) => {
    expect(wanted.length).toBeGreaterThan(10);
    const text = section(heading);
    expect(wanted.filter((name) => !text.includes(name))).toEqual([]);
  });
});
