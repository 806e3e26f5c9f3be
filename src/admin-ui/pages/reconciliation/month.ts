const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const MOST_MONTHS = 24;

const monthOf = (now: Date, back: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);

/** The month before the present one in UTC, which is the one people bill. */
export const lastMonth = (now: Date): string => monthOf(now, 1);

/** A month that is over in UTC can be closed. */
export const isOver = (month: string, now: Date): boolean => month < monthOf(now, 0);

/** The month of the address, or the last one. */
export const chosenMonth = (text: string | null, now: Date): string =>
  text !== null && MONTH.test(text) ? text : lastMonth(now);

/** The present month and those before it, with the chosen one wherever it lies; newest first. */
export function monthsToChoose(chosen: string, now: Date): string[] {
  const usual = Array.from({ length: MOST_MONTHS }, (_, back) => monthOf(now, back));
  return [...new Set([...usual, chosen])].toSorted().toReversed();
}
