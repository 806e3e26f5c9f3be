import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { type Stringifier, stringify } from 'csv-stringify';
import { InvalidRequestError } from './http.errors.js';

/** Beginnings that make a spreadsheet program compute a cell, or that mark one of ours as text. */
const FORMULA = /^['=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/;

/** A column's name, and its value in a record; null is an empty cell. */
export type CsvColumn<T> = readonly [name: string, valueOf: (record: T) => string | null];

/**
 * Writes records as CSV (RFC 4180, UTF-8). A text a spreadsheet would take for a formula gets an apostrophe before it, and so does one
 * that begins with an apostrophe, so that reading it back gives the same text.
 * @param numeric columns that hold numbers: a minus sign there is a sign, not the start of a formula
 */
export function csvWriter(columns: readonly string[], numeric: readonly string[] = []): Stringifier {
  // Of records that are lists the writer tells the place of a cell, not the name of its column.
  const plain = new Set<unknown>(numeric.flatMap((name) => [name, columns.indexOf(name)]));
  return stringify({
    header: true,
    columns: [...columns],
    record_delimiter: 'windows',
    cast: {
      string: (text, { column }) => (FORMULA.test(text) && !plain.has(column) ? `'${text}` : text),
    },
  });
}

/** Records as CSV, written as they are read; see `csvWriter`. */
export function csvStream<T>(
  records: AsyncIterable<T>,
  columns: readonly CsvColumn<T>[],
  numeric: readonly string[],
): Readable {
  const names = columns.map(([name]) => name);
  const csv = csvWriter(names, numeric);
  const rows = Readable.from(cellsOf(records, columns));
  // Either end takes the other with it: a failed read ends the answer, an answer nobody takes ends the read.
  rows.once('error', (error) => csv.destroy(error));
  csv.once('close', () => rows.destroy());
  return rows.pipe(csv);
}

async function* cellsOf<T>(
  records: AsyncIterable<T>,
  columns: readonly CsvColumn<T>[],
): AsyncGenerator<(string | null)[]> {
  for await (const record of records) yield columns.map(([, valueOf]) => valueOf(record));
}

/** A data line: its number in the file, and its values by column. */
export interface CsvLine {
  line: number;
  record: Readonly<Record<string, string>>;
}

/** Spreadsheet programs separate columns by what their region does not use in numbers. */
const DELIMITERS = [',', ';', '\t'];

/**
 * Reads CSV with a header line, as `csvWriter` or a spreadsheet program writes it.
 * @param needed columns the header must name; unknown ones are ignored
 * @throws InvalidRequestError when it is no CSV, lacks a column or has too many lines
 */
export function readCsv(text: string, needed: readonly string[], mostLines: number): CsvLine[] {
  const [header = ''] = text.split(/\r?\n|\r/, 1);
  const delimiter = DELIMITERS.toSorted((a, b) => header.split(b).length - header.split(a).length)[0] ?? ',';
  const rows = parsed(text, delimiter);
  const names = rows.shift()?.record ?? [];
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) refuse(`must have a header line with the columns ${missing.join(', ')}`);
  if (rows.length > mostLines) refuse(`must have at most ${mostLines} lines; split the file`);
  return rows.map(({ line, record }) => ({
    line,
    record: Object.fromEntries(names.map((name, index) => [name, unescaped(record[index] ?? '')])),
  }));
}

function parsed(text: string, delimiter: string): { line: number; record: string[] }[] {
  try {
    const rows = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { info: { lines: number }; record: string[] }[];
    return rows.map(({ info, record }) => ({ line: info.lines, record }));
  } catch (error) {
    return refuse(`is no CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unescaped(text: string): string {
  return text.startsWith("'") ? text.slice(1) : text;
}

function refuse(detail: string): never {
  throw new InvalidRequestError([{ pointer: '', detail }]);
}
