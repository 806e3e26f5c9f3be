import type { IdBounds } from '../client/keyset-page.js';

/** What was read from the first id on. */
interface ReadSoFar {
  readonly firstId: bigint;
  readonly rows: number;
}

/**
 * Ids at about equal distances among the rows a caller already has. They tell, without a call, about how many rows follow an
 * id and where to split. Only estimates: what they get wrong costs time, never a row.
 */
export class KnownSplits {
  readonly #ids: readonly bigint[];

  constructor(ids: readonly bigint[]) {
    this.#ids = [...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1));
  }

  /** Rows expected beyond an id; null when the splits say nothing about what was read so far. */
  rowsAfter(id: bigint, { firstId, rows }: ReadSoFar): number | null {
    const ahead = this.#ids.length + 1 - this.#stretches(id, firstId);
    const passed = this.#stretches(id, firstId) - this.#stretches(firstId, firstId);
    if (this.#ids.length === 0 || passed <= 0) return null;
    return (rows / passed) * ahead;
  }

  /** Up to `parts - 1` splits inside a range, at about equal distances. */
  within({ after, upTo }: IdBounds, parts: number): bigint[] {
    const inside = this.#ids.filter((id) => id > after && (upTo === null || id < upTo));
    const wanted = Math.min(parts - 1, inside.length);
    return Array.from({ length: wanted }, (_, index) => {
      const place = Math.round(((inside.length + 1) * (index + 1)) / (wanted + 1)) - 1;
      return inside[Math.min(inside.length - 1, Math.max(index, place))] ?? after;
    });
  }

  /** How many stretches between splits lie before an id; inside a stretch in proportion to its ids. */
  #stretches(id: bigint, firstId: bigint): number {
    const after = this.#ids.findIndex((split) => split > id);
    const index = after === -1 ? this.#ids.length : after;
    const from = this.#ids[index - 1] ?? firstId;
    const to = this.#ids[index];
    if (to === undefined || to <= from || id <= from) return index;
    return index + Number(id - from) / Number(to - from);
  }
}
