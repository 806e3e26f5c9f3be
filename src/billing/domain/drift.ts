import type { Decimal } from 'decimal.js';
import type { Money } from '../../kernel/money.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { isSame } from './line-overlay.js';
import type { LineValues } from './line-timeline.js';

/** `changed`: somebody changed what we made of it; `left`: its subscription is not mapped to it any more, and it is billed on. */
export type DriftCause = 'changed' | 'left';
export type DriftState = 'open' | 'kept' | 'corrected' | 'gone';

/** A contract service that holds something else than what we last made of it, or would make of it. */
export interface DriftFinding {
  id: string;
  connectionId: string;
  tenantId: string;
  lineId: string;
  subscriptionId: string;
  contractExternalId: string;
  cause: DriftCause;
  /** What we last applied; no units where it was left. */
  expected: LineValues;
  /** What the PSA shows; no units where the contract service is gone. */
  actual: LineValues;
  /** Difference for one billing period, actual less expected. */
  impact: Money;
  state: DriftState;
  /** When a pull first showed it. */
  foundAt: Date;
  seenAt: Date;
  decidedAt: Date | null;
  decidedBy: { id: string; name: string } | null;
}

/** A finding as it is saved: the contract is told by its line. */
export type NotedFinding = Omit<DriftFinding, 'contractExternalId'>;

export interface DriftStore {
  list(
    connectionId: string,
    state: DriftState | undefined,
    page: PageRequest,
    before: readonly string[] | undefined,
  ): Promise<Page<DriftFinding>>;
  find(id: string): Promise<DriftFinding | null>;
  lock(tx: Transaction, id: string): Promise<DriftFinding | null>;
  /** Open findings of a connection, and what was kept last for each line. */
  openAndKept(connectionId: string): Promise<NotedFinding[]>;
  /** New or seen again. */
  put(tx: Transaction, finding: NotedFinding): Promise<void>;
}

export const DRIFT_STORE = Symbol('DRIFT_STORE');

/** Prices in force are derived from rounded amounts, so what is far below a coin is no difference. */
const TOLERANCE = '0.005';

/** Whether what the PSA shows differs from what we applied; what it does not tell is no difference. */
export function hasDrifted(expected: LineValues, actual: LineValues): boolean {
  return (
    expected.units !== actual.units ||
    (actual.units > 0 &&
      (isApart(expected.unitPrice, actual.unitPrice) || isApart(expected.unitCost, actual.unitCost)))
  );
}

/** Whether two findings say the same, so that what was kept is not shown again. */
export function isSameDrift(left: NotedFinding, right: Pick<NotedFinding, 'expected' | 'actual'>): boolean {
  const pairs = [
    [left.expected, right.expected],
    [left.actual, right.actual],
  ] as const;
  return pairs.every(
    ([one, other]) =>
      one.units === other.units &&
      isSame(one.unitPrice, other.unitPrice) &&
      isSame(one.unitCost, other.unitCost),
  );
}

function isApart(expected: Decimal | null, actual: Decimal | null): boolean {
  return expected !== null && actual !== null && expected.minus(actual).abs().greaterThan(TOLERANCE);
}
