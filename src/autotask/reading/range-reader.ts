import { requestsHaveLeft } from '../client/requests-have-left.js';
import { type PsaRecordMalformedError, PsaRateLimitedError } from '../../ports/psa/psa.errors.js';
import type { WalkStorage } from '../../ports/psa/psa-session.port.js';
import type { KeysetPage } from '../client/keyset-page.js';
import { AnswerPace } from './answer-pace.js';
import { type Foresee, ForeseenPages } from './foreseen-pages.js';
import type { OpenIds } from './pull-position.js';
import type { OpenRange, RangePlan, ReadPage } from './range-plan.js';

/** What was made of the rows of a page, and those that cannot be read. */
export interface PackedRows<P> {
  readonly packed: P;
  readonly rejected: readonly PsaRecordMalformedError[];
}

/** Where the pages come from, and what is handed out of them. */
export interface PageSource<P> {
  /** @param foresee is told the last id of a page that has a successor, or null, as soon as it can be guessed */
  readPage(ids: OpenIds, signal: AbortSignal, foresee: Foresee): Promise<KeysetPage>;
  /** Rows with a greater id than `after`. */
  countRows(ids: OpenIds, signal: AbortSignal): Promise<number>;
  idOf(row: unknown): bigint;
  packRows(rows: readonly unknown[]): PackedRows<P>;
}

/** Pages handed out together. */
export interface ReadBatch<P> {
  readonly packed: P[];
  readonly rejected: PsaRecordMalformedError[];
  readonly pages: number;
  /** What is still to be read once this batch and all before it are stored. */
  readonly open: readonly OpenIds[];
  /** Rows of the whole walk; null while nobody has counted. */
  readonly expectedRows: number | null;
}

export interface ReadAhead {
  /** Most requests at a time. */
  readonly readers: number;
  /** Most pages in a batch, and most pages asked for or read but not handed out. */
  readonly maxPages: number;
  readonly storage: WalkStorage;
  /** Answers that take less, in milliseconds, come at once: there is hardly anything to be done meanwhile. */
  readonly instantMs: number;
  /** Whether what comes at once is read in order. */
  readonly prefersOrder: boolean;
}

/** A page that waits to be handed out. */
interface ReadyPage<P> {
  readonly page: ReadPage;
  /** Let go of once they are packed. */
  rows: readonly unknown[];
  /** Null until then. */
  packed: PackedRows<P> | null;
}

/**
 * Reads what a plan says, ahead of whoever takes the batches; for one walk. Several ranges at once, whose pages are handed out as they come,
 * while answers have to be waited for. What comes at once is handed out in batches as large as may be, and in order where that is wanted:
 * less work for whoever stores it.
 */
export class RangeReader<P> {
  readonly #plan: RangePlan;
  readonly #source: PageSource<P>;
  readonly #limits: ReadAhead;
  readonly #pace: AnswerPace;
  readonly #pages: ForeseenPages;
  readonly #stop = new AbortController();
  readonly #ready: ReadyPage<P>[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #pagesUnderWay = 0;
  #pagesHandedOut = 0;
  #failure: { reason: unknown } | null = null;
  #wake: () => void = () => {};

  constructor(plan: RangePlan, source: PageSource<P>, limits: ReadAhead) {
    this.#plan = plan;
    this.#source = source;
    this.#limits = limits;
    this.#pace = new AnswerPace(limits.instantMs);
    this.#pages = new ForeseenPages(
      (ids, foresee) => this.#ask(ids, foresee),
      () => this.#readers === 1 && this.#mayGoOn() && this.#hasRoom(),
    );
  }

  /**
   * All pages of the plan in batches of what is ready. What was read before a failure is handed out before the failure is
   * raised; so is what is under way when there is no room for more requests, because it has been counted. Whenever the walk ends, requests
   * under way have ended too.
   * @throws what a page raises; the signal's reason when aborted
   */
  async *batches(signal: AbortSignal): AsyncGenerator<ReadBatch<P>> {
    const end = (): void => this.#stop.abort(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    try {
      while (this.#plan.open.length > 0) {
        signal.throwIfAborted();
        this.#send();
        await this.#arrival();
        await requestsHaveLeft();
        signal.throwIfAborted();
        yield this.#handOut();
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.#stop.abort();
      await Promise.all([...this.#underWay, this.#pages.settled()]);
    }
  }

  #handOut(): ReadBatch<P> {
    const pages = this.#ready.splice(0, this.#limits.maxPages);
    if (pages.length === 0) throw this.#failure?.reason ?? new Error('A walk has neither pages nor requests');
    for (const { page } of pages) this.#plan.handOut(page);
    this.#pagesHandedOut += pages.length;
    this.#send();
    const read = pages.map((ready) => this.#pack(ready));
    const packed = read.map((rows) => rows.packed);
    const rejected = read.flatMap((rows) => rows.rejected);
    const { open, expectedRows } = this.#plan;
    return { packed, rejected, pages: pages.length, open, expectedRows };
  }

  get #readers(): number {
    return this.#pace.isInstant && this.#limits.prefersOrder ? 1 : this.#limits.readers;
  }

  /** Fills the free places; the next pages are asked for before the last ones are looked at. */
  #send(): void {
    while (this.#mayAsk()) {
      const counted = this.#plan.takeCount();
      if (counted !== null) this.#track(this.#count(counted));
      if (this.#underWay.size >= this.#readers) return;
      const range = this.#plan.take(this.#readers);
      if (range === null) return;
      this.#track(this.#readPage(range));
    }
  }

  #mayAsk(): boolean {
    return this.#mayGoOn() && this.#underWay.size < this.#readers && this.#hasRoom();
  }

  #mayGoOn(): boolean {
    return this.#failure === null && !this.#stop.signal.aborted;
  }

  #hasRoom(): boolean {
    const ahead = this.#pagesUnderWay + this.#ready.length;
    // Whoever takes the batches may want the next one before any is stored.
    if (ahead === 0) return true;
    const { maxPages, storage } = this.#limits;
    if (ahead >= maxPages || this.#pace.isInstant) return ahead < maxPages;
    const handedOut = this.#pagesHandedOut;
    return ahead + handedOut - storage.storedPages(handedOut) < storage.maxUnstored;
  }

  async #readPage(range: OpenRange): Promise<void> {
    this.#pagesUnderWay += 1;
    try {
      const { list, after, upTo } = range;
      const answer = await this.#pages.read({ list, after, upTo });
      const { page, rows } = this.#plan.read(range, answer, (row) => this.#source.idOf(row));
      const ready = { page, rows, packed: null };
      this.#ready.push(ready);
      void this.#prepare(ready);
    } finally {
      this.#pagesUnderWay -= 1;
    }
  }

  async #ask(ids: OpenIds, foresee: Foresee): Promise<KeysetPage> {
    const sentAt = performance.now();
    const answer = await this.#source.readPage(ids, this.#stop.signal, foresee);
    this.#pace.answered(performance.now() - sentAt);
    return answer;
  }

  /** Packs the rows while whoever takes the batches waits for something else: what is packed takes a fraction of the room. */
  async #prepare(ready: ReadyPage<P>): Promise<void> {
    await requestsHaveLeft();
    try {
      this.#pack(ready);
    } catch {
      // Raised when the page is handed out.
    }
  }

  #pack(ready: ReadyPage<P>): PackedRows<P> {
    ready.packed ??= this.#source.packRows(ready.rows);
    ready.rows = [];
    return ready.packed;
  }

  async #count(range: OpenRange): Promise<void> {
    const { list, after, upTo, rows } = range;
    const count = await this.#source.countRows({ list, after, upTo }, this.#stop.signal);
    this.#plan.counted(range, Math.max(0, count - (range.rows - rows)));
  }

  #track(work: Promise<void>): void {
    const tracked = this.#settle(work, () => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }

  /** Never rejects: the first failure is kept for whoever takes the next batch, and as a rule ends the other requests. */
  async #settle(work: Promise<void>, forget: () => void): Promise<void> {
    try {
      await work;
    } catch (reason) {
      this.#failure ??= { reason };
      if (!(reason instanceof PsaRateLimitedError)) this.#stop.abort();
    }
    forget();
    this.#send();
    this.#wake();
  }

  /** Until there are pages to hand out, or nothing but a failure. */
  async #arrival(): Promise<void> {
    while (!this.#isWorthHandingOut() && (this.#failure === null || this.#underWay.size > 0)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #isWorthHandingOut(): boolean {
    if (this.#ready.length === 0) return false;
    return !this.#pace.isInstant || this.#ready.length >= this.#limits.maxPages || this.#underWay.size === 0;
  }
}
