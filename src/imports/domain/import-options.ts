import type { LocalDate } from '../../kernel/local-date.js';
import type { DayOrder } from './day-text.js';
import type { ImportFormat } from './imported-line.js';
import type { DecimalMark } from './number-text.js';
import type { TextEncoding } from './text-encoding.js';

/** What a caller tells about a file; what is left out is detected. */
export interface ImportOptions {
  format?: ImportFormat;
  delimiter?: string;
  decimalMark?: DecimalMark;
  dayOrder?: DayOrder;
  encoding?: TextEncoding;
  /** First day of the month all lines are billed in. */
  billingMonth?: LocalDate;
  /** ISO 4217, for files that name none. */
  currency?: string;
  /** Whether the file holds all lines of its invoices: those it does not hold any more are superseded as well. */
  isComplete?: boolean;
}

/** What was found out about a file, or told. */
export interface Detected {
  /** `csv` or `json`; `jsonLines` is read as `json`. */
  container: 'csv' | 'json';
  encoding: TextEncoding;
  /** Null for JSON. */
  delimiter: string | null;
  decimalMark: DecimalMark;
  /** Such as `dd.MM.yyyy`. */
  dateFormat: string;
  /** What could not be told from the file and was assumed, in words. */
  assumptions: string[];
}

/** All it takes to read a file. */
export interface FileReading {
  format: ImportFormat;
  container: 'csv' | 'json';
  encoding: TextEncoding;
  csv: { delimiter: string; newline: '\n' | '\r'; headerLine: number; columns: readonly string[] } | null;
  decimalMark: DecimalMark;
  dayOrder: DayOrder;
  dateFormat: string;
  isGzipped: boolean;
}
