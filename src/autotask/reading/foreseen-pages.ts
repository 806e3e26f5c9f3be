import type { KeysetPage } from '../client/keyset-page.js';
import type { OpenIds } from './pull-position.js';

/** Is told the last id of a page that has a successor, or null, before the page is taken apart. */
export type Foresee = (lastId: bigint | null) => void;

/** Asks for the first page of some ids. */
type AskForPage = (ids: OpenIds, foresee: Foresee) => Promise<KeysetPage>;

interface ForeseenPage {
  readonly ids: OpenIds;
  readonly answer: Promise<KeysetPage>;
}

/**
 * Reads page after page of a range, and asks for the next one when the end of the last is in sight: the PSA works on it while the last is taken
 * apart. A page that was asked for in vain costs a call, so nothing is foreseen after the first.
 */
export class ForeseenPages {
  readonly #ask: AskForPage;
  readonly #mayForesee: () => boolean;
  #next: ForeseenPage | null = null;
  #inVain: ForeseenPage | null = null;

  /** @param mayForesee whether there is room for one page more than those under way */
  constructor(ask: AskForPage, mayForesee: () => boolean) {
    this.#ask = ask;
    this.#mayForesee = mayForesee;
  }

  /** @throws what asking raises */
  read(ids: OpenIds): Promise<KeysetPage> {
    const next = this.#next;
    this.#next = null;
    if (next !== null && isFirstOf(ids, next.ids)) return next.answer;
    this.#inVain ??= next;
    return this.#askFor(ids);
  }

  /** Until nothing that was foreseen is under way; never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#next?.answer, this.#inVain?.answer]);
  }

  #askFor(ids: OpenIds): Promise<KeysetPage> {
    return this.#ask(ids, (lastId) => this.#foresee(ids, lastId));
  }

  #foresee({ list, upTo }: OpenIds, after: bigint | null): void {
    if (after === null || (upTo !== null && after >= upTo)) return;
    if (this.#next !== null || this.#inVain !== null || !this.#mayForesee()) return;
    const ids = { list, after, upTo };
    const answer = this.#askFor(ids);
    // Raised to whoever reads the page; until then nobody may be listening.
    answer.catch(() => undefined);
    this.#next = { ids, answer };
  }
}

/** A range may have become shorter since; whoever reads it leaves out what is beyond. */
function isFirstOf({ list, after }: OpenIds, foreseen: OpenIds): boolean {
  return list === foreseen.list && after === foreseen.after;
}
