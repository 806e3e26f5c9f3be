import { formatOf } from './bill-columns.js';
import { CsvRecords } from './csv-records.js';
import { csvShapeOf, type CsvShape } from './csv-shape.js';
import { DayEvidence, type DayOrder } from './day-text.js';
import type { Detected, FileReading, ImportOptions } from './import-options.js';
import type { ImportFormat } from './imported-line.js';
import { ColumnsUnknownError, FileEmptyError } from './import.errors.js';
import { itemValues, JsonItems } from './json-items.js';
import { type DecimalMark, MarkEvidence } from './number-text.js';
import { CsvLineReader, JsonLine, type RawLine } from './raw-line.js';
import type { TextEncoding } from './text-encoding.js';

/** What `detectFile` finds out. */
export interface Detection {
  reading: FileReading;
  detected: Detected;
}

interface Sample {
  format: ImportFormat;
  shape: CsvShape | null;
  lines: Iterable<RawLine>;
  hasCurrency: boolean;
  hasCustomer: boolean;
}

/**
 * Finds out how a file is written from its beginning; what the caller told is not looked for.
 * @param head the beginning, without a byte order mark; may end anywhere
 * @throws FileEmptyError, ColumnsUnknownError
 */
export function detectFile(
  head: string,
  encoding: TextEncoding,
  isGzipped: boolean,
  options: ImportOptions,
): Detection {
  if (head.trim() === '') throw new FileEmptyError();
  const sample = /^\s*[[{]/.test(head) ? jsonSample(head, options) : csvSample(head, options);
  const evidence = { days: new DayEvidence(), marks: new MarkEvidence() };
  for (const line of sample.lines) observe(line, evidence);
  const { format, shape } = sample;
  const decimalMark = options.decimalMark ?? evidence.marks.mark ?? usualMark(shape);
  const dayOrder =
    options.dayOrder ?? evidence.days.order ?? usualOrder(evidence.days.form('MDY'), decimalMark);
  const container = shape === null ? 'json' : 'csv';
  const dateFormat = evidence.days.form(dayOrder);
  const assumptions = assumptionsOf(sample, options, evidence);
  return {
    reading: { format, container, encoding, csv: shape, decimalMark, dayOrder, dateFormat, isGzipped },
    detected: {
      container,
      encoding,
      delimiter: shape?.delimiter ?? null,
      decimalMark,
      dateFormat,
      assumptions,
    },
  };
}

function csvSample(head: string, options: ImportOptions): Sample {
  const shape = csvShapeOf(head, options.delimiter);
  const format = options.format ?? (shape === null ? null : formatOf(shape.columns));
  if (shape === null || format === null) throw new ColumnsUnknownError(shape?.columns ?? []);
  const reader = new CsvLineReader(shape.columns, format);
  return {
    format,
    shape,
    lines: csvLines(head, shape, reader),
    hasCurrency: reader.column('currency') !== null,
    hasCustomer: reader.column('customerId') !== null,
  };
}

function* csvLines(head: string, shape: CsvShape, reader: CsvLineReader): Generator<RawLine> {
  const records = new CsvRecords(shape);
  const read = records.push(head);
  // A short file may have no line end behind its last line.
  for (const { fields } of read.length > 0 ? read : records.finish()) {
    if (fields !== null) yield reader.of(fields);
  }
}

function jsonSample(head: string, options: ImportOptions): Sample {
  const items = new JsonItems()
    .push(head)
    .flatMap(({ text }) => (text === null ? [] : [itemValues(text)]))
    .filter((values) => values !== null);
  const [first] = items;
  const format = options.format ?? (first === undefined ? null : formatOf([...first.keys()]));
  if (format === null) throw new ColumnsUnknownError(first === undefined ? [] : [...first.keys()]);
  const lines = items.map((values) => new JsonLine(values, format));
  const haveAll = (field: 'currency' | 'customerId') => lines.every((line) => line.column(field) !== null);
  return { format, shape: null, lines, hasCurrency: haveAll('currency'), hasCustomer: haveAll('customerId') };
}

const AMOUNTS = ['unitPrice', 'effectiveUnitPrice', 'quantity', 'subtotal', 'taxTotal', 'total'] as const;

function observe(line: RawLine, { days, marks }: { days: DayEvidence; marks: MarkEvidence }): void {
  const start = line.value('chargeStart');
  const end = line.value('chargeEnd');
  const other = line.value('usageDate') || line.value('orderDate');
  if (start !== '' || end !== '') days.observe(start || end, end || start);
  if (other !== '') days.observe(other, other);
  for (const field of AMOUNTS) {
    const text = line.value(field);
    if (text !== '') marks.observe(text);
  }
}

/** Where commas part columns, a comma in a number is rare; programs that part by semicolon do so because theirs is a comma. */
function usualMark(shape: CsvShape | null): DecimalMark {
  return shape?.delimiter === ';' ? ',' : '.';
}

/** Points part the days of countries that put the day first; slashes do so there as well, and tell by the decimal mark. */
function usualOrder(form: string, mark: DecimalMark): DayOrder {
  return form.includes('.') || mark === ',' ? 'DMY' : 'MDY';
}

function assumptionsOf(
  { shape, hasCurrency, hasCustomer }: Sample,
  options: ImportOptions,
  { days, marks }: { days: DayEvidence; marks: MarkEvidence },
): string[] {
  const isInDigits = !/^yyyy|MMMM/.test(days.form('MDY'));
  const order =
    'No day of the first lines tells whether the day or the month comes first; send dateFormat if this is wrong.';
  const mark = 'No number of the first lines tells the decimal mark; send decimalMark if this is wrong.';
  const customer =
    'The file has no column for the customer; its lines belong to nobody and reach no invoice.';
  const currency =
    'The file has no column for the currency; its lines are in none (XXX) and reach no invoice. Send currency to give it.';
  return [
    ...(options.dayOrder === undefined && days.order === null && isInDigits ? [order] : []),
    ...(options.decimalMark === undefined && marks.mark === null && shape !== null ? [mark] : []),
    ...(hasCustomer ? [] : [customer]),
    ...(hasCurrency || options.currency !== undefined ? [] : [currency]),
  ];
}
