import { bulkhead, type BulkheadPolicy } from 'cockatiel';

/** The vendor counts concurrent requests per tracking identifier and entity; metadata shares the bucket (Autotask REST reference, §5). */
const MAX_CONCURRENT = 3;

/** Holds the requests of this process to three at a time per entity; further ones wait their turn. */
export class EntityLimiter {
  readonly #bulkheads = new Map<string, BulkheadPolicy>();

  /** @throws the signal's reason when aborted while waiting */
  async run<T>(entity: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await this.#bulkhead(entity.toLowerCase()).execute(work, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  #bulkhead(key: string): BulkheadPolicy {
    const known = this.#bulkheads.get(key);
    if (known !== undefined) return known;
    const created = bulkhead(MAX_CONCURRENT, Number.MAX_SAFE_INTEGER);
    this.#bulkheads.set(key, created);
    return created;
  }
}
