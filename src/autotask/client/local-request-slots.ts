import { WaitingLine } from '../../kernel/waiting-line.js';
import type { RequestSlot, RequestSlots, SlotBucket } from '../../ports/psa/request-slots.port.js';

interface Pool {
  free: number;
  line: WaitingLine<void>;
}

/** Nothing takes a slot of this process away. */
const NEVER = new AbortController().signal;

/** The slots of one process that shares its PSA with no other. */
export class LocalRequestSlots implements RequestSlots {
  readonly #pools = new Map<string, Pool>();

  async take({ key, slots }: SlotBucket, signal?: AbortSignal): Promise<RequestSlot> {
    signal?.throwIfAborted();
    const pool = this.#pools.get(key) ?? { free: slots, line: new WaitingLine<void>() };
    this.#pools.set(key, pool);
    if (pool.free > 0) pool.free -= 1;
    else await pool.line.join(signal);
    return {
      lost: NEVER,
      release: (restMs) => {
        if (restMs > 0) setTimeout(() => putBack(pool), restMs);
        else putBack(pool);
      },
    };
  }
}

function putBack(pool: Pool): void {
  if (!pool.line.serve()) pool.free += 1;
}
