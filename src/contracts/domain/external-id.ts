/** The later of two ids of a PSA, which count upwards: the longer number, or the greater of two as long. */
export function higherId(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  if (left.length !== right.length) return left.length > right.length ? left : right;
  return left > right ? left : right;
}

/** Null when there is no record. */
export function highestIdOf(records: readonly { externalId: string }[]): string | null {
  let highest: string | null = null;
  for (const { externalId } of records) highest = higherId(highest, externalId);
  return highest;
}
