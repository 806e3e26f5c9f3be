/** Fewer than this may really have been deleted between two pulls, as long as others are still shown. */
const SUSPICIOUS = 3;

/**
 * Whether a complete pull saw so few of the known records that a lost right is likelier than deletions: nothing is shown any more, or
 * more than half is missing. The smallest tenants are guarded too: the last row of an entity is deleted only when a person accepts it.
 */
export function hasVisibilityShrunk({ seen, missing }: { seen: number; missing: number }): boolean {
  return missing > seen && (seen === 0 || missing >= SUSPICIOUS);
}
