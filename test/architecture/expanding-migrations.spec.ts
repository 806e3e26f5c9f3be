import { describe, expect, it } from 'vitest';
import { readSources } from './source-files.js';

/** The newest migration of the release before this one: 0.1.0 is the first, so of the first state that was handed out. */
const LAST_OF_PREVIOUS_RELEASE = '1764000011000';

/** What the previous release, still running, would stumble over. A migration that may say so has `// contract: <why it may>`. */
const CONTRACTING: readonly [RegExp, string][] = [
  [/\bDROP (TABLE|VIEW|COLUMN|SCHEMA|FUNCTION)\b/i, 'drops something'],
  [/\bRENAME (TO|COLUMN)\b/i, 'renames something'],
  [/\bALTER COLUMN \w+ (SET DATA )?TYPE\b/i, 'changes a type'],
  [/\bSET NOT NULL\b/i, 'demands a value'],
  [
    /\bADD COLUMN (?:IF NOT EXISTS )?\w+ (?:(?!,|;|`|\bDEFAULT\b|\bGENERATED\b)[^])*\bNOT NULL\b(?![^,;`]*\b(?:DEFAULT|GENERATED)\b)/i,
    'adds a column that must be given',
  ],
  // An index may be what an `ON CONFLICT` of the previous release names, or what it finds rows by.
  [/\bDROP INDEX\b/i, 'drops an index'],
  [/\bCREATE UNIQUE INDEX\b/i, 'forbids equal rows'],
  // A constraint that comes with its column is met by the default of that column.
  [/\bALTER TABLE (?:(?!\bADD COLUMN\b)[^`;])*\bADD CONSTRAINT\b/i, 'adds a constraint'],
];

const upOf = (text: string): string => text.slice(text.indexOf(' up('), text.indexOf(' down('));

/** @param unknown tables the previous release does not know, so that it cannot miss anything of them */
function contractions(text: string, unknown: ReadonlySet<string> = new Set()): string[] {
  const whole = upOf(text);
  if (/\/\/ contract: /.test(whole)) return [];
  const up = whole
    .replaceAll(/\bALTER TABLE (?:IF EXISTS )?(\w+)[^`;]*/gi, (statement, table: string) =>
      unknown.has(table) ? '' : statement,
    )
    .replaceAll(
      /\bCREATE UNIQUE INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?\w+\s+ON (\w+)/gi,
      (statement, table: string) => (unknown.has(table) ? '' : statement),
    );
  return CONTRACTING.filter(([pattern]) => pattern.test(up)).map(([, what]) => what);
}

describe('migrations after the previous release', () => {
  it('only expand, so that the previous release goes on working', () => {
    const later = readSources('migrations').filter(
      ({ path }) => (/\/(\d+)-/.exec(path)?.[1] ?? '') > LAST_OF_PREVIOUS_RELEASE,
    );
    const made = later.flatMap(({ text }) =>
      // Some keep the statement in a constant above.
      [...text.slice(0, text.indexOf(' down(')).matchAll(/\bCREATE TABLE (?:IF NOT EXISTS )?(\w+)/gi)].map(
        ([, table]) => table ?? '',
      ),
    );
    const found = later
      .map(({ path, text }) => [path, contractions(text, new Set(made))] as const)
      .filter(([, what]) => what.length > 0);
    expect(found).toEqual([]);
  });

  it.each([
    ['ALTER TABLE a DROP COLUMN b', 'drops something'],
    ['ALTER TABLE a RENAME COLUMN b TO c', 'renames something'],
    ['ALTER TABLE a ALTER COLUMN b TYPE bigint', 'changes a type'],
    ['ALTER TABLE a ALTER COLUMN b SET NOT NULL', 'demands a value'],
    ['ALTER TABLE a ADD COLUMN b text NOT NULL', 'adds a column that must be given'],
    ['DROP INDEX a_uq', 'drops an index'],
    ['CREATE UNIQUE INDEX a_uq ON a (b)', 'forbids equal rows'],
    ['ALTER TABLE a ADD CONSTRAINT a_ck CHECK (b > 0)', 'adds a constraint'],
    ['ALTER TABLE a DROP CONSTRAINT a_ck, ADD CONSTRAINT a_ck CHECK (b > 0)', 'adds a constraint'],
  ])('are noticed when they %s', (sql, what) => {
    expect(contractions(`async up(runner) { await runner.query(\`${sql}\`) } async down(`)).toEqual([what]);
  });

  it('may change what the previous release does not know', () => {
    const sql =
      'async up(runner) { await runner.query(`ALTER TABLE fresh RENAME COLUMN b TO c`) } async down(';
    expect(contractions(sql, new Set(['fresh']))).toEqual([]);
    expect(contractions(sql, new Set(['other']))).toEqual(['renames something']);
    const index =
      'async up(runner) { await runner.query(`CREATE UNIQUE INDEX fresh_uq ON fresh (b)`) } async down(';
    expect(contractions(index, new Set(['fresh']))).toEqual([]);
  });

  it.each([
    'ALTER TABLE a ADD COLUMN b text',
    "ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT ''",
    "ALTER TABLE a ADD COLUMN b text DEFAULT '' NOT NULL",
    'CREATE TABLE a (b text NOT NULL)',
    'CREATE INDEX a_idx ON a (b)',
    'ALTER TABLE a ADD COLUMN b integer NOT NULL DEFAULT 0, ADD CONSTRAINT a_b_ck CHECK (b >= 0)',
    'ALTER TABLE a ADD COLUMN b text, ADD COLUMN c int NOT NULL DEFAULT 0',
  ])('may %s', (sql) => {
    expect(contractions(`async up(runner) { await runner.query(\`${sql}\`) } async down(`)).toEqual([]);
  });
});
