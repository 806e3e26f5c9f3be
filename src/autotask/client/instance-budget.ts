import type { Clock } from '../../ports/host/clock.port.js';
import { PsaRateLimitedError } from '../../ports/psa/psa.errors.js';
import type { SessionPurpose } from '../../ports/psa/psa-adapter.port.js';
import type { ApiUsage } from '../../ports/psa/psa-session.port.js';
import type { RequestBudget } from '../../ports/psa/request-budget.port.js';
import {
  type LedgerChange,
  type LedgerState,
  type RequestLedger,
  UNKNOWN_LEDGER_STATE,
} from '../../ports/psa/request-ledger.port.js';
import type { AutotaskLimitOptions } from '../autotask-options.js';
import { closingAfter, paceMs, raisedRestMs, restMsAt, sampleInterval, slotRestMs } from './limit-policy.js';
import {
  countAt,
  othersFromSample,
  roomFrom,
  spanOf,
  type Usage,
  usageAt,
  windowMs,
  withAdded,
} from './usage-window.js';

/** What was counted goes to the ledger so often, and what other processes counted is learned then. */
const FLUSH_MS = 1_000;
/** A state older than this is not decided by. */
const STALE_MS = 10_000;
/** A session that made fewer calls never asks for the PSA's count: an idle cycle must cost no call beyond its reads. */
const CALLS_WORTH_A_SAMPLE = 50;
/** A count as old as this is asked for again, however few calls were made since. */
const OLD_SAMPLE_MS = 600_000;
/** A pull is not turned away by what the PSA told longer ago. */
const SAMPLE_AGE_MS = 60_000;
/** A pull that was turned away starts again when this share of the limit is free: less would not be worth the waking. */
const USEFUL_SHARE = 0.02;
/** When to look again where others use up everything that leaves the window. */
const NO_ROOM_RETRY_MS = 300_000;

/** A wait that was kept can end so much before its time. */
const TIMER_SLACK_MS = 50;

/** Asks the PSA for its count; null when it does not tell. */
export type TakeSample = () => Promise<ApiUsage | null>;

export interface BudgetCaller {
  purpose: SessionPurpose;
  /** Calls the session made so far. */
  callsMade: number;
  takeSample: TakeSample;
}

/**
 * One PSA instance's allowance of requests, as this process knows it: own requests to the second, those of others from the PSA's own count. All
 * processes exchange what they know through the ledger.
 */
export class InstanceBudget {
  readonly #instance: string;
  readonly #ledger: RequestLedger;
  readonly #clock: Clock;
  readonly #options: AutotaskLimitOptions;
  #state: LedgerState = { ...UNKNOWN_LEDGER_STATE };
  #readAt = Number.NEGATIVE_INFINITY;
  #unsent = new Map<number, number>();
  #underWay = new Map<number, number>();
  #sampling: Promise<void> | undefined;
  #noSampleBefore = 0;
  #sentSinceSample = 0;
  #summed: { state: LedgerState; span: number; usage: Usage; ownSinceSample: number } | undefined;
  #exchange: Promise<void> = Promise.resolve();
  #flush: NodeJS.Timeout | undefined;

  constructor(instance: string, ledger: RequestLedger, clock: Clock, options: AutotaskLimitOptions) {
    this.#instance = instance;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Lets a request pass or turns it away; asks the PSA for its count first where that is worth a call.
   * @throws PsaRateLimitedError with `context.budget` "exhausted" (a pull, park it) or "closed" (the PSA refused; wait), nothing sent
   */
  async admit(caller: BudgetCaller): Promise<void> {
    if (this.#now() - this.#readAt > STALE_MS) await this.#swap({});
    if (this.#isWorthASample(caller)) {
      const sampled = this.#sample(caller.takeSample);
      if (this.#refusal(caller.purpose) !== null) await sampled;
    }
    this.demand(caller.purpose);
  }

  /** As `admit`, by what is known. @throws PsaRateLimitedError */
  demand(purpose: SessionPurpose): void {
    const refusal = this.#refusal(purpose);
    if (refusal !== null) throw refusal;
  }

  /** A request is leaving. */
  onSending(): void {
    const span = spanOf(this.#now());
    this.#unsent.set(span, (this.#unsent.get(span) ?? 0) + 1);
    this.#sentSinceSample += 1;
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined;
      void this.#swap({});
    }, FLUSH_MS);
    this.#flush.unref();
  }

  /** The PSA answered, so that it no longer refuses for its allowance. */
  onAnswer(): void {
    const { closings, closedUntil, closedAt } = this.#state;
    if (closings === 0 || (closedUntil !== null && closedUntil > this.#date())) return;
    this.#state.closings = 0;
    void this.#swap({ closed: { at: closedAt ?? this.#date(), until: null, closings: 0 } });
  }

  /** The PSA refused. @param sentAt when the refused request was sent */
  async onRateLimited(error: PsaRateLimitedError, sentAt: Date): Promise<void> {
    const at = this.#date();
    if (error.context['limit'] === 'threads') {
      await this.#swap({ rest: { ms: raisedRestMs(restMsAt(this.#state, at)), at, sentAt } });
      return;
    }
    const given = error.context['retryAfterGiven'] === true ? error.retryAfterSeconds : null;
    const closed = closingAfter(this.#state, at, given);
    if (closed !== null) await this.#swap({ closed });
  }

  /** The PSA told its own count, which includes the request that asked. */
  async onSample({ used, limit, windowMinutes }: ApiUsage): Promise<void> {
    const at = this.#date();
    await this.#swap({});
    const known = this.#known();
    const others = othersFromSample({ ...known, windowMinutes }, used, at.getTime());
    await this.#swap({ sample: { at, limit, windowMinutes, others, knownSampledAt: known.sampledAt } });
  }

  /** How long a slot rests after an answer, so that the PSA has freed it too. */
  restMs(): number {
    return slotRestMs(Math.max(this.#options.slotReleaseMs, restMsAt(this.#state, this.#date())));
  }

  /** How long a pull's request is to occupy its slot at least. */
  paceMs(purpose: SessionPurpose): number {
    if (purpose !== 'pull' || !this.#options.pacesPulls) return 0;
    return paceMs(this.#used().total / this.#state.limit);
  }

  /** Exchanges what is known with the other processes first. */
  async read(): Promise<RequestBudget> {
    await this.#swap({});
    return this.view();
  }

  /** As last known to this process. */
  view(): RequestBudget {
    const { own, others, total } = this.#used();
    const { limit, windowMinutes, sampledAt, closedUntil } = this.#state;
    const isClosed = closedUntil !== null && closedUntil > this.#date();
    return {
      limit,
      windowMinutes,
      used: total,
      own,
      others,
      sampledAt,
      pullShare: this.#options.pullShare,
      closedUntil: isClosed ? closedUntil : null,
    };
  }

  /** Hands over what was not yet counted. */
  async close(): Promise<void> {
    clearTimeout(this.#flush);
    await this.#swap({});
  }

  #refusal(purpose: SessionPurpose): PsaRateLimitedError | null {
    const now = this.#now();
    const { closedUntil } = this.#state;
    if (closedUntil !== null && closedUntil.getTime() - now > TIMER_SLACK_MS) {
      const seconds = Math.ceil((closedUntil.getTime() - now) / 1000);
      return refusal(purpose === 'pull' ? 'exhausted' : 'closed', seconds, 'Autotask refuses requests');
    }
    if (purpose !== 'pull') return null;
    const ceiling = this.#ceiling();
    if (this.#used().total < ceiling) return null;
    const known = this.#known();
    const useful = Math.max(1, Math.min(ceiling, Math.ceil(known.limit * USEFUL_SHARE)));
    const at = roomFrom(known, ceiling, useful, now) ?? now + Math.min(NO_ROOM_RETRY_MS, windowMs(known));
    const seconds = Math.max(1, Math.ceil((at - now) / 1000));
    return refusal('exhausted', seconds, "Pulls have used their share of Autotask's hourly allowance");
  }

  #isWorthASample({ purpose, callsMade }: BudgetCaller): boolean {
    const now = this.#now();
    if (purpose !== 'pull' || this.#sampling !== undefined || now < this.#noSampleBefore) return false;
    const { sampledAt, closedUntil, closedAt } = this.#state;
    if (closedUntil !== null && closedUntil.getTime() > now) return false;
    const used = this.#used();
    const left = this.#ceiling() - used.total;
    const age = now - (sampledAt?.getTime() ?? Number.NEGATIVE_INFINITY);
    const hasRefusedSince = closedAt !== null && closedAt > (sampledAt ?? new Date(0));
    if (left <= 0 || hasRefusedSince) return age > SAMPLE_AGE_MS || hasRefusedSince;
    const isOverdue = age > OLD_SAMPLE_MS || used.ownSinceSample >= sampleInterval(left);
    return callsMade >= CALLS_WORTH_A_SAMPLE && isOverdue;
  }

  async #sample(takeSample: TakeSample): Promise<void> {
    this.#sampling ??= this.#ask(takeSample);
    await this.#sampling;
  }

  async #ask(takeSample: TakeSample): Promise<void> {
    // A PSA that does not tell is not asked again at once. What it tells comes in as the answer of any such request does.
    this.#noSampleBefore = this.#now() + SAMPLE_AGE_MS;
    const usage = await takeSample().catch(() => null);
    if (usage !== null) this.#noSampleBefore = 0;
    this.#sampling = undefined;
  }

  /** The shared state and what this process has not yet handed over. */
  #known(): LedgerState {
    if (this.#unsent.size === 0 && this.#underWay.size === 0) return this.#state;
    const usage = withAdded(withAdded(this.#state.usage, this.#underWay, 'own'), this.#unsent, 'own');
    return { ...this.#state, usage };
  }

  #ceiling(): number {
    return Math.floor(this.#state.limit * this.#options.pullShare);
  }

  /** Looked at for every request, and therefore summed up once per span and state. */
  #used(): Usage & { ownSinceSample: number } {
    const now = this.#now();
    const span = spanOf(now);
    const state = this.#state;
    if (this.#summed?.state !== state || this.#summed.span !== span) {
      const since = spanOf(state.sampledAt?.getTime() ?? 0);
      // Those of the sample's own span are counted here alone, one by one.
      const later = state.usage.filter(({ startsAt }) => startsAt > since);
      const ownSinceSample = later.reduce((sum, { own }) => sum + own, 0);
      this.#summed = { state, span, usage: usageAt(state, now), ownSinceSample };
    }
    const { usage, ownSinceSample } = this.#summed;
    const pending = countAt(this.#unsent, state, now) + countAt(this.#underWay, state, now);
    return {
      own: usage.own + pending,
      others: usage.others,
      total: usage.total + pending,
      ownSinceSample: Math.max(ownSinceSample, this.#sentSinceSample),
    };
  }

  /** One exchange after the other. What the ledger does not take is offered again with the next. */
  #swap(change: LedgerChange): Promise<void> {
    this.#exchange = this.#exchange.then(() => this.#swapNow(change));
    return this.#exchange;
  }

  async #swapNow(change: LedgerChange): Promise<void> {
    const own = this.#unsent;
    this.#unsent = new Map();
    this.#underWay = own;
    const keepFrom = new Date(this.#now() - 2 * windowMs(this.#state));
    try {
      const state = await this.#ledger.exchange(this.#instance, { ...change, own }, keepFrom);
      if (state.sampledAt?.getTime() !== this.#state.sampledAt?.getTime()) this.#sentSinceSample = 0;
      this.#state = state;
      this.#readAt = this.#now();
    } catch {
      // The ledger is for precision; without it this process goes on by what it knows, and slots decide whether it may send.
      for (const [span, count] of own) this.#unsent.set(span, (this.#unsent.get(span) ?? 0) + count);
    } finally {
      this.#underWay = new Map();
    }
  }

  #now(): number {
    return this.#clock.now().getTime();
  }

  #date(): Date {
    return this.#clock.now();
  }
}

function refusal(budget: 'exhausted' | 'closed', seconds: number, why: string): PsaRateLimitedError {
  return new PsaRateLimitedError(`${why}; it is not asked for ${seconds} seconds.`, seconds, {
    context: { budget, isSent: false, retryAfterGiven: true },
  });
}
