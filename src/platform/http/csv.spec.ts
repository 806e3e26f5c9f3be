import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { csvStream, readCsv } from './csv.js';

const BEGINNINGS = ['=', '+', '-', '@', '\t', '\r', '\n', "'", '\uFF1D'];

it('writes no cell a spreadsheet program computes, whatever stands before the formula', async () => {
  const cells = BEGINNINGS.map((beginning) => `${beginning}1+1`);
  const csv = await text(csvStream(Readable.from(cells), [['cell', (cell: string) => cell]], []));
  const read = readCsv(csv, ['cell'], 100).map(({ record }) => record['cell']);
  expect(read).toEqual(cells);
  // The form of RFC 4180 puts cells with line ends into quotes.
  const written = csv.split('\r\n').slice(1, -1);
  expect(written.map((cell) => cell.replace(/^"/, '').charAt(0))).toEqual(BEGINNINGS.map(() => "'"));
});
