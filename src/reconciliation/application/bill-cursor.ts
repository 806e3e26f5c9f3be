import type { BillTotal } from '../../imports/domain/bill-totals.js';
import type { BilledSubject } from '../domain/month-facts.js';

/** Ids in the order of their bytes, as the database streams them. */
export function compareIds(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Goes along the totals of a bill beside another list in the same order, and puts those of one subscription and customer together. */
export class BillCursor {
  readonly #totals: AsyncIterator<BillTotal>;
  #next: BillTotal | null = null;
  #isEnded = false;

  constructor(totals: AsyncIterable<BillTotal>) {
    this.#totals = totals[Symbol.asyncIterator]();
  }

  /** Subjects up to a subscription, included; all that are left where none is given. At most `limit` of them. */
  async take(upTo: string | null, limit: number): Promise<BilledSubject[]> {
    const subjects: BilledSubject[] = [];
    for (;;) {
      const total = await this.#peek();
      if (total === null) return subjects;
      const { subscriptionId, customerId, customerName } = total;
      if (upTo !== null && subscriptionId !== null && compareIds(subscriptionId, upTo) > 0) return subjects;
      const last = subjects.at(-1);
      if (last?.subscriptionId === subscriptionId && last.customerId === customerId) {
        last.totals.push(total);
      } else {
        if (subjects.length >= limit) return subjects;
        subjects.push({ subscriptionId, customerId, customerName, totals: [total] });
      }
      this.#next = null;
    }
  }

  /** Gives back what the stream holds. */
  async close(): Promise<void> {
    this.#isEnded = true;
    await this.#totals.return?.();
  }

  async #peek(): Promise<BillTotal | null> {
    if (this.#next !== null || this.#isEnded) return this.#next;
    const { done, value } = await this.#totals.next();
    if (done === true) this.#isEnded = true;
    else this.#next = value;
    return this.#next;
  }
}
