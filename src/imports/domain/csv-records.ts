import { parse } from 'csv-parse/sync';
import type { CsvShape } from './csv-shape.js';
import type { LineProblem } from './line-problem.js';

/** A record as it was read, or why it could not be. */
export interface CsvRecord {
  /** Number of the line it starts on; the first line of the file is 1. */
  line: number;
  fields: readonly string[] | null;
  problem: LineProblem | null;
}

/** Text that is kept waiting for a closing quotation mark; beyond it, the mark counts as a mistake. */
const MOST_WAITING = 1_048_576;
/** Lines a record may go over where something is broken nearby. */
const MOST_LINES_OF_A_RECORD = 100;

const NO_RECORD: LineProblem = {
  column: null,
  code: 'import.quotes_broken',
  detail:
    'The quotation marks of this line do not match. Put a value that holds a quotation mark in quotation marks and double those inside it.',
};

/**
 * Cuts the text of a CSV file, which comes in pieces, into records. A broken line costs that line alone: reading goes on at the next
 * one, also where a quotation mark was opened and never closed.
 */
export class CsvRecords {
  #rest = '';
  #line = 1;

  constructor(private readonly shape: CsvShape) {}

  /** Records that are complete with this piece, the header not among them. */
  push(text: string): CsvRecord[] {
    const all = this.#rest + text;
    const end = endOfRecords(all, this.shape.newline);
    if (end > 0) {
      this.#rest = all.slice(end);
      return this.#read(all.slice(0, end));
    }
    this.#rest = all;
    return all.length > MOST_WAITING ? this.#readBroken(false) : [];
  }

  /** The records that are left at the end of the file. */
  finish(): CsvRecord[] {
    if (this.#rest === '') return [];
    const isWhole = countOf(this.#rest, '"') % 2 === 0;
    if (!isWhole) return this.#readBroken(true);
    const rest = this.#rest;
    this.#rest = '';
    return this.#read(rest);
  }

  /** Reads whole records at once, and one by one where that shows something broken. */
  #read(block: string): CsvRecord[] {
    const rows = this.#parsed(block);
    const first = this.#line;
    const records = rows === null ? null : this.#numbered(rows, block.includes('"'));
    if (records !== null) return records;
    this.#line = first;
    const rest = this.#rest;
    this.#rest = block;
    const one = this.#readBroken(true);
    this.#rest = rest;
    return one;
  }

  /** With line numbers; null when a record over several lines has not the header's columns, so that it may be two that are broken. */
  #numbered(rows: readonly string[][], mayHoldLines: boolean): CsvRecord[] | null {
    const { newline, columns, headerLine } = this.shape;
    const records: CsvRecord[] = [];
    for (const fields of rows) {
      const line = this.#line;
      const lines = mayHoldLines ? linesIn(fields, newline) : 1;
      this.#line += lines;
      if (line <= headerLine || isBlank(fields)) continue;
      const record = this.#checked(line, fields);
      if (lines > 1 && record.problem !== null && columns.length > 1) return null;
      records.push(record);
    }
    return records;
  }

  #checked(line: number, fields: readonly string[]): CsvRecord {
    const { columns } = this.shape;
    const isSurplusEmpty =
      fields.length > columns.length && fields.slice(columns.length).every((field) => field.trim() === '');
    if (fields.length === columns.length || isSurplusEmpty) return { line, fields, problem: null };
    const detail =
      `The line has ${fields.length} values where the header names ${columns.length} columns. ` +
      'Put values that hold the delimiter in quotation marks.';
    return { line, fields: null, problem: { column: null, code: 'import.columns_mismatch', detail } };
  }

  /** Reads what is waiting line by line; keeps back what may still be completed unless it is the last. */
  #readBroken(isLast: boolean): CsvRecord[] {
    const { newline, headerLine } = this.shape;
    const lines = this.#rest.split(newline);
    const last = lines.pop() ?? '';
    if (isLast && last !== '') lines.push(last);
    const end = isLast ? lines.length : Math.max(0, lines.length - MOST_LINES_OF_A_RECORD);
    const records: CsvRecord[] = [];
    let index = 0;
    while (index < end) {
      const { count, fields } = this.#recordAt(lines, index);
      const line = this.#line;
      index += count;
      this.#line += count;
      if (line <= headerLine || (fields !== null && isBlank(fields))) continue;
      records.push(fields === null ? { line, fields, problem: NO_RECORD } : this.#checked(line, fields));
    }
    this.#rest = isLast ? '' : [...lines.slice(index), last].join(newline);
    return records;
  }

  /** The record that begins with this line: the line alone, or with those after it up to where its quotation marks match. */
  #recordAt(lines: readonly string[], index: number): { count: number; fields: readonly string[] | null } {
    const { newline, columns } = this.shape;
    let text = lines[index] ?? '';
    let quotes = countOf(text, '"');
    for (let count = 1; count <= MOST_LINES_OF_A_RECORD; count += 1) {
      if (quotes % 2 === 0) {
        const rows = this.#parsed(text);
        const fields = rows?.length === 1 ? (rows[0] ?? null) : null;
        if (count === 1) return { count, fields: rows?.length === 0 ? [] : fields };
        return fields?.length === columns.length ? { count, fields } : { count: 1, fields: null };
      }
      const next = lines[index + count];
      if (next === undefined) break;
      text += newline + next;
      quotes += countOf(next, '"');
    }
    return { count: 1, fields: null };
  }

  #parsed(text: string): string[][] | null {
    const { delimiter, newline } = this.shape;
    try {
      return parse(text, {
        delimiter,
        record_delimiter: newline === '\r' ? '\r' : ['\r\n', '\n'],
        relax_column_count: true,
        relax_quotes: true,
        skip_empty_lines: false,
      });
    } catch {
      return null;
    }
  }
}

/** Where the last record that is complete ends; a line end in quotation marks is part of a value. */
function endOfRecords(text: string, newline: string): number {
  if (!text.includes('"')) return text.lastIndexOf(newline) + 1;
  let end = 0;
  let isQuoted = false;
  let from = 0;
  while (from < text.length) {
    const quote = text.indexOf('"', from);
    const until = quote < 0 ? text.length : quote;
    if (!isQuoted) {
      const at = text.lastIndexOf(newline, until - 1);
      if (at >= from) end = at + 1;
    }
    isQuoted = !isQuoted;
    from = until + 1;
  }
  return end;
}

function linesIn(fields: readonly string[], newline: string): number {
  let lines = 1;
  for (const field of fields) if (field.includes(newline)) lines += countOf(field, newline);
  return lines;
}

function countOf(text: string, sign: string): number {
  let count = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) count += 1;
  return count;
}

function isBlank(fields: readonly string[]): boolean {
  return fields.every((field) => field.trim() === '');
}
