import { isSame } from './line-overlay.js';
import type { LineValues } from './line-timeline.js';

/** A change of a line that was carried out: what its day had before and after it. */
export interface AppliedChange {
  effectiveOn: string;
  before: LineValues;
  after: LineValues;
}

/**
 * What a line has after its changes, from the day of the latest-dated one on. One that was made later and is dated earlier moves all days
 * after its own: by its units, and by its price where no later-dated change sets one.
 * @param applied in the order in which they were made; of what was made before the latest-dated one, only what is dated behind the first
 *   of those made after it has to be among them
 * @returns null where there is none
 */
export function appliedState(applied: readonly AppliedChange[]): LineValues | null {
  const position = latestOf(applied, () => true);
  const last = applied[position];
  if (last === undefined) return null;
  const backdated = applied.slice(position + 1);
  const amount = (field: 'unitPrice' | 'unitCost') => {
    const setBy = latestOf(applied, ({ before, after }) => !isSame(before[field], after[field]));
    return (applied[Math.max(setBy, position)] ?? last).after[field];
  };
  return {
    units: backdated.reduce(
      (units, { before, after }) => units + after.units - before.units,
      last.after.units,
    ),
    unitPrice: amount('unitPrice'),
    unitCost: amount('unitCost'),
  };
}

/** Position of the latest-dated of some changes; -1 where there is none. */
function latestOf(applied: readonly AppliedChange[], isMeant: (change: AppliedChange) => boolean): number {
  let found = -1;
  for (const [index, change] of applied.entries()) {
    if (isMeant(change) && change.effectiveOn >= (applied[found]?.effectiveOn ?? '')) found = index;
  }
  return found;
}
