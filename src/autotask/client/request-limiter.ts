import { createHash } from 'node:crypto';
import type { Secret } from '../../kernel/secret.js';
import type { RequestSlots, SlotBucket } from '../../ports/psa/request-slots.port.js';

/** The vendor counts concurrent requests per tracking identifier and entity; metadata shares the bucket (Autotask REST reference, §5). */
const MAX_CONCURRENT = 3;
/** Metadata calls, which a security check makes by the dozen, are made one by one (Autotask REST reference, §4.3). */
const MAX_CONCURRENT_METADATA = 1;

/** How long a slot rests once its request is over, told what it raised, if anything; milliseconds. */
export type RestAfter = (error: unknown) => number;

/** Holds the requests of one tracking identifier in one database to what the vendor allows at a time. */
export class RequestLimiter {
  readonly #slots: RequestSlots;
  readonly #owner: string;
  readonly #metadataKey: string;

  /** @param instanceId the vendor's id of the customer database */
  constructor(slots: RequestSlots, integrationCode: Secret, instanceId: string) {
    this.#slots = slots;
    // A digest, because the key is stored: the tracking identifier is part of the credentials.
    const digest = createHash('sha256').update(integrationCode.reveal()).digest('hex').slice(0, 16);
    this.#owner = `autotask/${instanceId}/${digest}`;
    this.#metadataKey = `autotask/${instanceId}/#metadata`;
  }

  /**
   * Runs a request when it may be sent; the signal it is given aborts when it must end.
   * @param path below the version @throws the signal's reason when aborted while waiting; what `RequestSlots` raises
   */
  async run<T>(
    path: string,
    work: (lost: AbortSignal) => Promise<T>,
    restAfter: RestAfter,
    signal?: AbortSignal,
  ): Promise<T> {
    const [entity = path, kind] = path.toLowerCase().split('/');
    const bucket = { key: `${this.#owner}/${entity}`, slots: MAX_CONCURRENT };
    if (kind !== 'entityinformation') return this.#inside(bucket, work, restAfter, signal);
    // In this order everywhere, so that nobody holds an entity's slot while waiting for the metadata slot.
    const metadata = { key: this.#metadataKey, slots: MAX_CONCURRENT_METADATA };
    const inside = (): Promise<T> => this.#inside(bucket, work, restAfter, signal);
    return this.#inside(metadata, inside, () => 0, signal);
  }

  async #inside<T>(
    bucket: SlotBucket,
    work: (lost: AbortSignal) => Promise<T>,
    restAfter: RestAfter,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const slot = await this.#slots.take(bucket, signal);
    let raised: unknown;
    try {
      signal?.throwIfAborted();
      return await work(slot.lost);
    } catch (error) {
      raised = error;
      throw error;
    } finally {
      slot.release(restAfter(raised));
    }
  }
}
