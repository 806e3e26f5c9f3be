import type { PsaEntity } from '../../ports/psa/psa-records.js';

/** Fewer than this may really have been deleted between two pulls. */
const SUSPICIOUS = 3;

/** Nobody deletes the last of these: everything a connection is for hangs on them. */
const NEVER_EMPTIED: ReadonlySet<PsaEntity> = new Set(['currencies', 'companies', 'contracts']);

export interface ShownRecords {
  entity: PsaEntity;
  seen: number;
  missing: number;
}

/**
 * Whether a complete pull saw so few of the known records of an entity that a lost right is likelier than deletions: more than half is missing,
 * and more than a person deletes in passing. The smallest tenants are guarded too: the last currency, company or contract goes only when a
 * person accepts it.
 */
export function hasVisibilityShrunk({ entity, seen, missing }: ShownRecords): boolean {
  return missing > seen && (missing >= SUSPICIOUS || (seen === 0 && NEVER_EMPTIED.has(entity)));
}
