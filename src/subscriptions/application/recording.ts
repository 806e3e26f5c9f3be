import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import type { Actor } from '../../ports/host/actor-resolver.port.js';
import type { ValueChange } from '../domain/record-values.js';
import { StoreTierNotAllowedError } from '../domain/subscription.errors.js';

/** What a recording left in the store, and whether the record is new there. */
export interface Recorded<T> {
  record: T;
  isNew: boolean;
}

/** @throws StoreTierNotAllowedError */
export function demandRecordingTier({ tier }: Actor): void {
  if (tier !== 'csp' && tier !== 'reseller') throw new StoreTierNotAllowedError(tier);
}

export function auditedChanges(changes: readonly ValueChange[]): AuditDetails {
  return { changes: changes.map((change) => ({ ...change })) };
}
