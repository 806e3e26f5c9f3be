import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { LineValues } from './line-timeline.js';

/** Why an operation was given up whose subscription left the contract service it was for. */
export const LINE_LEFT = 'billing.line_left';

/** A mapped subscription and the contract service it feeds. */
export interface BillingLine {
  id: string;
  connectionId: string;
  tenantId: string;
  subscriptionId: string;
  contractExternalId: string;
  serviceExternalId: string;
  /** Whether the subscription feeds it now; one that was left stays for the history, and as long as it is bound it is watched. */
  isMapped: boolean;
  /** The contract service that is ours; null until one was found or made, and once it was given up. */
  lineExternalId: string | null;
  /** The state of the subscription that was planned last; null when none was. */
  known: Subscription | null;
}

/** Where a line stands: what a decision about it has to find as it was. */
export type LineStanding = Pick<BillingLine, 'id' | 'isMapped' | 'lineExternalId'>;

export interface LineKey {
  connectionId: string;
  tenantId: string;
  subscriptionId: string;
  contractExternalId: string;
  serviceExternalId: string;
}

/** What a subscription stops feeding. */
export interface LineDeparture {
  connectionId: string;
  subscriptionId: string;
  /** The line it feeds from now on, which is not left; null: none of the connection. */
  to: Pick<LineKey, 'contractExternalId' | 'serviceExternalId'> | null;
}

/** A line that was left while its contract service is still ours. */
export interface LeftLine extends BillingLine {
  /** What was planned last of its subscription on the line it feeds now; null where there is none. */
  now: Subscription | null;
}

/** A contract service that belongs to a subscription. */
export interface BoundLine {
  contractExternalId: string;
  lineExternalId: string;
  lineId: string;
  /** Its subscription left it and nothing of it is under way: another subscription may take it over. */
  isFree: boolean;
}

/** What a decision finds out about a line; null where it finds nothing. */
export interface LineFacts {
  lineId: string;
  /** What it has in force while nothing was written to it yet; the first one stays. */
  baseline: LineValues | null;
  /** The state of its subscription that is planned now. */
  known: Subscription | null;
}

/** What feeds which contract service, and what was billed last. */
export interface LineStore {
  /** The lines with these keys, made where they are missing; what their subscriptions fed before has to be left first. */
  ensureLines(tx: Transaction, keys: readonly LineKey[], at: Date): Promise<BillingLine[]>;
  /** Takes subscriptions off what they feed, unless that is where they are to be. @returns the lines that were left, locked */
  leave(tx: Transaction, departures: readonly LineDeparture[]): Promise<BillingLine[]>;
  /** Takes everything off what it feeds that is mapped on a connection. @returns the lines that were left, locked */
  leaveAll(tx: Transaction, connectionId: string): Promise<BillingLine[]>;
  /** Lines that were left, are bound and settled: nothing of them or of their subscriptions is under way or was touched since an instant. */
  leftLines(connectionId: string, today: LocalDate, untouchedSince: Date): Promise<LeftLine[]>;
  /** Gives up contract services of lines that were left. */
  giveUp(tx: Transaction, lineIds: readonly string[]): Promise<void>;
  /** The line a subscription feeds now; null while it is not mapped. */
  mappedLine(tx: Transaction, tenantId: string, subscriptionId: string): Promise<BillingLine | null>;
  findMapped(tenantId: string, subscriptionId: string): Promise<BillingLine | null>;
  /** Of a connection; only those mapped now. */
  mappedLines(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]>;
  /** Mapped lines of these contracts whose subscription was planned last as cancelled, or with no units. */
  linesThatAreOver(connectionId: string, contractExternalIds: readonly string[]): Promise<BillingLine[]>;
  /** Until the transaction ends nobody else decides about these lines, and none of them is left. @returns them as they are */
  lockLines(tx: Transaction, ids: readonly string[]): Promise<LineStanding[]>;
  findLines(ids: readonly string[], tx?: Transaction): Promise<BillingLine[]>;
  /** As `findLines`, for who asks about a bulk of lines only where they stand. */
  standingOf(ids: readonly string[]): Promise<LineStanding[]>;
  /** Contract services of these contracts that belong to a subscription, or did. */
  boundLines(connectionId: string, contractExternalIds: readonly string[]): Promise<BoundLine[]>;
  /** Lines these subscriptions fed before and do no longer, that are bound to a contract service. */
  formerLines(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]>;
  /** Lines these subscriptions fed before and do no longer, the newest first. */
  leftLinesOf(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]>;
  /** Binds lines to contract services, which lines that were left give up. */
  bind(tx: Transaction, bound: readonly { lineId: string; lineExternalId: string }[]): Promise<void>;
  /** Keeps what is known of lines from here on, each named once. */
  keepFacts(tx: Transaction, facts: readonly LineFacts[]): Promise<void>;
  /** Takes the recorded state of a revision as known, where it was recorded and nothing newer is known. */
  setKnownFromChange(tx: Transaction, lineId: string, revision: number): Promise<void>;
  /** Subscriptions of a connection that have something unfinished: a change that waits, or an operation not applied. */
  unsettledSubscriptions(connectionId: string, subscriptionIds: readonly string[]): Promise<Set<string>>;
}

export const LINE_STORE = Symbol('LINE_STORE');
