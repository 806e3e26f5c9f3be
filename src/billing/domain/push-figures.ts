/** States of operations that are not over; a failed one waits for a person. */
export const OPEN_STATES = ['pending', 'sending', 'verifying', 'failed'] as const;

/** What the connections of all tenants have to push, those that were removed left out. */
export interface PushFigures {
  operations: Record<(typeof OPEN_STATES)[number], number>;
  /** When the oldest operation that is neither over nor failed was decided on; null where there is none. */
  oldestSince: Date | null;
  /** Connections whose pushes were stopped after failures. */
  stoppedConnections: number;
}

export interface PushFiguresReader {
  read(): Promise<PushFigures>;
}

export const PUSH_FIGURES_READER = Symbol('PUSH_FIGURES_READER');
