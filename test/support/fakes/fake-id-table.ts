import { type IdBounds, type KeysetPage, PAGE_SIZE } from '../../../src/autotask/client/keyset-page.js';
import type { Foresee } from '../../../src/autotask/reading/foreseen-pages.js';
import type { PackedRows, PageSource } from '../../../src/autotask/reading/range-reader.js';

/** Rows that are nothing but ids, answered page by page as the vendor does; counts what it was asked. */
export class FakeIdTable implements PageSource<readonly bigint[]> {
  #ids: bigint[];
  calls = 0;
  counts = 0;
  underWay = 0;
  highestUnderWay = 0;
  /** Awaited before a request is answered; the table may be changed meanwhile. */
  beforeAnswer: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  /** What it tells of a page's last id before it hands out the page. */
  glimpse: (lastId: bigint | null) => bigint | null = () => null;

  constructor(ids: Iterable<bigint>) {
    this.#ids = [...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1));
  }

  get ids(): readonly bigint[] {
    return this.#ids;
  }

  insert(id: bigint): void {
    const place = this.#placeOf(id);
    if (this.#ids[place] !== id) this.#ids.splice(place, 0, id);
  }

  remove(id: bigint): void {
    const place = this.#placeOf(id);
    if (this.#ids[place] === id) this.#ids.splice(place, 1);
  }

  async readPage({ after, upTo }: IdBounds, signal: AbortSignal, foresee: Foresee): Promise<KeysetPage> {
    await this.#turn(signal);
    const start = this.#placeOf(after + 1n);
    const end = upTo === null ? this.#ids.length : this.#placeOf(upTo + 1n);
    const rows = this.#ids.slice(start, Math.min(end, start + PAGE_SIZE));
    const [firstId = null, lastId = null] = [rows[0], rows.at(-1)];
    const isLast = start + PAGE_SIZE >= end;
    foresee(isLast ? null : this.glimpse(lastId));
    return { rows, firstId, lastId, isLast };
  }

  async countRows({ after }: IdBounds, signal: AbortSignal): Promise<number> {
    this.counts += 1;
    await this.#turn(signal);
    return this.#ids.length - this.#placeOf(after + 1n);
  }

  idOf(row: unknown): bigint {
    return row as bigint;
  }

  packRows(rows: readonly unknown[]): PackedRows<readonly bigint[]> {
    return { packed: rows as bigint[], rejected: [] };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    this.calls += 1;
    this.underWay += 1;
    this.highestUnderWay = Math.max(this.highestUnderWay, this.underWay);
    try {
      await this.beforeAnswer(signal);
      signal.throwIfAborted();
    } finally {
      this.underWay -= 1;
    }
  }

  /** Position of the first id that is not smaller. */
  #placeOf(id: bigint): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ids[middle] ?? id) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
