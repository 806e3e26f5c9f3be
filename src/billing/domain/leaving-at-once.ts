import type { Operation } from './operation.js';
import type { NewOperation } from './operation-store.js';
import { isToCome } from './line-identity.js';

/** As many as one pass sends: what is marked as being sent has to leave within a minute. */
export const MOST_AT_ONCE = 200;

/**
 * The same operations, those `sending` from the start that may leave as soon as they are saved, so that they are not written and read once
 * more for it: adjustments of a line that is there, which wait for nothing and are the only unfinished ones of their line.
 * @param made in the order in which they are saved @param open unfinished operations of their lines
 */
export function leavingAtOnce(made: readonly NewOperation[], open: readonly Operation[]): NewOperation[] {
  const behind = new Set(open.map(({ lineId }) => lineId));
  let count = 0;
  return made.map((operation) => {
    const isFirst = !behind.has(operation.lineId);
    behind.add(operation.lineId);
    if (!isFirst || count >= MOST_AT_ONCE || !isFree(operation)) return operation;
    count += 1;
    return { ...operation, state: 'sending' };
  });
}

function isFree({ state, step }: NewOperation): boolean {
  const { kind, lineExternalId, waitsForExtension } = step;
  const isAdjustment = kind === 'adjustUnits' || kind === 'adjustPrice';
  const isThere = lineExternalId !== null && !isToCome(lineExternalId);
  return state === 'pending' && isAdjustment && isThere && waitsForExtension === undefined;
}
