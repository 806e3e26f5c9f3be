import { createHash } from 'node:crypto';
import type { Connection } from '../../connections/domain/connection.js';
import type { BillingLine } from '../domain/billing-line.js';
import type { ContractState } from '../domain/contract-state.js';
import type { DesiredLine } from '../domain/desired-line.js';
import type { Operation } from '../domain/operation.js';

/** Of everything a plan is made from: it is another one when any of it is. */
export function fingerprintOf(
  { policies }: Connection,
  lines: readonly BillingLine[],
  desired: readonly DesiredLine[],
  contracts: readonly ContractState[],
  open: readonly Operation[],
): string {
  const { decrease, cancel, azure, renewal, charges, prices } = policies;
  const facts = {
    policies: { decrease, cancel, azure, renewal, charges, prices },
    left: lines
      .filter(({ isMapped }) => !isMapped)
      .map(({ id, lineExternalId }) => `${id} ${lineExternalId}`)
      .toSorted(),
    // Whole states: at the price of today's rules and the cost of today's exchange rate, a revision says something else than it did.
    subscriptions: desired
      .map(({ changes, foreignLineExternalIds, ...line }) => ({
        ...line,
        foreign: foreignLineExternalIds.toSorted(),
        changes: changes.toSorted((left, right) => left.revision - right.revision),
      }))
      .toSorted(bySubscription),
    contracts: byId(contracts).map(({ lines, ...contract }) => ({
      ...contract,
      lines: byId(lines).map((line) => ({ ...line, units: byId(line.units) })),
    })),
    open: open.map(({ id, state, step }) => ({ id, state, after: step.after })),
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

function bySubscription(left: { subscriptionId: string }, right: { subscriptionId: string }): number {
  return left.subscriptionId < right.subscriptionId ? -1 : 1;
}

function byId<T extends { externalId: string }>(items: readonly T[]): T[] {
  return items.toSorted((left, right) => (left.externalId < right.externalId ? -1 : 1));
}
