import { isCurrencyCode } from '../../kernel/currency.js';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import type { FieldProblem } from '../../platform/http/http.errors.js';
import type { ImportOptions } from '../domain/import-options.js';
import { IMPORT_FORMATS, type ImportFormat } from '../domain/imported-line.js';
import { ENCODINGS, type TextEncoding } from '../domain/text-encoding.js';

/** What a caller may tell about a file, in the query or in fields of the form. */
export interface TextOptions {
  fileName: string | null;
  options: ImportOptions;
  problems: FieldProblem[];
}

type Reader = (text: string) => Partial<ImportOptions> | string;

const DELIMITER_WORDS: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  '\\t': '\t',
  pipe: '|',
  space: ' ',
};
const MARK_WORDS: Readonly<Record<string, '.' | ','>> = { '.': '.', ',': ',', point: '.', comma: ',' };

const among = (names: readonly string[]) => `must be one of ${names.join(', ')}`;

/** Each reads its text, or says what it must be. */
const READERS: Readonly<Record<string, Reader>> = {
  format: (text) =>
    (IMPORT_FORMATS as readonly string[]).includes(text)
      ? { format: text as ImportFormat }
      : among(IMPORT_FORMATS),
  delimiter: (text) => {
    const delimiter = DELIMITER_WORDS[text.toLowerCase()] ?? text;
    return /^[^"\r\n]$/u.test(delimiter)
      ? { delimiter }
      : 'must be one character, or comma, semicolon, tab, pipe or space';
  },
  decimalMark: (text) => {
    const decimalMark = MARK_WORDS[text.toLowerCase()];
    return decimalMark === undefined ? 'must be "." or ","' : { decimalMark };
  },
  dateFormat: (text) => dayOrderOf(text),
  encoding: (text) => {
    const encoding = ENCODINGS.find((name) => name === text.toLowerCase());
    return encoding === undefined ? among(ENCODINGS) : { encoding: encoding satisfies TextEncoding };
  },
  month: (text) =>
    isLocalDate(`${text}-01`)
      ? { billingMonth: `${text}-01` as LocalDate }
      : 'must be a month in the form YYYY-MM',
  currency: (text) =>
    isCurrencyCode(text) ? { currency: text } : 'must be an active ISO 4217 code in capitals, such as EUR',
  complete: (text) =>
    /^(true|false)$/.test(text) ? { isComplete: text === 'true' } : 'must be true or false',
};

export const OPTION_NAMES = Object.keys(READERS);

/** Options from texts by name; a name that is none is a problem, and so is a value that has not the documented form. */
export function optionsOf(texts: Readonly<Record<string, unknown>>): TextOptions {
  const read: TextOptions = { fileName: null, options: {}, problems: [] };
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== 'string') read.problems.push({ pointer: `/${name}`, detail: 'must be given once' });
    else if (name === 'fileName') read.fileName = cleanName(text);
    else if (text === '') continue;
    else {
      const value = Object.hasOwn(READERS, name)
        ? (READERS[name]?.(text) ?? '')
        : `is unknown; known are fileName, ${OPTION_NAMES.join(', ')}`;
      if (typeof value === 'string') read.problems.push({ pointer: `/${name}`, detail: value });
      else Object.assign(read.options, value);
    }
  }
  return read;
}

/** Only the order of day and month matters: everything else is read in any form. */
function dayOrderOf(text: string): Partial<ImportOptions> | string {
  const letters = text
    .replaceAll(/[^dmy]/gi, '')
    .toLowerCase()
    .replaceAll(/(.)\1+/g, '$1');
  if (/^iso/i.test(text) || letters === 'ymd') return {};
  if (letters === 'mdy') return { dayOrder: 'MDY' };
  return letters === 'dmy'
    ? { dayOrder: 'DMY' }
    : 'must be a format such as MM/dd/yyyy, dd.MM.yyyy or yyyy-MM-dd';
}

/** The name alone, as people see it; null when nothing is left. */
export function cleanName(text: string): string | null {
  const name = text
    .replace(/^.*[/\\]/, '')
    .replaceAll(/\p{C}/gu, '')
    .trim()
    .slice(0, 200);
  return name === '' ? null : name;
}
