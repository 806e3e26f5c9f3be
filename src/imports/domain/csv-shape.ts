import { parse } from 'csv-parse/sync';
import { knownColumns } from './bill-columns.js';

/** Most common first: where two delimiters fit equally well, the first is taken. */
const DELIMITERS = [',', ';', '\t', '|', '^', '~', ':', '\u001F'];
/** A bill's header has at least so many columns that we know. */
const LEAST_KNOWN = 3;
/** Lines a header may be preceded by, such as `sep=;` and a title. */
const MOST_LINES_BEFORE = 20;

/** How a CSV file is laid out. */
export interface CsvShape {
  delimiter: string;
  /** `\r` alone for the files of old programs. */
  newline: '\n' | '\r';
  /** Number of the line the columns are named on. */
  headerLine: number;
  columns: readonly string[];
}

/**
 * Finds the header line and the delimiter: those that give the most columns a bill has.
 * @param head the beginning of the file, without a byte order mark
 * @param delimiter when it is known
 * @returns null when no line near the beginning names columns of a bill
 */
export function csvShapeOf(head: string, delimiter?: string): CsvShape | null {
  const newline = head.includes('\n') || !head.includes('\r') ? '\n' : '\r';
  const lines = head.split(newline, MOST_LINES_BEFORE + 1);
  const declared = /^sep=(.)\r?$/i.exec(lines[0] ?? '')?.[1];
  const candidates =
    delimiter === undefined ? [...(declared === undefined ? [] : [declared]), ...DELIMITERS] : [delimiter];
  let best: CsvShape | null = null;
  let most = LEAST_KNOWN - 1;
  for (const [index, line] of lines.entries()) {
    for (const candidate of candidates) {
      const columns = fieldsOf(line, candidate);
      const known = knownColumns(columns);
      if (known > most) {
        most = known;
        best = { delimiter: candidate, newline, headerLine: index + 1, columns };
      }
    }
  }
  return best;
}

/** Fields of one line; none where it is no CSV with this delimiter. */
function fieldsOf(line: string, delimiter: string): string[] {
  if (!line.includes(delimiter)) return [];
  try {
    const [record = []] = parse(line, { delimiter, relax_quotes: true, trim: true });
    return record;
  } catch {
    return [];
  }
}
