import { DateTime } from 'luxon';

/** A calendar day `YYYY-MM-DD` without a time or zone; text order is date order. */
export type LocalDate = string & { readonly __localDate: never };

export function isLocalDate(text: unknown): text is LocalDate {
  return (
    typeof text === 'string' &&
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    DateTime.fromISO(text, { zone: 'utc' }).isValid
  );
}

/** @throws RangeError when the text is no existing day in the form `YYYY-MM-DD`. */
export function localDate(text: string): LocalDate {
  if (!isLocalDate(text)) throw new RangeError(`'${text}' is not a date in the form YYYY-MM-DD`);
  return text;
}

/** The UTC day an instant falls on. */
export function utcDay(instant: Date): LocalDate {
  return instant.toISOString().slice(0, 10) as LocalDate;
}
