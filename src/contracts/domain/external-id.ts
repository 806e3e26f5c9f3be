/** The later of two ids of a PSA, which count upwards: the longer number, or the greater of two as long. */
export function higherId(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  if (left.length !== right.length) return left.length > right.length ? left : right;
  return left > right ? left : right;
}

export function isHigherId(id: string, other: string): boolean {
  return id !== other && higherId(id, other) === id;
}

/** Of rows that came in several packs; null when there are none. */
export function highestIn(packs: readonly { highestExternalId: string | null }[]): string | null {
  return packs.reduce<string | null>(
    (highest, { highestExternalId }) => higherId(highest, highestExternalId),
    null,
  );
}
