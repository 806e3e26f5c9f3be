import type { Amount } from '../api/contracts.js';

const INSTANT: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
};

/** The browser's own until a language is chosen. */
let locale: string | undefined;

/** Says in which locale days, instants and numbers are written from now on, such as `de-AT`. */
export function setFormatLocale(tag: string): void {
  locale = tag;
}

/** The locale in which days, instants and numbers are written; undefined means the browser's own. */
export function formatLocale(): string | undefined {
  return locale;
}

/** An instant in the reader's locale and zone, with the zone visible. */
export function formatInstant(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : new Intl.DateTimeFormat(locale, INSTANT).format(date);
}

/** A `YYYY-MM-DD` date in the reader's locale; it has no zone, so none may move it. */
export function formatDate(date: string): string {
  const instant = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return date;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(instant);
}

/** A month (`YYYY-MM`) such as October 2026, in the reader's locale; it has no zone, so none may move it. */
export function formatMonth(month: string): string {
  const instant = new Date(`${month}-01T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return month;
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(instant);
}

/** An amount in the reader's locale. The text is formatted as it is, never through a float, and no given decimal is cut off. */
export function formatAmount(value: Amount): string {
  const decimals = value.amount.split('.')[1]?.replace(/0+$/, '').length ?? 0;
  try {
    const usual = new Intl.NumberFormat(locale, { style: 'currency', currency: value.currency });
    const usualDigits = usual.resolvedOptions().maximumFractionDigits ?? 2;
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: value.currency,
      maximumFractionDigits: Math.max(usualDigits, decimals),
    }).format(value.amount as Intl.StringNumericLiteral);
  } catch {
    return `${value.amount} ${value.currency}`;
  }
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(value);
}

/** Whole seconds between two instants; null while either is missing. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const milliseconds = new Date(to).getTime() - new Date(from).getTime();
  return Number.isNaN(milliseconds) ? null : Math.max(0, milliseconds / 1000);
}
