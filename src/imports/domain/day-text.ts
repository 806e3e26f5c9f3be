import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { addDays } from '../../kernel/period.js';
import { Remembered } from '../../kernel/remembered.js';

/** Order of the parts of a day written in digits; a year that comes first needs none. */
export type DayOrder = 'MDY' | 'DMY';

const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$)/;
const ISO_INSTANT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ]\s*(\d{1,2}):\s*(\d{2})(?::\s*(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
/** What may follow a day: a time of day, which has no zone and so is UTC. */
const TIME = String.raw`(?:[,T]?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*[AP]\.?M\.?)?(?:\s*(?:Z|UTC|GMT))?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?${TIME}$`, 'i');
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const IN_DIGITS = new RegExp(String.raw`^(\d{1,2})([-/.\s])\s*(\d{1,2})\2\s*(\d{4}|\d{2})${TIME}$`, 'i');
const MONTH_FIRST = new RegExp(
  String.raw`^(\p{L}+)\.?\s*(\d{1,2})(?:st|nd|rd|th)?\s*[,/ ]\s*(\d{4})${TIME}$`,
  'iu',
);
const DAY_FIRST = new RegExp(
  String.raw`^(\d{1,2})(?:\.|st|nd|rd|th)?[-\s]*(?:de\s+)?(\p{L}+)\.?[-,\s]*(?:de\s+)?(\d{4}|\d{2})${TIME}$`,
  'iu',
);

/** Languages whose names of months are read. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da', 'nb', 'fi', 'pl', 'cs'];

const MONTH_BY_NAME = new Map<string, number>(
  LANGUAGES.flatMap((language) =>
    (['long', 'short'] as const).flatMap((month) =>
      // A day beside the month gives the form that stands in dates, such as the Polish genitive.
      [{ month }, { month, day: 'numeric' } as const].flatMap((style) => {
        const format = new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' });
        return Array.from({ length: 12 }, (_, index): [string, number] => {
          const parts = format.formatToParts(Date.UTC(2024, index, 9));
          return [nameKey(parts.find(({ type }) => type === 'month')?.value ?? ''), index + 1];
        });
      }),
    ),
  ).filter(([name]) => /\p{L}{3}/u.test(name)),
);

function nameKey(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/**
 * The UTC day a text names, or null. Days written in digits with the year last are read in the given order; all others need none. An
 * instant with a zone is the day it falls on in UTC, because Microsoft's days are.
 */
export function dayOf(text: string, order: DayOrder): LocalDate | null {
  const trimmed = text.trim();
  const iso = ISO_DAY.exec(trimmed);
  if (iso !== null) return existing(trimmed.slice(0, 10));
  return (
    dayOfInstant(trimmed) ?? dayInDigits(trimmed, order) ?? yearFirst(trimmed) ?? dayWithName(trimmed) ?? null
  );
}

function dayOfInstant(text: string): LocalDate | null {
  const match = ISO_INSTANT.exec(text);
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', , zone] = match;
  const local = dayOfParts(year, month, day);
  if (local === null || Number(hour) > 24 || Number(minute) > 59) return null;
  if (zone === undefined || /^(Z|UTC)$/i.test(zone)) return local;
  const sign = zone.startsWith('-') ? -1 : 1;
  const offset = sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return addDays(local, Math.floor((Number(hour) * 60 + Number(minute) - offset) / 1_440));
}

function dayInDigits(text: string, order: DayOrder): LocalDate | null {
  const match = IN_DIGITS.exec(text);
  if (match === null) return null;
  const [, first = '', , second = '', year = ''] = match;
  return order === 'MDY' ? dayOfParts(year, first, second) : dayOfParts(year, second, first);
}

function yearFirst(text: string): LocalDate | null {
  const [, year = '', , month = '', day = ''] = YEAR_FIRST.exec(text) ?? [];
  if (year !== '') return dayOfParts(year, month, day);
  const compact = COMPACT.exec(text);
  return compact === null ? null : dayOfParts(compact[1] ?? '', compact[2] ?? '', compact[3] ?? '');
}

function dayWithName(text: string): LocalDate | null {
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst !== null) return dayNamed(monthFirst[3], monthFirst[1], monthFirst[2]);
  const dayFirst = DAY_FIRST.exec(text);
  return dayFirst === null ? null : dayNamed(dayFirst[3], dayFirst[2], dayFirst[1]);
}

function dayNamed(year = '', name = '', day = ''): LocalDate | null {
  const month = MONTH_BY_NAME.get(nameKey(name));
  return month === undefined ? null : dayOfParts(year, String(month), day);
}

/** Two digits are a year of this century: new commerce began in it. */
function dayOfParts(year: string, month: string, day: string): LocalDate | null {
  const century = year.length === 2 ? `20${year}` : year;
  return existing(`${century}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

const KNOWN = new Remembered<string, LocalDate | null>(4_000);

/** Whether the calendar has the day; a bill names few days, but names each of them often. */
function existing(day: string): LocalDate | null {
  const known = KNOWN.get(day);
  if (known !== undefined) return known;
  return KNOWN.keep(day, isLocalDate(day) ? day : null);
}

/** What the days of a file say about the order of their parts. */
export class DayEvidence {
  #monthFirst = 0;
  #dayFirst = 0;
  /** Spans that make a natural cycle when read in the one order but not in the other. */
  #naturalMonthFirst = 0;
  #naturalDayFirst = 0;
  #form: string | null = null;

  /** Takes note of the first and the last day of a charge. */
  observe(first: string, last: string): void {
    for (const text of [first, last]) this.#observeOne(text.trim());
    const isMonthFirst = isNaturalSpan(dayOf(first, 'MDY'), dayOf(last, 'MDY'));
    const isDayFirst = isNaturalSpan(dayOf(first, 'DMY'), dayOf(last, 'DMY'));
    if (isMonthFirst && !isDayFirst) this.#naturalMonthFirst += 1;
    if (isDayFirst && !isMonthFirst) this.#naturalDayFirst += 1;
  }

  /** The order, or null where no day and no span tells. */
  get order(): DayOrder | null {
    return ahead(this.#monthFirst, this.#dayFirst) ?? ahead(this.#naturalMonthFirst, this.#naturalDayFirst);
  }

  /** How the first day of the file is written, such as `dd.MM.yyyy`. */
  form(order: DayOrder): string {
    return (this.#form ?? 'yyyy-MM-dd')
      .replace('#', order === 'MDY' ? 'MM' : 'dd')
      .replace('#', order === 'MDY' ? 'dd' : 'MM');
  }

  #observeOne(text: string): void {
    const [, first, separator, second, year = ''] = IN_DIGITS.exec(text) ?? [];
    this.#form ??=
      separator === undefined ? formOf(text) : `#${separator}#${separator}${year.replaceAll(/\d/g, 'y')}`;
    if (Number(first) > 12 && Number(second) <= 12) this.#dayFirst += 1;
    if (Number(second) > 12 && Number(first) <= 12) this.#monthFirst += 1;
  }
}

function ahead(monthFirst: number, dayFirst: number): DayOrder | null {
  if (monthFirst === dayFirst) return null;
  return monthFirst > dayFirst ? 'MDY' : 'DMY';
}

function formOf(text: string): string | null {
  const separator = YEAR_FIRST.exec(text)?.[2];
  if (separator !== undefined) return `yyyy${separator}MM${separator}dd`;
  if (COMPACT.test(text)) return 'yyyyMMdd';
  if (MONTH_FIRST.test(text)) return 'MMMM d, yyyy';
  if (DAY_FIRST.test(text)) return 'd MMMM yyyy';
  return ISO_INSTANT.test(text) ? 'yyyy-MM-dd' : null;
}

/** A cycle of a month or of whole years, or the rest of one that ends in the same or the next month. */
function isNaturalSpan(first: LocalDate | null, last: LocalDate | null): boolean {
  if (first === null || last === null || last < first) return false;
  const days = Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
  return days <= 31 || (days >= 364 && days <= 367) || (days >= 1_094 && days <= 1_097);
}
