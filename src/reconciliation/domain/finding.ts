import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';

/** How what is expected and what is there compare. */
export const FINDING_KINDS = [
  'matched',
  'missingInAutotask',
  'missingAtMicrosoft',
  'differentQuantity',
  'differentPrice',
  'differentDate',
  'differentCurrency',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/**
 * What is compared: `units` the seats of a subscription with the unit rows of its contract service, `charges` its amounts beside the seats
 * with contract charges, `billingItem` what a contract holds with what was approved and posted, `invoice` what was posted with its
 * invoices, `bill` what the platform knows with Microsoft's bill.
 */
export const FINDING_STAGES = ['units', 'charges', 'billingItem', 'invoice', 'bill'] as const;
export type FindingStage = (typeof FINDING_STAGES)[number];

/** Units and price from a day on. */
export interface ValueFrom {
  from: LocalDate;
  quantity: number;
  /** Decimal text. */
  unitPrice: string | null;
}

/** One side of a comparison, as it is shown and kept; amounts are decimal texts. */
export interface FindingValue {
  /** Of the whole month. */
  amount: string | null;
  currency: string | null;
  /** The days on which something changes; empty where only an amount is compared. */
  values: ValueFrom[];
  /** Records the value was read from: numbers of charges, billing items or invoices, or of lines of a bill. */
  references: string[];
}

/** In words for people. */
export interface Explanation {
  what: string;
  why: string;
  whatToDo: string;
}

export interface Finding {
  /** The same for the same difference, whenever the month is reconciled: `subscription/stage/aspect`. */
  id: string;
  kind: FindingKind;
  stage: FindingStage;
  customerId: string;
  customerName: string;
  subscriptionId: string | null;
  contractExternalId: string | null;
  /** What it is about, such as the name of the offer. */
  title: string;
  expected: FindingValue | null;
  actual: FindingValue | null;
  /** What the customer is expected to be billed in the month; counted once per subject, so null where it is counted elsewhere. */
  expectedAmount: Decimal | null;
  actualAmount: Decimal | null;
  /**
   * Money the difference moves, in the connection's currency: below 0 the tenant loses (billed too little, or charged too much by Microsoft),
   * above 0 it gains.
   */
  impact: Decimal;
  explanation: Explanation;
  /** Whether a plan can be made of it. */
  isFixable: boolean;
}
