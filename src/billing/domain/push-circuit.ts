import type { OperationOutcome, PushState } from './operation-store.js';

/** So many failures without a success in between stop a connection: more of the same would only have to be cleared up. */
export const STOP_AFTER_FAILURES = 10;

/** The circuit of a connection after some operations ended; the same object when nothing changed. */
export function afterOutcomes(push: PushState, outcomes: readonly OperationOutcome[], now: Date): PushState {
  let { failures } = push;
  for (const { state } of outcomes) {
    if (state === 'applied') failures = 0;
    if (state === 'failed') failures += 1;
  }
  if (failures === push.failures) return push;
  const last = outcomes.findLast(({ state }) => state === 'failed');
  if (failures < STOP_AFTER_FAILURES || push.stoppedAt !== null) return { ...push, failures };
  const stopReason = `${failures} changes failed one after the other, the last with ${last?.error?.code ?? 'no code'}.`;
  return { ...push, failures, stoppedAt: now, stopReason };
}
