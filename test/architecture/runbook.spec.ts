import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
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

describe('the runbook', () => {
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
