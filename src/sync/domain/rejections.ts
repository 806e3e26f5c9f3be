import type { PsaRecordMalformedError } from '../../ports/psa/psa.errors.js';
import { RecordsUnreadableError } from './sync.errors.js';
import type { EntityProgress, Rejection } from './sync-run.js';

/** Records of one entity that a run sets aside; more are no slip of a person. */
export const MOST_REJECTIONS = 100;

/**
 * The rejections of an entity after a batch; a record that is read again and rejected again is named once.
 * @throws RecordsUnreadableError when there are too many to go on
 */
export function withRejected(
  { entity, rejections }: Pick<EntityProgress, 'entity' | 'rejections'>,
  rejected: readonly PsaRecordMalformedError[],
): readonly Rejection[] {
  if (rejected.length === 0) return rejections;
  const byId = new Map(rejections.map((rejection) => [rejection.externalId, rejection]));
  for (const { externalId, field, detail } of rejected) byId.set(externalId, { externalId, field, detail });
  const all = [...byId.values()];
  const [first] = all;
  if (all.length > MOST_REJECTIONS && first !== undefined) {
    throw new RecordsUnreadableError(entity, MOST_REJECTIONS, first.detail);
  }
  return all;
}
