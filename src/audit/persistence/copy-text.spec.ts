import { describe, expect, it } from 'vitest';
import { CopyRows } from './copy-text.js';

/** What COPY writes for these values. */
const TEXT = `a\t\\N\t\n\\\\N\tline\\nend\ttab\\t\n"\\\\"Zürich\\\\""\t😀\t\\b\\f\\r\\v\\\\\n`;
const ROWS = [
  ['a', null, ''],
  ['\\N', 'line\nend', 'tab\t'],
  ['"\\"Zürich\\""', '😀', '\b\f\r\v\\'],
];

describe('rows of COPY', () => {
  it('reads what was escaped, and tells null from an empty text', () => {
    expect(new CopyRows().take(Buffer.from(TEXT))).toEqual(ROWS);
  });

  it('puts rows together wherever the pieces end, inside a character too', () => {
    const bytes = Buffer.from(TEXT);
    for (let size = 1; size <= 7; size += 1) {
      const rows = new CopyRows();
      const got: (string | null)[][] = [];
      for (let at = 0; at < bytes.length; at += size) got.push(...rows.take(bytes.subarray(at, at + size)));
      expect(got).toEqual(ROWS);
    }
  });
});
