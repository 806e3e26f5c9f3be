import type { LineOfCustomer } from './customer-line.js';
import type { ChargeItem } from './charge-item.js';

/** Kinds that belong to a customer's Azure plan where nothing else says so. */
const OF_AZURE_PLAN: ReadonlySet<string> = new Set(['usage', 'reservation']);

/** What decides where an amount belongs. */
export type PlacedBy = Pick<ChargeItem, 'subscriptionId' | 'kind' | 'source'> & { currency: string };

/**
 * The one line an amount belongs on, of all connections of the tenant: its subscription's, else that of the customer's Azure plan, else the
 * customer's first. Where nothing names a subscription, lines in the currency of the amount come first; what is recorded can be billed in
 * no other.
 * @param own mapped lines of the item's customer, always in the same order
 */
export function lineFor(
  { subscriptionId, kind, source, currency }: PlacedBy,
  own: readonly LineOfCustomer[],
): LineOfCustomer | null {
  const named = own.find((line) => line.subscriptionId === subscriptionId);
  const inCurrency = own.filter((line) => line.currency === currency);
  const others = source === 'recorded' && inCurrency.length > 0 ? [] : own;
  const near =
    named === undefined
      ? [...inCurrency, ...others]
      : own.filter(({ connectionId }) => connectionId === named.connectionId);
  const azure = near.find((line) => line.kind === 'azurePlan') ?? null;
  // Reservations add to their Azure plan, whatever order of its own they were bought under.
  if (kind === 'reservation' && azure !== null) return azure;
  if (named !== undefined) return named;
  if (OF_AZURE_PLAN.has(kind) && source !== 'recorded') return azure;
  // A recorded charge of a subscription that is not mapped waits for its mapping.
  return subscriptionId === null ? (azure ?? near[0] ?? null) : null;
}
