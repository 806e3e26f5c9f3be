import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';

/** What the mirror shows of a contract service on a day. */
export interface LineInForce {
  externalId: string;
  /** 0 where no unit row covers the day. */
  units: number;
  /** Customer currency, in force when it was pulled. */
  unitPrice: Decimal | null;
  /** Internal currency of the instance. */
  unitCost: Decimal | null;
}

export interface MirroredLineReader {
  /** Those of the contract services that are mirrored. */
  linesInForce(connectionId: string, externalIds: readonly string[], day: LocalDate): Promise<LineInForce[]>;
}

export const MIRRORED_LINE_READER = Symbol('MIRRORED_LINE_READER');
