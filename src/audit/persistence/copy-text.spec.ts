import { describe, expect, it } from 'vitest';
import { CopyLines, valuesOf } from './copy-text.js';

/** What COPY writes for these values. */
const TEXT = `a\t\\N\t\n\\\\N\tline\\nend\ttab\\t\n"\\\\"Zürich\\\\""\t😀\t\\b\\f\\r\\v\\\\\n`;
const ROWS = [
  ['a', null, ''],
  ['\\N', 'line\nend', 'tab\t'],
  ['"\\"Zürich\\""', '😀', '\b\f\r\v\\'],
];

const valuesIn = (lines: CopyLines, piece: Uint8Array) => [...lines.take(piece)].map(valuesOf);

describe('rows of COPY', () => {
  it('reads what was escaped, and tells null from an empty text', () => {
    expect(valuesIn(new CopyLines(), Buffer.from(TEXT))).toEqual(ROWS);
  });

  it('puts rows together wherever the pieces end, inside a character too', () => {
    const bytes = Buffer.from(TEXT);
    for (let size = 1; size <= 7; size += 1) {
      const lines = new CopyLines();
      const got: (string | null)[][] = [];
      for (let at = 0; at < bytes.length; at += size)
        got.push(...valuesIn(lines, bytes.subarray(at, at + size)));
      expect(got).toEqual(ROWS);
    }
  });
});
