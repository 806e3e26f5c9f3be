import { Inject, Injectable } from '@nestjs/common';
import { PSA_CONNECTOR_SETTINGS, type PsaConnectorSettings } from '../../core/psa-connector.options.js';
import type { Actor } from '../../ports/host/actor-resolver.port.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { TooManyRequestsError } from './http.errors.js';

interface Bucket {
  /** Requests left; may be a fraction. */
  left: number;
  /** When `left` was right, in milliseconds since the epoch. */
  at: number;
  /** When a refusal was last told of, by its kind, in milliseconds since the epoch. */
  toldAt: ReadonlyMap<RefusalKind, number>;
}

/** What an actor is refused however often: requests beyond the limit, and those refused before their use case is known. */
export type RefusalKind = 'beyondLimit' | 'beforeUseCase';

const MINUTE_MS = 60_000;
/** Beyond this many, actors whose bucket has filled up again are forgotten. */
const MAX_BUCKETS = 10_000;

/**
 * A token bucket per actor, in the memory of this process: it holds a minute's requests and fills evenly. A program that runs
 * wild is slowed down before it costs everybody else; exact limits across replicas would cost a write per request.
 */
@Injectable()
export class ActorRateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perMinute: number;

  constructor(
    @Inject(PSA_CONNECTOR_SETTINGS) { http }: PsaConnectorSettings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#perMinute = http.requestsPerMinute;
  }

  /** @throws TooManyRequestsError */
  take({ tenantId, id }: Actor): void {
    if (this.#perMinute === 0) return;
    const now = this.clock.now().getTime();
    const key = keyOf({ tenantId, id });
    const bucket = this.#buckets.get(key);
    const left = this.leftIn(bucket, now);
    if (left < 1) throw new TooManyRequestsError(Math.ceil(((1 - left) * 60) / this.#perMinute));
    this.#buckets.set(key, { left: left - 1, at: now, toldAt: bucket?.toldAt ?? new Map() });
    if (this.#buckets.size > MAX_BUCKETS) this.forgetFull(now);
  }

  /** Whether a refusal of this actor is to be told of: one of a kind a minute is, so that whoever runs wild fills no log. */
  isToBeTold(actor: Pick<Actor, 'tenantId' | 'id'>, kind: RefusalKind = 'beyondLimit'): boolean {
    const key = keyOf(actor);
    const now = this.clock.now().getTime();
    const bucket = this.#buckets.get(key) ?? { left: this.#perMinute, at: now, toldAt: new Map() };
    const toldAt = bucket.toldAt.get(kind);
    if (toldAt !== undefined && now - toldAt < MINUTE_MS) return false;
    this.#buckets.set(key, { ...bucket, toldAt: new Map(bucket.toldAt).set(kind, now) });
    if (this.#buckets.size > MAX_BUCKETS) this.forgetFull(now);
    return true;
  }

  private leftIn(bucket: Bucket | undefined, now: number): number {
    if (bucket === undefined) return this.#perMinute;
    // A clock that was set back must not empty the bucket.
    const elapsed = Math.max(0, now - bucket.at);
    return Math.min(this.#perMinute, bucket.left + (elapsed * this.#perMinute) / MINUTE_MS);
  }

  private forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.leftIn(bucket, now) >= this.#perMinute) this.#buckets.delete(key);
    }
  }
}

function keyOf({ tenantId, id }: Pick<Actor, 'tenantId' | 'id'>): string {
  return JSON.stringify([tenantId, id]);
}
