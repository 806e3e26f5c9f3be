import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { PsaConnectorSettings } from '../../core/psa-connector.options.js';
import { newId } from '../../kernel/ids.js';
import type { RequestSlot, RequestSlots, SlotBucket } from '../../ports/psa/request-slots.port.js';
import { PostgresSlotStore } from './postgres-slot-store.js';
import { SlotConnection } from './slot-connection.js';
import { SlotPool, type SlotTiming } from './slot-pool.js';

export const SLOT_TIMING: SlotTiming = {
  leaseMs: 15_000,
  marginMs: 1_000,
  turnMs: 800,
  idleMs: 2_000,
  pollMs: 250,
};

const TICK_MS = 1_000;

/**
 * Slots that all replicas on one Postgres share (`src/docs/adr/0009-shared-request-limits.md`). A slot taken is kept between calls, so that a
 * call costs no statement as a rule; it goes to another replica that waits, after a turn, and expires when its process is gone.
 */
export class PostgresRequestSlots implements RequestSlots, OnApplicationShutdown {
  readonly #logger = new Logger(PostgresRequestSlots.name);
  readonly #holder = newId();
  readonly #timing: SlotTiming;
  readonly #connection: SlotConnection;
  readonly #store: PostgresSlotStore;
  readonly #pools = new Map<string, SlotPool>();
  #ticker: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #renewedAt = 0;
  #isTicking = false;

  constructor({ database }: Pick<PsaConnectorSettings, 'database'>, timing: SlotTiming = SLOT_TIMING) {
    this.#timing = timing;
    this.#connection = new SlotConnection(database, {
      onNotice: (notice) => this.#onNotice(notice),
      onBroken: () => this.#onBroken(),
    });
    this.#store = new PostgresSlotStore(this.#connection, this.#holder, timing.leaseMs);
  }

  take(bucket: SlotBucket, signal?: AbortSignal): Promise<RequestSlot> {
    const known = this.#pools.get(bucket.key);
    const pool = known ?? new SlotPool(bucket, this.#store, this.#timing);
    if (known === undefined) this.#pools.set(bucket.key, pool);
    if (this.#ticker === undefined) {
      this.#renewedAt = performance.now();
      this.#ticker = setInterval(() => void this.#tick(), TICK_MS);
      this.#watchExpiry();
    }
    return pool.take(signal);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopTimers();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    await this.#connection.close();
  }

  /** `wait <holder> <bucket>` or `free <holder> <bucket>`. */
  #onNotice(notice: string): void {
    const [kind, holder, ...rest] = notice.split(' ');
    if (holder === this.#holder) return;
    const pool = this.#pools.get(rest.join(' '));
    if (kind === 'wait') pool?.onOthersWaiting();
    if (kind === 'free') pool?.onFreed();
  }

  #onBroken(): void {
    for (const pool of this.#pools.values()) pool.onConnectionBroken();
    if (this.#expiry === undefined) return;
    clearTimeout(this.#expiry);
    this.#watchExpiry();
  }

  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    try {
      for (const pool of this.#pools.values()) pool.giveBackIdle();
      const used = [...this.#pools].filter(([, pool]) => !pool.isIdle);
      if (used.length === 0) {
        this.#stopTimers();
        return;
      }
      await this.#renewWhenDue();
      // A notice can have been missed while the connection was down.
      const buckets = used.map(([key]) => key);
      for (const key of await this.#store.wantedByOthers(buckets)) this.#pools.get(key)?.onOthersWaiting();
    } catch (error) {
      this.#logger.warn('Request slots could not be renewed', { reason: String(error) });
    } finally {
      this.#isTicking = false;
    }
  }

  async #renewWhenDue(): Promise<void> {
    const askedAt = performance.now();
    if (askedAt - this.#renewedAt < this.#timing.leaseMs / 3) return;
    const leases = [...this.#pools.values()].flatMap((pool) => pool.leases());
    const kept = await this.#store.renew(leases);
    this.#renewedAt = askedAt;
    for (const [key, pool] of this.#pools) {
      const isOf = ({ bucket }: { bucket: string }): boolean => bucket === key;
      pool.onRenewed(leases.filter(isOf), kept.filter(isOf), askedAt);
    }
  }

  /** To the moment, because a request must not be under way any longer. */
  #watchExpiry(): void {
    const due = [...this.#pools.values()].map((pool) => pool.loseExpired()).filter((at) => at !== null);
    const { leaseMs, marginMs } = this.#timing;
    const inMs = Math.min(leaseMs - marginMs, ...due.map((at) => at - performance.now()));
    this.#expiry = setTimeout(() => this.#watchExpiry(), Math.max(1, inMs));
  }

  #stopTimers(): void {
    clearInterval(this.#ticker);
    clearTimeout(this.#expiry);
    this.#ticker = undefined;
    this.#expiry = undefined;
  }
}
