import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeChain } from '../../../test/support/builders/audit-chain.builder.js';
import { type AuditBody, type AuditDetail, type AuditEntry, storableBody } from '../domain/audit-entry.js';
import { type ChainLink, linkOf } from '../domain/chain-segment.js';
import { type AuditRow, fromRow } from './audit-row.js';
import { valuesOf } from './copy-text.js';
import { PlainLines } from './plain-line.js';

const FIRST: AuditEntry = makeChain('tenant', 1)[0] ?? raise();

function raise(): never {
  throw new Error('no entry');
}

/** `jsonb` as PostgreSQL writes it: shorter names first. */
function jsonb(value: AuditDetail): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonb).join(', ')}]`;
  const names = Object.keys(value)
    .map((name) => Buffer.from(name))
    .toSorted((a, b) => a.length - b.length || Buffer.compare(a, b))
    .map(String);
  return `{${names.map((name) => `${JSON.stringify(name)}: ${jsonb(value[name] ?? null)}`).join(', ')}}`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
const copied = (value: string | null): string =>
  value === null ? '\\N' : value.replaceAll(/[\\\b\f\n\r\t\v]/g, (found) => ESCAPED[found] ?? found);

/** The line COPY writes of an entry. */
function lineOf(entry: AuditEntry): Buffer {
  const { actor, subject } = entry;
  const occurredAt = `${entry.occurredAt.replace('T', ' ').replace(/\.?0*Z$/, '')}+00`;
  const values = [
    entry.id,
    entry.tenantId,
    entry.sequence,
    occurredAt,
    entry.operation,
    entry.outcome,
    actor.id,
    actor.name,
    entry.connectionId,
    subject.type,
    subject.id,
    subject.label,
    jsonb(entry.details),
    entry.correlationId,
    entry.previousHash,
    entry.hash,
  ];
  return Buffer.from(values.map(copied).join('\t'));
}

function entryOf(body: Partial<AuditBody>): AuditEntry {
  const entry = { ...FIRST, ...storableBody({ ...FIRST, ...body }) };
  return { ...entry, hash: linkOf(entry).computed };
}

/** What the way that knows every line makes of this one; null where it cannot be read. */
function slowLinkOf(line: Buffer): ChainLink | null {
  try {
    return linkOf(fromRow(valuesOf(line) as AuditRow));
  } catch {
    return null;
  }
}

const isSound = (link: ChainLink | null): boolean => link !== null && link.computed === link.hash;

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
const details = fc.dictionary(anyText, fc.jsonValue({ stringUnit: 'grapheme' })) as fc.Arbitrary<
  Record<string, AuditDetail>
>;
const plainWord = fc.stringMatching(/^[\p{L}\p{N} .,:#'-]{0,12}$/u);
const plainValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    plainWord,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9 !_]{0,6}$/), tie('value'), { maxKeys: 5 }),
}));
const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());

describe('hashing a line of COPY as it stands', () => {
  it('gives what the entry gives, for every line in which nothing is escaped', () => {
    fc.assert(
      fc.property(
        plainValue.object,
        plainWord,
        fc.option(plainWord),
        time,
        (object, label, id, occurredAt) => {
          const entry = entryOf({
            occurredAt,
            subject: { type: 'connection', id, label },
            details: object as Record<string, AuditDetail>,
          });
          expect(new PlainLines().linkOf(lineOf(entry))).toEqual(linkOf(entry));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives what the entry gives or nothing, for every other', () => {
    const lines = new PlainLines();
    fc.assert(
      fc.property(details, anyText, fc.option(anyText), (object, label, id) => {
        const entry = entryOf({ subject: { type: 'connection', id, label }, details: object });
        const link = lines.linkOf(lineOf(entry));
        expect(link ?? linkOf(entry)).toEqual(linkOf(entry));
      }),
      { numRuns: 2000 },
    );
  });

  it('never takes a changed line for a sound one that is not', () => {
    const line = lineOf(
      entryOf({
        occurredAt: '2026-03-01T08:15:00.120Z',
        subject: { type: 'connection', id: null, label: 'Zürich' },
        details: { changes: [{ field: 'a', before: -10, after: null }], b: true, '': [] },
      }),
    );
    const lines = new PlainLines();
    expect(isSound(lines.linkOf(line))).toBe(true);
    const changed = fc.record({
      at: fc.nat(line.length - 1),
      removed: fc.nat(3),
      added: fc.uint8Array({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(changed, ({ at, removed, added }) => {
        const other = Buffer.concat([line.subarray(0, at), added, line.subarray(at + removed)]);
        expect(isSound(lines.linkOf(other)) && !isSound(slowLinkOf(other))).toBe(false);
      }),
      { numRuns: 20_000 },
    );
  });

  it('never takes one byte for another', () => {
    const line = lineOf(entryOf({ details: { b: [1, 'x', null], a: -7 } }));
    const lines = new PlainLines();
    const taken: string[] = [];
    for (let at = 0; at < line.length; at += 1) {
      const other = Buffer.from(line);
      for (let byte = 0; byte < 256; byte += 1) {
        other[at] = byte;
        if (byte !== line[at] && isSound(lines.linkOf(other))) taken.push(`byte ${byte} at ${at}`);
      }
    }
    expect(taken).toEqual([]);
  });

  it('takes a line longer than any before', () => {
    const entry = entryOf({ details: { text: 'x'.repeat(200_000) } });
    const lines = new PlainLines();
    expect(lines.linkOf(lineOf(entry))).toEqual(linkOf(entry));
    expect(lines.linkOf(lineOf(entryOf({})))).toEqual(linkOf(entryOf({})));
  });
});
