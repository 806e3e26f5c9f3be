import type { BillingImport, StagedLine } from '../domain/billing-import.js';
import { CsvRecords } from '../domain/csv-records.js';
import type { FileReading } from '../domain/import-options.js';
import { itemValues, JsonItems } from '../domain/json-items.js';
import { isProblem, readLine, type ReadingRules } from '../domain/line-draft.js';
import type { LineProblem } from '../domain/line-problem.js';
import { CsvLineReader, JsonLine, type RawLine } from '../domain/raw-line.js';

/** What of an import tells how to read its text. */
export type ReadableImport = Pick<BillingImport, 'reading' | 'options'>;

const NO_OBJECT: LineProblem = {
  column: null,
  code: 'import.json_invalid',
  detail: 'This item is no JSON object with members and values.',
};

/** Reads the lines of a file while its text comes in; memory holds one piece of it. */
export async function* stagedLines(
  billingImport: ReadableImport,
  text: AsyncIterable<string>,
): AsyncGenerator<StagedLine[]> {
  const { reading } = billingImport;
  const parser = reading.csv === null ? jsonParser(billingImport) : csvParser(billingImport, reading.csv);
  for await (const piece of text) {
    const lines = parser.push(piece);
    if (lines.length > 0) yield lines;
  }
  const last = parser.finish();
  if (last.length > 0) yield last;
}

interface Parser {
  push(text: string): StagedLine[];
  finish(): StagedLine[];
}

function csvParser(billingImport: ReadableImport, shape: NonNullable<FileReading['csv']>): Parser {
  const records = new CsvRecords(shape);
  const reader = new CsvLineReader(shape.columns, billingImport.reading.format);
  const rules = rulesOf(billingImport);
  const staged = (read: ReturnType<CsvRecords['push']>) =>
    read.map(({ line, fields, problem }) =>
      fields === null ? refused(line, problem ?? NO_OBJECT) : stagedLine(line, reader.of(fields), rules),
    );
  return { push: (text) => staged(records.push(text)), finish: () => staged(records.finish()) };
}

function jsonParser(billingImport: ReadableImport): Parser {
  const items = new JsonItems();
  const rules = rulesOf(billingImport);
  const staged = (read: ReturnType<JsonItems['push']>) =>
    read.map(({ line, text, problem }) => {
      const values = text === null ? null : itemValues(text);
      if (values === null) return refused(line, problem ?? NO_OBJECT);
      return stagedLine(line, new JsonLine(values, rules.format), rules);
    });
  return { push: (text) => staged(items.push(text)), finish: () => staged(items.finish()) };
}

function rulesOf({ reading, options }: ReadableImport): ReadingRules {
  const { format, decimalMark, dayOrder } = reading;
  return {
    format,
    decimalMark,
    dayOrder,
    billingMonth: options.billingMonth ?? null,
    currency: options.currency ?? null,
  };
}

function stagedLine(line: number, raw: RawLine, rules: ReadingRules): StagedLine {
  const read = readLine(raw, rules);
  return isProblem(read) ? refused(line, read) : { line, draft: read, problem: null };
}

function refused(line: number, problem: LineProblem): StagedLine {
  return { line, draft: null, problem };
}
