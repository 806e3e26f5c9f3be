import { WaitingLine } from '../../kernel/waiting-line.js';
import type { RequestSlot, SlotBucket } from '../../ports/psa/request-slots.port.js';
import { RequestSlotsUnavailableError } from './limits.errors.js';
import { FORGOTTEN_MS } from './slot-connection.js';
import type { BucketLease, ReturnedSlot, SlotLease, SlotStore, TakeResult } from './slot-store.js';

/** All in milliseconds. */
export interface SlotTiming {
  /** For how long a slot is ours from the moment the database was asked; a killed process blocks its slots for so long. */
  leaseMs: number;
  /** How long before that we stop using it, for requests under way to end. */
  marginMs: number;
  /** How long a process that others wait for keeps a slot, one request longer at most. Shorter costs more hand-overs. */
  turnMs: number;
  /** After how long a slot that nobody uses is given back. */
  idleMs: number;
  /** How often a waiting process asks where no notice reaches it. */
  pollMs: number;
}

/** A slot this process has; instants are of the monotonic clock (`performance.now()`). */
interface HeldLease extends SlotLease {
  takenAt: number;
  /** When it was taken or last renewed, and until when it was valid before. */
  confirmedAt: number;
  validBefore: number;
  validUntil: number;
  /** The end of its rest. */
  usableAt: number;
  isBusy: boolean;
  lost: AbortController;
}

/** What one process has of a bucket: gives its slots to those who wait here, and passes them on when other processes wait. */
export class SlotPool {
  readonly #bucket: SlotBucket;
  readonly #store: SlotStore;
  readonly #timing: SlotTiming;
  readonly #leases = new Set<HeldLease>();
  readonly #line = new WaitingLine<HeldLease>();
  readonly #pending = new Set<Promise<void>>();
  #othersWaiting = 0;
  #handedOverAt = 0;
  #isAsking = false;
  #isQueued = false;
  /** A slot came free while the question was under way, whose answer may not know of it. */
  #isOutdated = false;
  #isClosed = false;
  #nextAsk: NodeJS.Timeout | undefined;

  constructor(bucket: SlotBucket, store: SlotStore, timing: SlotTiming) {
    this.#bucket = bucket;
    this.#store = store;
    this.#timing = timing;
  }

  get isIdle(): boolean {
    return this.#leases.size === 0 && this.#line.length === 0;
  }

  /** @throws the signal's reason; RequestSlotsUnavailableError */
  async take(signal?: AbortSignal): Promise<RequestSlot> {
    signal?.throwIfAborted();
    const lease = this.#usableLease() ?? (await this.#waitForLease(signal));
    return {
      lost: lease.lost.signal,
      release: (restMs) => this.#release(lease, restMs),
    };
  }

  /** Another process began to wait. */
  onOthersWaiting(): void {
    this.#othersWaiting = Math.max(1, this.#othersWaiting);
    for (const lease of this.#leases) if (!lease.isBusy && this.#isOthersTurn(lease)) this.#giveBack([lease]);
    this.#ask();
  }

  /** Another process gave a slot back. */
  onFreed(): void {
    if (this.#isAsking) this.#isOutdated = true;
    else if (this.#isQueued) this.#ask();
  }

  /** Gives back what nobody has used for a while. */
  giveBackIdle(): void {
    const before = performance.now() - this.#timing.idleMs;
    this.#giveBack([...this.#leases].filter((lease) => !lease.isBusy && lease.usableAt <= before));
    this.#ask();
  }

  leases(): BucketLease[] {
    return [...this.#leases].map(({ slot, lease }) => ({ bucket: this.#bucket.key, slot, lease }));
  }

  /** Notes which of the leases asked to be renewed are still ours; the others are lost. */
  onRenewed(asked: readonly BucketLease[], kept: readonly BucketLease[], askedAt: number): void {
    const validUntil = askedAt + this.#timing.leaseMs - this.#timing.marginMs;
    const keptLeases = new Set(kept.map(({ lease, slot }) => `${slot} ${lease}`));
    const askedLeases = new Set(asked.map(({ lease, slot }) => `${slot} ${lease}`));
    for (const held of this.#leases) {
      const key = `${held.slot} ${held.lease}`;
      if (keptLeases.has(key)) {
        Object.assign(held, { confirmedAt: performance.now(), validBefore: held.validUntil, validUntil });
      }
      if (askedLeases.has(key) && !keptLeases.has(key)) this.#lose(held);
    }
  }

  /** Goes back to what the database certainly still knows, should it have crashed. */
  onConnectionBroken(): void {
    const since = performance.now() - FORGOTTEN_MS;
    for (const lease of this.#leases) if (lease.confirmedAt >= since) lease.validUntil = lease.validBefore;
  }

  /** Ends the use of leases that could not be renewed in time; when the next one would be due, or null. */
  loseExpired(): number | null {
    const now = performance.now();
    let next: number | null = null;
    for (const lease of this.#leases) {
      if (lease.validUntil <= now) this.#lose(lease);
      else next = Math.min(next ?? Number.POSITIVE_INFINITY, lease.validUntil);
    }
    return next;
  }

  /** Gives everything back; slots in use follow when their request is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#nextAsk);
    this.#line.fail(new RequestSlotsUnavailableError());
    this.#giveBack([...this.#leases].filter(({ isBusy }) => !isBusy));
    // An answer under way may bring slots, or a place in the line, that have to be given back in turn.
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #usableLease(): HeldLease | undefined {
    if (this.#line.length > 0) return undefined;
    const now = performance.now();
    for (const lease of this.#leases) {
      if (!lease.isBusy && lease.usableAt <= now && lease.validUntil > now) {
        lease.isBusy = true;
        return lease;
      }
    }
    return undefined;
  }

  async #waitForLease(signal: AbortSignal | undefined): Promise<HeldLease> {
    if (this.#isClosed) throw new RequestSlotsUnavailableError();
    const turn = this.#line.join(signal);
    if (!this.#isQueued) this.#ask();
    try {
      return await turn;
    } finally {
      if (this.#line.length === 0) this.#stopWaiting();
    }
  }

  #serve(lease: HeldLease): void {
    if (lease.isBusy || !this.#leases.has(lease)) return;
    if (lease.validUntil <= performance.now()) {
      this.#lose(lease);
      return;
    }
    lease.isBusy = true;
    if (this.#line.serve(lease)) return;
    lease.isBusy = false;
    if (this.#othersWaiting > 0 || this.#isClosed) this.#giveBack([lease]);
  }

  #ask(): void {
    const notInUse = [...this.#leases].filter(({ isBusy }) => !isBusy).length;
    const wanted = Math.min(this.#bucket.slots - this.#leases.size, this.#line.length - notInUse);
    if (this.#isAsking || this.#isClosed || wanted <= 0) return;
    this.#isAsking = true;
    this.#isOutdated = false;
    clearTimeout(this.#nextAsk);
    const askedAt = performance.now();
    const { key: bucket, slots } = this.#bucket;
    this.#track(
      this.#store.take({ bucket, slots, wanted }).then(
        (result) => this.#onAnswer(result, wanted, askedAt),
        (error: unknown) => this.#onRefused(error),
      ),
    );
  }

  #onAnswer({ granted, othersWaiting, nextFreeMs }: TakeResult, wanted: number, askedAt: number): void {
    this.#isAsking = false;
    this.#othersWaiting = othersWaiting;
    this.#isQueued = granted.length < wanted;
    const { leaseMs, marginMs, pollMs } = this.#timing;
    const validUntil = askedAt + leaseMs - marginMs;
    for (const { slot, lease } of granted) {
      const added: HeldLease = {
        slot,
        lease,
        takenAt: askedAt,
        confirmedAt: performance.now(),
        validBefore: askedAt,
        validUntil,
        usableAt: askedAt,
        isBusy: false,
        lost: new AbortController(),
      };
      this.#leases.add(added);
      this.#serve(added);
    }
    if (this.#line.length === 0) this.#stopWaiting();
    else if (this.#isQueued && !this.#isOutdated) {
      this.#nextAsk = setTimeout(() => this.#ask(), Math.min(pollMs, nextFreeMs ?? pollMs));
    } else this.#ask();
  }

  #onRefused(error: unknown): void {
    this.#isAsking = false;
    this.#isQueued = false;
    this.#line.fail(new RequestSlotsUnavailableError(error));
  }

  #stopWaiting(): void {
    if (!this.#isQueued) return;
    this.#isQueued = false;
    clearTimeout(this.#nextAsk);
    // Should it fail, the place in the line expires by itself.
    this.#track(this.#store.leave(this.#bucket.key));
  }

  #release(lease: HeldLease, restMs: number): void {
    lease.isBusy = false;
    if (!this.#leases.has(lease)) return;
    lease.usableAt = performance.now() + restMs;
    if (this.#isOthersTurn(lease)) {
      this.#giveBack([lease]);
      if (this.#line.length > 0) this.#ask();
    } else this.#serveAfterRest(lease);
  }

  /** Timers may come a moment early: whoever asked in that moment would find the slot resting, and nobody left to serve it. */
  #serveAfterRest(lease: HeldLease): void {
    const restMs = lease.usableAt - performance.now();
    if (restMs > 0) setTimeout(() => this.#serveAfterRest(lease), restMs);
    else this.#serve(lease);
  }

  /** What is beyond our share goes at once, the rest one by one when we have had it for a turn. */
  #isOthersTurn({ takenAt }: HeldLease): boolean {
    if (this.#isClosed) return true;
    if (this.#othersWaiting === 0) return false;
    if (this.#line.length === 0) return true;
    if (this.#leases.size > Math.ceil(this.#bucket.slots / (1 + this.#othersWaiting))) return true;
    const now = performance.now();
    const { turnMs } = this.#timing;
    return now - takenAt >= turnMs && now - this.#handedOverAt >= turnMs / this.#bucket.slots;
  }

  #giveBack(leases: readonly HeldLease[]): void {
    if (leases.length === 0) return;
    for (const lease of leases) this.#leases.delete(lease);
    const now = performance.now();
    this.#handedOverAt = now;
    const returned = leases
      .filter(({ validUntil }) => validUntil > now)
      .map(({ slot, lease, usableAt }) => ({ slot, lease, restMs: Math.max(0, usableAt - now) }));
    if (returned.length > 0) this.#track(this.#return(returned));
  }

  async #return(slots: readonly ReturnedSlot[]): Promise<void> {
    this.#othersWaiting = await this.#store.giveBack(this.#bucket.key, slots);
  }

  #lose(lease: HeldLease): void {
    this.#leases.delete(lease);
    lease.lost.abort(new RequestSlotsUnavailableError());
    if (this.#line.length > 0) this.#ask();
  }

  /** Statements nobody waits for; a lease whose return failed expires by itself. */
  #track(work: Promise<void>): void {
    const settled = work
      .catch(() => undefined)
      .finally(() => {
        this.#pending.delete(settled);
      });
    this.#pending.add(settled);
  }
}
