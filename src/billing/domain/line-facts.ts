import type { BillingLine, LineFacts } from './billing-line.js';
import { isToCome } from './line-identity.js';
import type { InForce } from './line-overlay.js';
import type { PendingChange } from './pending-change.js';
import type { PlanRefusal, PlanStep } from './plan-step.js';
import { settledState } from './settled-state.js';

/** What was decided of a line. */
interface Decided {
  line: BillingLine;
  steps: readonly { step: PlanStep }[];
  refusals: readonly PlanRefusal[];
  /** The changes this settles. */
  changes: readonly PendingChange[];
  /** What the contract service had in force when this was planned; null where there is none. */
  inForce?: InForce | null;
}

/** What is known of a line from its decision on; null where that is nothing new. It is watched: what is in force counts as ours. */
export function factsOf(decided: Decided): LineFacts | null {
  const { line, changes, refusals } = decided;
  const baseline = watchedFrom(decided)?.values ?? null;
  const known = settledState(line, changes, refusals);
  return baseline === null && known === null ? null : { lineId: line.id, baseline, known };
}

/** The contract service of a line that had none; null where it has one, or there is still none. */
export function foundFor(decided: Decided): { lineId: string; lineExternalId: string } | null {
  const { line, steps } = decided;
  if (line.lineExternalId !== null) return null;
  const ids = [...steps.map(({ step }) => step.lineExternalId), watchedFrom(decided)?.lineExternalId ?? null];
  const lineExternalId = ids.find((id) => id !== null && !isToCome(id)) ?? null;
  return lineExternalId === null ? null : { lineId: line.id, lineExternalId };
}

/** What a line has in force that a changed subscription feeds; null where it is not there yet. */
function watchedFrom({ changes, inForce }: Decided): InForce | null {
  return changes.length > 0 && inForce != null && !isToCome(inForce.lineExternalId) ? inForce : null;
}
