import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ErrorCategory } from '../../src/kernel/connector-error.js';
import { HTTP_BY_CATEGORY } from '../../src/platform/http/problem-details.js';
import { readSource, readSources } from './source-files.js';

const RUNBOOK = new URL('../../src/docs/runbook.md', import.meta.url);

/** What has the form of a code and is none: columns, span attributes, rules of steps. */
const NO_CODES = new Set([
  'connection.id',
  'mapping.difference',
  'mapping.left',
  'psa.entity',
  'reconciliation.correct',
]);

/** Codes made of parts, in no literal: found by reading the tables they are made from. */
function mappingReasons(): string[] {
  const { text } = readSource('src/contracts/domain/mapping.errors.ts');
  const table = /const REASONS = \{([^]*?)\} as const/.exec(text)?.[1] ?? '';
  return [...table.matchAll(/^ {2}([a-z_]+): '/gm)].map(([, reason]) => `mapping.${reason}`);
}

/** Codes and the category their error class gives them, where both are literals of one `super({ … })`. */
function categories(): [code: string, category: ErrorCategory][] {
  const literal = /\bcode: '([a-z]+\.[a-z_]+)',\s+category: '([a-z_]+)'/g;
  return readSources('src')
    .filter(({ path }) => !/\.spec\.tsx?$/.test(path))
    .flatMap(({ text }) => [...text.matchAll(literal)])
    .map(([, code = '', category]) => [code, category as ErrorCategory]);
}

describe('the runbook', () => {
  it('tells the HTTP status that the category of each error gives', async () => {
    const rows = [...(await readFile(RUNBOOK, 'utf8')).matchAll(/^\| (`.+?) +\| ([^|]+?) +\|/gm)];
    const found = categories();
    expect(found.length).toBeGreaterThan(60);
    const wrong = found.flatMap(([code, category]) => {
      const [, , where = ''] = rows.find(([, codes]) => codes?.includes(`\`${code}\``)) ?? [];
      // Rows that name no status tell of what is met elsewhere: in a run, on a line, at the start.
      if (!/\d{3}/.test(where) || where.includes(String(HTTP_BY_CATEGORY[category].status))) return [];
      return [`${code}: ${where}, but ${category} is ${HTTP_BY_CATEGORY[category].status}`];
    });
    expect(wrong).toEqual([]);
  });

  it('has every code of the source', async () => {
    const texts = readSources('src')
      .filter(({ path }) => !/\.spec\.tsx?$/.test(path))
      .map(({ text }) => text);
    // An area is whatever is used in a `code: 'area.reason'`; codes of an area then count wherever they stand.
    const areas = new Set(
      texts.flatMap((text) => [...text.matchAll(/\bcode: '([a-z]+)\.[a-z_]+'/g)].map(([, area]) => area)),
    );
    const literal = new RegExp(`'((?:${[...areas, 'mapping'].join('|')})\\.[a-z][a-z_]+)'`, 'g');
    const codes = new Set(texts.flatMap((text) => [...text.matchAll(literal)].map(([, code]) => code ?? '')));
    const reasons = mappingReasons();
    expect(reasons.length).toBeGreaterThan(20);
    expect(codes.size).toBeGreaterThan(80);
    const runbook = await readFile(RUNBOOK, 'utf8');
    const missing = [...codes, ...reasons].filter(
      (code) => !NO_CODES.has(code) && !runbook.includes(`\`${code}\``),
    );
    expect(missing.toSorted()).toEqual([]);
  });
});
