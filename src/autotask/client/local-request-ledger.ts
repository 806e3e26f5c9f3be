import {
  type LedgerChange,
  type LedgerState,
  type RequestLedger,
  UNKNOWN_LEDGER_STATE,
} from '../../ports/psa/request-ledger.port.js';
import { withAdded } from './usage-window.js';

/** The count of one process that shares its PSA's allowance with no other of ours. */
export class LocalRequestLedger implements RequestLedger {
  readonly #states = new Map<string, LedgerState>();

  exchange(instance: string, change: LedgerChange, keepFrom: Date): Promise<LedgerState> {
    const known = this.#states.get(instance) ?? UNKNOWN_LEDGER_STATE;
    const state = changed(known, change);
    state.usage = state.usage.filter(({ startsAt }) => startsAt >= keepFrom.getTime());
    this.#states.set(instance, state);
    return Promise.resolve({ ...state });
  }
}

function changed(known: LedgerState, { own, sample, closed, rest }: LedgerChange): LedgerState {
  const state = { ...known, usage: withAdded(known.usage, own ?? new Map(), 'own') };
  if (sample !== undefined && known.sampledAt?.getTime() === sample.knownSampledAt?.getTime()) {
    const { at, limit, windowMinutes, others } = sample;
    Object.assign(state, { sampledAt: at, limit, windowMinutes });
    state.usage = withAdded(state.usage, others, 'others');
  }
  if (closed !== undefined) {
    Object.assign(state, { closedAt: closed.at, closedUntil: closed.until, closings: closed.closings });
  }
  if (rest !== undefined && (known.restRaisedAt?.getTime() ?? 0) <= rest.sentAt.getTime()) {
    Object.assign(state, { restMs: rest.ms, restRaisedAt: rest.at });
  }
  return state;
}
