/** Below this many known records, any share may really have been deleted. */
const SMALL = 20;

/**
 * Whether a complete pull saw so few of the known records that a lost right is likelier than deletions: more than half of them are
 * missing.
 */
export function hasVisibilityShrunk({ seen, missing }: { seen: number; missing: number }): boolean {
  return seen + missing >= SMALL && missing > seen;
}
